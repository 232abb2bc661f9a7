import Appraisal
import AttestationService
import AuditStore
import DCAPFormats
import Foundation
import MerkleLog
import PlatformSimulator
import ProcessSupport
import Records
import ServiceSupport
import Testing
import WebAPI
import Wire

@testable import assay

/// A policy tried on a service's own history: over HTTP, and from its files.
@Suite("A policy tried on recorded verdicts")
struct SimulationTests {
    private static let lab = #"{"id":"lab","version":1,"allow_debug":true}"#
    private static let bound = #"{"id":"bound","version":1,"require_report_data":true}"#

    /// Two accepts that bind nothing, one that binds a nonce, a reject by policy, a forged quote.
    private static func fill(_ live: Live) async throws -> [String] {
        let nonce = Array("sixteen bytes ok".utf8)
        let debug = try TestWorld.quote { $0.quote.td?.tdAttributes |= 1 }
        var forged = try TestWorld.evidence().quote
        forged[700] ^= 1
        var names: [String] = []
        for quote in [try TestWorld.evidence().quote, try TestWorld.evidence(.sgxV3).quote, debug, forged] {
            names.append(try #require(try await live.raw(quote).value("id")))
        }
        let answer = try await live.verdict(
            try TestWorld.quote(binding: nonce), [("nonce", .string(Base64URL.encode(nonce)))])
        names.append(try #require(try answer.value("id")))
        return names
    }

    private static func simulate(_ admin: Administration, _ policy: String, _ query: String = "") async throws
        -> WebAnswer
    {
        try await admin.send("POST", "/admin/v1/policies:simulate" + query, Array(policy.utf8))
    }

    @Test("In parts it comes to the same; from a later time there is nothing; what cannot be tried is refused")
    func parts() async throws {
        try await Administration.run { admin in
            _ = try await Self.fill(admin.live)
            var (index, examined, flips) = (0, 0, 0)
            for number in 1...5 {
                let part = try await Self.simulate(admin, Self.bound, "?limit=1&from_index=\(index)")
                examined += Int(try part.value("examined") ?? "") ?? 0
                flips += Int(try part.value("accept_to_reject") ?? "") ?? 0
                #expect(try part.value("looked_at") == "1")
                #expect(try part.value("complete") == "\(number == 5)")
                guard let next = try part.value("next_index") else { break }
                #expect(try part.value("stopped_by") == "limit")
                // The act of asking is an entry too.
                let size = admin.live.service.auditLog.tree.size
                index = try #require(Int(next))
                #expect(try part.value("entries_left") == "\(Int(size) - index)")
            }
            #expect(examined == 5)
            #expect(flips == 2)
            #expect(try await admin.acts("admin").count { $0.hasPrefix("ada policy.simulate") } == 5)
            let later = try await Self.simulate(admin, Self.bound, "?since=2099-01-01T00:00:00Z")
            #expect(try later.value("examined") == "0")
            #expect(try later.value("complete") == "true")
            for (policy, query, status, code) in [
                ("{", "", 400, "POLICY_INVALID"), (Self.lab, "?since=yesterday", 400, "INVALID_PARAMETER"),
                (Self.lab, "?limit=0", 400, "INVALID_PARAMETER"), (Self.lab, "?sinse=1", 400, "INVALID_PARAMETER"),
                (
                    #"{"id":"x","version":1,"claims":[{"id":"i","claim":"mr_td","operator":"in","reference_set":"none"}]}"#,
                    "", 409, "REFERENCE_SET_MISSING"
                ),
            ] {
                #expect(try await Self.simulate(admin, policy, query).problem(status) == code)
            }
        }
    }

    @Test("The program asks a running service to the end, with an administrator's token and no other")
    func remotely() async throws {
        let folder = try ScratchFolder()
        let file = try folder.write(Self.bound, to: "bound.json")
        let token = try folder.write(Administration.token + "\n", to: "token")
        let stranger = try folder.write("another", to: "stranger")
        try await Administration.run { admin in
            _ = try await Self.fill(admin.live)
            let command = ["policy", "simulate", file, "--url", admin.base]
            let answer = try await ProgramRun.run("assay", command + ["--token-file", token])
            #expect(answer.exitCode == 0, "\(answer.error)")
            #expect(answer.output.contains("examined          5"), "\(answer.output)")
            #expect(answer.output.contains("accept to reject  2"))
            #expect(!answer.output.contains("left "))
            let some = try await ProgramRun.run("assay", command + ["--token-file", token, "--limit", "2"])
            #expect(some.output.contains("looked at         2"), "\(some.output)")
            #expect(some.output.contains("so many verdicts were to be looked at; go on with --from-index"))
            let refused = try await ProgramRun.run("assay", command + ["--token-file", stranger])
            #expect(refused.exitCode == 2)
            #expect(refused.error.contains("401"), "\(refused.error)")
        }
    }

    @Test("The program says the same from the files of a service at rest")
    func program() async throws {
        let folder = try ScratchFolder()
        try await Administration.run(folder: folder) { admin in _ = try await Self.fill(admin.live) }
        let file = try folder.write(Self.bound, to: "bound.json")
        let root = ["--data", folder.path + "/data", "--trust-root", folder.path + "/root.pem"]
        let answer = try await ProgramRun.run("assay", ["policy", "simulate", file, "--format", "json"] + root)
        #expect(answer.exitCode == 0, "\(answer.error)")
        let report = try #require(JSON(document: try JSONDocument(parsing: Array(answer.output.utf8)).root))
        #expect(report["examined"] == .integer(5))
        #expect(report["accept_to_reject"] == .integer(2))
        #expect(report["looked_at"] == .integer(5))
        #expect(report["complete"] == .bool(true))
        // In two parts it is the same.
        var (index, examined, flips) = (0 as Int64, 0 as Int64, 0 as Int64)
        for part in [["--limit", "2"], []] {
            let answer = try await ProgramRun.run(
                "assay",
                ["policy", "simulate", file, "--format", "json", "--from-index", "\(index)"] + root + part)
            let report = try #require(JSON(document: try JSONDocument(parsing: Array(answer.output.utf8)).root))
            examined += report.number("examined") ?? 0
            flips += report.number("accept_to_reject") ?? 0
            index = report.number("next_index") ?? 0
            #expect((report["stopped_by"] == .string("limit")) == !part.isEmpty)
            #expect((report["entries_left"] == nil) == part.isEmpty)
        }
        #expect(examined == 5 && flips == 2)
        let text = try await ProgramRun.run("assay", ["policy", "simulate", file] + root)
        #expect(text.exitCode == 0)
        #expect(text.output.contains("accept to reject  2") && text.output.contains("POLICY_REPORT_DATA"))
        // Under Intel's root nothing of this world can be tried.
        let foreign = try await ProgramRun.run("assay", ["policy", "simulate", file, "--data", folder.path + "/data"])
        #expect(foreign.output.contains("not examinable    5: judged under another root"), "\(foreign.output)")
        for arguments in [
            [], ["--data", folder.path, "--url", "http://127.0.0.1:1"], root + ["--since", "yesterday"],
            ["--url", "http://127.0.0.1:1"], root + ["--limit", "0"], root + ["--seconds", "0"],
        ] {
            let refused = try await ProgramRun.run("assay", ["policy", "simulate", file] + arguments)
            #expect(refused.exitCode == 64, "\(arguments): \(refused.error)")
        }
    }

    @Test("From files the reference sets are those in force there, unless others are given")
    func references() async throws {
        let folder = try ScratchFolder()
        let policy =
            #"{"id":"image","version":1,"claims":[{"id":"i","claim":"mr_td","operator":"in","reference_set":"images"}]}"#
        @Sendable func set(_ version: Int, _ mrTD: String) -> String {
            #"{"id":"images","version":\#(version),"provenance":{"source":"us"},"valid_from":"2026-01-01T00:00:00Z","values":{"mr_td":["\#(mrTD)"]}}"#
        }
        let file = try folder.write(policy, to: "image.json")
        let command =
            ["policy", "simulate", file, "--data", folder.path + "/data", "--trust-root", folder.path + "/root.pem"]
            + ["--format", "json"]
        try await Administration.run(folder: folder) { admin in
            _ = try await Self.fill(admin.live)
            let missing = try await ProgramRun.run("assay", command)
            #expect(missing.exitCode == 64)
            #expect(missing.error.contains("images, which is not in force"), "\(missing.error)")
            guard case .td(let report) = try Quote(parsing: try TestWorld.evidence().quote).body else {
                throw TestFailure("no trust domain")
            }
            let sha256 = try await admin.put("reference-sets", "images", set(1, report.mrTD.hex))
            #expect(try await admin.step("reference-sets", "images", sha256, "activate").value("state") == "active")
        }
        func flips(_ more: [String]) async throws -> (Int64?, JSON?) {
            let answer = try await ProgramRun.run("assay", command + more)
            #expect(answer.exitCode == 0, "\(answer.error)")
            let report = try #require(JSON(document: try JSONDocument(parsing: Array(answer.output.utf8)).root))
            return (report.number("accept_to_reject"), report["reference_sets"])
        }
        // The enclave is no image.
        let inForce = try await flips([])
        #expect(inForce.0 == 1)
        #expect(inForce.1?.compactText.contains(#""version":1"#) == true)
        let other = try folder.write(set(2, String(repeating: "07", count: 48)), to: "other.json")
        let given = try await flips(["--references", other])
        #expect(given.0 == 3)
        #expect(given.1?.compactText.contains(#""version":2"#) == true)
        try FileManager.default.removeItem(atPath: folder.path + "/data/state.db")
        #expect(try await flips(["--references", other]).0 == 3)
    }
}
