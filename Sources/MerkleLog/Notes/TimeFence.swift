/// When an entry can have been written, by what witnesses said: after the last cosigned tree without it, before the first
/// one with it (V-8). What lies outside was dated back or ahead.
public struct TimeFence: Sendable {
    /// By size, each with its earliest cosignature in POSIX seconds.
    private var marks: [(size: UInt64, seconds: UInt64)]

    /// Slack before, for the age that a verdict may have when it is written (E-7), and after, for clocks, in milliseconds.
    private static let before: Int64 = 300_000
    private static let after: Int64 = 5_000

    /// - Parameter marks: Size and time of each cosigned checkpoint, in any order.
    public init(_ marks: [(size: UInt64, seconds: UInt64)]) {
        self.marks = marks.sorted { ($0.size, $0.seconds) < ($1.size, $1.seconds) }
    }

    public var isEmpty: Bool { marks.isEmpty }

    /// Whether an entry at `index` may have this time.
    public func allows(_ milliseconds: Int64, at index: UInt64) -> Bool {
        // The first mark with the entry; the ones before it are without.
        var low = 0
        var high = marks.count
        while low < high {
            let middle = (low + high) / 2
            if marks[middle].size > index { high = middle } else { low = middle + 1 }
        }
        if low > 0, milliseconds < Self.milliseconds(marks[low - 1].seconds) - Self.before { return false }
        if low < marks.count, milliseconds > Self.milliseconds(marks[low].seconds) + Self.after { return false }
        return true
    }

    private static func milliseconds(_ seconds: UInt64) -> Int64 { Int64(min(seconds, 1 << 53)) * 1_000 }
}
