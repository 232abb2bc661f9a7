import DatabaseFiles
import GRDB
import MerkleLog
import Wire

/// A batch's way into the log, in the order that makes it safe (transparency-log 9.3): commit, read back, guard, sign.
/// Belongs to the writer thread.
struct CommitPipeline {
    let file: DatabaseFile
    /// For reading back: sees only what is committed.
    let reader: DatabaseQueue
    let guardFile: GuardFile
    let key: NoteKey
    let world: CommitWorld

    /// The tree as it is on the disk.
    private(set) var state: TreeState
    private var edge: TileEdge
    private var guardSequence: UInt64

    init(
        file: DatabaseFile, reader: DatabaseQueue, guardFile: GuardFile, key: NoteKey, world: CommitWorld,
        state: TreeState, edge: TileEdge, guardSequence: UInt64
    ) {
        self.file = file
        self.reader = reader
        self.guardFile = guardFile
        self.key = key
        self.world = world
        self.state = state
        self.edge = edge
        self.guardSequence = guardSequence
    }

    typealias Tiles = [(tile: TileCoordinate, hashes: [MerkleHash])]

    /// - Returns: the signed tree, and the tiles that changed, as they were read back.
    mutating func commit(_ batch: [AdmittedEntry]) throws(CommitFailure) -> (tree: SignedTree, tiles: Tiles) {
        // B1: on a copy of the right edge.
        var edge = edge
        let hashes = batch.map(\.leafHash)
        for hash in hashes { edge.append(leaf: hash) }
        let tiles = edge.takeTouched()
        let next = TreeState(
            size: edge.size, root: edge.root,
            committedMilliseconds: max(world.now(), state.committedMilliseconds))
        try write(batch, tiles, next)  // B2
        try readBack(hashes, tiles, next)  // B3
        try advanceGuard(to: next)  // B4
        self.edge = edge
        state = next
        return (try sign(), tiles)  // B5
    }

    /// B2. An error before COMMIT leaves nothing behind; an error of COMMIT may mean anything.
    private func write(_ batch: [AdmittedEntry], _ tiles: Tiles, _ next: TreeState) throws(CommitFailure) {
        let (old, world) = (state, world)
        var isCommitting = false
        do {
            try file.writer.writeWithoutTransaction { database in
                do {
                    try world.around(.begin) { try database.beginTransaction(.immediate) }
                    try world.around(.insertEntries) {
                        try LogTables.insert(database, batch.map(\.leaf), from: old.size)
                    }
                    try world.around(.storeTiles) {
                        for (tile, hashes) in tiles { try LogTables.store(database, tile, hashes) }
                    }
                    try world.around(.updateState) {
                        try LogTables.update(database, next)
                        for (offset, entry) in batch.enumerated() {
                            try entry.announcement?.store(database, index: old.size + UInt64(offset))
                        }
                    }
                    try world.probe(.commit, .before)
                } catch {
                    if database.isInsideTransaction { try? database.rollback() }
                    throw error
                }
                isCommitting = true
                try database.commit()
                try world.probe(.commit, .after)
            }
        } catch {
            let ambiguous = isCommitting || (error as? DatabaseError)?.isAmbiguous == true
            throw ambiguous ? .ambiguous(sentence(of: error)) : .refused(sentence(of: error))
        }
    }

    /// B3. By the code that makes proofs, over the connection that only reads: a bit that flipped between hashing and
    /// storing is found before anything is signed.
    private func readBack(_ hashes: [MerkleHash], _ tiles: Tiles, _ next: TreeState) throws(CommitFailure) {
        do {
            try world.around(.readBack) {
                let old = state.size
                try reader.read { database in
                    guard try LogTables.state(database) == next else {
                        throw LogDefect(.corrupt, "tree_state is not what was written")
                    }
                    let leaves = try LogTables.leaves(database, old..<next.size)
                    guard leaves.count == hashes.count,
                        zip(leaves, hashes).allSatisfy({ MerkleHashing.leaf($0) == $1 })
                    else { throw LogDefect(.corrupt, "entries from \(old) on are not what was hashed") }
                    let nodes = StoredTiles.nodes(database, size: next.size)
                    var position = old
                    for (tile, written) in tiles {
                        guard case .hashes(let level) = tile.content else { continue }
                        let stored = try nodes.tile(level: level, index: tile.index)
                        guard stored == written else {
                            throw LogDefect(.corrupt, "\(tile.path) is not what was written")
                        }
                        guard level == 0 else { continue }
                        for hash in stored[Int(position % 256)...] {
                            guard hash == hashes[Int(position - old)] else {
                                throw LogDefect(.corrupt, "\(tile.path) does not hold the hash of entry \(position)")
                            }
                            position += 1
                        }
                    }
                    guard position == next.size, try nodes.source.root(over: 0..<next.size) == next.root else {
                        throw LogDefect(.corrupt, "the stored tiles have another root")
                    }
                }
            }
        } catch {
            throw .integrity(sentence(of: error))
        }
    }

    /// B4. Any error leaves open what the guard says now.
    private mutating func advanceGuard(to next: TreeState) throws(CommitFailure) {
        let mark = GuardFile.Mark(sequence: guardSequence + 1, size: next.size, root: next.root)
        do {
            try world.around(.writeGuard) { try guardFile.write(mark) }
        } catch {
            throw .ambiguous(sentence(of: error))
        }
        guardSequence = mark.sequence
    }

    /// Makes the guard say what the tree is.
    mutating func guardState() throws(CommitFailure) { try advanceGuard(to: state) }

    /// B5: signs the tree as it is, which is durable and guarded; also again, when the key was away.
    func sign() throws(CommitFailure) -> SignedTree {
        guard let checkpoint = Checkpoint(origin: key.name, size: state.size, root: state.root) else {
            throw .unsigned("the log is larger than any checkpoint can say")
        }
        do {
            return try world.around(.sign) {
                let note = try SignedNote.signed(checkpoint.text, by: key, sign: world.sign)
                _ = try note.verified(by: [key])
                return SignedTree(size: state.size, root: state.root, note: note)
            }
        } catch {
            throw .unsigned("the log's key does not sign: \(error)")
        }
    }

    /// A commit that changes nothing of the tree: whether the disk takes writes again.
    func probeStorage() throws {
        try file.writer.write { database in
            try LogTables.setMeta(database, "probe", Array("\(world.now())".utf8))
        }
    }
}

/// Tiles of an open database as nodes.
enum StoredTiles {
    static func nodes(_ database: Database, size: UInt64) -> TileNodes<any Error> {
        TileNodes(size: size) { tile throws(any Error) in
            guard case .hashes(let level) = tile.content,
                let bytes = try LogTables.tile(database, level: level, index: tile.index)
            else { throw LogDefect(.corrupt, "\(tile.path) is missing") }
            return Array(bytes.prefix(tile.width * 32))
        }
    }
}
