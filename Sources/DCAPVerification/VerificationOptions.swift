/// What an operator may set about verification. None of it can turn a failure into a success.
public struct VerificationOptions: Hashable, Sendable {
    /// How far a beginning of validity may lie after T, in seconds (dcap 5.0).
    public var skewSeconds: Int64
    /// Reads the retired TCB info version 2, SGX only (dcap 4.3).
    public var acceptTCBInfoV2: Bool

    public init(skewSeconds: Int64 = 300, acceptTCBInfoV2: Bool = false) {
        self.skewSeconds = skewSeconds
        self.acceptTCBInfoV2 = acceptTCBInfoV2
    }
}
