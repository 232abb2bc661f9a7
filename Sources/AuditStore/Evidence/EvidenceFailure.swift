/// The archive does not take something, or cannot give it.
public struct EvidenceFailure: Error, Hashable, Sendable {
    public let sentence: String
}
