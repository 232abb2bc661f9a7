package import Appraisal
import AuditStore
package import MerkleLog
import Records
package import StateStore
import Wire
import Words

/// A policy or a reference set, read from its bytes.
package enum Document: Sendable {
    case policy(Policy)
    case set(ReferenceSet)

    init(_ kind: DocumentVersion.Kind, _ bytes: [UInt8]) throws(ServiceFailure) {
        do throws(PolicyError) {
            switch kind {
            case .policy: self = .policy(try Policy(parsing: bytes))
            case .referenceSet: self = .set(try ReferenceSet(parsing: bytes))
            }
        } catch {
            throw .policy(.document(error))
        }
    }

    /// One that somebody hands in: no other document has the id of a built-in policy.
    init(handedIn kind: DocumentVersion.Kind, _ bytes: [UInt8]) throws(ServiceFailure) {
        try self.init(kind, bytes)
        try checkID()
    }

    /// What an earlier program took in may be over an id that is reserved now.
    func checkID() throws(ServiceFailure) {
        guard case .policy(let policy) = self else { return }
        do throws(PolicyError) {
            try policy.checkID()
        } catch {
            throw .policy(.document(error))
        }
    }

    package var id: String {
        switch self {
        case .policy(let policy): policy.id
        case .set(let set): set.id
        }
    }

    package var version: Int64 {
        switch self {
        case .policy(let policy): policy.version
        case .set(let set): set.version
        }
    }

    package var bytes: [UInt8] {
        switch self {
        case .policy(let policy): policy.bytes
        case .set(let set): set.bytes
        }
    }

    package var sha256: MerkleHash { MerkleHashing.sha256(bytes) }

    var item: EvidenceItem {
        switch self {
        case .policy: EvidenceItem(.policy, bytes)
        case .set: EvidenceItem(.referenceSet, bytes)
        }
    }

    private var kind: DocumentVersion.Kind { if case .policy = self { .policy } else { .referenceSet } }

    func entry(_ operation: PolicyEntry.Operation) -> LogEntryBody {
        LogEntryBody(operation, kind, id: id, sha256)
    }

    /// Whether the same bytes are in force, from wherever.
    func isServed(by registry: PolicyRegistry) -> Bool {
        switch self {
        case .policy(let policy): registry.all.contains(policy)
        case .set(let set): registry.references[set.id] == set
        }
    }
}

extension ReferenceLibrary {
    package var sets: [ReferenceSet] { ids.compactMap { self[$0] } }
}

extension PolicyVersion {
    init(_ version: DocumentVersion) throws(ServiceFailure) {
        guard case .policy(let policy) = try Document(.policy, version.bytes) else {
            throw .internal("a version is not what it was")
        }
        let state: State =
            switch version.state {
            case .draft: .draft
            case .tested(let time, let cases): .tested(at: time, cases: cases)
            case .active(let time): .active(since: time)
            case .retired(let time): .retired(at: time)
            }
        self.init(policy, stored: state)
    }
}

extension DocumentVersion.State {
    /// As people and programs read it.
    package var name: String {
        switch self {
        case .draft: "draft"
        case .tested: "tested"
        case .active: "active"
        case .retired: "retired"
        }
    }
}

extension LogEntryBody {
    fileprivate init(
        _ operation: PolicyEntry.Operation, _ kind: DocumentVersion.Kind, id: String, _ sha256: MerkleHash
    ) {
        switch kind {
        case .policy: self = .policy(PolicyEntry(operation: operation, policyID: id, policySHA256: sha256))
        case .referenceSet:
            self = .referenceSet(ReferenceSetEntry(operation: operation, setID: id, setSHA256: sha256))
        }
    }
}

extension DocumentVersion {
    /// Whether it loads or not.
    func entry(_ operation: PolicyEntry.Operation) -> LogEntryBody {
        LogEntryBody(operation, kind, id: id, sha256)
    }
}
