/// The codes of event logs (event-logs 8). Raw values are stable: they stand in HTTP problems, verdicts and scripts.
public enum EventLogCode: String, CaseIterable, Hashable, Sendable {
    /// Zero bytes.
    case empty = "EVENTLOG_EMPTY"
    /// Above the cap of a whole log.
    case tooLarge = "EVENTLOG_TOO_LARGE"
    /// Base64, hexadecimal or JSON that is none.
    case encoding = "EVENTLOG_ENCODING"
    /// Neither TCG2 nor AAEL nor dstack JSON.
    case formatUnknown = "EVENTLOG_FORMAT_UNKNOWN"
    /// The first event of a TCG2 log does not say what it must.
    case headerInvalid = "EVENTLOG_HEADER_INVALID"
    /// The log declares no SHA-384 digests: a TPM's, not a trust domain's.
    case noSHA384 = "EVENTLOG_NO_SHA384"
    /// A length runs past the end.
    case truncated = "EVENTLOG_TRUNCATED"
    /// More of something than any log has.
    case limit = "EVENTLOG_LIMIT"
    /// A digest whose algorithm, and so its length, the header does not declare.
    case algorithmUndeclared = "EVENTLOG_ALG_UNDECLARED"
    /// An extended event without the digest that was extended.
    case noSHA384Digest = "EVENTLOG_NO_SHA384_DIGEST"
    /// An event with two SHA-384 digests.
    case digestDuplicate = "EVENTLOG_DIGEST_DUPLICATE"
    /// A register that no trust domain has.
    case registerInvalid = "EVENTLOG_MR_INDEX_INVALID"
    /// A digest that must follow from the event's content and does not.
    case digestMismatch = "EVENTLOG_DIGEST_MISMATCH"
    /// A name that makes the hashed text readable in two ways.
    case nameAmbiguous = "EVENTLOG_NAME_AMBIGUOUS"
    case versionUnsupported = "EVENTLOG_VERSION_UNSUPPORTED"
    /// An AAEL text whose lines are not what they must be.
    case aaelInvalid = "EVENTLOG_AAEL_INVALID"
    /// An AAEL text made with another hash than SHA-384.
    case aaelAlgorithm = "EVENTLOG_AAEL_ALG"
    /// A log beside evidence that has no runtime registers, such as an SGX quote.
    case notApplicable = "EVENTLOG_NOT_APPLICABLE"
    /// A register's events do not lead to the quote's value. Per register; the log itself was read.
    case replayMismatch = "EVENTLOG_REPLAY_MISMATCH"
}
