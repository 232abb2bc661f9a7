import DatabaseFiles
import GRDB
import Synchronization

/// What the writer's thread does behind a batch, and while nobody asks for one.
extension AuditLog {
    func afterBatch(_ count: Int) {
        let now = settings.now()
        status.withLock { status in
            status.lastCommit = now
            status.lastBatch = Int64(count)
            status.batches += 1
            status.appended += Int64(count)
        }
        publishIfDue(at: now)
        housekeeping("storing cosignatures") { try saveStatements() }
        guard file.walBytes > 4_096 * 8_192 else { return }
        housekeeping("moving the write-ahead log into the file") { try file.checkpoint() }
    }

    private func publishIfDue(at now: Int64) {
        let tree = tree
        let isDue = status.withLock { $0.published != tree && abs(now - $0.publishedAt) >= 1_000 }
        guard isDue else { return }
        publish(tree, at: now)
    }

    /// B8: stored, then shown; rarely enough that it costs nothing.
    func publish(_ tree: SignedTree, at now: Int64) {
        housekeeping("storing a checkpoint") {
            try file.writer.write { try LogTables.store($0, tree, milliseconds: now) }
            status.withLock { status in
                status.published = tree
                status.publishedAt = now
            }
            witnessed.published(tree, at: now)
        }
    }

    func idle() {
        let now = settings.now()
        switch condition {
        case .ok, .degraded:
            publishIfDue(at: now)
            housekeeping("storing cosignatures") { try saveStatements() }
            if file.walBytes > 0, now - status.withLock({ $0.lastCommit }) >= 1_000 {
                housekeeping("emptying the write-ahead log") { try file.truncate() }
            }
            probeIfDue(at: now)
        case .readOnly:
            if hasRoomForOwn {
                publishIfDue(at: now)
                if file.walBytes > 0, now - status.withLock({ $0.lastCommit }) >= 1_000 {
                    housekeeping("emptying the write-ahead log") { try file.truncate() }
                }
            }
            resume()
        case .unsigned: signAgain()
        case .integrityFault, .lost, .stopped: break
        }
    }

    /// What SQLite says on the way is a failure of the disk like any other (transparency-log C-11).
    func housekeeping(_ what: String, _ body: () throws -> Void) {
        do {
            try body()
        } catch let error as DatabaseError where error.isAmbiguous {
            enter(.lost(error.sentence))
            settings.fatal("\(what): \(error.sentence)")
        } catch {
            settings.notice("\(what): \(sentence(of: error))")
        }
    }

    /// Whether the disk still takes writes is known before somebody asks.
    private func probeIfDue(at now: Int64) {
        guard now - status.withLock({ $0.lastCommit }) >= 15_000 else { return }
        housekeeping("a commit that changes nothing") {
            try pipeline.withLock { try $0.probeStorage() }
            status.withLock { $0.lastCommit = now }
        }
    }

    private func resume() {
        guard freeBytes() > settings.resumeFreeBytes,
            (try? pipeline.withLock { try $0.probeStorage() }) != nil
        else { return }
        status.withLock { $0.lastCommit = settings.now() }
        enter(.ok)
        if owed.withLock({ $0 != nil }) { write([])() }
    }

    private func signAgain() {
        guard let tree = try? pipeline.withLock({ try $0.sign() }) else { return }
        advance(to: tree, by: [])
        enter(.ok)
    }
}
