import DatabaseFiles
import Foundation
import PlatformSimulator
import ProcessSupport
import ServiceSupport
import Testing
import Wire

@testable import assay

/// SQLite before 3.51.3 can corrupt a file in WAL mode when two connections write or checkpoint it (transparency-log S-2).
@Suite("Who writes the databases of a service")
struct DatabaseOwnerTests {
    /// This process's descriptors of a file, as the kernel has them.
    private static func descriptors(of path: String) throws -> (writing: Int, reading: Int) {
        let path = URL(filePath: path).resolvingSymlinksInPath().path
        var (writing, reading) = (0, 0)
        for name in try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
            // Other tests open and close descriptors meanwhile.
            guard (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(name)")) == path,
                let file = FileHandle(forReadingAtPath: "/proc/self/fdinfo/\(name)"),
                let bytes = try? file.readToEnd()
            else { continue }
            let line = String(decoding: bytes, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("flags:") }
            let text = line?.dropFirst("flags:".count).drop { $0 == "\t" || $0 == " " }
            let flags = try #require(text.flatMap { Int32($0, radix: 8) })
            if flags & O_ACCMODE == O_RDONLY { reading += 1 } else { writing += 1 }
        }
        return (writing, reading)
    }

    @Test("One connection of each file can write, with everything that a service can have turned on")
    func writers() async throws {
        let folder = try ScratchFolder()
        let secret = "whsec_" + Base64.encode([UInt8](repeating: 7, count: 32))
        let settings = [
            "webhooks.urls": "http://127.0.0.1:9/told",
            "webhooks.secret_file": try folder.write(Array(secret.utf8), to: "secret"),
        ]
        try await Administration.run(settings, folder: folder) { admin in
            // Every part of it has read and written, many of them at once.
            _ = try await admin.put("policies", "lab", #"{"id":"lab","version":1,"allow_debug":true}"#)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<16 {
                    group.addTask {
                        let asked = try await admin.live.client.send("POST", admin.live.base + "/v1/challenges")
                        let nonce = try #require(
                            try asked.value("nonce").flatMap { Base64URL.decode(Array($0.utf8)[...]) })
                        let challenge = try #require(try asked.value("challenge"))
                        let quote = try TestWorld.quote(binding: nonce)
                        let answer = try await admin.live.verdict(quote, [("challenge", .string(challenge))])
                        #expect(try answer.value("verdict") == "accept", "\(answer.text)")
                        #expect(try await admin.send("GET", "/admin/v1/policies").status == 200)
                    }
                }
                try await group.waitForAll()
            }
            for name in ["state", "log", "evidence", "query"] {
                let (writing, reading) = try Self.descriptors(of: folder.path + "/data/\(name).db")
                #expect(writing == 1, "\(name).db")
                #expect(reading >= 1, "\(name).db")
            }
        }
        for name in ["state", "log", "evidence", "query"] {
            #expect(FileManager.default.fileExists(atPath: folder.path + "/data/\(name).db"))
        }
        #expect(
            try Self.descriptors(of: folder.path + "/data/state.db") == (0, 0), "closed when the service has stopped")
    }

    @Test("Other programs read beside a service, and none writes until it has stopped")
    func otherPrograms() async throws {
        let folder = try ScratchFolder()
        let data = ["--data", folder.path + "/data"]
        let root = ["--trust-root", folder.path + "/root.pem"]
        let fetch = ["collateral", "fetch", "--pccs", "http://127.0.0.1:9/sgx/certification/v4/", "--pccs-allow-http"]
        let state = folder.path + "/data/state.db"
        try await Live.run(folder: folder) { live in
            #expect(try await live.raw(try TestWorld.evidence().quote).status == 200)
            let before = try Self.descriptors(of: state)
            let shown = try await ProgramRun.run("assay", ["collateral", "show"] + data + root)
            #expect(shown.exitCode == 0, "\(shown.error)")
            #expect(shown.output.hasPrefix("tdx 90c06f000000 platform  evaluation "))
            let fetched = try await ProgramRun.run("assay", fetch + data + root)
            #expect(fetched.exitCode == 2)
            #expect(fetched.error.contains("another process writes its state.db"), "\(fetched.error)")
            let served = try await ProgramRun.run("assay", ["serve", "--listen", "127.0.0.1:0"] + data)
            #expect(served.exitCode == 74)
            #expect(
                served.error.contains(
                    "data \(folder.path)/data: audit log (held): log.lock is held by another process: a log has one writer"
                ),
                "\(served.error)")
            #expect(try Self.descriptors(of: state) == before)
        }
        let lock = try ProcessLock(folder: folder.path + "/data")
        lock.release()
        let shown = try await ProgramRun.run("assay", ["collateral", "show"] + data + root)
        #expect(shown.output.hasPrefix("tdx 90c06f000000 platform  evaluation "))
    }
}
