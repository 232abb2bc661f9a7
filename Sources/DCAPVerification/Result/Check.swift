/// One line of a verdict: a check, and what became of it.
public struct Check: Hashable, Sendable {
    public enum Outcome: Hashable, Sendable {
        case passed
        case failed
        /// With the reason: an earlier check failed, or the check has no object in this kind of quote.
        case notPerformed(reason: String)
    }

    public let step: VerificationStep
    public let outcome: Outcome
    public let found: String
    public let wanted: String

    package init(_ step: VerificationStep, _ outcome: Outcome, found: String = "", wanted: String = "") {
        self.step = step
        self.outcome = outcome
        self.found = found
        self.wanted = wanted
    }
}
