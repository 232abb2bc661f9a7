import Appraisal
import DCAPFormats
import DCAPVerification
import LogSupport
import MerkleLog
import PlatformSimulator
import Records
import Testing
import Wire

@testable import Records

/// A confirmation names every member of the entry that was compared with nothing (transparency-log 14.5).
@Suite("What a confirmation is not about")
struct NotComparedTests {
    struct Member: CustomTestStringConvertible, Sendable {
        let name: String
        let edit: @Sendable (inout VerdictEntry) -> Void
        var testDescription: String { name }

        init(_ name: String, _ edit: @escaping @Sendable (inout VerdictEntry) -> Void) {
            self.name = name
            self.edit = edit
        }
    }

    @Test(
        "Of an accept",
        arguments: [
            Member("kid") { $0.kid = "another key" }, Member("archived") { $0.isArchived = false },
            Member("tenant") { $0.tenant = "somebody" },
        ])
    func accept(_ member: Member) throws {
        let (bundle, trust) = try AccountableTokens(.native).recorded(edit: member.edit)
        let result = reverify(bundle.archive, under: trust)
        let confirmed = try #require(result.confirmation, "\(result)")
        #expect(confirmed.notCompared.contains("entry.\(member.name)"), "\(confirmed.notCompared)")
        #expect(Set(confirmed.notCompared).count == confirmed.notCompared.count)
    }

    @Test("Members that nobody knows, in order, and none that is compared")
    func further() throws {
        let members = ["zone", "iss", "a_member"].map { ($0, JSON.string("x")) }
        let (bundle, trust) = try AccountableTokens(.native).recorded(further: members)
        #expect(
            reverify(bundle.archive, under: trust).confirmation?.notCompared == [
                "iss", "aud", "status", "entry.kid", "entry.a_member", "entry.iss", "entry.zone",
            ])
    }

    @Test(
        "Of a reject, which has no token to compare with",
        arguments: [
            Member("kid") { $0.kid = "a key" }, Member("token_expires_ms") { $0.tokenExpiresMilliseconds = 1 },
            Member("status_list") { $0.statusList = "a list" }, Member("status_index") { $0.statusIndex = 1 },
            Member("adapter") { $0.adapter = "nobody" }, Member("archived") { $0.isArchived = true },
            Member("challenge") { $0.isChallenge = true },
        ])
    func reject(_ member: Member) throws {
        let world = try SimulatedWorld(seed: "not compared")
        var recipe = try world.recipe(for: .tdx15V5)
        recipe.quote.td?.tdAttributes |= 1
        let evidence = try recipe.build()
        let anchor = try TrustAnchor(certificate: evidence.rootCertificate)
        var verdicts = try RecordedVerdicts(Verifier(trusting: anchor))
        let submission = RecordedVerdicts.Submission(
            quote: evidence.quote, collateral: try Collateral(bundle: evidence.collateral.bundleJSON),
            time: evidence.time)
        #expect(try verdicts.record(submission) == .reject)
        #expect(try verdicts.record(submission, edit: member.edit) == .reject)
        let trust = ReverificationTrust(logs: TrustPolicy(log: verdicts.log.key), anchor: anchor)
        let found = try verdicts.bundles().map { reverify($0.archive, under: trust).confirmation?.notCompared }
        #expect(found == [[], ["entry.\(member.name)"]])
    }

    @Test("Of a re-appraisal, which verdict it is about and what had changed")
    func reappraisal() throws {
        let (bundle, _) = try AccountableTokens(.native).recorded()
        var verdict = try CommittedEntry(bundle).verdict
        verdict.claimsSHA256 = nil
        verdict.kid = nil
        let again = ReappraisalEntry(verdict: verdict, first: 7, changes: [.policy])
        let leaf = try LogEntry(timeMilliseconds: 1_700_000_000_000, body: .reappraisal(again)).leaf()
        let committed = try CommittedEntry(EvidenceBundle(entry: leaf, proof: bundle.proof))
        #expect(
            EntryComparison.notCompared(committed, hasToken: false) == [
                "entry.token_expires_ms", "entry.status_list", "entry.status_index", "entry.first", "entry.changed",
            ])
    }

    @Test("A place in a status list that no claim names diverges, even without the list")
    func place() throws {
        let (bundle, trust) = try AccountableTokens(.trustee).recorded(edit: { $0.statusIndex = 7 })
        #expect(reverify(bundle.archive, under: trust).fields == ["claims.status"])
    }
}
