public import Wire

/// The rules that lead from evidence to a verdict, its log entry and the claims of its token, by number (transparency-log
/// V-6). Any change that can alter one of them for the same inputs raises the number.
public enum Ruleset {
    public static let current: Int64 = 2
    /// Those that this build judges by.
    public static let known: Set<Int64> = [2]

    /// A ruleset that accepted what must not be accepted. No build keeps it: what it said can be neither confirmed nor
    /// refuted, and its evidence can be judged by the present rules.
    public struct Withdrawal: Hashable, Sendable {
        public let ruleset: Int64
        /// The number of the advisory, `docs/advisories`.
        public let advisory: String
        /// Its date.
        public let date: Instant

        private static let graceDays: Int64 = 30

        /// From here on, in milliseconds, nobody has a reason to judge by it any more: what was is not undecidable, but
        /// not verified. Otherwise every lie of whoever stays with the old build would be undecidable for ever.
        public var endMilliseconds: Int64 { (date.seconds + Self.graceDays * 86_400) * 1_000 }

        /// `2026-11-29`
        public var day: String { String(date.description.prefix(10)) }
    }

    private static let withdrawals = [
        // 2026-11-29
        Withdrawal(ruleset: 1, advisory: "ASSAY-2026-0001", date: Instant(seconds: 1_795_910_400))
    ]

    public enum Standing: Hashable, Sendable {
        case known
        case withdrawn(Withdrawal)
        /// Newer than this build, or nobody's.
        case unknown
    }

    public static func standing(of ruleset: Int64) -> Standing {
        if known.contains(ruleset) { return .known }
        return withdrawals.first { $0.ruleset == ruleset }.map { .withdrawn($0) } ?? .unknown
    }
}
