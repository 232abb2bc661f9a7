/// The restricted canonical JSON of log leaves, and its wider form for token claims (transparency-log E-1, 2.5): one value
/// has one byte string, so that it can be hashed.
public enum CanonicalForm: Sendable {
    /// Names `[a-z][a-z0-9_]{0,31}`, depth 4, no null, no control characters in strings.
    case leaf
    /// Names of printable ASCII without quote and backslash, depth 16, null and escaped control characters allowed.
    case claims

    fileprivate var depth: Int { self == .leaf ? Limits.leafDepth : Limits.claimsDepth }

    fileprivate func allows(name: String) -> Bool {
        switch self {
        case .claims: return name.utf8.allSatisfy { (0x20..<0x7F).contains($0) && $0 != 0x22 && $0 != 0x5C }
        case .leaf:
            guard (1...32).contains(name.utf8.count), let first = name.utf8.first, (0x61...0x7A).contains(first) else {
                return false
            }
            return name.utf8.allSatisfy {
                (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F
            }
        }
    }
}

/// Why a value has no canonical form, or bytes are not in it.
public enum CanonicalJSONError: Error, Hashable, Sendable {
    case notJSON(JSONError)
    case notAnObject
    case tooDeep
    case name(String)
    case duplicateName(String)
    /// Beyond ±(2^53 − 1), where readers disagree; or a fraction, which has no canonical form here.
    case number
    case null
    case controlCharacter
    /// JSON, but not written the one way.
    case notCanonical
}

extension JSON {
    /// Integers that every reader of JSON keeps.
    public static let exactIntegers: ClosedRange<Int64> = -9_007_199_254_740_991...9_007_199_254_740_991

    /// The one byte string of an object.
    public func canonicalBytes(as form: CanonicalForm) throws(CanonicalJSONError) -> [UInt8] {
        guard case .object = self else { throw .notAnObject }
        try check(form, level: 1)
        return canonicalBytes
    }

    /// Reads an object that is in canonical form: parses strictly, writes again, compares (E-3).
    public init(canonical bytes: [UInt8], as form: CanonicalForm, limit: Int) throws(CanonicalJSONError) {
        let document: JSONDocument
        do throws(JSONError) {
            document = try JSONDocument(parsing: bytes, limit: limit, depth: form.depth)
        } catch {
            throw .notJSON(error)
        }
        guard let value = JSON(document: document.root) else { throw .number }
        guard try value.canonicalBytes(as: form) == bytes else { throw .notCanonical }
        self = value
    }

    private func check(_ form: CanonicalForm, level: Int) throws(CanonicalJSONError) {
        switch self {
        case .object(let members):
            guard level <= form.depth else { throw .tooDeep }
            var names: Set<ExactText> = []
            for (name, value) in members {
                guard form.allows(name: name) else { throw .name(name) }
                guard names.insert(ExactText(name)).inserted else { throw .duplicateName(name) }
                try value.check(form, level: level + 1)
            }
        case .array(let elements):
            guard level <= form.depth else { throw .tooDeep }
            for element in elements { try element.check(form, level: level + 1) }
        case .string(let text):
            guard form == .claims || text.utf8.allSatisfy({ $0 >= 0x20 }) else { throw .controlCharacter }
        case .integer(let number):
            guard Self.exactIntegers.contains(number) else { throw .number }
        case .bool: break
        case .null:
            guard form == .claims else { throw .null }
        }
    }
}
