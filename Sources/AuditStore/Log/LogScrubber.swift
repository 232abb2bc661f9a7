import MerkleLog

/// Reads the whole log over and over, slowly, and compares every entry with its hash, every hash with its tile, every tile
/// with the one above, and all of it with the signed root (transparency-log U-1). Bits rot where nobody looks.
public final class LogScrubber: Sendable {
    private let log: AuditLog
    private let entriesPerSecond: Int

    public init(_ log: AuditLog, entriesPerSecond: Int = 2_000) {
        self.log = log
        self.entriesPerSecond = max(1, entriesPerSecond)
    }

    /// Until the task is cancelled, or something is wrong: then nothing is appended any more.
    public func run() async {
        while !Task.isCancelled {
            do {
                try await pass()
            } catch let defect as LogDefect {
                log.enter(.integrityFault(defect.sentence))
                return
            } catch {
                // A reader that could not read, or the end of the service.
                log.report("the log was not looked through: \(error)")
            }
            try? await Task.sleep(for: .seconds(60))
        }
    }

    /// One look at everything that is signed when it begins.
    public func pass() async throws {
        let tree = log.tree
        var edge = TileEdge()
        while edge.size < tree.size {
            let start = edge.size
            let end = min(tree.size, start + 256)
            for leaf in try await log.reader.leaves(in: start..<end) { edge.append(leaf: MerkleHashing.leaf(leaf)) }
            for (tile, hashes) in edge.takeTouched() {
                guard try await log.reader.bytes(of: tile) == HashTile.encode(hashes) else {
                    throw LogDefect(.corrupt, "\(tile.path) does not hold what entries \(start) to \(end) hash to")
                }
            }
            try await Task.sleep(for: .seconds(1) * Double(end - start) / Double(entriesPerSecond))
        }
        guard edge.root == tree.root else {
            throw LogDefect(.corrupt, "the entries have another root than was signed at size \(tree.size)")
        }
    }
}
