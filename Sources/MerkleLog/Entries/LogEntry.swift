public import Wire

/// One entry of the log (transparency-log 2): a kind with its members, a time, and members that only others know.
public struct LogEntry: Hashable, Sendable {
    public static let version: Int64 = 1

    /// Unix time in milliseconds. Of a verdict: the one instant of the verification (E-6).
    public let timeMilliseconds: Int64
    public let body: LogEntryBody
    /// Members that this reader does not know, kept so that the leaf can be written again (E-5).
    public let further: JSON

    public init(timeMilliseconds: Int64, body: LogEntryBody) {
        self.timeMilliseconds = timeMilliseconds
        self.body = body
        further = .object([])
    }

    /// - Parameter leaf: The bytes that are hashed, in canonical form.
    public init(leaf: [UInt8]) throws(LogEntryFailure) {
        guard (1...Limits.leafBytes).contains(leaf.count) else { throw .size(leaf.count) }
        let json: JSON
        do throws(CanonicalJSONError) {
            json = try JSON(canonical: leaf, as: .leaf, limit: Limits.leafBytes)
        } catch {
            throw .notCanonical(error)
        }
        guard case .object(let members) = json else { throw .notCanonical(.notAnObject) }
        var reader = MemberReader(members)
        guard try reader.required("v", MemberValue.integer) == Self.version else { throw .malformed("v") }
        timeMilliseconds = try reader.required("time_ms", MemberValue.count)
        body = try LogEntryBody(kind: try reader.required("kind", MemberValue.string), &reader)
        further = .object(reader.rest)
    }

    /// The leaf: what is stored, served and hashed.
    public func leaf() throws(LogEntryFailure) -> [UInt8] {
        let common: [(String, JSON)] = [
            ("v", .integer(Self.version)), ("kind", .string(body.kind)), ("time_ms", .integer(timeMilliseconds)),
        ]
        guard case .object(let others) = further else { throw .notCanonical(.notAnObject) }
        let bytes: [UInt8]
        do throws(CanonicalJSONError) {
            bytes = try JSON.object(common + body.members + others).canonicalBytes(as: .leaf)
        } catch {
            throw .notCanonical(error)
        }
        guard bytes.count <= Limits.leafBytes else { throw .size(bytes.count) }
        return bytes
    }
}

/// What an entry says. Kinds that are not known keep all their members (E-5).
public enum LogEntryBody: Hashable, Sendable {
    case verdict(VerdictEntry)
    case reappraisal(ReappraisalEntry)
    case genesis(GenesisEntry)
    case key(KeyEntry)
    case policy(PolicyEntry)
    case verifier(VerifierIdentity)
    case collateral(CollateralEntry)
    case summary(SummaryEntry)
    case restart(RestartEntry)
    case purge(PurgeEntry)
    case access(AccessEntry)
    case referenceSet(ReferenceSetEntry)
    case admin(AdminEntry)
    case freeze(FreezeEntry)
    /// Its members are among the entry's further ones.
    case unknown(kind: String)

    init(kind: String, _ reader: inout MemberReader) throws(LogEntryFailure) {
        switch kind {
        case "verdict": self = .verdict(try VerdictEntry(&reader))
        case "reappraisal": self = .reappraisal(try ReappraisalEntry(&reader))
        case "genesis": self = .genesis(try GenesisEntry(&reader))
        case "key": self = .key(try KeyEntry(&reader))
        case "policy": self = .policy(try PolicyEntry(&reader))
        case "verifier": self = .verifier(try VerifierIdentity(&reader))
        case "collateral": self = .collateral(try CollateralEntry(&reader))
        case "summary": self = .summary(try SummaryEntry(&reader))
        case "restart": self = .restart(try RestartEntry(&reader))
        case "purge": self = .purge(try PurgeEntry(&reader))
        case "access": self = .access(try AccessEntry(&reader))
        case "reference_set": self = .referenceSet(try ReferenceSetEntry(&reader))
        case "admin": self = .admin(try AdminEntry(&reader))
        case "freeze": self = .freeze(try FreezeEntry(&reader))
        default: self = .unknown(kind: kind)
        }
    }

    public var kind: String {
        switch self {
        case .verdict: "verdict"
        case .reappraisal: "reappraisal"
        case .genesis: "genesis"
        case .key: "key"
        case .policy: "policy"
        case .verifier: "verifier"
        case .collateral: "collateral"
        case .summary: "summary"
        case .restart: "restart"
        case .purge: "purge"
        case .access: "access"
        case .referenceSet: "reference_set"
        case .admin: "admin"
        case .freeze: "freeze"
        case .unknown(let kind): kind
        }
    }

    var members: [(String, JSON)] {
        switch self {
        case .verdict(let entry): entry.members
        case .reappraisal(let entry): entry.members
        case .genesis(let entry): entry.members
        case .key(let entry): entry.members
        case .policy(let entry): entry.members
        case .verifier(let entry): entry.entryMembers
        case .collateral(let entry): entry.members
        case .summary(let entry): entry.members
        case .restart(let entry): entry.members
        case .purge(let entry): entry.members
        case .access(let entry): entry.members
        case .referenceSet(let entry): entry.members
        case .admin(let entry): entry.members
        case .freeze(let entry): entry.members
        case .unknown: []
        }
    }
}
