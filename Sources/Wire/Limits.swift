/// Every cap on what comes from outside, in one place, each with its reason.
public enum Limits {
    /// Real quotes are 4.5 to 5.0 kB; some drivers pad to 8,000 bytes (dcap 1.1).
    public static let quoteBytes = 65_536
    /// The smallest structurally possible quote: header, SGX report, length, fixed signature data (dcap 1.1).
    public static let quoteMinimumBytes = 1_020
    /// Chains have two or three certificates; more than this is refused before any is decoded (dcap 2.4).
    public static let pemBlocks = 8
    /// A certificate of the hierarchy is 0.6 to 1.3 kB.
    public static let certificateBytes = 16_384
    /// The largest genuine CRL is 7.2 KiB and growing; the fetch limit of dcap 3.9.
    public static let crlBytes = 8 * 1_048_576
    /// Signed JSON documents are at most 10 kB today (dcap 4.1).
    public static let jsonBytes = 1_048_576
    /// The top-level value has depth 1 (dcap 4.1).
    public static let jsonDepth = 16
    /// Values of one document, however deep; an event log in dstack's form with as many events as may be has 50,000. Each takes
    /// 16 bytes beside its text, and a name in an object more.
    public static let jsonValues = 131_072
    /// Values of a request to the service, whose large parts are strings.
    public static let requestValues = 4_096
    /// A header value; issuer chains are 3 to 5 kB percent-encoded (dcap 3.9).
    public static let headerBytes = 65_536
    /// The head of a request to the service, target and fields: a token with its claims has 2 to 8 kB.
    public static let requestHeadBytes = 16_384
    /// Browsers send about twenty, proxies add a few.
    public static let requestHeadFields = 128
    /// An offline bundle holds two JSON documents, two CRLs in hex and three chains.
    public static let bundleBytes = 24 * 1_048_576

    // Event logs (event-logs 8).

    /// The largest area that firmware reserves is td-shim's, 1 MiB. Decoded bytes; dstack's JSON has the same cap.
    public static let eventLogBytes = 2 * 1_048_576
    /// The largest real log has 87; agents that measure every file have thousands.
    public static let eventLogEvents = 8_192
    /// A header declares one or two.
    public static let eventLogAlgorithms = 16
    /// One for each bank.
    public static let eventDigests = 8
    /// The largest real event has 11,974 bytes, the keys of Secure Boot.
    public static let eventDataBytes = 262_144
    /// UTF-16 code units of a variable's name; the longest real one has 22.
    public static let eventVariableNameUnits = 1_024
    /// Nodes of a device path; real ones have at most ten.
    public static let eventDevicePathNodes = 64
    /// One AAEL text; the form's own agents write lines of some hundred bytes.
    public static let eventAAELBytes = 65_536
    /// A kernel command line that a token repeats; x86 kernels take 2,048.
    public static let kernelCommandLineBytes = 4_096
    /// Content of an event of `assay-llm/1` (event-logs 5.2, E6).
    public static let eventLLMContentBytes = 4_096
    /// dstack's form: an object, its array, an event, its members.
    public static let eventLogJSONDepth = 4
    /// One manifest of a model; Ollama's have some hundred bytes, one line for each layer.
    public static let modelManifestBytes = 1_048_576

    /// Runtime data in the peers' shapes, which their tokens repeat: a nonce and a public key, RSA-4096 in 1 kB.
    public static let runtimeDataBytes = 16_384

    // Policies.

    /// A policy or a reference set: written by people, or by a tool that lists a model's blobs.
    public static let policyBytes = 262_144
    /// The entries of one list in a policy or reference set; the largest real one names the events of a boot.
    public static let policyListEntries = 4_096
    /// Claim rules of one policy, and the leaves of one rule: each is looked up for every verdict.
    public static let policyClaimRules = 256

    // Tokens.

    /// A status list inflated: ours has 16 KiB, and zlib data of 64 KiB can claim a thousand times as much.
    public static let statusListBytes = 1_048_576
}
