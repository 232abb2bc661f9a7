import Appraisal
import AuditStore
import MerkleLog
import Wire

/// A policy or a reference set, read from its bytes.
enum Document: Sendable {
    case policy(Policy)
    case set(ReferenceSet)

    init(_ kind: DocumentVersion.Kind, _ bytes: [UInt8]) throws(HTTPProblem) {
        do throws(PolicyError) {
            switch kind {
            case .policy: self = .policy(try Policy(parsing: bytes))
            case .referenceSet: self = .set(try ReferenceSet(parsing: bytes))
            }
        } catch {
            throw HTTPProblem(error)
        }
    }

    /// One that somebody hands in: no other document has the id of a built-in policy.
    init(handedIn kind: DocumentVersion.Kind, _ bytes: [UInt8]) throws(HTTPProblem) {
        try self.init(kind, bytes)
        try checkID()
    }

    /// What an earlier program took in may be over an id that is reserved now.
    func checkID() throws(HTTPProblem) {
        guard case .policy(let policy) = self else { return }
        do throws(PolicyError) {
            try policy.checkID()
        } catch {
            throw HTTPProblem(error)
        }
    }

    var id: String {
        switch self {
        case .policy(let policy): policy.id
        case .set(let set): set.id
        }
    }

    var version: Int64 {
        switch self {
        case .policy(let policy): policy.version
        case .set(let set): set.version
        }
    }

    var bytes: [UInt8] {
        switch self {
        case .policy(let policy): policy.bytes
        case .set(let set): set.bytes
        }
    }

    var sha256: MerkleHash { MerkleHashing.sha256(bytes) }

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

extension Policy {
    /// What each case gave, where one gave something else than it should.
    func casesFailed(_ cases: [PolicyCase], _ references: ReferenceLibrary) -> HTTPProblem {
        let results = cases.map { $0.run(self, references: references) }
        let failed = results.indices.filter { !results[$0].isAsExpected }
        var problem = HTTPProblem(
            .casesFailed,
            cases.isEmpty
                ? "found no case, wanted at least one"
                : "\(failed.count) of \(cases.count) came out otherwise: "
                    + failed.map { "cases[\($0)]" }.joined(separator: ", "),
            field: "cases", fix: "Correct the policy, or what is expected of it.")
        problem.extensions = [("results", .array(results.map(\.document)))]
        return problem
    }
}

extension PolicyCase.Result {
    var document: JSON {
        .object([
            ("verdict", .string(isAccepted ? "accept" : "reject")), ("codes", .array(codes.map { .string($0) })),
            ("as_expected", .bool(isAsExpected)),
        ])
    }
}

extension HTTPProblem {
    /// Why a document is no policy and no reference set.
    init(_ error: PolicyError) {
        self.init(
            .policyInvalid, "found \(error.found), wanted \(error.wanted.english)",
            field: error.field.isEmpty ? nil : error.field, offset: error.offset)
        code = error.code.rawValue
        fix = PolicyError.fix(error.code).english
    }
}

extension ReferenceLibrary {
    var sets: [ReferenceSet] { ids.compactMap { self[$0] } }
}

extension PolicyVersion {
    init(_ version: DocumentVersion) throws(HTTPProblem) {
        guard case .policy(let policy) = try Document(.policy, version.bytes) else {
            throw HTTPProblem(.internal, "a version is not what it was")
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

    var isActive: Bool { if case .active = state { true } else { false } }

    var document: JSON {
        var members: [(String, JSON)] = [
            ("id", .string(id)), ("version", .integer(version)), ("sha256", .string(sha256.hex)),
            ("state", .string(state.name)), ("created", .string(created.description)),
        ]
        switch state {
        case .draft: break
        case .tested(let time, let cases):
            members += [("since", .string(time.description)), ("cases", .integer(Int64(cases)))]
        case .active(let time), .retired(let time): members.append(("since", .string(time.description)))
        }
        return .object(members)
    }
}

extension DocumentVersion.State {
    var name: String {
        switch self {
        case .draft: "draft"
        case .tested: "tested"
        case .active: "active"
        case .retired: "retired"
        }
    }
}
