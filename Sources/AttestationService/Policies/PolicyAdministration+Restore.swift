import Appraisal
package import AuditStore
import MerkleLog
package import StateStore
package import Wire
import Words

/// What the log has in force, and nothing here has: state.db is lost, or an older one lies in its place (transparency-log B-8).
extension PolicyAdministration {
    /// A row that is missing is never explained by a crash, unless it is of the last act: every act is in the log before it
    /// has any effect, and the next one comes after it is stored.
    static func checkNothingIsLost(
        _ base: PolicyBase, _ versions: DocumentVersions, _ log: AuditLog
    ) async throws(ServiceFailure) {
        let lost = try await lost(base, versions, log)
        guard let first = lost.first else { return }
        throw .policy(
            .lost(
                "\(lost.map(\.name).joined(separator: ", ")): the log says that \(lost.count == 1 ? "it is" : "they are") in force, "
                    + "and state.db \(first.isStored ? "has it as not active yet" : "does not have it"). state.db is lost, or older than the log. Put "
                    + "the newest one back, or take what the log has in force from evidence.db: assay recover --state"))
    }

    struct Lost {
        let kind: DocumentVersion.Kind
        let id: String
        let sha256: MerkleHash
        let isStored: Bool
        var name: String { "\(kind.rawValue) \(id) \(sha256.hex)" }
    }

    static func lost(
        _ base: PolicyBase, _ versions: DocumentVersions, _ log: AuditLog
    ) async throws(ServiceFailure) -> [Lost] {
        let served = Set(
            base.policies.map { Document.policy($0).sha256 } + base.references.sets.map { Document.set($0).sha256 })
        var found: [Lost] = []
        for body in log.documentsInForce {
            let (kind, id, sha256): (DocumentVersion.Kind, String, MerkleHash)
            switch body {
            case .policy(let entry): (kind, id, sha256) = (.policy, entry.policyID, entry.policySHA256)
            case .referenceSet(let entry): (kind, id, sha256) = (.referenceSet, entry.setID, entry.setSHA256)
            default: continue
            }
            guard !served.contains(sha256) else { continue }
            let stored = try await stored { () async throws(DocumentVersions.Failure) in
                try await versions.version(kind, sha256)
            }
            switch stored?.state {
            case .active, .retired: continue
            case .draft, .tested:
                if try await !isLastAct(body, of: log) {
                    found.append(Lost(kind: kind, id: id, sha256: sha256, isStored: true))
                }
            case nil:
                // Of what lay in the folder nobody handed anything in, and taking it from there is no loss.
                if try await wasHandedIn(kind, sha256, log) {
                    found.append(Lost(kind: kind, id: id, sha256: sha256, isStored: false))
                }
            }
        }
        return found
    }

    /// Puts back in force, in the store, what the log has in force and the store lost.
    ///
    /// - Parameters:
    ///   - archive: Has the bytes, by their hash.
    ///   - documents: Bytes that somebody kept elsewhere.
    package static func restore(
        _ base: PolicyBase, _ versions: DocumentVersions, from log: AuditLog, _ archive: EvidenceReader?,
        _ documents: [[UInt8]], at time: Instant
    ) async throws(ServiceFailure) -> [DocumentVersion] {
        var restored: [DocumentVersion] = []
        for lost in try await lost(base, versions, log) {
            var bytes = documents.first { MerkleHashing.sha256($0) == lost.sha256 }
            if bytes == nil { bytes = try? await archive?.bytes(of: lost.sha256) }
            guard let bytes else {
                throw .policy(
                    .lost(
                        "\(lost.name): the log says that it is in force, and evidence.db does not have it; give the file with "
                            + "--document"))
            }
            let document = try Document(lost.kind, bytes)
            let version = DocumentVersion(
                draft: lost.kind, id: document.id, version: document.version, bytes: bytes, created: time)
            try await stored { () async throws(DocumentVersions.Failure) in
                try await versions.restore(version, at: time)
            }
            restored.append(version)
        }
        return restored
    }

    /// Whether nothing that an administrator does came after this entry.
    private static func isLastAct(_ body: LogEntryBody, of log: AuditLog) async throws(ServiceFailure) -> Bool {
        var answer = false
        try await actsFromTheEnd(of: log) { act in
            answer = act == body
            return false
        }
        return answer
    }

    private static func wasHandedIn(
        _ kind: DocumentVersion.Kind, _ sha256: MerkleHash, _ log: AuditLog
    ) async throws(ServiceFailure) -> Bool {
        var answer = false
        try await actsFromTheEnd(of: log) { act in
            if case .admin(let entry) = act, entry.subject.hasSameBytes(as: sha256.hex),
                ["\(kind.rawValue).put", "recover.\(kind.rawValue)"].contains(where: {
                    $0.hasSameBytes(as: entry.action)
                })
            {
                answer = true
            }
            return !answer
        }
        return answer
    }

    /// Entries about policies and reference sets, and of administrators, newest first, for as long as `goOn` says so.
    static func actsFromTheEnd(
        of log: AuditLog, _ goOn: (LogEntryBody) -> Bool
    ) async throws(ServiceFailure) {
        var end = log.tree.size
        while end > 0 {
            let range = (end > 512 ? end - 512 : 0)..<end
            let leaves: [[UInt8]]
            do throws(LogReader.Failure) {
                leaves = try await log.reader.leaves(in: range)
            } catch {
                throw .policy(.storage("the log cannot be read: \(String(describing: error))"))
            }
            for leaf in leaves.reversed()
            where LeafText.holds(#""kind":"policy""#, leaf) || LeafText.holds(#""kind":"reference_set""#, leaf)
                || LeafText.holds(#""kind":"admin""#, leaf)
            {
                guard let body = try? LogEntry(leaf: leaf).body else { continue }
                guard goOn(body) else { return }
            }
            end = range.lowerBound
        }
    }
}
