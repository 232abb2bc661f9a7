/// The archive does not take something, or cannot give it.
public struct EvidenceFailure: Error, Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        /// The file, its disk or its queue; what is stored may also be damaged.
        case unavailable
        /// The file has reached its limit.
        case full
        /// The caller has used its bytes of this day.
        case callerBudget
    }

    public let kind: Kind
    /// For the operator.
    public let sentence: String
    /// After so long it may be otherwise.
    public let retryAfterSeconds: Int

    init(sentence: String, kind: Kind = .unavailable, retryAfterSeconds: Int = 5) {
        self.kind = kind
        self.sentence = sentence
        self.retryAfterSeconds = retryAfterSeconds
    }
}
