import DatabaseFiles
import Foundation
import GRDB
public import MerkleLog
import Wire

/// The log and its witnesses (transparency-log 7.2).
extension AuditLog {
    /// Has the log witnessed from now on.
    ///
    /// - Returns: the size that each witness cosigned last, as far as this log knows.
    /// - Throws: where the trust policy does not speak of this log, or the file cannot be read.
    public func begin(witnessing rule: WitnessedCheckpoints.Rule) async throws(LogReader.Failure) -> [String: UInt64] {
        let origin = origin
        let (earlier, sizes) = try await reader.witnessed(limit: 64)
        witnessed.begin(
            rule, earlier: earlier.filter { (try? Checkpoint(parsing: $0.tree.note.text))?.origin == origin },
            at: settings.now())
        return sizes
    }

    /// The checkpoint for everybody: the newest one that the quorum cosigned, where there is a quorum (W-3).
    public var shown: SignedTree? { witnessed.shown(published: published, at: settings.now()) }

    /// A tree with an entry in it: the newest that is cosigned, so that its proof convinces who asks for witnesses; else
    /// the newest.
    public func tree(covering index: UInt64) -> SignedTree {
        witnessed.met.flatMap { index < $0.size ? $0 : nil } ?? tree
    }

    /// A witness refuses the tree as inconsistent: it is computed anew, and where it is not what was signed, nothing more
    /// is appended.
    public func examine(_ tree: SignedTree) async throws(LogReader.Failure) {
        let root = try await reader.root(of: tree.size)
        guard root != tree.root else { return }
        enter(.integrityFault("the tree of \(tree.size) entries has the root \(root), and \(tree.root) was signed"))
    }

    /// Holds what a witness publishes against the log (transparency-log 11, step 8): it may know more than this disk does.
    /// Only what the log's own key signed counts, so that nobody else can stop the log.
    ///
    /// - Returns: whether it is this log's checkpoint at all.
    /// - Throws: `rollback` or `fork`, with both trees; `corrupt` where the log's own tree cannot be computed.
    public func compare(_ note: SignedNote, seenBy witness: String) async throws(LogDefect) -> Bool {
        guard (try? note.verified(by: [key])) != nil, let seen = try? Checkpoint(parsing: note.text),
            seen.origin == origin
        else { return false }
        let tree = tree
        guard seen.size <= tree.size else {
            throw LogDefect(
                .rollback,
                "\(witness) has a checkpoint of \(seen.size) entries with root \(seen.root.hex) that this log signed, and "
                    + "the log has \(tree.size) with root \(tree.root.hex): an older copy was put in its place")
        }
        let root: MerkleHash
        do {
            root = try await reader.root(of: seen.size)
        } catch {
            throw LogDefect(.corrupt, "the tree of \(seen.size) entries cannot be computed: \(error)")
        }
        guard root == seen.root else {
            throw LogDefect(
                .fork,
                "at \(seen.size) entries \(witness) has the root \(seen.root.hex) that this log signed, and the log has "
                    + "\(root.hex): this is another history")
        }
        return true
    }

    /// On the writer's thread.
    func saveStatements() throws {
        let unsaved = witnessed.takeUnsaved()
        guard !unsaved.isEmpty else { return }
        let now = settings.now()
        try file.writer.write { database in
            for (tree, statement) in unsaved {
                // A cosigned checkpoint is kept for ever, whether or not it was due to be stored.
                try LogTables.store(database, tree, milliseconds: now)
                try LogTables.store(database, tree, statement, milliseconds: now)
            }
        }
        for (tree, statement) in unsaved { witnessed.saved(tree, statement, published: published, at: now) }
    }
}

extension LogTables {
    static func store(
        _ database: Database, _ tree: SignedTree, _ statement: WitnessedCheckpoints.Statement, milliseconds: Int64
    ) throws {
        let identifier = statement.key.id.bytes.reduce(Int64(0)) { $0 << 8 | Int64($1) }
        try database.execute(
            sql: "INSERT INTO cosignatures VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            arguments: [
                Int64(tree.size), Data(tree.root.bytes), statement.witness, identifier, Int64(clamping: statement.time),
                String(decoding: statement.line.line, as: UTF8.self),
            ])
        try database.execute(
            sql: """
                INSERT INTO witness_state VALUES (?, ?, ?)
                ON CONFLICT (witness) DO UPDATE SET last_size = excluded.last_size, updated_ms = excluded.updated_ms
                """, arguments: [statement.witness, Int64(tree.size), milliseconds])
    }
}

extension LogReader {
    /// The newest cosigned checkpoints with all their cosignatures, and how far each witness came.
    func witnessed(
        limit: Int
    ) async throws(Failure) -> (trees: [(tree: SignedTree, lines: [SignedNote.Signature])], sizes: [String: UInt64]) {
        try await reading { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT size, root, note FROM checkpoints WHERE (size, root) IN (SELECT size, root FROM cosignatures)
                    ORDER BY size DESC, created_ms LIMIT ?
                    """, arguments: [limit])
            let trees = try rows.compactMap { row -> (tree: SignedTree, lines: [SignedNote.Signature])? in
                guard let root = LogTables.hash(row["root"]),
                    let note = try? SignedNote(parsing: Array((row["note"] as String).utf8))
                else { return nil }
                let size = row["size"] as Int64
                // Of each witness what it said last.
                let lines = try String.fetchAll(
                    database,
                    sql: """
                        SELECT line FROM cosignatures AS mine WHERE size = ? AND root = ? AND ts =
                        (SELECT max(ts) FROM cosignatures WHERE size = mine.size AND root = mine.root
                         AND witness = mine.witness AND key_id = mine.key_id) ORDER BY witness, key_id
                        """, arguments: [size, Data(root.bytes)])
                return (
                    SignedTree(size: UInt64(size), root: root, note: note),
                    lines.compactMap { SignedNote.Signature(line: Array($0.utf8.dropLast())[...]) }
                )
            }
            let sizes = try Row.fetchAll(database, sql: "SELECT witness, last_size FROM witness_state").map {
                ($0["witness"] as String, UInt64($0["last_size"] as Int64))
            }
            return (trees, Dictionary(sizes) { first, _ in first })
        }
    }
}
