import Foundation
import PlatformSimulator
import ProcessSupport
import Testing
import Wire

/// Real system calls fail under the running service (transparency-log 18.6), and flushes are counted: what strace sees is
/// what happens, whatever the code believes. Skipped where strace is not there or may not trace.
@Suite(
    "The service on a disk that fails", .serialized, .waiting, .needs(.strace))
struct DiskFaultTests {
    private static let seed = "disk-fault"

    private static func quote() throws -> [UInt8] {
        let today = Instant(seconds: Int64(Date().timeIntervalSince1970) / 86_400 * 86_400)
        return try SimulatedWorld(seed: seed, time: today).evidence(.tdx15V5).quote
    }

    @Test(
        "Every verdict is flushed: one fdatasync of each write-ahead log, and one synchronous write of the guard, for each"
    )
    func flushes() throws {
        let service = try RunningService(seed: Self.seed)
        let trace = service.scratch.path + "/trace"
        try service.start(
            under: [
                "strace", "-D", "-f", "-y", "-qq", "-e", "trace=fdatasync,pwrite64", "-e", "signal=none", "-o", trace,
            ])
        let quote = try Self.quote()
        #expect(try service.post("/v1/verdicts", quote, "application/octet-stream").status == 200)
        let before = try Self.counts(trace)
        let count = 10
        for _ in 0..<count {
            #expect(try service.post("/v1/verdicts", quote, "application/octet-stream").status == 200)
        }
        let after = try Self.counts(trace)
        service.stop()
        for call in ["fdatasync log.db-wal", "fdatasync evidence.db-wal", "pwrite64 guard"] {
            #expect(after[call, default: 0] - before[call, default: 0] >= count, "\(call): \(before) \(after)")
        }
    }

    /// Calls by name and file.
    private static func counts(_ trace: String) throws -> [String: Int] {
        var counts: [String: Int] = [:]
        for line in try String(contentsOfFile: trace, encoding: .utf8).split(separator: "\n") {
            for call in ["fdatasync", "pwrite64"] where line.contains(call + "(") {
                for file in ["log.db-wal", "evidence.db-wal", "guard"] where line.contains("/\(file)>") {
                    counts["\(call) \(file)", default: 0] += 1
                }
            }
        }
        return counts
    }

    struct Fault: Sendable, CustomTestStringConvertible {
        let file: String
        let call: String
        let error: String
        /// What is on the disk is not known any more, so that the service must not go on (transparency-log C-11).
        let endsService: Bool
        var testDescription: String { "\(call) of \(file): \(error)" }
    }

    static let faults = [
        Fault(file: "log.db-wal", call: "fdatasync", error: "EIO", endsService: true),
        Fault(file: "log.db-wal", call: "pwrite64", error: "EIO", endsService: true),
        Fault(file: "log.db-wal", call: "pwrite64", error: "ENOSPC", endsService: true),
        Fault(file: "guard", call: "pwrite64", error: "EIO", endsService: true),
        Fault(file: "guard", call: "pwrite64", error: "ENOSPC", endsService: true),
        Fault(file: "evidence.db-wal", call: "fdatasync", error: "EIO", endsService: false),
        Fault(file: "evidence.db-wal", call: "pwrite64", error: "ENOSPC", endsService: false),
    ]

    /// The call fails from a moment on: no verdict is given that is not recorded.
    @Test("No verdict of what was not recorded, and the next start finds one of the two trees", arguments: faults)
    func fails(_ fault: Fault) throws {
        let service = try RunningService(seed: Self.seed)
        let quote = try Self.quote()
        try service.start()
        var given: [RunningService.Answer] = []
        for _ in 0..<3 { given.append(try service.post("/v1/verdicts", quote, "application/octet-stream")) }
        let tracer = try service.attach([
            "strace", "-f", "-qq", "-P", service.scratch.path + "/data/" + fault.file, "-e", "trace=\(fault.call)",
            "-e",
            "inject=\(fault.call):error=\(fault.error)", "-e", "signal=none", "-o", service.scratch.path + "/trace",
        ])
        for _ in 0..<3 {
            if fault.endsService {
                #expect(throws: RunningService.Failure.self) {
                    try service.post("/v1/verdicts", quote, "application/octet-stream")
                }
            } else {
                let answer = try service.post("/v1/verdicts", quote, "application/octet-stream")
                #expect(answer.status == 503, "\(answer.text.prefix(200))")
                #expect(answer.text.contains("LOG_UNAVAILABLE"))
                #expect(!answer.text.contains("\"token\""))
            }
        }
        if fault.endsService {
            #expect(try service.end() == 70)
        } else {
            #expect(service.isRunning)
            try service.kill()
        }
        tracer.waitUntilExit()
        try service.start()
        let leaves = try service.get("/audit/v1/export").text.split(separator: "\n").dropFirst().dropLast()
        for answer in given {
            #expect(answer.status == 200)
            guard case .string(let text)? = answer.json?["id"] else {
                Issue.record("a verdict without an identifier")
                continue
            }
            #expect(leaves.contains { $0.contains(text) }, "\(text) was given and is gone")
        }
        #expect(try service.post("/v1/verdicts", quote, "application/octet-stream").status == 200)
        service.stop()
    }
}
