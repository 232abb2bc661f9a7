import GRDB
import MerkleLog
import Wire

/// That an entry puts something in force, or out of it, for later verdicts to rest on (transparency-log E-11). Kept in
/// `meta` in the entry's own transaction, so that a start need not read the whole log.
struct Announcement: Hashable, Sendable {
    let name: String
    let isInForce: Bool

    static let prefix = "closure/"

    /// - Returns: `nil` for an entry on which no verdict rests.
    init?(_ body: LogEntryBody) {
        switch body {
        case .policy(let entry): self.init("policy/\(entry.policySHA256.hex)", entry.operation == .activate)
        case .referenceSet(let entry): self.init("reference_set/\(entry.setSHA256.hex)", entry.operation == .activate)
        case .verifier(let entry): self.init("verifier/\(entry.sha256.hex)", true)
        case .collateral(let entry): self.init("collateral/\(entry.manifestSHA256.hex)", true)
        case .key(let entry): self.init("key/\(entry.use.rawValue)/\(entry.kid)", entry.operation != .revoke)
        case .verdict, .reappraisal, .genesis, .summary, .restart, .purge, .access, .admin, .freeze, .unknown:
            return nil
        }
    }

    private init(_ name: String, _ isInForce: Bool) {
        self.name = Self.prefix + name
        self.isInForce = isInForce
    }

    func store(_ database: Database, index: UInt64) throws {
        if isInForce {
            try LogTables.setMeta(database, name, Array("\(index)".utf8))
        } else {
            try LogTables.removeMeta(database, name)
        }
    }
}

/// What verdicts may rest on now.
struct InForce {
    private(set) var closure = CausalClosure()
    private(set) var names: Set<String> = []
    /// Policies and reference sets alone, by name.
    private(set) var documents: [String: LogEntryBody] = [:]

    /// What `meta` says, each checked against the entry that says so, in the order of the log.
    init(_ database: Database, size: UInt64) throws {
        var bodies: [(index: UInt64, body: LogEntryBody)] = []
        for (name, value) in try LogTables.metas(database, prefix: Announcement.prefix) {
            guard let index = Decimal.parse(value), let leaf = try LogTables.leaf(database, at: index),
                let body = try? LogEntry(leaf: leaf).body, let announcement = Announcement(body),
                announcement.name == name, announcement.isInForce
            else { throw LogDefect(.corrupt, "meta says that \(name) is in force, and no entry does") }
            bodies.append((index, body))
        }
        if size > 0 {
            guard let leaf = try LogTables.leaf(database, at: 0), let first = try? LogEntry(leaf: leaf),
                case .genesis = first.body
            else { throw LogDefect(.corrupt, "entry 0 is no genesis") }
            append(first.body)
        }
        for (_, body) in bodies.sorted(by: { $0.index < $1.index }) { append(body) }
    }

    mutating func append(_ body: LogEntryBody) {
        closure.append(body)
        guard let announcement = Announcement(body) else { return }
        if announcement.isInForce { names.insert(announcement.name) } else { names.remove(announcement.name) }
        switch body {
        case .policy, .referenceSet: documents[announcement.name] = announcement.isInForce ? body : nil
        default: break
        }
    }
}

/// An entry that may be queued: whole, in time, and resting on what is in the log (transparency-log Q-3).
struct AdmittedEntry: Sendable {
    let leaf: [UInt8]
    let leafHash: MerkleHash
    let entry: LogEntry
    let announcement: Announcement?

    var body: LogEntryBody { entry.body }
}
