package import DatabaseFiles
import GRDB

/// `state.db` cannot be used: disk, permissions, a foreign file, or what is refused.
package struct StateFailure: Error, Hashable, Sendable {
    /// SQLite's own words, without values.
    package let sentence: String
}

/// `state.db`: everything small that must survive a restart. One per process and data folder, because one connection
/// writes and checkpoints the file, and all others only read (transparency-log S-2). Other code is given its own part of
/// the store (`collateral`, `challenges`, `documents`, `webhooks`), and never a path.
package final class StateStore: Sendable {
    /// The only connection that writes. In a store that only reads, it cannot write either.
    let writer: DatabaseQueue
    private let reader: any DatabaseReader
    /// Held for as long as the file is open for writing.
    private let lock: ProcessLock?
    private let room: DiskRoom

    /// Opens or makes the file of a data folder, and brings it up to date.
    ///
    /// - Parameter room: Asked before every write.
    package init(in lock: ProcessLock, room: DiskRoom = .unlimited) throws(StateFailure) {
        self.room = room
        do {
            // Every commit is on the disk when it returns: a spent nonce and a rollback mark survive a power failure.
            let file = try DatabaseFile(
                path: "\(lock.folder)/state.db", pageSize: 4_096, .full, checkpoints: .automatic)
            try StateMigrations.migrator.migrate(file.writer)
            writer = file.writer
            reader = try file.readers(4)
            self.lock = lock
        } catch {
            throw StateFailure(sentence: DatabaseDefect.sentence(of: error))
        }
    }

    /// Opens the file of a service, running or not, to read it only.
    package init(reading path: String) throws(StateFailure) {
        room = .unlimited
        do {
            writer = try DatabaseFile.reader(of: path)
            reader = writer
            lock = nil
        } catch {
            throw StateFailure(sentence: DatabaseDefect.sentence(of: error))
        }
    }

    /// Ends what is under way, and moves everything into the file; nothing is read or written afterwards. Blocks.
    package func close() {
        try? reader.close()
        // The last: it takes the write-ahead log away with it.
        try? writer.close()
    }

    deinit { close() }

    func read<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(StateFailure) -> Value {
        try await Self.mapping { try await self.reader.read(body) }
    }

    /// Everything in `body` happens, and is on the disk, or nothing of it does.
    ///
    /// - Parameter purpose: Said by each caller: what the service needs to start must not wait for room that requests want.
    func write<Value: Sendable>(
        for purpose: DiskRoom.Purpose, _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(StateFailure) -> Value {
        do throws(DiskFull) {
            try room.check(purpose)
        } catch {
            throw StateFailure(sentence: error.sentence)
        }
        return try await Self.mapping { try await self.writer.write(body) }
    }

    private static func mapping<Value: Sendable>(
        _ body: () async throws -> Value
    ) async throws(StateFailure) -> Value {
        do {
            return try await body()
        } catch let failure as StateFailure {
            throw failure
        } catch {
            throw StateFailure(sentence: DatabaseDefect.sentence(of: error))
        }
    }
}
