import Wire

/// Whose word counts: the logs, the witnesses and how many of them (transparency-log 7.4). It comes from the reader,
/// never from what is read.
public struct TrustPolicy: Hashable, Sendable {
    public struct Log: Hashable, Sendable {
        public let key: NoteKey
        public let url: String?
    }

    public struct Witness: Hashable, Sendable {
        public let name: String
        public let key: NoteKey
        public let url: String?
    }

    indirect enum Member: Hashable, Sendable {
        case witness(NoteKey)
        case group(needed: Int, of: [Member])

        func isMet(by keys: Set<NoteKey>) -> Bool {
            switch self {
            case .witness(let key): keys.contains(key)
            case .group(let needed, let members): members.count(where: { $0.isMet(by: keys) }) >= needed
            }
        }
    }

    public let logs: [Log]
    public let witnesses: [Witness]
    /// `nil`: no witness is needed, and nothing protects against two histories.
    let quorum: Member?

    public var hasQuorum: Bool { quorum != nil }

    /// One log, no witnesses.
    public init(log: NoteKey) {
        logs = [Log(key: log, url: nil)]
        witnesses = []
        quorum = nil
    }

    init(logs: [Log], witnesses: [Witness], quorum: Member?) {
        self.logs = logs
        self.witnesses = witnesses
        self.quorum = quorum
    }

    /// The same logs, without need of witnesses: for what a log signed before any cosigned it.
    public var withoutQuorum: TrustPolicy { TrustPolicy(logs: logs, witnesses: witnesses, quorum: nil) }

    /// The checkpoint in a note, if a listed log signed it under its own origin and the quorum of witnesses did too.
    public func accept(_ note: SignedNote) throws(TrustFailure) -> AcceptedCheckpoint {
        let checkpoint: Checkpoint
        do throws(NoteFailure) { checkpoint = try Checkpoint(parsing: note.text) } catch { throw .note(error) }
        let logKeys = logs.map(\.key).filter { $0.name == checkpoint.origin }
        guard !logKeys.isEmpty else { throw .unknownLog(checkpoint.origin) }
        let signers: [(key: NoteKey, time: UInt64?)]
        do throws(NoteFailure) { signers = try note.verified(by: logKeys + witnesses.map(\.key)) } catch {
            throw .note(error)
        }
        guard let log = signers.first(where: { logKeys.contains($0.key) })?.key else {
            throw .note(.noKnownSignature)
        }
        let cosigners = signers.compactMap { signer in
            signer.time.map { AcceptedCheckpoint.Cosigner(key: signer.key, time: $0) }
        }
        if let quorum, !quorum.isMet(by: Set(cosigners.map(\.key))) {
            throw .quorumNotMet(cosigners: cosigners.map(\.key.name))
        }
        return AcceptedCheckpoint(checkpoint: checkpoint, note: note, log: log, cosigners: cosigners)
    }
}

/// A checkpoint that a trust policy accepted. Only `TrustPolicy` makes one.
public struct AcceptedCheckpoint: Hashable, Sendable {
    public struct Cosigner: Hashable, Sendable {
        public let key: NoteKey
        /// POSIX seconds, as the witness states them.
        public let time: UInt64
    }

    public let checkpoint: Checkpoint
    public let note: SignedNote
    public let log: NoteKey
    public let cosigners: [Cosigner]
}

/// Why a checkpoint does not count.
public enum TrustFailure: Error, Hashable, Sendable {
    case note(NoteFailure)
    case unknownLog(KeyName)
    /// Signed by the log, but by too few witnesses: not wrong, not enough.
    case quorumNotMet(cosigners: [KeyName])
}

extension TrustFailure: CustomStringConvertible {
    public var description: String {
        switch self {
        case .note(let failure): "\(failure)"
        case .unknownLog(let origin): "the trust policy lists no log \(origin)"
        case .quorumNotMet(let names):
            "the quorum of witnesses is not met; cosigned by "
                + (names.isEmpty ? "none that are listed" : names.map(\.description).joined(separator: ", "))
        }
    }
}
