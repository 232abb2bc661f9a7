import Wire
public import Words

/// Why a document is no policy and no reference set: which member, at which byte, what it holds and what it should. Never
/// an accept and no verdict either (dcap 6.7 rule 3).
public struct PolicyError: Error, Hashable, Sendable {
    public enum Code: String, CaseIterable, Hashable, Sendable {
        /// A member that has no meaning: mostly a misspelt one, which would silently not be enforced.
        case unknownMember = "POLICY_UNKNOWN_MEMBER"
        case invalid = "POLICY_INVALID"
        /// A rule on a fact that no digest labels, without the register that it comes from (event-logs 7.1).
        case unanchoredClaim = "POLICY_UNANCHORED_CLAIM"
        /// The id of a policy that comes with the program, over other bytes (dcap 6.8).
        case idReserved = "POLICY_ID_RESERVED"
        /// Two reference sets of one id: no order decides which counts (dcap 6.11).
        case referenceSetDouble = "REFERENCE_SET_DOUBLE"
    }

    public let code: Code
    /// The path of the member: `claims[2].operator`; empty for the document itself.
    public let field: String
    public let offset: Int?
    public let found: String
    public let wanted: Phrase

    init(_ code: Code = .invalid, _ field: String, at offset: Int?, found: String, wanted: Phrase) {
        self.code = code
        self.field = field
        self.offset = offset
        self.found = found
        self.wanted = wanted
    }

    init(_ value: JSONValue, found: String? = nil, wanted: Phrase) {
        self.init(
            .invalid, String(value.path.dropFirst(value.path.hasPrefix(".") ? 1 : 0)), at: value.range.lowerBound,
            found: found ?? Self.excerpt(value), wanted: wanted)
    }

    init(_ error: JSONError) {
        self.init(
            .invalid, "", at: error.offset, found: error.reason.rawValue,
            wanted: Phrase("one strict JSON object", "一个严格的 JSON 对象"))
    }

    /// The value as written, short enough for a message.
    static func excerpt(_ value: JSONValue) -> String {
        String(decoding: value.bytes.prefix(80), as: UTF8.self) + (value.bytes.count > 80 ? "…" : "")
    }
}
