import Foundation
import PlatformSimulator
import ProcessSupport
import Testing
import Wire

/// Each file of the data folder, missing, emptied, older, cut off or copied: what the start does is as the table says, and
/// nothing is put in its place without somebody saying so.
@Suite("Data folders that are not whole", .serialized, .waiting)
struct DataFolderTests {
    private static let seed = "data-folder"

    private static func quote() throws -> [UInt8] {
        let today = Instant(seconds: Int64(Date().timeIntervalSince1970) / 86_400 * 86_400)
        return try SimulatedWorld(seed: seed, time: today).evidence(.tdx15V5).quote
    }

    private static func use(_ service: RunningService, _ settings: [String] = []) throws {
        try service.start(settings)
        #expect(try service.post("/v1/verdicts", quote(), "application/octet-stream").status == 200)
        #expect(service.stop() == 0)
    }

    enum Change: String, CaseIterable, Sendable {
        case missing, emptied, noTables, older, cutOff, copied
    }

    /// `nil`: it starts, because nothing is lost.
    static let table: [(file: String, outcomes: [Change: Int32?])] = [
        ("state.db", [.missing: 66, .emptied: 66, .noTables: 66, .older: 66, .cutOff: 65, .copied: 66]),
        ("evidence.db", [.missing: 66, .emptied: 66, .noTables: 66, .older: 66, .cutOff: 65, .copied: 66]),
        ("log.db", [.missing: 75, .emptied: 75, .noTables: 75, .older: 75, .cutOff: 65, .copied: 66]),
        ("guard", [.missing: 66, .emptied: 66, .cutOff: 65]),
        ("last-start", [.missing: 66, .emptied: 65, .older: 66]),
        ("keys/log.pem", [.missing: 66]),
    ]

    /// In place, so that the file stays the file that it was.
    private static func overwrite(_ path: String, _ bytes: Data) throws {
        let handle = try FileHandle(forWritingTo: URL(filePath: path))
        try handle.truncate(atOffset: 0)
        try handle.write(contentsOf: bytes)
        try handle.close()
    }

    @Test("The start's outcome is the table's, its message names the file, and the log has not grown")
    func outcomes() throws {
        let service = try RunningService(seed: Self.seed)
        let data = service.scratch.path + "/data"
        try Self.use(service)
        let old = try service.files()
        try Self.use(service)
        let new = try service.files()
        let empty = try service.scratch.write([], to: "none.db")
        _ = try ChildProcess.run(
            ["sqlite3", empty, "PRAGMA journal_mode=wal; CREATE TABLE t(a); DROP TABLE t;"], input: [])
        for (file, outcomes) in Self.table {
            let path = data + "/" + file
            let whole = try #require(new[file], "\(file)")
            for (change, code) in outcomes.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                let aside = service.scratch.path + "/aside"
                switch change {
                case .missing: try FileManager.default.moveItem(atPath: path, toPath: aside)
                case .emptied: try Self.overwrite(path, Data())
                case .noTables: try Self.overwrite(path, try Data(contentsOf: URL(filePath: empty)))
                case .older: try Self.overwrite(path, try #require(old[file]))
                case .cutOff: try Self.overwrite(path, whole.prefix(file == "guard" ? 100 : whole.count - 6_000))
                case .copied:
                    try FileManager.default.moveItem(atPath: path, toPath: aside)
                    try whole.write(to: URL(filePath: path))
                }
                let result = try service.attempt()
                #expect(result.exitCode == code, "\(file) \(change): \(result.error)")
                #expect(result.error.contains(file), "\(file) \(change): \(result.error)")
                for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
                if FileManager.default.fileExists(atPath: aside) {
                    try? FileManager.default.removeItem(atPath: path)
                    try FileManager.default.moveItem(atPath: aside, toPath: path)
                } else {
                    try Self.overwrite(path, whole)
                }
            }
        }
        // What is made from the log, or stands behind it, keeps nothing from starting.
        for change in [Change.missing, .emptied, .cutOff] {
            let path = data + "/query.db"
            let whole = try Data(contentsOf: URL(filePath: path))
            switch change {
            case .missing: try FileManager.default.removeItem(atPath: path)
            case .emptied: try Self.overwrite(path, Data())
            default: try Self.overwrite(path, whole.prefix(whole.count / 2))
            }
            try Self.use(service)
        }
    }

    @Test(
        "Lost: without a flag recover only says so; with it the log goes on, says what was done, and a whole folder follows"
    )
    func recovered() throws {
        let service = try RunningService(seed: Self.seed)
        let data = service.scratch.path + "/data"
        try Self.use(service)
        for (file, flag, action) in [
            ("state.db", "--state", "recover.state"), ("evidence.db", "--evidence", "recover.evidence"),
        ] {
            try FileManager.default.removeItem(atPath: data + "/" + file)
            let told = try service.recover([])
            #expect(told.exitCode == 66 && told.error.contains(file) && told.error.contains(flag), "\(told.error)")
            #expect(!FileManager.default.fileExists(atPath: data + "/" + file))
            let done = try service.recover([flag])
            #expect(done.exitCode == 0, "\(done.error)")
            try service.start()
            let entries = try service.get("/audit/v1/entries?limit=1000").text
            #expect(entries.contains(#"\"action\":\"\#(action)\""#), "\(entries.suffix(600))")
            #expect(try service.post("/v1/verdicts", Self.quote(), "application/octet-stream").status == 200)
            #expect(service.stop() == 0)
        }
        // The whole folder, moved away and copied back: nothing in it knows, but that its files are others.
        try ChildProcess.run(["cp", "-a", data, data + ".copy"], input: []).succeeded()
        try Self.use(service)
        try FileManager.default.removeItem(atPath: data)
        try ChildProcess.run(["cp", "-a", data + ".copy", data], input: []).succeeded()
        let refused = try service.attempt()
        #expect(refused.exitCode == 66 && refused.error.contains("--copied"), "\(refused.error)")
        #expect(try service.recover(["--copied"]).exitCode == 0)
        try Self.use(service)
    }

