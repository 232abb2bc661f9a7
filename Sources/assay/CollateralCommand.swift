import ArgumentParser
import AttestationService
import CollateralService
import DCAPFormats
import DCAPVerification
import DatabaseFiles
import Logging
import ServiceConfiguration
import StateStore
import Wire

/// `assay collateral`: what Intel publishes about platforms, fetched, looked at, and handed on.
struct CollateralCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "collateral", abstract: "Fetches, shows and exports collateral.",
        discussion:
            "The store is the service's: state.db in the data folder. Nothing is rolled back in it but by lower-mark.",
        subcommands: [Fetch.self, Show.self, Export.self, LowerMark.self])

    /// The store that is worked on, and who signed what is in it.
    struct StoreOptions: ParsableArguments {
        @Option(help: "The data folder of the service.")
        var data: String?

        @Option(name: .customLong("trust-root"), help: "A root certificate (PEM or DER) INSTEAD of Intel's.")
        var trustRoot: String?

        var settings: [ConfigurationKey: String?] { [.data: data, .trustRoot: trustRoot] }

        static func flags(_ settings: [ConfigurationKey: String?]) -> [String: String] {
            var flags: [String: String] = [:]
            for case (let key, let value?) in settings { flags[key.rawValue] = value }
            return flags
        }

        /// For a command that only reads. A folder that is not there is a mistake; a service may be running on it.
        func read() throws -> (CollateralService, Verifier) {
            let configuration = try ServiceConfiguration.effective(file: nil, flags: Self.flags(settings))
            let path = configuration.data + "/state.db"
            guard InputFile.isPresent(path) else {
                throw Problem.undecided(
                    "\(configuration.data): there is no state.db in it; assay collateral fetch makes one, or name the "
                        + "folder with --data")
            }
            return try Self.service(configuration) {
                try Service.opened(configuration) { () throws(StateFailure) in try StateStore(reading: path) }
            }
        }

        /// For a command that writes, which no service does meanwhile: state.db has one writer.
        func write(_ fetch: FetchOptions) throws -> (CollateralService, Verifier) {
            let configuration = try fetch.configuration(settings)
            try Service.makeDataFolder(configuration.data)
            return try Self.service(configuration) {
                try Service.state(
                    configuration, try Self.lock(configuration), DiskRoom(folder: configuration.data))
            }
        }

        static func lock(_ configuration: ServiceConfiguration) throws -> ProcessLock {
            do throws(DatabaseDefect) {
                return try ProcessLock(folder: configuration.data)
            } catch {
                guard error.kind == .held else { throw Problem.undecided(error.sentence) }
                throw Problem.undecided(
                    "data \(configuration.data): another process writes its state.db; a running service fetches what it "
                        + "needs by itself")
            }
        }

        private static func service(
            _ configuration: ServiceConfiguration, on state: () throws -> StateStore
        ) throws -> (CollateralService, Verifier) {
            let verifier = Verifier(trusting: try Service.anchor(configuration))
            let logger = Logger(label: "assay") { _ in LineLogHandler(logLevel: .warning, isJSON: false) }
            return (try Service.collateral(configuration, try state(), verifier, logger), verifier)
        }
    }

    struct Fetch: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Fetches the collateral of a platform kind, verifies it, and keeps it.",
            discussion: "Without a platform: of every kind that is in the store.")

        @OptionGroup var platform: PlatformOptions
        @OptionGroup var store: StoreOptions
        @OptionGroup var fetch: FetchOptions

        func run() async throws {
            let (service, verifier) = try store.write(fetch)
            let now = Service.now
            var keys = try platform.key(verifier, at: now).map { [$0] } ?? []
            if keys.isEmpty { keys = try await service.knownKeys() }
            guard !keys.isEmpty else {
                throw Problem.usage(
                    "the store is empty: say which platform, with --quote or with --tee, --fmspc and --ca")
            }
            var failures: [String] = []
            for key in keys {
                do throws(CollateralFailure) {
                    Terminal.standardOutput(
                        CollateralText.line(key, try await service.fetch(key, at: now), at: now) + "\n")
                } catch {
                    failures.append("\(key.text): \(error.code.rawValue): \(error.sentence)")
                }
            }
            guard failures.isEmpty else { throw Problem.undecided(failures.joined(separator: "\n")) }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists what is in the store, verified anew.")

        @OptionGroup var store: StoreOptions
        @Option(help: "text for people, json for programs.")
        var format: Verify.Format = .text

        func run() async throws {
            let (service, _) = try store.read()
            let now = Service.now
            var sets: [(CollateralKey, CollateralSet?)] = []
            for key in try await service.knownKeys() { sets.append((key, try await service.held(key, at: now))) }
            switch format {
            case .json:
                let documents = sets.map { CollateralText.document($0, $1, at: now) }
                Terminal.standardOutput(JSON.object([("collateral", .array(documents))]).prettyText + "\n")
            case .text:
                let lines = sets.map { CollateralText.line($0, $1, at: now) }
                Terminal.standardOutput(lines.isEmpty ? "nothing\n" : lines.joined(separator: "\n") + "\n")
            }
        }
    }

    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Writes what is in the store for a platform kind as a bundle, for assay verify --collateral.")

        @OptionGroup var platform: PlatformOptions
        @OptionGroup var store: StoreOptions
        @Flag(help: "The early edition instead of the one that decides.")
        var early = false

        func run() async throws {
            let (service, verifier) = try store.read()
            let now = Service.now
            guard let key = try platform.key(verifier, at: now) else {
                throw Problem.usage("say which platform, with --quote or with --tee, --fmspc and --ca")
            }
            let set = try await service.held(key, at: now)
            guard let collateral = early ? set?.early : set?.collateral else {
                throw Problem.undecided(
                    "\(key.text): the store has \(early ? "no early edition" : "nothing") that verifies; assay collateral "
                        + "fetch brings it")
            }
            Terminal.standardOutput(collateral.source.bundle.prettyText + "\n")
        }
    }

    struct LowerMark: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "lower-mark",
            abstract: "Takes back what keeps older documents out, where a service raised it wrongly.",
            discussion: """
                A service that served the early set as the standard one shuts out every honest service: their documents are \
                older than the mark. Without a mark this lists them. The service must not run; its next start enters the act \
                into its log, with the document that raised the mark.
                """)

        @OptionGroup var store: StoreOptions
        @Argument(help: "The mark, as it is listed: tcb_info/tdx/90c06f000000/standard")
        var mark: String?

        func run() async throws {
            let configuration = try ServiceConfiguration.effective(
                file: nil, flags: StoreOptions.flags([.data: store.data]))
            guard InputFile.isPresent(configuration.data + "/state.db") else {
                throw Problem.undecided(
                    "data \(configuration.data): there is no state.db in it; name the folder with --data")
            }
            guard let mark else { return try await list(configuration) }
            let state = try Service.state(configuration, try StoreOptions.lock(configuration))
            defer { state.close() }
            let lowered = try await DataFolder.storage(configuration.data) { () async throws(StateFailure) in
                try await state.collateral.lower(mark)
            }
            guard let lowered else {
                throw Problem.usage("\(mark): there is no such mark; assay collateral lower-mark lists those there are")
            }
            Terminal.standardOutput("lowered: \(Self.line(lowered))\nwhat is fetched next sets it anew\n")
        }

        private func list(_ configuration: ServiceConfiguration) async throws {
            let marks = try await DataFolder.storage(configuration.data) { () async throws(StateFailure) in
                try await StateStore(reading: configuration.data + "/state.db").collateral.marks()
            }
            for mark in marks { Terminal.standardOutput(Self.line(mark) + "\n") }
        }

        private static func line(_ raised: CollateralCache.RaisedMark) -> String {
            let number = raised.mark.evaluationNumber == 0 ? "" : "  evaluation \(raised.mark.evaluationNumber)"
            return
                "\(raised.mark.item)\(number)  of \(raised.mark.issued)  raised by \(raised.document?.hex ?? "unknown")"
        }
    }
}

extension CollateralService {
    /// The kinds in the store, or a sentence why they cannot be read.
    func knownKeys() async throws -> [CollateralKey] {
        do throws(StateFailure) {
            return try await storedKeys()
        } catch {
            throw Problem.undecided("state.db cannot be read: \(error.sentence)")
        }
    }

    func held(_ key: CollateralKey, at time: Instant) async throws -> CollateralSet? {
        do throws(StateFailure) {
            return try await stored(key, at: time)
        } catch {
            throw Problem.undecided("state.db cannot be read: \(error.sentence)")
        }
    }
}
