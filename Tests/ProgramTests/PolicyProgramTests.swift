import Appraisal
import DCAPFormats
import DCAPVerification
import Foundation
import PlatformSimulator
import ProcessSupport
import Testing
import Wire

/// `assay policy …` as processes: of each command a run that goes well and one that does not.
@Suite("The program assay policy")
struct PolicyProgramTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func file(_ name: String, _ text: String) throws -> String { try scratch.write(Array(text.utf8), to: name) }

    private static func policy(_ arguments: String...) throws -> Program.Result {
        try Program.run("assay", ["policy"] + arguments)
    }

    private static func isChinese(_ text: String) -> Bool {
        text.unicodeScalars.contains { (0x4E00...0x9FFF).contains($0.value) }
    }

    @Test("lint: policies that load with their hashes; one that does not, in either language; a set that is not there")
    func lint() throws {
        let own = try file("own.json", #"{"id":"own","version":2}"#)
        let good = try Self.policy("lint", "strict", "tdx-cloud", own)
        #expect(good.exitCode == 0)
        #expect(good.output.split(separator: "\n").count == 3)
        #expect(good.output.contains("ok  own version 2  sha256 "))
        let broken = try file("broken.json", #"{"id":"p","version":1,"colour":"red"}"#)
        let bad = try Self.policy("lint", "strict", broken)
        #expect(bad.exitCode == 2)
        #expect(bad.output.contains("ok  strict "))
        #expect(bad.output.contains("NO  ") && bad.output.contains("colour"))
        let chinese = try Self.policy("lint", broken, "--language", "zh")
        #expect(chinese.exitCode == 2)
        #expect(Self.isChinese(chinese.output), "\(chinese.output)")
        let lacking = try file(
            "lacking.json",
            #"{"id":"l","version":1,"claims":[{"id":"m","claim":"mr_td","operator":"in","reference_set":"nowhere"}]}"#)
        let folder = scratch.path + "/references"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let absent = try Self.policy("lint", lacking, "--references", folder)
        #expect(absent.exitCode == 2)
        #expect(absent.output.contains("no reference set nowhere"))
    }

    @Test("explain: in both languages and as JSON; an id that there is not")
    func explain() throws {
        let english = try Self.policy("explain", "strict")
        #expect(english.exitCode == 0 && english.output.contains("strict"))
        #expect(!Self.isChinese(english.output))
        let chinese = try Self.policy("explain", "strict", "--language", "zh")
        #expect(chinese.exitCode == 0 && Self.isChinese(chinese.output))
        let json = try Self.policy("explain", "gn8v-tee-llm", "--format", "json")
        let root = try JSONDocument(parsing: Array(json.output.utf8)).root
        #expect(root.members.map(\.name) == ["id", "version", "sha256", "policy", "requirements"])
        let unknown = try Self.policy("explain", "nobody")
        #expect(unknown.exitCode == 64)
        #expect(unknown.error.contains("built in are"))
    }

    @Test("test: every case as expected, one that is not, and a file that is no case")
    func cases() throws {
        let evidence = try SimulatedWorld(seed: "program").evidence(.tdx15V5)
        let verification = Verifier(trusting: try TrustAnchor(certificate: evidence.rootCertificate)).verify(
            try Quote(parsing: evidence.quote), using: try Collateral(bundle: evidence.collateral.bundleJSON),
            at: evidence.time)
        guard case .verified(let quote) = verification else {
            Issue.record("not verified")
            return
        }
        let facts = RecordedFacts(quote).document().canonicalText
        let folder = scratch.path + "/cases"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        _ = try file("cases/good.json", #"{"facts":\#(facts),"expect":"accept"}"#)
        let good = try Self.policy("test", "strict", "--cases", folder)
        #expect(good.exitCode == 0, "\(good.output)\(good.error)")
        _ = try file("cases/wrong.json", #"{"facts":\#(facts),"expect":"reject","reasons":["POLICY_DEBUG"]}"#)
        let wrong = try Self.policy("test", "strict", "--cases", folder)
        #expect(wrong.exitCode == 1)
        #expect(wrong.output.contains("wrong.json"))
        _ = try file("cases/wrong.json", #"{"facts":{},"expect":"reject"}"#)
        #expect(try Self.policy("test", "strict", "--cases", folder).exitCode == 2)
    }

    /// What no door of the program takes, whatever else it is asked for.
    static let doors: [(String, [String])] = [
        ("verify", ["verify", "none.quote", "--collateral", "none", "--policy"]), ("lint", ["policy", "lint"]),
        ("explain", ["policy", "explain"]), ("test", ["policy", "test", "--cases", "."]),
        ("baseline", ["policy", "baseline", "none.quote", "--id", "s", "--source", "us", "--policy"]),
        ("simulate", ["policy", "simulate", "--data", "."]),
    ]

    @Test("Rows 87, 261 and 263 at every door: exit 2, the code, and nothing decided", arguments: doors)
    func refused(_ name: String, _ arguments: [String]) throws {
        for (file, text, code) in [
            ("strict.json", #"{"id":"strict","version":1,"allow_debug":true}"#, "POLICY_ID_RESERVED"),
            ("gpu.json", #"{"id":"gn8v-tee-llm-gpu","version":1}"#, "POLICY_ID_RESERVED"),
            (
                "line.json",
                #"{"id":"l","version":1,"claims":[{"id":"l","claim":"event_log.kernel_cmdline","operator":"equals","value":"x"}]}"#,
                "POLICY_UNANCHORED_CLAIM"
            ),
            (
                "tee.json",
                #"{"id":"t","version":1,"claims":[{"id":"t","not":{"claim":"tee","operator":"equals","value":"TDX"}}]}"#,
                "POLICY_INVALID"
            ),
        ] {
            let policy = try self.file(file, text)
            let result = try Program.run("assay", arguments + [policy], folder: scratch.path)
            #expect(result.exitCode == 2, "\(name) \(file): \(result.output)\(result.error)")
            #expect((result.output + result.error).contains(code), "\(result.output)\(result.error)")
        }
        let empty = try Program.run("assay", arguments + [""], folder: scratch.path)
        #expect(empty.exitCode == 64, "\(empty.output)\(empty.error)")
    }

    @Test("Row 264: two reference sets of one id on a command line and in a folder, in both orders, with both named")
    func doubleSets() throws {
        func set(_ version: Int) -> String {
            #"{"id":"s","version":\#(version),"provenance":{"source":"us"},"valid_from":"2026-01-01T00:00:00Z","values":{"tee":["tdx"]}}"#
        }
        try FileManager.default.createDirectory(atPath: scratch.path + "/sets", withIntermediateDirectories: true)
        let (one, two) = (try file("sets/one.json", set(1)), try file("sets/two.json", set(2)))
        for paths in [[one, two], [two, one], [scratch.path + "/sets"], [one, scratch.path + "/sets"]] {
            let references = paths.flatMap { ["--references", $0] }
            for arguments in [["policy", "lint", "strict"], ["verify", "none.quote", "--collateral", "none"]] {
                let result = try Program.run("assay", arguments + references, folder: scratch.path)
                #expect(result.exitCode == 2)
                #expect(result.error.contains("REFERENCE_SET_DOUBLE"), "\(result.error)")
                #expect(result.error.contains("one.json"), "\(result.error)")
            }
        }
    }

    @Test("lint warns, in both languages, and a policy that it warns of loads")
    func warnings() throws {
        let policy = try file(
            "odd.json",
            #"{"id":"odd","version":1,"claims":[{"id":"s","claim":"service_td","operator":"equals","value":"none"}]}"#)
        let english = try Self.policy("lint", policy)
        #expect(english.exitCode == 0)
        #expect(english.output.contains("!!  odd claim.s: it refuses every quote with a body of TDX 1.0"))
        let chinese = try Self.policy("lint", policy, "--language", "zh")
        #expect(chinese.exitCode == 0 && Self.isChinese(chinese.output))
    }

    /// A simulated boot: its quote and its log.
    private func boot(_ name: String) throws -> (quote: String, log: String) {
        let (quote, log) = (scratch.path + "/\(name).quote", scratch.path + "/\(name).log")
        for arguments in [["quote", "--boot", name, "--out", quote], ["eventlog", "--boot", name, "--out", log]] {
            let made = try Program.run("assay-sim", arguments)
            #expect(made.exitCode == 0, "\(made.error)")
        }
        return (quote, log)
    }

    @Test("baseline: a boot becomes a set that the shipped policy takes; another boot's log, and no date, do not")
    func baseline() throws {
        let (healthy, other) = (try boot("healthy"), try boot("kernel"))
        let arguments = ["--id", "gn8v-tee-llm", "--source", "a test", "--valid-from", "2026-01-01T00:00:00Z"]
        func run(_ quote: String, _ log: String, _ more: [String] = arguments) throws -> Program.Result {
            try Program.run("assay", ["policy", "baseline", quote, "--event-log", log] + more)
        }
        let good = try run(healthy.quote, healthy.log)
        #expect(good.exitCode == 0, "\(good.error)")
        let set = try file("set.json", good.output)
        #expect(try Self.policy("lint", "gn8v-tee-llm", "--references", set).exitCode == 0)
        #expect(!good.output.contains("root_integrity"))
        #expect(good.error.contains("policy gn8v-tee-llm: the reference set gn8v-tee-llm has no list model_manifests"))
        #expect(!good.error.contains("nothing measured protects"))
        // The digests of a register are one value.
        let set1 = try ReferenceSet(parsing: Array(good.output.utf8))
        #expect(set1.values["event_log.rtmr1.digests"]?.count == 1)
        #expect(set1.values["event_log.rtmr1.digests"]?.first?.contains(" ") ?? false)

        let plain = try boot("plain-root")
        let open = try run(plain.quote, plain.log)
        #expect(open.exitCode == 0)
        #expect(open.error.contains("nothing measured protects the root file system"))
        let note = try ReferenceSet(parsing: Array(open.output.utf8)).note ?? ""
        #expect(note.contains("nothing measured protects the root file system"))
        let declaring = arguments + ["--root-integrity", "accepted-by-owner"]
        #expect(try run(plain.quote, plain.log, declaring).exitCode == 64)
        let declared = try run(plain.quote, plain.log, declaring + ["--note", "our own disks"])
        #expect(declared.exitCode == 0, "\(declared.error)")
        let second = try ReferenceSet(parsing: Array(declared.output.utf8))
        #expect(second.rootIntegrity == .acceptedByOwner)
        #expect(second.note?.contains("our own disks") ?? false)
        #expect(
            try run(plain.quote, plain.log, arguments + ["--root-integrity", "Verity", "--note", "n"]).exitCode == 64)

        let foreign = try run(healthy.quote, other.log)
        #expect(foreign.exitCode == 2)
        #expect(foreign.error.contains("take both from one boot"))
        let dateless = try run(healthy.quote, healthy.log, Array(arguments.dropLast()) + ["yesterday"])
        #expect(dateless.exitCode == 64)
        #expect(dateless.error.contains("--valid-from"))
    }

    @Test("diff: nothing, and what differs in words; bytes that are no quote")
    func diff() throws {
        let (healthy, other) = (try boot("healthy"), try boot("command-line"))
        func run(_ first: (quote: String, log: String), _ second: (quote: String, log: String), _ more: String...)
            throws -> Program.Result
        {
            try Program.run(
                "assay",
                ["policy", "diff", first.quote, second.quote, "--log-a", first.log, "--log-b", second.log] + more)
        }
        let same = try run(healthy, healthy)
        #expect(same.exitCode == 0)
        #expect(same.output == "Nothing differs.\n")
        let different = try run(healthy, other)
        #expect(different.exitCode == 1)
        #expect(different.output.contains("the kernel command line: was "))
        let chinese = try run(healthy, other, "--language", "zh")
        #expect(chinese.exitCode == 1)
        #expect(chinese.output.contains("内核命令行：原为 "))
        #expect(!chinese.output.contains(": was "))
        let none = try file("none", "no quote")
        let bad = try Self.policy("diff", healthy.quote, none)
        #expect(bad.exitCode == 2)
    }

    @Test("import: Intel's policy becomes one that loads; a class that nobody knows is refused")
    func importing() throws {
        func payload(_ id: String) -> String {
            let mrTD = String(repeating: "0A", count: 48)
            return
                #"{"policy_array":[{"environment":{"class_id":"\#(id)","description":"d"},"reference":{"tdx_mrtd":"\#(mrTD)"}}]}"#
        }
        let theirs = try file("intel.json", payload("45b734fc-aa4e-4c3d-ad28-e43d08880e68"))
        let good = try Self.policy("import", theirs, "--id", "imported")
        #expect(good.exitCode == 0, "\(good.error)")
        let ours = try file("ours.json", good.output)
        #expect(try Self.policy("lint", ours).output.contains("ok  imported version 1"))
        let reserved = try Self.policy("import", theirs, "--id", "tdx-cloud")
        #expect(reserved.exitCode == 2)
        #expect(reserved.error.contains("POLICY_ID_RESERVED"))
        let unknown = try file("unknown.json", payload("00000000-0000-0000-0000-000000000000"))
        let bad = try Self.policy("import", unknown, "--id", "imported")
        #expect(bad.exitCode == 2)
        #expect(bad.error.contains("unknown.json"))
        #expect(bad.output.isEmpty)
    }
}
