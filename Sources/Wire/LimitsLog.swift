/// Caps on what a transparency log, and what speaks of one, may send.
extension Limits {
    /// The length prefix of entry bundles; the service itself writes at most `ownLeafBytes` (transparency-log E-2).
    public static let leafBytes = 65_535
    public static let ownLeafBytes = 4_096
    /// Nesting of a leaf, the object itself being one (E-1).
    public static let leafDepth = 4
    /// Nesting of token claims, which are wider than leaves (transparency-log 2.5).
    public static let claimsDepth = 16
    /// Notes are at most a checkpoint with a few post-quantum cosignatures of 3.3 kB (N-2).
    public static let noteBytes = 1_048_576
    /// An ML-DSA-44 cosignature in base64 is 3.3 kB; N-2 wants 8 kB to be read.
    public static let noteLineBytes = 16_384
    /// N-2 wants 16 to be read; a policy has at most as many names as this.
    public static let noteSignatures = 64
    /// A note, 63 hashes and a leaf in base64.
    public static let proofBytes = 1_310_720
    /// A few dozen lines; an ML-DSA-44 key is 1.8 kB in base64.
    public static let trustPolicyBytes = 262_144
    /// Names in one trust policy; transparency-log 7.4 wants 32 of each kind.
    public static let trustPolicyMembers = 256
    /// A bundle of 256 entries of the greatest length.
    public static let tileResourceBytes = 256 * 65_537
    /// A page of 1,000 entries of the service's greatest length, decoded besides.
    public static let auditAnswerBytes = 16 * 1_048_576
    /// Checkpoints that an auditor reads for the time rule; thinning keeps fewer than this in ten years.
    public static let auditedCheckpoints = 262_144
    /// A state file holds one note and 63 hashes.
    public static let auditStateBytes = 2_097_152
    /// A bundle holds one quote, its collateral, its log, and what the policy read.
    public static let evidenceBundleBytes = 64 * 1_048_576
    /// Files in an evidence bundle: a dozen, and as many reference sets and devices again.
    public static let evidenceBundleFiles = 512
}
