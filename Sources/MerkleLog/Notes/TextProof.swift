public import Wire

/// An inclusion proof with its checkpoint in one file, `.tlog-proof` (transparency-log 6.1).
public struct TextProof: Hashable, Sendable {
    /// The leaf, so that one file suffices. It proves nothing by itself: its hash is what the path is checked with.
    public let extra: [UInt8]?
    public let index: UInt64
    public let path: [MerkleHash]
    public let checkpoint: SignedNote

    static let header = Array("c2sp.org/tlog-proof@v1\n".utf8)

    public init(extra: [UInt8]?, index: UInt64, path: [MerkleHash], checkpoint: SignedNote) {
        self.extra = extra
        self.index = index
        self.path = path
        self.checkpoint = checkpoint
    }

    public init(parsing bytes: [UInt8]) throws(TextProofFailure) {
        guard bytes.count <= Limits.proofBytes else { throw .tooLarge }
        guard bytes.starts(with: Self.header) else { throw .header }
        var rest = bytes.dropFirst(Self.header.count)
        func line() throws(TextProofFailure) -> ArraySlice<UInt8> {
            guard let end = rest.firstIndex(of: 0x0A) else { throw .truncated }
            defer { rest = rest[(end + 1)...] }
            return rest[..<end]
        }
        var current = try line()
        if current.starts(with: "extra ".utf8) {
            guard let extra = Base64.decode(current.dropFirst(6)) else { throw .extra }
            self.extra = extra
            current = try line()
        } else {
            extra = nil
        }
        guard current.starts(with: "index ".utf8), let index = Decimal.parse(current.dropFirst(6)) else {
            throw .index
        }
        self.index = index
        var path: [MerkleHash] = []
        current = try line()
        while !current.isEmpty {
            guard path.count < TreeSize.maximumProofLength else { throw .path }
            guard let bytes = Base64.decode(current), let hash = MerkleHash(exactly: bytes) else { throw .path }
            path.append(hash)
            current = try line()
        }
        self.path = path
        do throws(NoteFailure) {
            checkpoint = try SignedNote(parsing: Array(rest))
        } catch {
            throw .checkpoint(error)
        }
    }

    public var bytes: [UInt8] {
        var bytes = Self.header
        if let extra { bytes += Array("extra \(Base64.encode(extra))\n".utf8) }
        bytes += Array("index \(index)\n".utf8)
        for hash in path { bytes += Array((Base64.encode(hash.bytes) + "\n").utf8) }
        return bytes + [0x0A] + checkpoint.bytes
    }

    /// - Parameter leaf: What is to be proven; a verifier that holds it never takes it from the file.
    /// - Parameter trust: Which logs and witnesses count.
    public func verified(
        leaf: MerkleHash, under trust: TrustPolicy
    ) throws(TextProofFailure) -> AcceptedCheckpoint {
        let accepted: AcceptedCheckpoint
        do throws(TrustFailure) { accepted = try trust.accept(checkpoint) } catch { throw .untrusted(error) }
        let proof = InclusionProof(index: index, size: accepted.checkpoint.size, path: path)
        guard proof.isValid(leaf: leaf, root: accepted.checkpoint.root) else { throw .notIncluded }
        return accepted
    }
}

/// At which step a proof file failed, in the order of P-2.
public enum TextProofFailure: Error, Hashable, Sendable {
    case tooLarge, truncated, header, extra, index, path
    case checkpoint(NoteFailure)
    case untrusted(TrustFailure)
    case notIncluded
}

extension TextProofFailure: CustomStringConvertible {
    public var description: String {
        switch self {
        case .tooLarge: "larger than \(Limits.proofBytes) bytes"
        case .truncated: "ends before the checkpoint"
        case .header: "the first line is not c2sp.org/tlog-proof@v1"
        case .extra: "the extra line is not base64"
        case .index: "there is no index line with a plain decimal"
        case .path: "a path line is not a hash of 32 bytes in base64, or there are more than 63"
        case .checkpoint(let failure): "checkpoint: \(failure)"
        case .untrusted(let failure): "checkpoint: \(failure)"
        case .notIncluded: "the path does not lead from this leaf to the checkpoint's root"
        }
    }
}
