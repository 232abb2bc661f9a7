public import MerkleLog
import Wire

/// Everything that one verdict needs to be judged again by somebody who trusts nobody here: the same bytes whenever it is
/// made from the same things (transparency-log 14.4).
public struct EvidenceBundle: Hashable, Sendable {
    /// By name, the manifest left out.
    public private(set) var files: [String: [UInt8]]
    /// Parsed from its file; nothing of it has been verified.
    public let proof: TextProof

    private static let manifestName = "manifest.json"

    public init(entry: [UInt8], proof: TextProof) {
        files = ["entry.json": entry, "proof.tlog-proof": proof.bytes]
        self.proof = proof
    }

    /// - Parameter name: Of at most 100 bytes of ASCII, as all of the specification's are.
    public mutating func add(_ name: String, _ bytes: [UInt8]) { files[name] = bytes }

    public mutating func remove(_ name: String) { files[name] = nil }

    public var archive: [UInt8] { USTAR.write(files.merging([Self.manifestName: manifest]) { first, _ in first }) }

    private var manifest: [UInt8] {
        let origin = (try? Checkpoint(parsing: proof.checkpoint.text))?.origin.description ?? ""
        return JSON.object([
            ("files", .object(files.map { ($0.key, .string(MerkleHashing.sha256($0.value).hex)) })),
            ("index", .integer(Int64(clamping: proof.index))), ("kind", .string("evidence-bundle")),
            ("origin", .string(origin)), ("v", .integer(1)),
        ]).canonicalBytes
    }

    /// Why bytes are no bundle.
    public enum Malformed: Error, Hashable, Sendable {
        case archive
        case missing(String)
        case proof(TextProofFailure)
        /// Another leaf beside the path than the entry, or other bytes than a proof is written with.
        case proofNotOfEntry
        /// The manifest is not the one that these files have.
        case manifest
    }

    public init(parsing bytes: [UInt8]) throws(Malformed) {
        guard var files = USTAR.read(bytes) else { throw .archive }
        guard let manifest = files.removeValue(forKey: Self.manifestName) else { throw .missing(Self.manifestName) }
        guard let entry = files["entry.json"] else { throw .missing("entry.json") }
        guard let proofBytes = files["proof.tlog-proof"] else { throw .missing("proof.tlog-proof") }
        do throws(TextProofFailure) {
            proof = try TextProof(parsing: proofBytes)
        } catch {
            throw .proof(error)
        }
        // No byte of a bundle is without meaning (V-10).
        guard proof.bytes == proofBytes, proof.extra == nil || proof.extra == entry else { throw .proofNotOfEntry }
        self.files = files
        guard manifest == self.manifest else { throw .manifest }
    }

    public var entry: [UInt8] { files["entry.json"] ?? [] }
}

extension EvidenceBundle.Malformed: CustomStringConvertible {
    public var description: String {
        switch self {
        case .archive: "not the USTAR archive that a bundle is, or one that was changed"
        case .missing(let name): "\(name) is missing"
        case .proof(let failure): "proof.tlog-proof: \(failure)"
        case .proofNotOfEntry: "proof.tlog-proof: its extra line is not entry.json"
        case .manifest: "manifest.json is not that of the other files"
        }
    }
}
