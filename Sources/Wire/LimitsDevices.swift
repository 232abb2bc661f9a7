/// Caps on evidence of devices and on what is published about them (devices 18.1).
extension Limits {
    /// Eight GPUs and four switches of one board.
    public static let devices = 16
    /// Twelve devices are about 140 kB.
    public static let deviceEvidenceBytes = 1_048_576
    /// The buffer that NVIDIA's driver library writes a report into.
    public static let deviceReportBytes = 8_192
    /// Zero bytes behind a report's signature; the one real case has one.
    public static let deviceReportPadding = 16
    /// Entries of opaque data; real reports have seventeen.
    public static let opaqueEntries = 128
    /// An integer in opaque data; real ones have two bytes.
    public static let opaqueIntegerBytes = 8
    /// A version, project or SKU, which becomes part of an identifier and of a URL; real ones have at most eleven.
    public static let opaqueTextBytes = 64
    /// A chain as PEM text; real ones have 4.9 kB and five certificates. The count is `pemBlocks`.
    public static let deviceChainBytes = 16_384
    /// A reference manifest; real ones have 26 kB, 90 elements in seven levels, nine attributes.
    public static let manifestBytes = 262_144
    public static let xmlDepth = 16
    public static let xmlElements = 4_096
    public static let xmlAttributes = 64
    /// Documents under one identifier; three have been seen.
    public static let manifestCandidates = 8
    /// Certificates in one answer about revocation; real ones carry one.
    public static let ocspCertificates = 4
    /// Statements in one answer; real ones make one, and each costs a comparison.
    public static let ocspStatements = 64
    public static let ocspNonceBytes = 128
    /// An answer about revocation; real ones have 1 kB.
    public static let ocspBytes = 65_536
    /// NVIDIA's lists are said to be empty.
    public static let deviceCRLBytes = 1_048_576
    /// What is published about the devices of one submission.
    public static let deviceCollateralBytes = 8 * 1_048_576
    public static let deviceManifests = 64
    /// Eight megabytes of answers would be sixteen thousand verifications.
    public static let deviceAnswers = 128
    public static let deviceCRLs = 16
}
