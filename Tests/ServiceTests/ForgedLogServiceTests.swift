import CorpusSupport
import Foundation
import PlatformSimulator
import ServiceSupport
import Testing
import Wire

/// The report `yes-forged-logs`, asked of a running service: each row as its README wants it.
@Suite("Forged logs over HTTP", .enabled(if: Corpus.isAvailable, "\(Corpus.absence)"))
struct ForgedLogServiceTests {
    private static let report = "reports/yes-forged-logs/"
    /// The id of a policy in the report, and its file.
    private static let policies = [
        ("gn8v-raw", "gn8v-raw"), ("gn8v-no-cmdline", "nocl"), ("sb", "sb"), ("dstack-app", "dstack"), ("aael", "aael"),
    ]
    private static let rows: [(quote: String, log: String, policy: String, isHonest: Bool)] = [
        ("healthy", "healthy", "gn8v-raw", true),
        ("model-changed-honest", "model-changed-honest", "gn8v-raw", false),
        ("model-changed-type", "model-changed-type", "gn8v-raw", false),
        ("ollama-honest", "ollama-honest", "gn8v-raw", false), ("ollama-garbage", "ollama-garbage", "gn8v-raw", false),
        ("text-init", "text-init", "gn8v-no-cmdline", false), ("sb-zero-true", "sb-zero-true", "sb", false),
        ("sb-zero-forged", "sb-zero-forged", "sb", false), ("dstack", "dstack-true", "dstack-app", false),
        ("dstack", "dstack-forged", "dstack-app", false), ("aael-true", "aael-true", "aael", false),
        ("aael-garbage", "aael-garbage", "aael", false),
    ]

    private static func bytes(_ name: String) throws -> [UInt8] {
        try #require(Corpus.available).bytes(at: report + name)
    }

    /// The world that the report's quotes are of, today.
    private static func pccs() throws -> SimulatedPCCS {
        SimulatedPCCS(try PCCSCatalogue(of: SimulatedWorld(seed: "assay", time: TestWorld.today)))
    }

    private static func folder(_ files: [(String, [UInt8])]) throws -> (ScratchFolder, [String: String]) {
        let folder = try ScratchFolder()
        try FileManager.default.createDirectory(
            atPath: folder.path + "/policies/references", withIntermediateDirectories: true)
        for (name, bytes) in files { _ = try folder.write(bytes, to: "policies/\(name)") }
        let root = try folder.write(try bytes("root.pem"), to: "report-root.pem")
        return (folder, ["policies": folder.path + "/policies", "trust_root": root])
    }

    @Test("None is accepted but the honest one, and that one with what is open")
    func rows() async throws {
        let files = try Self.policies.map { ("\($0.0).json", try Self.bytes($0.1 + ".policy.json")) }
        let (folder, settings) = try Self.folder(files + [("references/refs.json", try Self.bytes("refs.json"))])
        try await Live.run(settings, pccs: try Self.pccs(), folder: folder) { live in
            for row in Self.rows {
                let quote = try Self.bytes(row.quote + ".quote")
                // A version 5 quote: header, type and size of the body, report_data at its end.
                let bound = quote[(48 + 6 + 520)..<(48 + 6 + 584)]
                let answer = try await live.verdict(
                    quote,
                    [
                        ("event_log", .string(Base64.encode(try Self.bytes(row.log + ".log")))),
                        ("policy", .string(row.policy)), ("scheme", .string("raw")),
                        ("runtime_data", .string(Base64.encode(Array(bound)))),
                    ])
                #expect(answer.status == 200, "\(row.log): \(answer.text.prefix(300))")
                #expect(try answer.value("verdict") == (row.isHonest ? "accept" : "reject"), "\(row.log)")
                if row.isHonest {
                    #expect(try answer.value("status") == "warning")
                    #expect(answer.text.contains("ROOT_UNPROTECTED"))
                }
                #expect(answer.text.contains(#""token":""#) == row.isHonest, "\(row.log)")
            }
        }
    }

    @Test("A policy on the command line that pins no register lets no service start")
    func unanchored() async throws {
        let (folder, settings) = try Self.folder([("cl.json", try Self.bytes("cl.policy.json"))])
        do {
            try await Live.run(settings, pccs: try Self.pccs(), folder: folder) { _ in }
            Issue.record("a service started")
        } catch {
            #expect("\(error)".contains("POLICY_UNANCHORED_CLAIM"), "\(error)")
        }
    }
}
