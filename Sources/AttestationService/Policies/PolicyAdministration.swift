package import Appraisal
package import AuditStore
package import MerkleLog
import Records
package import StateStore
import Wire
import Words

/// Changes what a running service judges by. Every act is in the log before it has any effect, and does not happen where
/// the log does not take it; what is in force is in the log, and what is no longer served is retired there
/// (transparency-log 2.6, E-11).
///
/// Of one name the stored version of a policy that is active counts, then the folder's. What comes with the program has
/// names of its own, and a reference set lies either in the store or in the folder.
package final class PolicyAdministration: Sendable {
    package let inForce: PoliciesInForce
    let versions: DocumentVersions
    private let base: PolicyBase
    private let log: AuditLog
    private let archive: EvidenceArchive
    private let clocks: Clocks
    private let acts = SerialActs()

    /// Reads what is active, puts it into the log, and retires there what is served no more.
    package init(
        base: PolicyBase, versions: DocumentVersions, log: AuditLog, archive: EvidenceArchive,
        clocks: Clocks
    ) async throws(ServiceFailure) {
        self.base = base
        self.versions = versions
        self.log = log
        self.archive = archive
        self.clocks = clocks
        try await Self.checkNothingIsLost(base, versions, log)
        let aside = try await Self.activeDocuments(versions).setAside
        try await Self.finishRetirements(
            versions, log, at: Instant(seconds: clocks.wall() / 1_000), sparing: Set(aside.map(\.sha256)))
        let registry = try await Self.registry(base, versions)
        inForce = PoliciesInForce(registry)
        for policy in registry.all { try await announce(.policy(policy)) }
        for set in registry.references.sets { try await announce(.set(set)) }
        for aside in inForce.current.setAside { log.report(aside.sentence) }
        // The examples that come with the program name sets that only their users can make.
        for policy in inForce.current.all where !Policy.builtIn.contains(policy) {
            let missing = inForce.current.missing(for: policy).joined(separator: ", ")
            guard !missing.isEmpty else { continue }
            log.report("the policy \(policy.id) names reference sets that are not there: \(missing)")
        }
        await retireWhatIsNotServed()
    }

    // MARK: Acts

    /// Takes a document in, as a draft. The same bytes again change nothing.
    ///
    /// - Returns: The version, and whether it is new.
    package func put(
        _ kind: DocumentVersion.Kind, id: String, _ bytes: [UInt8], who: String
    ) async throws(ServiceFailure) -> (version: DocumentVersion, isNew: Bool) {
        let document = try Document(handedIn: kind, bytes)
        guard document.id == id else {
            throw .policy(.otherID(found: document.id, wanted: id))
        }
        return try await acts.perform { [self] () async throws(ServiceFailure) in
            if let known = try await stored({ () async throws(DocumentVersions.Failure) in
                try await versions.version(kind, document.sha256)
            }) {
                return (known, false)
            }
            let draft = DocumentVersion(
                draft: kind, id: document.id, version: document.version, bytes: bytes, created: time)
            try await record(who, "\(kind.rawValue).put", document.sha256.hex)
            try await stored { () async throws(DocumentVersions.Failure) in try await versions.add(draft) }
            return (draft, true)
        }
    }

    /// Runs cases against a policy; where each comes out as expected, the version may become active.
    package func test(
        id: String, _ sha256: MerkleHash, _ cases: [PolicyCase], who: String
    ) async throws(ServiceFailure) -> DocumentVersion {
        try await acts.perform { [self] () async throws(ServiceFailure) in
            let version = try await version(.policy, id: id, sha256)
            try Document(.policy, version.bytes).checkID()
            let references = inForce.current.references
            let policy = try PolicyVersion(version)
            do throws(PolicyVersion.Refused) {
                _ = try policy.tested(cases, references: references, at: time)
            } catch {
                guard case .casesFailed = error else { throw Self.refused(version, .tested) }
                throw .policy(.casesFailed(cases.map { $0.run(policy.policy, references: references) }))
            }
            try await record(who, "policy.test", sha256.hex)
            try await stored { () async throws(DocumentVersions.Failure) in
                try await versions.setTested(.policy, sha256, cases: cases.count, at: time)
            }
            return try await self.version(.policy, id: id, sha256)
        }
    }

    /// Puts a version in force in place of whatever has its name.
    package func activate(
        _ kind: DocumentVersion.Kind, id: String, _ sha256: MerkleHash
    ) async throws(ServiceFailure) -> DocumentVersion {
        try await acts.perform { [self] () async throws(ServiceFailure) in
            let version = try await version(kind, id: id, sha256)
            let document = try Document(kind, version.bytes)
            try checkActivation(of: version, document)
            try await keep(document)
            try await append(document.entry(.activate))
            do throws(ServiceFailure) {
                try await stored { () async throws(DocumentVersions.Failure) in
                    try await versions.activate(kind, sha256, at: time)
                }
                let after = try await Self.registry(base, versions)
                // With what was in force before, a set may go from aside: verdicts rest on it again.
                try await announceNew(in: after)
                inForce.replace(after)
            } catch {
                // It was never used, and the log says that it is in force.
                await retireWhatIsNotServed()
                throw error
            }
            await retireWhatIsNotServed()
            return try await self.version(kind, id: id, sha256)
        }
    }

    /// Takes a version out of force; where the folder or the program has one of its name, that one counts again. Of one that
    /// is set aside, that another takes its place is the act.
    package func retire(
        _ kind: DocumentVersion.Kind, id: String, _ sha256: MerkleHash, who: String
    ) async throws(ServiceFailure) -> DocumentVersion {
        try await acts.perform { [self] () async throws(ServiceFailure) in
            let version = try await version(kind, id: id, sha256)
            guard case .active = version.state else { throw Self.refused(version, .retired) }
            let before = inForce.current
            guard let after = try await Self.remaining(base, versions, without: version) else {
                throw .policy(.standardWouldGo(id: id))
            }
            try await announceNew(in: after)
            let isSetAside = before.setAside.contains { $0.kind == kind && $0.sha256 == sha256 }
            let activation = version.entry(.activate)
            let isInLog = log.documentsInForce.contains(activation)
            let isServed = (try? Document(kind, version.bytes))?.isServed(by: after) == true
            // Nobody begins to judge by it any more; what is under way the log refuses, and it is judged again.
            inForce.replace(after)
            do throws(ServiceFailure) {
                // Where the folder has the same bytes they stay in force, and only the stored version goes.
                if isSetAside || isServed { try await record(who, "\(kind.rawValue).retire", sha256.hex) }
                if isInLog && !isServed { try await append(version.entry(.retire)) }
                try await stored { () async throws(DocumentVersions.Failure) in
                    try await versions.retire(kind, sha256, at: time)
                }
            } catch {
                // It did not happen.
                if isInLog { try? await log.announce(activation) }
                inForce.replace(before)
                throw error
            }
            await retireWhatIsNotServed()
            return try await self.version(kind, id: id, sha256)
        }
    }

    /// Another act of an administrator: in the log first, then done, one after the other.
    ///
    /// - Parameters:
    ///   - who: The name beside the token.
    ///   - subject: A name, never free text.
    ///   - check: What would make it impossible, asked before anything is written.
    package func perform<Value: Sendable>(
        _ action: String, on subject: String, who: String,
        check: @escaping @Sendable () async throws(ServiceFailure) -> Void = {},
        act: @escaping @Sendable () async throws(ServiceFailure) -> Value
    ) async throws(ServiceFailure) -> Value {
        try await acts.perform { [self] () async throws(ServiceFailure) in
            try await check()
            try await record(who, action, subject)
            return try await act()
        }
    }

    // MARK: Steps

    private var time: Instant { Instant(seconds: clocks.wall() / 1_000) }

    package func version(
        _ kind: DocumentVersion.Kind, id: String, _ sha256: MerkleHash
    ) async throws(ServiceFailure) -> DocumentVersion {
        let version = try await stored { () async throws(DocumentVersions.Failure) in
            try await versions.version(kind, sha256)
        }
        guard let version, version.id == id else {
            throw .policy(.noSuchVersion(id: id))
        }
        return version
    }

    private func checkActivation(of version: DocumentVersion, _ document: Document) throws(ServiceFailure) {
        switch document {
        case .policy(let policy):
            let step = try PolicyVersion(version)
            do throws(PolicyVersion.Refused) {
                _ = try step.activated(at: time)
            } catch {
                throw Self.refused(version, .activated)
            }
            try document.checkID()
            try inForce.current.references(for: policy).check([policy])
        case .set(let set):
            try base.checkIsAlone(set.id)
            let others = inForce.current.references.sets.filter { $0.id != set.id }
            try ReferenceLibrary(others + [set]).check(inForce.current.all)
            guard case .draft = version.state else { throw Self.refused(version, .activated) }
            if let end = set.validUntil, end <= time {
                throw .policy(.setEnded(end, now: time))
            }
        }
    }

    private static func refused(_ version: DocumentVersion, _ step: PolicyFailure.Step) -> ServiceFailure {
        .policy(.state(kind: version.kind, found: version.state, step: step))
    }

    /// In the log, unless it is there.
    private func announce(_ document: Document) async throws(ServiceFailure) {
        try await keep(document)
        do throws(AppendFailure) {
            try await log.announce(document.entry(.activate))
        } catch {
            throw .policy(.notRecorded(error))
        }
    }

    /// What a registry has and the one in force has not.
    private func announceNew(in after: PolicyRegistry) async throws(ServiceFailure) {
        let before = inForce.current
        for policy in after.all where !before.all.contains(policy) { try await announce(.policy(policy)) }
        for set in after.references.sets where before.references[set.id] != set { try await announce(.set(set)) }
    }

    /// Whoever judges a verdict again needs the document (transparency-log C-4).
    private func keep(_ document: Document) async throws(ServiceFailure) {
        do throws(EvidenceFailure) {
            try await archive.store([document.item], owner: "", at: clocks.wall())
        } catch {
            throw .policy(.storage("the archive does not take the document: \(error.sentence)"))
        }
    }

    private func record(_ who: String, _ action: String, _ subject: String) async throws(ServiceFailure) {
        try await append(.admin(AdminEntry(who: who, action: action, subject: subject)))
    }

    private func append(_ body: LogEntryBody) async throws(ServiceFailure) {
        do throws(AppendFailure) {
            _ = try await log.append(LogEntry(timeMilliseconds: clocks.wall(), body: body))
        } catch {
            throw .policy(.notRecorded(error))
        }
    }

    /// Retires in the log what nothing judges by: what was replaced, and sets of policies that held together with it. What is
    /// set aside stays, as in state.db: a program that takes it again finds it in force, as the administrator left it.
    private func retireWhatIsNotServed() async {
        let registry = inForce.current
        let aside = registry.setAside.map(\.sha256)
        let policies = Set(registry.all.map { Document.policy($0).sha256 } + aside)
        let sets = Set(registry.references.sets.map { Document.set($0).sha256 } + aside)
        for body in log.documentsInForce {
            let retired: LogEntryBody
            switch body {
            case .policy(let entry):
                guard await !isServed(entry.policySHA256, by: policies) else { continue }
                retired = .policy(
                    PolicyEntry(operation: .retire, policyID: entry.policyID, policySHA256: entry.policySHA256))
            case .referenceSet(let entry):
                guard !sets.contains(entry.setSHA256) else { continue }
                retired = .referenceSet(
                    ReferenceSetEntry(operation: .retire, setID: entry.setID, setSHA256: entry.setSHA256))
            default: continue
            }
            do throws(ServiceFailure) {
                try await append(retired)
            } catch {
                // Asked again after the next act, and at the next start.
                log.report("what was replaced is not retired in the log yet: \(error.detail)")
            }
        }
    }

    private func isServed(_ sha256: MerkleHash, by policies: Set<MerkleHash>) async -> Bool {
        if policies.contains(sha256) { return true }
        guard let document = try? await archive.bytes(of: sha256), let members = RecordedPolicy.members(of: document)
        else { return false }
        return members.allSatisfy(policies.contains)
    }
}
