import Appraisal
import Crypto
import DCAPFormats
import DCAPVerification
import Foundation
import GRDB
import LogAudit
import MerkleLog
import PlatformSimulator
import ProcessSupport
import Records
import ServiceSupport
import Testing
import Wire

@testable import assay

/// A running service, seen by somebody who brings their own trust: everything it says about its log holds, and every
/// verdict is the same when it is judged again from its bundle.
@Suite("The log of a service, from outside")
struct AuditFromOutsideTests {
    private static let token = "an auditor's token"

    @Test("Tiles, root, order, proofs, tokens and bundles hold; so does the database at rest")
    func everything() async throws {
        let folder = try ScratchFolder()
        let digest = Hex.encode(Array(SHA256.hash(data: Array(Self.token.utf8))))
        let file = try folder.write(Array("anna audit:read,audit:evidence \(digest)\n".utf8), to: "auditors")
        let trust = try await Live.run(["audit.tokens_file": file], folder: folder) { live in
            try await Self.fill(live)
            let (key, prefix) = try await Self.log(of: live)
            let trust = TrustPolicy(log: key)
            let source = try await WebSource(url: prefix)
            let outcome = try await Monitor(source, trusting: trust).advance(from: nil, by: .entries)
            let report = try await FileSystemCheck(source, trusting: trust).run()
            #expect(report.findings == [])
            #expect(report.size >= outcome.accepted.checkpoint.size)
            #expect((report.kinds["verdict"] ?? 0) >= 4)
            try await Self.token(live, trust)
            try await Self.bundles(live, trust, size: outcome.accepted.checkpoint.size)
            try await Self.program(live, prefix, key, folder)
            return trust
        }
        let database = try DatabaseSource(path: folder.path + "/data/log.db")
        #expect(try await FileSystemCheck(database, trusting: trust).run().findings == [])
        try await Self.tampering(with: folder, trust)
    }

