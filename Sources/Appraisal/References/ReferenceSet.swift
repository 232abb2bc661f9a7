import DCAPFormats
public import Wire
import Words

/// Values that somebody vouches for: named, dated, with their source. Versions are immutable, identity is the hash.
public struct ReferenceSet: Hashable, Sendable {
    public let id: String
    public let version: Int64
    /// Who says so, and how it was measured.
    public let source: String
    public let note: String?
    /// From here on the values count.
    public let validFrom: Instant
    /// From here on they no longer do; `nil`: until somebody retires the set.
    public let validUntil: Instant?
    /// What protects the root file system of the machines that the values are of, by the word of who wrote the set; `note`
    /// says why. Nothing measured shows it (event-logs 5.5).
    public let rootIntegrity: RootIntegrity?
    /// By claim, or by a name that a rule uses.
    public let values: [ExactText: [String]]
    /// The document as it was stored.
    public let bytes: [UInt8]
    /// SHA-256 of `bytes`.
    public let digest: FixedBytes<32>
    /// The same in hex.
    public let sha256: String

    /// - Parameter bytes: One JSON document, at most `Limits.policyBytes`.
    public init(parsing bytes: [UInt8]) throws(PolicyError) {
        let root: JSONValue
        do throws(JSONError) {
            root = try JSONDocument(parsing: bytes, limit: Limits.policyBytes).root
        } catch {
            throw PolicyError(error)
        }
        let reader = try MemberReader(
            root,
            members: [
                "$schema", "id", "version", "provenance", "valid_from", "valid_until", "root_integrity", "values",
            ])
        guard let id = try reader.identifier("id") else { throw reader.missing("id", Phrase("a name", "名称")) }
        guard let version = try reader.integer("version"), version > 0 else {
            throw reader.invalid("version", wanted: Phrase("an integer from 1", "从 1 开始的整数"))
        }
        guard let provenance = root.member("provenance") else {
            throw reader.missing("provenance", Phrase("who vouches for the values", "由谁担保这些值"))
        }
        let origin = try MemberReader(provenance, members: ["source", "note"])
        guard let source = try origin.text("source") else {
            throw origin.missing("source", Phrase("who vouches for the values", "由谁担保这些值"))
        }
        guard let validFrom = try reader.date("valid_from") else {
            throw reader.missing("valid_from", Phrase("a date as 2026-01-15T00:00:00Z", "形如 2026-01-15T00:00:00Z 的日期"))
        }
        validUntil = try reader.date("valid_until")
        if let validUntil, validUntil <= validFrom {
            throw reader.invalid("valid_until", wanted: Phrase("a date after valid_from", "晚于 valid_from 的日期"))
        }
        self.id = id
        self.version = version
        self.source = source
        note = try origin.text("note")
        self.validFrom = validFrom
        rootIntegrity = try Self.rootIntegrity(reader)
        guard rootIntegrity == nil || note != nil else {
            throw origin.missing("note", Phrase("why root_integrity is declared", "声明 root_integrity 的理由"))
        }
        values = try Self.values(reader)
        self.bytes = bytes
        digest = FixedBytes(sha256: bytes[...])
        sha256 = digest.hex
    }

    private static func rootIntegrity(_ reader: MemberReader) throws(PolicyError) -> RootIntegrity? {
        guard let text = try reader.text("root_integrity") else { return nil }
        guard let word = RootIntegrity(rawValue: text) else {
            throw reader.invalid(
                "root_integrity",
                wanted: ClaimKind.word(RootIntegrity.allCases.map(\.rawValue)).wanted(insteadOf: text))
        }
        return word
    }

    private static func values(_ reader: MemberReader) throws(PolicyError) -> [ExactText: [String]] {
        guard let object = reader.value.member("values") else {
            throw reader.missing("values", Phrase("an object of lists", "由列表组成的对象"))
        }
        guard object.kind == .object, !object.members.isEmpty, object.members.count <= Limits.policyListEntries else {
            throw PolicyError(object, wanted: Phrase("an object of lists, not empty", "由列表组成的非空对象"))
        }
        var values: [ExactText: [String]] = [:]
        for (name, list) in object.members {
            let elements = Array(list.elements)
            guard !name.isEmpty, list.kind == .array, !elements.isEmpty, elements.count <= Limits.policyListEntries
            else {
                throw PolicyError(list, wanted: Phrase("an array of strings, not empty", "非空字符串数组"))
            }
            var texts: [String] = []
            for element in elements { texts.append(try MemberReader.text(element)) }
            values[ExactText(name)] = texts
        }
        return values
    }

    /// Whether the values count at `time`.
    public func isValid(at time: Instant) -> Bool { validFrom <= time && validUntil.map { time < $0 } ?? true }

    public static func == (left: ReferenceSet, right: ReferenceSet) -> Bool { left.bytes == right.bytes }
    public func hash(into hasher: inout Hasher) { hasher.combine(digest) }
}