    @Test("Keys in a second data folder: no second log of that name, and nothing is made but the lock")
    func secondFolder() throws {
        let service = try RunningService(seed: Self.seed)
        let (data, other) = (service.scratch.path + "/data", service.scratch.path + "/other")
        try Self.use(service)
        try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: true)
        try ChildProcess.run(["cp", "-a", data + "/keys", other + "/keys"], input: []).succeeded()
        let both = try service.attempt(["data=\(other)"])
        #expect(both.exitCode == 66 && both.error.contains("guard"), "\(both.error)")
        try FileManager.default.removeItem(atPath: other + "/keys/log.pem")
        let refused = try service.attempt(["data=\(other)"])
        #expect(refused.exitCode == 76 && refused.error.contains("One issuer has one log"), "\(refused.error)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: other).sorted() == ["keys", "log.lock"])
        // A folder that has a log of its own, and gets the keys of the other.
        let third = service.scratch.path + "/third"
        try service.start(["data=\(third)"])
        #expect(service.stop() == 0)
        try FileManager.default.removeItem(atPath: third + "/keys/keys.json")
        try FileManager.default.copyItem(atPath: data + "/keys/keys.json", toPath: third + "/keys/keys.json")
        #expect(try service.attempt(["data=\(third)"]).exitCode == 76)
        try Self.use(service)
    }

    @Test("A backup is whole or none; behind what was signed it begins another log, which names the one before")
    func backup() throws {
        let service = try RunningService(seed: Self.seed)
        let (data, copy) = (service.scratch.path + "/data", service.scratch.path + "/backup")
        try service.start()
        let first = try service.post("/v1/verdicts", Self.quote(), "application/octet-stream")
        let made = try Program.run("assay", ["backup", "--data", data, copy])
        #expect(made.exitCode == 0 && made.output.contains("verified"), "\(made.error)")
        #expect(try Program.run("assay", ["backup", "--data", data, copy]).exitCode == 64, "it replaces none")
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: copy).sorted()
                == ["backup.json", "evidence.db", "log.db", "state.db"])
        let token = try #require(first.json.flatMap { Self.text($0["token"]) })
        let introspection = Array("token=\(token)".utf8)
        let form = "application/x-www-form-urlencoded"
        #expect(try service.post("/v1/tokens/introspect", introspection, form).text.contains(#""active":true"#))
        let size = try #require(service.get("/readyz").json?["log"]?["signed_size"])
        #expect(try Program.run("assay", ["restore", copy, "--data", data]).exitCode == 74, "a service runs")
        #expect(service.stop() == 0)
        guard case .integer(let signed) = size else { throw RunningService.Failure(description: "no size") }
        // Once more, so that the guard knows more than the backup.
        try Self.use(service)
        let before = try service.files()
        let refused = try Program.run("assay", ["restore", copy, "--data", data])
        #expect(refused.exitCode == 75 && refused.error.contains("--new-log"), "\(refused.error)")
        #expect(try service.files() == before)
        for name in ["state.db", "log.db", "evidence.db", "backup.json"] {
            let path = copy + "/" + name
            var bytes = try Data(contentsOf: URL(filePath: path))
            let whole = bytes
            bytes[bytes.count / 2] ^= 1
            try bytes.write(to: URL(filePath: path))
            let changed = try Program.run("assay", ["restore", copy, "--data", data, "--new-log", "a.example/log/2"])
            #expect([64, 65].contains(changed.exitCode), "\(name): \(changed.error)")
            try whole.write(to: URL(filePath: path))
        }
        #expect(try service.files() == before)
        let begun = try Program.run("assay", ["restore", copy, "--data", data, "--new-log", "a.example/log/2"])
        #expect(begun.exitCode == 0, "\(begun.error)")
        try service.start()
        let entry = try service.get("/audit/v1/entries/0").text
        #expect(entry.contains("a.example/log/2") && entry.contains("prev_root") && entry.contains("prev_origin"))
        #expect(FileManager.default.fileExists(atPath: data + "/closed-log.db") && signed > 0)
        // What became of it since is not known here.
        #expect(try service.post("/v1/tokens/introspect", introspection, form).text.contains(#""active":false"#))
        #expect(try service.post("/v1/verdicts", Self.quote(), "application/octet-stream").status == 200)
        #expect(service.stop() == 0)
        try Self.use(service)
    }

    private static func text(_ json: JSON?) -> String? { if case .string(let text)? = json { text } else { nil } }
}

extension ChildProcess.Result {
    fileprivate func succeeded() throws { #expect(exitCode == 0, "\(error)") }
}

extension RunningService {
    /// `assay recover` with the service's settings.
    func recover(_ flags: [String]) throws -> Program.Result {
        var arguments = ["recover"] + flags
        for setting in ["data=\(scratch.path)/data", "trust_root=\(scratch.path)/root.pem"] {
            arguments += ["--set", setting]
        }
        return try Program.run("assay", arguments)
    }
}
