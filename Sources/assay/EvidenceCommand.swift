import ArgumentParser
import AttestationService
import AuditStore
import DatabaseFiles
import Foundation
import ServiceConfiguration
import Wire

/// `assay evidence`: the evidence archive of a service that is stopped.
struct EvidenceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evidence", abstract: "Looks after the evidence archive of a stopped service.",
        subcommands: [Purge.self])

    struct Purge: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Deletes evidence whose time is over, and gives its space back to the disk.",
            discussion: """
                Needs the settings of the service (its file, the environment, --set), because what is deleted is an entry of \
                its log first. A retention that is shorter than before counts for what is stored already: \
                --set audit.retention_days=90. A running service does the same with POST /admin/v1/evidence/purge.
                """)

        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let configuration = try options.read()
            guard InputFile.isPresent(configuration.data + "/log.db") else {
                throw Problem.undecided(
                    "\(configuration.data): there is no log.db in it; name the service's folder with --data")
            }
            let lock = try Self.lock(configuration)
            let room = DiskRoom(folder: configuration.data)
            Ballast(folder: configuration.data).release(room)
            let (before, clocks) = (room.freeBytes(), Clocks.watching(wall: Service.clock))
            let keys = try Service.keyStore(configuration, try ServiceInputs.passphrase(configuration))
            let parts = try await RecorderParts(
                configuration, lock, issuer: configuration.effectiveIssuer, keys: keys,
                clocks: clocks, patience: Patience().disk, room: room, logger: Service.logger(configuration)
            ) { log in
                // By a clock that is wrong, what is to stay would go.
                _ = try await DataFolder(path: configuration.data, log: log).check(Service.clock(), MachineClock.now)
            }
            let recorder = parts.recorder
            let result: Result<Int, any Error>
            do {
                try await parts.begin()
                // What verdicts share stays for as long as the index knows of one.
                try? await recorder.follower.catchUp()
                let retention = Retention(archive: recorder.archive, index: recorder.index, log: recorder.log)
                result = .success(try await retention.purge(at: Service.clock()))
            } catch {
                result = .failure(error)
            }
            await recorder.stop()
            do {
                let count = try result.get()
                Terminal.standardOutput(
                    "the evidence of \(count) quotes is deleted; \(room.freeBytes() - before) bytes more are free, "
                        + "\(room.freeBytes()) in all\n")
            } catch {
                throw Problem.undecided("not all is deleted, and the next purge goes on: \(error)")
            }
        }

        private static func lock(_ configuration: ServiceConfiguration) throws -> ProcessLock {
            do throws(DatabaseDefect) {
                return try ProcessLock(folder: configuration.data)
            } catch {
                guard error.kind == .held else { throw Problem.undecided(error.sentence) }
                throw Problem.undecided(
                    "data \(configuration.data): a service runs on it; POST /admin/v1/evidence/purge makes it purge")
            }
        }
    }
}
