/// A start of the service, as log.db, state.db and the file beside the guard each remember it. Two of them that remember
/// different ones were not together when the service last ran.
package struct StartMark: Hashable, Sendable {
    /// How many starts the log has seen.
    package let number: Int64
    /// Random: another history of the same length has another.
    package let id: String

    package init(number: Int64, id: String) {
        self.number = number
        self.id = id
    }

    /// The one after `mark`.
    package init(after mark: StartMark?) {
        var generator = SystemRandomNumberGenerator()
        self.init(
            number: (mark?.number ?? 0) + 1,
            id: String(UInt64.random(in: UInt64.min...UInt64.max, using: &generator), radix: 16))
    }

    package init?(text: some StringProtocol) {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 2, let number = Int64(parts[0]), number > 0, !parts[1].isEmpty else { return nil }
        self.init(number: number, id: String(parts[1]))
    }

    package var text: String { "\(number) \(id)" }
}
