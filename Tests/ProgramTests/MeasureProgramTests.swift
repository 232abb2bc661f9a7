import Foundation
import PlatformSimulator
import ProcessSupport
import Testing
import Wire

/// `assay measure` and `assay-sim eventlog` as processes, on files of this test's own.
@Suite("The program assay measure", .waiting)
struct MeasureProgramTests {
    private let scratch: Scratch
    private let model = SimulatedModel(seed: "assay")

    init() throws { scratch = try Scratch() }

    private func models() throws -> String {
        let folder = scratch.path + "/models"
        let result = try Program.run(
            "assay-sim", ["eventlog", "--out", scratch.path + "/log.bin", "--models", folder])
        #expect(result.exitCode == 0, "\(result.error)")
        return folder
    }

    private func file(_ path: String, _ text: String, mode: Int = 0o644) throws {
        let place = scratch.path + "/" + path
        try FileManager.default.createDirectory(
            atPath: (place as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(filePath: place))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: place)
    }

    /// The tree of event-logs 9.4.
    private func tree() throws -> String {
        try file("tree/app.py", "print(1)\n")
        try file("tree/bin/run", "#!/bin/sh\n", mode: 0o755)
        try FileManager.default.createDirectory(
            atPath: scratch.path + "/tree/data/empty", withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: scratch.path + "/tree/data/link", withDestinationPath: "../app.py")
        return scratch.path + "/tree"
    }

    private func json(_ result: Program.Result) throws -> JSON {
        try #require(JSON(document: try JSONDocument(parsing: Array(result.output.utf8)).root))
    }

    @Test("A reference set: every claim that a policy compares, the manifest beside them")
    func references() throws {
        let result = try Program.run(
            "assay",
            [
                "measure", "--models", try models(), "--model", "deepseek-r1:70b", "--tree", "open-webui=\(try tree())",
                "--format", "references", "--id", "gn8v", "--source", "a test", "--valid-from", "2026-01-01T00:00:00Z",
                "--valid-until", "2027-01-01T00:00:00Z",
            ])
        #expect(result.exitCode == 0, "\(result.error)")
        let set = try json(result)
        #expect(set["id"] == .string("gn8v"))
        #expect(set["version"] == .integer(1))
        #expect(set["provenance"]?["source"] == .string("a test"))
        #expect(set["valid_from"] == .string("2026-01-01T00:00:00Z"))
        #expect(set["valid_until"] == .string("2027-01-01T00:00:00Z"))
        let values = try #require(set["values"])
        #expect(
            values["event_log.llm.tree.open-webui"]
                == .array([.string("979092fbef96774404210fca99e6a6576323c8acb11d33defecbbd3371121a8b")]))
        #expect(values["event_log.llm.manifest.\(model.name)"] == .array([.string(model.manifestSHA256)]))
        #expect(values["event_log.llm.models"] == .array([.string(model.name)]))
        #expect(values["model_manifests"] == .array([.string(Base64.encode(model.manifest))]))
    }

    @Test("The events of a boot phase, counted, in both forms")
    func events() throws {
        try file("ollama", "ollama-binary\n", mode: 0o755)
        let arguments = [
            "measure", "--models", try models(), "--exec", "ollama=\(scratch.path)/ollama", "--agent", "example/1",
        ]
        let lines = try Program.run("assay", arguments + ["--format", "aael"]).output.split(separator: "\n")
        #expect(lines.first == #"assay-llm/1 start {"agent":"example/1"}"#)
        // start, exec, manifest, configuration and three layers stand before it.
        #expect(lines.last == #"assay-llm/1 ready {"count":7}"#)
        #expect(lines[1].contains("8b0fbaacf901078951d3412a35577be7c85734f66b8b05727b2c3b4c62379c0d"))
        #expect(lines.count == 8)
        let document = try json(try Program.run("assay", arguments + ["--format", "events"]))
        guard case .array(let events) = document else { throw CocoaError(.coderReadCorrupt) }
        #expect(events.count == 8)
        #expect(
            events[0]["digest"]
                == .string(
                    "62777ede74c09c272e44985dc8101c50fb4c59fdf9c310aaec5e013ac2c53aed8f2d121c9d3df3c513f8c78bd1fb0e33"))
    }

    @Test("A blob that is not what its name says: its true digest as an event, and no reference values")
    func damagedBlob() throws {
        let folder = try models()
        let blob = folder + "/blobs/sha256-" + model.layers[0].sha256
        try Data("GGUF-other".utf8).write(to: URL(filePath: blob))
        let events = try Program.run("assay", ["measure", "--models", folder, "--format", "aael"])
        #expect(events.exitCode == 0)
        #expect(!events.output.contains("\"digest\":\"sha256:\(model.layers[0].sha256)\""))
        #expect(events.error.contains(model.layers[0].sha256))
        let references = try Program.run(
            "assay", ["measure", "--models", folder, "--format", "references", "--source", "x"])
        #expect(references.exitCode == 1)
        #expect(references.output.isEmpty)
        #expect(references.error.contains("damaged"))
        try FileManager.default.removeItem(atPath: blob)
        let missing = try Program.run("assay", ["measure", "--models", folder])
        #expect(missing.exitCode == 2)
        #expect(missing.error.contains("pull the model again"))
    }

    @Test("A tree that has no digest: its reason, with exit code 2")
    func refusedTree() throws {
        try file("bad/a", "x")
        try FileManager.default.createSymbolicLink(
            atPath: scratch.path + "/bad/l", withDestinationPath: "/etc/passwd")
        let result = try Program.run("assay", ["measure", "--tree", "x=\(scratch.path)/bad"])
        #expect(result.exitCode == 2)
        #expect(result.error.contains("links out"))
    }

    @Test(
        "What is wrong with a command line is said, with exit code 64",
        arguments: [
            [], ["--exec", "noequals"], ["--exec", "x=/nonexistent"], ["--model", "m"], ["--models", "/nonexistent"],
            ["--models", "/nonexistent", "--model", "../../x"], ["--tree", "x=/nonexistent"],
            ["--models", "/nonexistent", "--model", "a/b/c/d:e"],
        ])
    func usage(arguments: [String]) throws {
        let result = try Program.run("assay", ["measure"] + arguments)
        #expect(result.exitCode == 64, "\(result.error)")
        #expect(result.error.hasPrefix("assay: "))
        #expect(result.output.isEmpty)
    }

    @Test("A simulated quote and log of one boot carry the same registers")
    func simulatedPair() throws {
        let quote = scratch.path + "/quote.bin"
        let result = try Program.run("assay-sim", ["quote", "--boot", "healthy", "--out", quote])
        #expect(result.exitCode == 0, "\(result.error)")
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: quote)))
        let register = try #require(BootVariation.healthy.log(seed: "assay").registers.last)
        #expect(Hex.encode(bytes).contains(Hex.encode(register)))
        #expect(try Program.run("assay-sim", ["quote", "--boot", "nothing", "--out", quote]).exitCode == 64)
        #expect(
            try Program.run("assay-sim", ["quote", "--boot", "healthy", "--kind", "sgx-v3", "--out", quote]).exitCode
                == 64)
        let list = try Program.run("assay-sim", ["eventlog", "--list"])
        #expect(list.output.split(separator: "\n").count == BootVariation.allCases.count)
    }
}
