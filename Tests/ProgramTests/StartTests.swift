import Foundation
import ProcessSupport
import Testing
import Wire

/// What comes before the first entry of a start: a start that fails has changed nothing, and says why and what to do.
@Suite("Starting and checking", .serialized, .waiting)
struct StartTests {
    private static let seed = "starting"

    struct Wrong: Sendable, CustomTestStringConvertible {
        let settings: [String]
        let code: Int32
        let says: String
        var testDescription: String { settings.joined(separator: " ") }
    }

    static let mistakes = [
        Wrong(settings: ["trust_root=SCRATCH/none.pem"], code: 64, says: "there is no such file"),
        Wrong(settings: ["policies=SCRATCH/none"], code: 64, says: "not a folder"),
        Wrong(settings: ["audit.tokens_file=SCRATCH/root.pem"], code: 64, says: "audit.tokens_file"),
        Wrong(
            settings: ["admin.listen=127.0.0.1:0", "admin.tokens_file=SCRATCH/empty"], code: 64,
            says: "found no token"),
        Wrong(
            settings: ["webhooks.urls=https://hooks.example/", "webhooks.secret_file=SCRATCH/empty"], code: 64,
            says: "wanted whsec_"),
        Wrong(settings: ["tls.cert=SCRATCH/root.pem", "tls.key=SCRATCH/empty"], code: 64, says: "not a PEM chain"),
        Wrong(settings: ["tls.cert=SCRATCH/root.pem", "tls.key=SCRATCH/root.pem"], code: 64, says: "run: chmod 600"),
        Wrong(settings: ["keys.passphrase_file=SCRATCH/none"], code: 64, says: "there is no such file"),
        Wrong(settings: ["listen=192.0.2.7:8080"], code: 69, says: "this machine has no such address"),
    ]

    @Test("A mistake in the configuration: its own exit code, and not one byte of the data folder is another")
    func mistakes() throws {
        let service = try RunningService(seed: Self.seed)
        _ = try service.scratch.write([], to: "empty")
        for isFirst in [true, false] {
            if !isFirst {
                try service.start()
                #expect(service.stop() == 0)
            }
            let before = try service.files()
            #expect(before.isEmpty == isFirst)
            for mistake in Self.mistakes {
                let settings = mistake.settings.map { $0.replacing("SCRATCH", with: service.scratch.path) }
                let failure = #expect(throws: RunningService.Failure.self) { try service.start(settings) }
                let text = failure?.description ?? ""
                #expect(text.hasPrefix("exit \(mistake.code): ") && text.contains(mistake.says), "\(mistake): \(text)")
                #expect(try service.files() == before, "\(mistake)")
            }
        }
    }

    @Test("A port that is taken: exit 69, and nothing is appended")
    func port() throws {
        let service = try RunningService(seed: Self.seed)
        try service.start()
        #expect(service.stop() == 0)
        let before = try service.files()
        let other = try RunningService(seed: Self.seed, port: service.port)
        try other.start()
        defer { other.stop() }
        let result = try service.attempt()
        #expect(result.exitCode == 69 && result.error.contains("another program listens there"), "\(result.error)")
        #expect(try service.files() == before)
        other.stop()
        try service.start()
        #expect(service.stop() == 0)
    }

    @Test("--check makes nothing, and can be asked beside the running service")
    func check() throws {
        let service = try RunningService(seed: Self.seed)
        let first = try service.check()
        #expect(first.exitCode == 0, "\(first.error)")
        #expect(try service.files().isEmpty && !FileManager.default.fileExists(atPath: service.scratch.path + "/data"))
        try service.start()
        defer { service.stop() }
        let second = try service.check()
        #expect(second.exitCode == 0, "\(second.error)")
        #expect(second.output.contains("note: listen 127.0.0.1:\(service.port): another program listens there"))
        #expect(try service.get("/readyz").status == 200)
    }

    @Test("An issuer and an origin at different hosts are warned of, in --check and at the start")
    func hosts() throws {
        let service = try RunningService(seed: Self.seed)
        let settings = ["issuer=https://attest.example", "audit.origin=logs.example/log/1"]
        #expect(try service.check(settings).output.contains("the issuer is at attest.example, and audit.origin names"))
        try service.start(settings)
        #expect(try service.errors.contains("the issuer is at attest.example, and audit.origin names logs.example"))
        #expect(service.stop() == 0)
        let same = ["issuer=https://attest.example", "audit.origin=attest.example/log/1"]
        #expect(try !service.check(same).output.contains("the issuer is at"))
    }
}

extension RunningService {
    /// What lies in the data folder, byte by byte; without the indexes that SQLite makes for reading.
    func files() throws -> [String: Data] {
        let folder = scratch.path + "/data"
        guard let names = FileManager.default.enumerator(atPath: folder) else { return [:] }
        var files: [String: Data] = [:]
        for case let name as String in names where !name.hasSuffix("-shm") {
            if let bytes = FileManager.default.contents(atPath: folder + "/" + name) { files[name] = bytes }
        }
        return files
    }
}
