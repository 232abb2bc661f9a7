import Synchronization

/// How many submissions are under way at once. More are told to come again, so that memory stays bounded.
final class Admission: Sendable {
    private let limit: Int
    private let count = Atomic<Int>(0)

    init(limit: Int) { self.limit = limit }

    func enter() throws(ServiceFailure) {
        guard count.wrappingAdd(1, ordering: .relaxed).newValue <= limit else {
            leave()
            throw .overloaded(limit: limit)
        }
    }

    /// How many are under way.
    var underWay: Int { count.load(ordering: .relaxed) }

    func leave() { count.wrappingSubtract(1, ordering: .relaxed) }
}

/// What got no verdict of its own, for the log's summaries.
package final class TurnedAway: Sendable {
    private let malformed = Atomic<Int64>(0)
    private let rateLimited = Atomic<Int64>(0)
    private let repeated = Atomic<Int64>(0)

    package func countMalformed() { malformed.wrappingAdd(1, ordering: .relaxed) }
    package func countRateLimited() { rateLimited.wrappingAdd(1, ordering: .relaxed) }

    package func countRepeated() { repeated.wrappingAdd(1, ordering: .relaxed) }

    /// Since the last time this was asked.
    package func take() -> (malformed: Int64, rateLimited: Int64, repeated: Int64) {
        (
            malformed.exchange(0, ordering: .relaxed), rateLimited.exchange(0, ordering: .relaxed),
            repeated.exchange(0, ordering: .relaxed)
        )
    }
}
