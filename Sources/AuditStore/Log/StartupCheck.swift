import Foundation
import GRDB
import MerkleLog
import Wire

/// What must hold before anything is appended (transparency-log 11, steps 2 to 7 and 9). Reads little: the right edge and
/// the last bundles, however large the log is.
struct StartupCheck {
    let database: Database
    let path: String

    /// Step 2: SQLite's own consistency, where somebody has to wait for it.
    func integrity() throws {
        let answer = try String.fetchOne(database, sql: "PRAGMA quick_check(1)")
        guard answer == "ok" else { throw LogDefect(.corrupt, "\(path): quick_check says \(answer ?? "nothing")") }
    }

    /// Steps 3 to 5.
    func tree() throws -> (state: TreeState, edge: TileEdge) {
        guard let state = try LogTables.state(database) else {
            throw LogDefect(.corrupt, "\(path) has no tree_state")
        }
        let count = try Int64.fetchOne(database, sql: "SELECT coalesce(max(idx) + 1, 0) FROM entries") ?? 0
        guard count == Int64(state.size) else {
            throw LogDefect(.corrupt, "\(path) has \(count) entries, and tree_state says \(state.size)")
        }
        try geometry(state)
        let nodes = StoredTiles.nodes(database, size: state.size)
        guard try nodes.source.root(over: 0..<state.size) == state.root else {
            throw LogDefect(.corrupt, "\(path): the tiles have another root than tree_state, at size \(state.size)")
        }
        try lastBundles(state, nodes)
        return (state, try TileEdge(size: state.size, from: nodes))
    }

    /// C-7: the tiles are exactly those that the size implies.
    private func geometry(_ state: TreeState) throws {
        let edge = TileCoordinate.rightEdge(size: state.size)
        for level in 0..<UInt8(8) {
            let wanted = edge.first { $0.content == .hashes(level: level) }
            let row = try Row.fetchOne(
                database, sql: "SELECT n, length(hashes) FROM tiles WHERE level = ? ORDER BY n DESC LIMIT 1",
                arguments: [Int64(level)])
            guard (row?[0] as Int64?) == wanted.map({ Int64($0.index) }),
                (row?[1] as Int64?) == wanted.map({ Int64($0.width * 32) })
            else {
                throw LogDefect(
                    .corrupt, "\(path): the tiles of level \(level) do not end where size \(state.size) says")
            }
        }
    }

    /// Step 5: the last bundle and the one before it, and the last full tile of each level in the level above.
    private func lastBundles(_ state: TreeState, _ nodes: TileNodes<any Error>) throws {
        guard state.size > 0 else { return }
        let last = (state.size - 1) / 256
        try rehash((last > 0 ? (last - 1) * 256 : 0)..<state.size, nodes)
        for level in 0..<UInt8(7) {
            let full = state.size >> (UInt64(level) * 8) / 256
            guard full > 0 else { break }
            let hashes = try nodes.tile(level: level, index: full - 1)
            var range = CompactRange()
            for hash in hashes { range.append(leaf: hash) }
            let above = try nodes.tile(level: level + 1, index: (full - 1) / 256)
            guard range.root == above[Int((full - 1) % 256)] else {
                throw LogDefect(
                    .corrupt, "\(path): tile \(full - 1) of level \(level) is not the one that the level above names")
            }
        }
    }

    /// Entries against the tiles that name them.
    func rehash(_ range: Range<UInt64>, _ nodes: TileNodes<any Error>) throws {
        var position = range.lowerBound
        while position < range.upperBound {
            let end = min(range.upperBound, (position / 256 + 1) * 256)
            let leaves = try LogTables.leaves(database, position..<end)
            let hashes = try nodes.tile(level: 0, index: position / 256)
            guard leaves.count == Int(end - position), hashes.count >= Int((end - 1) % 256) + 1 else {
                throw LogDefect(.corrupt, "\(path): entries are missing from \(position) on")
            }
            for (offset, leaf) in leaves.enumerated() {
                guard MerkleHashing.leaf(leaf) == hashes[Int(position % 256) + offset] else {
                    throw LogDefect(.corrupt, "\(path): entry \(position + UInt64(offset)) is not what its tile says")
                }
            }
            position = end
        }
    }

    /// Step 6: what was signed is still there, and is still the same.
    func compare(_ mark: GuardFile.Mark, with state: TreeState) throws {
        guard mark.size <= state.size else {
            throw LogDefect(
                .rollback,
                "the guard knows a tree of \(mark.size) entries with root \(mark.root.hex), and \(path) has "
                    + "\(state.size) with root \(state.root.hex): an older copy of the log was put in its place")
        }
        let nodes = StoredTiles.nodes(database, size: mark.size)
        let root = try nodes.source.root(over: 0..<mark.size)
        guard root == mark.root else {
            throw LogDefect(
                .fork,
                "at \(mark.size) entries the guard knows the root \(mark.root.hex), and \(path) has \(root.hex): "
                    + "this is another history than the one that was signed")
        }
        // An unsigned tail that a crash left behind.
        try rehash(mark.size..<state.size, StoredTiles.nodes(database, size: state.size))
    }

    /// Step 7: the newest checkpoint that was stored.
    func newestCheckpoint(_ key: NoteKey, _ state: TreeState) throws {
        guard let stored = try LogTables.newestCheckpoint(database) else { return }
        let checkpoint: Checkpoint
        do {
            let note = try SignedNote(parsing: stored.note)
            _ = try note.verified(by: [key])
            checkpoint = try Checkpoint(parsing: note.text)
        } catch {
            throw LogDefect(.corrupt, "\(path): the newest stored checkpoint is not ours: \(error)")
        }
        guard checkpoint.size == stored.size, checkpoint.root == stored.root, checkpoint.origin == key.name else {
            throw LogDefect(.corrupt, "\(path): the newest stored checkpoint does not say what its row says")
        }
        guard checkpoint.size <= state.size else {
            throw LogDefect(
                .rollback, "\(path) has \(state.size) entries, and a checkpoint of \(checkpoint.size) was signed")
        }
        let root = try StoredTiles.nodes(database, size: checkpoint.size).source.root(over: 0..<checkpoint.size)
        guard root == checkpoint.root else {
            throw LogDefect(
                .fork,
                "at \(checkpoint.size) entries \(checkpoint.root.hex) was signed, and \(path) has \(root.hex)")
        }
    }
}