    @Test("A reader in Python, which shares no code with ours, finds that the log holds together", .needs(.python))
    func python() async throws {
        let reader = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "interop/read_log.py").path
        try await Live.run { live in
            try await Self.fill(live)
            let (key, prefix) = try await Self.log(of: live)
            let answer = try await ProgramRun.run("/usr/bin/env", ["python3", reader, "check", prefix, key.text])
            #expect(answer.exitCode == 0, "\(answer.error)")
        }
    }

    @Test(
        "Where entries are for auditors, the commands ask with the token of a file; without it, or with another, they say so"
    )
    func tokenFile() async throws {
        let folder = try ScratchFolder()
        let digest = Hex.encode(Array(SHA256.hash(data: Array(Self.token.utf8))))
        let secret = "aud-7f3e91"
        let other = Hex.encode(Array(SHA256.hash(data: Array(secret.utf8))))
        let file = try folder.write(
            Array("anna audit:evidence \(digest)\nbert audit:read \(other)\n".utf8), to: "auditors")
        let settings = ["audit.tokens_file": file, "audit.visibility": "auditors"]
        try await Live.run(settings, folder: folder) { live in
            try await Self.fill(live)
            let (key, prefix) = try await Self.log(of: live)
            let trust = try folder.write(Array("log \(key.text)\nquorum none\n".utf8), to: "trust")
            let good = try folder.write(Array((secret + "\n").utf8), to: "token")
            let wrong = try folder.write(Array("wrong\n".utf8), to: "wrong")
            let none = try folder.write(Array("two words\n".utf8), to: "none")
            let commands = [
                ["fsck", "--trust-policy", trust], ["tail", "--trust-policy", trust, "--state", folder.path + "/tail"],
                ["export", "--trust-policy", trust, "--out", folder.path + "/out"],
                ["query", "--where", "verdict=reject"],
            ]
            for command in commands {
                let arguments = ["audit"] + command + ["--url", prefix]
                for (more, exitCode) in [([], 5), (["--token-file", wrong], 5), (["--token-file", none], 64)]
                    as [([String], Int32)]
                {
                    let refused = try await ProgramRun.run("assay", arguments + more)
                    #expect(refused.exitCode == exitCode, "\(command[0]) \(more): \(refused.output)\(refused.error)")
                    #expect(!(refused.output + refused.error).contains(secret))
                }
                let answer = try await ProgramRun.run("assay", arguments + ["--token-file", good])
                #expect(answer.exitCode == 0, "\(command[0]): \(answer.output)\(answer.error)")
            }
            // What everybody may see needs none; and nobody on the way shall read one.
            let open = try await ProgramRun.run(
                "assay", ["audit", "checkpoint", "--url", prefix, "--trust-policy", trust])
            #expect(open.exitCode == 0, "\(open.output)")
            let plain = try await ProgramRun.run(
                "assay",
                [
                    "audit", "checkpoint", "--url", "http://log.example/", "--trust-policy", trust, "--token-file",
                    good,
                ])
            #expect(plain.exitCode == 4, "\(plain.output)\(plain.error)")
        }
    }

    /// Whoever has the file can drop its triggers; nobody can drop the signature.
    private static func tampering(with folder: ScratchFolder, _ trust: TrustPolicy) async throws {
        let drop = """
            DROP TRIGGER entries_no_update; DROP TRIGGER entries_no_delete; DROP TRIGGER entries_dense;
            DROP TRIGGER tiles_grow_only; DROP TRIGGER tree_monotone;
            """
        for (change, exitCode) in [
            ("UPDATE entries SET leaf = CAST(replace(leaf, '\"reject\"', '\"accept\"') AS BLOB)", 3),
            ("DELETE FROM entries WHERE idx = 3", 2),
            ("INSERT INTO entries SELECT max(idx) + 1, CAST('{}' AS BLOB) FROM entries", 2),
            ("UPDATE tiles SET hashes = zeroblob(length(hashes)) WHERE level = 0", 2),
            ("UPDATE tree_state SET root = zeroblob(32)", 2), ("UPDATE tree_state SET size = size + 1", 2),
        ] as [(String, Int32)] {
            let path = folder.path + "/tampered-\(UUID().uuidString).db"
            try FileManager.default.copyItem(atPath: folder.path + "/data/log.db", toPath: path)
            let queue = try DatabaseQueue(path: path)
            try await queue.write { try $0.execute(sql: drop + change) }
            try queue.close()
            do {
                let report = try await FileSystemCheck(try DatabaseSource(path: path), trusting: trust).run()
                #expect(report.findingCount > 0 && exitCode == 2, "\(change)")
            } catch let failure as AuditFailure {
                #expect(failure.exitCode == exitCode, "\(change): \(failure.sentence)")
            }
        }
    }

    /// Accepts, a reject by policy, a forged quote, a nonce that does not hold.
    private static func fill(_ live: Live) async throws {
        let debug = try TestWorld.quote { $0.quote.td?.tdAttributes |= 1 }
        var forged = try TestWorld.evidence().quote
        forged[700] ^= 1
        for quote in [try TestWorld.evidence().quote, try TestWorld.evidence(.sgxV3).quote, debug, forged] {
            #expect(try await live.raw(quote).status == 200)
        }
        let nonce = Array("sixteen bytes ok".utf8)
        let member = ("nonce", JSON.string(Base64URL.encode(nonce)))
        let bound = try await live.verdict(try TestWorld.quote(binding: nonce), [member])
        #expect(try bound.value("verdict") == "accept", "\(bound.text.prefix(300))")
        let unbound = try await live.verdict(try TestWorld.evidence().quote, [member])
        #expect(try unbound.value("verdict") == "reject", "\(unbound.text.prefix(300))")
    }

    /// The log's key, and its prefix on this port.
    private static func log(of live: Live) async throws -> (NoteKey, String) {
        let shard = try #require(
            try await live.client.get(live.base + "/log/v1/keys").json().member("shards")?.elements.first { _ in true })
        let key = try NoteKey(parsing: try #require(shard.member("vkey")?.string))
        let prefix = try #require(shard.member("prefix")?.string)
        #expect(prefix.hasPrefix(Live.issuer))
        let local = live.base + prefix.dropFirst(Live.issuer.count)
        let newest = try #require(shard.member("size")?.integer)
        try await eventually("the checkpoint has the newest entry") {
            let note = try SignedNote(parsing: try await live.client.get(local + "checkpoint").body)
            guard case .value(let size) = newest else { return false }
            return try Checkpoint(parsing: note.text).size >= size
        }
        return (key, local)
    }

    private static func token(_ live: Live, _ trust: TrustPolicy) async throws {
        let answer = try await live.raw(try TestWorld.evidence().quote)
        let token = try #require(try answer.value("token"))
        let proof = Array(try #require(try answer.value("log", "proof")).utf8)
        let keys = try await live.client.get(live.base + "/jwks.json").body
        let logged = try LoggedToken.check(token, keys: keys, proof: proof, under: trust, at: TestWorld.now)
        #expect(logged.entry.verdict == .accept)
        let other = try #require(try await live.raw(try TestWorld.evidence(.sgxV3).quote).value("token"))
        #expect(throws: AuditFailure.self) {
            _ = try LoggedToken.check(other, keys: keys, proof: proof, under: trust, at: TestWorld.now)
        }
    }

    private static func bundles(_ live: Live, _ trust: TrustPolicy, size: UInt64) async throws {
        let anchor = try TrustAnchor(certificate: try TestWorld.evidence().rootCertificate)
        var confirmed: [String] = []
        for index in 0..<size {
            let answer = try await live.client.get(
                live.base + "/audit/v1/bundle/\(index)", headers: ["Authorization: Bearer \(token)"])
            guard answer.status == 200 else { continue }
            let result = reverify(answer.body, under: ReverificationTrust(logs: trust, anchor: anchor))
            guard case .confirmed(let confirmation) = result else {
                Issue.record("bundle \(index): \(result)")
                continue
            }
            confirmed.append(confirmation.entry.verdict.rawValue)
            let claims = try EvidenceBundle(parsing: answer.body).files["claims.json"]
            #expect((claims != nil) == (confirmation.entry.verdict == .accept))
            #expect(confirmation.issuer == (claims == nil ? nil : Live.issuer))
        }
        #expect(confirmed.filter { $0 == "accept" }.count == 3)
        #expect(confirmed.filter { $0 == "reject" }.count == 3)
    }

    /// The same, as people type it.
    private static func program(_ live: Live, _ prefix: String, _ key: NoteKey, _ folder: ScratchFolder) async throws {
        let trust = try folder.write(Array("log \(key.text)\nquorum none\n".utf8), to: "trust")
        let state = folder.path + "/state"
        for command in [
            ["fsck", "--url", prefix], ["checkpoint", "--url", prefix, "--state", state],
            ["tail", "--url", prefix, "--state", state],
            ["export", "--url", prefix, "--where", "kind=verdict", "--out", folder.path + "/out"],
        ] {
            let answer = try await ProgramRun.run("assay", ["audit"] + command + ["--trust-policy", trust])
            #expect(answer.exitCode == 0, "\(command[0]): \(answer.output)\(answer.error)")
        }
        let query = try await ProgramRun.run("assay", ["audit", "query", "--url", prefix, "--where", "verdict=reject"])
        #expect(query.exitCode == 0, "\(query.output)\(query.error)")
        #expect(query.output.contains("POLICY_DEBUG"))
        let unknown = try await ProgramRun.run("assay", ["audit", "query", "--url", prefix, "--where", "colour=red"])
        #expect(unknown.exitCode == 5)
        let bundle = try await live.client.get(
            live.base + "/audit/v1/bundle/\(try await index(live))", headers: ["Authorization: Bearer \(token)"])
        let file = try folder.write(bundle.body, to: "bundle.tar")
        let root = ["--trust-policy", trust, "--trust-root", folder.path + "/root.pem"]
        let good = try await ProgramRun.run("assay", ["audit", "reverify", file] + root)
        #expect(good.exitCode == 0 && good.output.contains("not compared: iss, status"), "\(good.output)")
        let known = try await ProgramRun.run("assay", ["audit", "reverify", file, "--issuer", Live.issuer] + root)
        #expect(known.exitCode == 0 && known.output.contains("not compared: status"), "\(known.output)")
        let other = try await ProgramRun.run(
            "assay", ["audit", "reverify", file, "--issuer", "https://elsewhere.example"] + root)
        #expect(other.exitCode == 2 && other.output.contains("claims.iss"), "\(other.output)")
        let short = try await ProgramRun.run(
            "assay", ["audit", "reverify", file, "--token-life", "9", "--json"] + root)
        #expect(short.exitCode == 2 && short.output.contains("claims.exp"), "\(short.output)")
        // The worst of several counts: 2, then 4, then 0.
        let purged = try folder.write(try without("quote.bin", without("claims.json", bundle.body)), to: "purged.tar")
        #expect(try await ProgramRun.run("assay", ["audit", "reverify", file, purged] + root).exitCode == 4)
        let hidden = try folder.write(try without("claims.json", bundle.body), to: "hidden.tar")
        #expect(try await ProgramRun.run("assay", ["audit", "reverify", purged, hidden, file] + root).exitCode == 2)
        #expect(try await ProgramRun.run("assay", ["audit", "reverify", file, "--ruleset", "9"] + root).exitCode == 4)
        let diverges = try await ProgramRun.run("assay", ["audit", "reverify", file, "--trust-policy", trust])
        #expect(diverges.exitCode == 2)
        #expect(diverges.output.contains("verdict is accept in the log, and reject judged again"))
        let cut = try folder.write(Array(bundle.body.dropLast(512)), to: "cut.tar")
        #expect(try await ProgramRun.run("assay", ["audit", "reverify", cut, file] + root).exitCode == 2)
        let nowhere = try await ProgramRun.run(
            "assay", ["audit", "fsck", "--url", "http://127.0.0.1:1/", "--trust-policy", trust])
        #expect(nowhere.exitCode == 5)
    }

    /// A bundle as whoever hides a file would make it.
    private static func without(_ name: String, _ archive: [UInt8]) throws -> [UInt8] {
        var bundle = try EvidenceBundle(parsing: archive)
        bundle.remove(name)
        return bundle.archive
    }

    /// An accepted verdict's.
    private static func index(_ live: Live) async throws -> String {
        let answer = try await live.client.get(live.base + "/audit/v1/entries?verdict=accept&limit=1")
        let entry = try #require(try answer.json().member("entries")?.elements.first { _ in true })
        return String(decoding: try #require(entry.member("index")).bytes, as: UTF8.self)
    }
}
