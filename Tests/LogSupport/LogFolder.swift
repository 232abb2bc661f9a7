import Crypto
package import Foundation
package import MerkleLog
import Wire

/// A log in a folder, as static files: written by a test, read by whoever is tested. Removed with the value.
package final class LogFolder {
    package let url: URL
    package let key: NoteKey
    private let signer: Curve25519.Signing.PrivateKey
    package private(set) var leaves: [[UInt8]] = []
    private var edge = TileEdge()

    package init(origin: String = "attest.example/log/2026", seed: [UInt8] = [UInt8](0x00...0x1F)) throws {
        url = FileManager.default.temporaryDirectory.appending(path: "log-\(UUID().uuidString)/")
        signer = try Curve25519.Signing.PrivateKey(rawRepresentation: seed)
        guard let name = KeyName(origin),
            let key = NoteKey(name: name, type: .ed25519, publicKey: [UInt8](signer.publicKey.rawRepresentation))
        else { throw CocoaError(.featureUnsupported) }
        self.key = key
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    package var path: String { url.path }
    package var root: MerkleHash { edge.root }

    /// Appends, writes every tile and bundle that changed, then the checkpoint.
    package func append(_ further: [[UInt8]]) throws {
        let old = leaves.count
        for leaf in further { edge.append(leaf: MerkleHashing.leaf(leaf)) }
        leaves += further
        for (tile, hashes) in edge.takeTouched() { try write(HashTile.encode(hashes), to: tile.path) }
        for index in old / 256..<max(old / 256, (leaves.count + 255) / 256) {
            let entries = leaves[index * 256..<min(leaves.count, index * 256 + 256)]
            guard let bundle = EntryBundle.encode(entries),
                let tile = TileCoordinate(.entries, index: UInt64(index), width: entries.count)
            else { throw CocoaError(.featureUnsupported) }
            try write(bundle, to: tile.path)
        }
        try write(checkpoint().bytes, to: "checkpoint")
    }

    /// What the log signs of its first `size` leaves; of all of them by default. `root` makes it lie.
    package func checkpoint(size: Int? = nil, root: MerkleHash? = nil) throws -> SignedNote {
        var range = CompactRange()
        for leaf in leaves.prefix(size ?? leaves.count) { range.append(leaf: MerkleHashing.leaf(leaf)) }
        guard let checkpoint = Checkpoint(origin: key.name, size: range.size, root: root ?? range.root) else {
            throw CocoaError(.featureUnsupported)
        }
        return try SignedNote.signed(checkpoint.text, by: key) { [UInt8](try signer.signature(for: $0)) }
    }

    private var nodes: TileNodes<any Error> {
        TileNodes(size: edge.size) { [url] tile in [UInt8](try Data(contentsOf: url.appending(path: tile.path))) }
    }

    package func proof(index: Int, withLeaf: Bool) throws -> TextProof {
        guard let proof = try InclusionProof(index: UInt64(index), size: edge.size, from: nodes.source) else {
            throw CocoaError(.featureUnsupported)
        }
        return TextProof(
            extra: withLeaf ? leaves[index] : nil, index: proof.index, path: proof.path, checkpoint: try checkpoint())
    }

    package func consistency(from size: Int) throws -> ConsistencyProof {
        guard let proof = try ConsistencyProof(from: UInt64(size), to: edge.size, nodes: nodes.source) else {
            throw CocoaError(.featureUnsupported)
        }
        return proof
    }

    @discardableResult
    package func write(_ bytes: [UInt8], to name: String) throws -> String {
        let file = url.appending(path: name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: file)
        return file.path
    }
}
