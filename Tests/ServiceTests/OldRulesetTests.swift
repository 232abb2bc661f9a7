import Appraisal
import AuditStore
import Crypto
import DCAPVerification
import LogAudit
import MerkleLog
import PlatformSimulator
import ProcessSupport
import Records
import ServiceSupport
import Testing
import Wire

@testable import assay

/// A data folder of a version that judged by ruleset 1, which is withdrawn (transparency-log V-6, V-11).
@Suite("After a withdrawn ruleset")
struct OldRulesetTests {
    private static let auditor = "an auditor's token"
    private static let old = VerifierIdentity(
        name: "assay", version: "0.1.0", binarySHA256: MerkleHashing.sha256([1]), ruleset: 1)
    private static let wrong = "01977000-0000-7000-8000-000000000001"
    private static let right = "01977000-0000-7000-8000-000000000002"
    private static let bound = "01977000-0000-7000-8000-000000000003"

    /// Three live accepts of ruleset 1, as its log has them: of a debug TD, of a good one, and of a good one that was bound
    /// in a form which nothing reads any more.
    private static func fill(_ live: Live) async throws {
        let debug = try TestWorld.quote { $0.quote.td?.tdAttributes |= 1 }
        let nonce = Array("a nonce of sixteen bytes or more".utf8)
        let log = live.service.log
        try await log.announce(.verifier(old))
        for (quote, name, other) in [
            (debug, wrong, try await live.raw(debug)),
            (try TestWorld.evidence().quote, right, try await live.raw(try TestWorld.evidence().quote)),
            (
                try TestWorld.quote(binding: nonce), bound,
                try await live.verdict(
                    try TestWorld.quote(binding: nonce), [("nonce", .string(Base64URL.encode(nonce)))])
            ),
        ] {
            let index = try #require(try other.value("log", "index").flatMap { UInt64($0) })
            guard case .verdict(var entry) = try LogEntry(leaf: try await log.reader.leaf(at: index)).body else {
                throw TestFailure("no verdict")
            }
            let now = TestWorld.now.seconds * 1_000
            entry.verdict = .accept
            entry.reasons = []
            if name == bound { entry.binding = "assay" }
            entry.jti = name
            entry.verifierSHA256 = old.sha256
            // Of claims that nobody archived.
            entry.claimsSHA256 = MerkleHashing.sha256(quote + [0])
            entry.kid = try await key(live)
            entry.tokenExpiresMilliseconds = now + 3_600_000
            entry.statusList = nil
            entry.statusIndex = nil
            try await live.service.evidenceArchive.store([EvidenceItem(.quote, quote)], owner: name, at: now)
            _ = try await log.append(LogEntry(timeMilliseconds: now, body: .verdict(entry)))
        }
    }

    private static func key(_ live: Live) async throws -> String? {
        try await live.client.get(live.base + "/jwks.json").json().member("keys")?.elements.first { _ in true }?
            .member("kid")?.string
    }

    private static func standing(_ live: Live, _ name: String) async throws -> String? {
        try await live.client.get(live.base + "/v1/verdicts/\(name)").value("standing")
    }

    /// Which old verdicts would not be accepted now, from the files of the stopped service (issue 12, advisory).
    private static func simulate(_ folder: ScratchFolder) async throws {
        let result = try await ProgramRun.run(
            "assay",
            [
                "policy", "simulate", "strict", "--data", folder.path + "/data", "--trust-root",
                folder.path + "/root.pem",
            ])
        #expect(result.exitCode == 0, "\(result.output)\(result.error)")
        let lines = result.output.split(separator: "\n").map(String.init)
        func line(_ part: String) -> String? { lines.first { $0.contains(part) } }
        #expect(line("accept to reject")?.hasSuffix(" 2") == true, "\(result.output)")
        #expect(line("old bindings")?.contains(" 1 of the accepts") == true, "\(result.output)")
        #expect(line(wrong)?.contains("POLICY_DEBUG") == true, "\(result.output)")
        #expect(line(bound)?.contains("POLICY_REPORT_DATA") == true, "\(result.output)")
        #expect(line(right) == nil)
    }

    @Test("At the start its live verdicts are judged again: what is no accept now is revoked; the log goes on")
    func start() async throws {
        let folder = try ScratchFolder()
        let digest = Hex.encode(Array(SHA256.hash(data: Array(Self.auditor.utf8))))
        let settings = [
            "audit.tokens_file": try folder.write(
                Array("anna audit:read,audit:evidence \(digest)\n".utf8), to: "auditors")
        ]
        try await Live.run(settings, folder: folder) { try await Self.fill($0) }
        let archive = try EvidenceArchive(path: folder.path + "/data/evidence.db", retentionDays: 400)
        try await archive.store(
            [EvidenceItem(.verifier, Self.old.document)], owner: "", at: TestWorld.now.seconds * 1_000)
        archive.stop()
        try await Live.run(settings, folder: folder) { live in
            for name in [Self.wrong, Self.bound] {
                let standing = try await eventually(
                    "\(name) is judged again", finding: { try await Self.standing(live, name) })
                #expect(standing == "reject")
            }
            #expect(try await Self.standing(live, Self.right) == nil)
            // By the evidence alone nobody can say whether ruleset 1 gave it.
            let trust = ReverificationTrust(
                logs: TrustPolicy(log: live.service.log.key),
                anchor: try TrustAnchor(certificate: try TestWorld.evidence().rootCertificate))
            for (name, isWrong) in [(Self.wrong, true), (Self.right, false)] {
                let found = try await live.client.get(live.base + "/v1/verdicts/\(name)").value("log", "index")
                let index = try #require(found)
                let bundle = try await live.client.get(
                    live.base + "/audit/v1/bundle/\(index)", headers: ["Authorization: Bearer \(Self.auditor)"])
                try #require(bundle.status == 200, "\(bundle.text)")
                #expect(try EvidenceBundle(parsing: bundle.body).files["claims.json"] == nil)
                guard case .undecidable(let why) = reverify(bundle.body, under: trust) else {
                    Issue.record("\(reverify(bundle.body, under: trust))")
                    continue
                }
                #expect(why.contains("ASSAY-2026-0001"))
                guard case .diverges(let differences) = reverify(bundle.body, under: trust, ruleset: 2) else {
                    Issue.record("\(reverify(bundle.body, under: trust, ruleset: 2))")
                    continue
                }
                // Both say that nothing was left open.
                #expect(differences.map(\.field) == (isWrong ? ["verdict", "reasons"] : ["reasons"]))
            }
        }
        try await Self.simulate(folder)
        let report = try await FileSystemCheck(
            try DatabaseSource(path: folder.path + "/data/log.db"), trusting: nil
        ).run()
        #expect(report.findings == [])
        #expect(report.kinds["reappraisal"] == 2)
        #expect(report.census.sentences.count == 1)
        #expect(report.census.sentences.joined().contains("3 verdicts"))
    }
}
