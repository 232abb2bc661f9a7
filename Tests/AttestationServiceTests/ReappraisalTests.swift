import Appraisal
import DCAPFormats
import Foundation
import LogAudit
import MerkleLog
import PlatformSimulator
import Records
import ServiceSupport
import Testing
import Wire
import Words

@testable import AttestationService
@testable import AuditStore

/// Live tokens after what their verdicts rest on has changed: refused with the reason, and in the log first. What changes
/// and when is the test's to say, and so is when the background has looked.
@Suite("Re-appraisal", .timeLimit(.minutes(10)))
struct ReappraisalTests {
    @Test("A recovery that Intel publishes: revoked with reasons, in the list and in the log; over a restart too")
    func recovery() async throws {
        let surroundings = try Surroundings(try CollateralInHand(.tdx15V5, .sgxV4))
        let (token, simple) = try await TestService.run(in: surroundings) { assay in
            try await assay.follow()
            let result = try await assay.attest()
            let token = try #require(result.token)
            let other = try await assay.token(try TestWorld.evidence(.sgxV4).quote)
            let simple = try await assay.token(adapter: .alibaba)
            try await assay.settle()
            for token in [token, other, simple] { #expect(try assay.introspect(token).isActive) }
            #expect(try StatusBit(token, assay).isSet == false)
            #expect(assay.told.count == 0)

            let size = assay.log.tree.size
            try assay.collateral.renew(try CollateralInHand.recovery())
            try await assay.settle()
            let revocation = try #require(try assay.introspect(token).revocation)
            #expect(revocation.reasons.contains("POLICY_TCB_STATUS"))
            #expect(revocation.sentence.english.hasPrefix("revoked by re-appraisal at "))
            #expect(try StatusBit(token, assay).isSet)
            // A token of a peer's shape has no bit, and is asked about all the same.
            #expect(try TokenParts(simple).claims["status"] == nil)
            #expect(try assay.introspect(simple).revocation != nil)
            // What rests on other documents stands.
            #expect(try assay.introspect(other).isActive)
            #expect(try StatusBit(other, assay).isSet == false)
            #expect(assay.told.count == 2)
            #expect(assay.gauge("reappraisal_changed") == 2 && assay.gauge("tokens_revoked") == 2)

            guard case .reappraisal(let entry) = try await assay.entries[Int(revocation.index)] else {
                Issue.record("no re-appraisal at \(revocation.index)")
                return (token, simple)
            }
            let first = try await assay.entry(of: result)
            #expect(entry.first == result.receipt.document.number("index"))
            #expect(entry.changes == [.collateral])
            #expect(entry.verdict.verdict == .reject && entry.verdict.jti == first.jti)
            #expect(entry.verdict.reasons == revocation.reasons)
            // It has no token of its own, and is said where that of the first verdict is.
            #expect(entry.verdict.claimsSHA256 == nil && entry.verdict.kid == nil)
            #expect(entry.verdict.statusList == first.statusList && entry.verdict.statusIndex == first.statusIndex)
            #expect(entry.verdict.tokenExpiresMilliseconds == first.tokenExpiresMilliseconds)
            // The new documents came into the log before what rests on them, and into the archive.
            #expect(
                try await assay.entries[Int(size)...].contains { body in
                    if case .collateral(let item) = body {
                        item.manifestSHA256 == entry.verdict.collateralSHA256
                    } else {
                        false
                    }
                })
            return (token, simple)
        }
        // Another process, with every source of collateral down.
        surroundings.collateral.fail(CollateralInHand.unavailable)
        surroundings.time.advance(.seconds(2))
        try await TestService.run(in: surroundings) { assay async throws in
            for token in [token, simple] {
                #expect(try assay.introspect(token).revocation?.reasons.contains("POLICY_TCB_STATUS") == true)
            }
            #expect(try StatusBit(token, assay).isSet)
            #expect(assay.gauge("tokens_revoked") == 2)
        }
        // When its time is over it is as any other token that is over.
        surroundings.time.advance(.seconds(4_000))
        try await TestService.run(in: surroundings) { assay async throws in
            #expect(try assay.introspect(token).reason?.contains("token.time") == true)
            #expect(assay.gauge("tokens_revoked") == 0)
        }
        let report = try await surroundings.check()
        #expect(report.findings == [])
        #expect(report.kinds["reappraisal"] == 2)
    }

    @Test("A revocation list that names the machine")
    func revoked() async throws {
        try await TestService.run { assay in
            try await assay.follow()
            let token = try await assay.token()
            try assay.collateral.renew(try CollateralInHand.revocation())
            try await assay.settle()
            #expect(try assay.introspect(token).revocation?.reasons == ["PCK_REVOKED"])
        }
    }

    @Test("A verdict that was under way when the documents changed is looked at a second later")
    func underWay() async throws {
        try await TestService.run { assay in
            try await assay.follow()
            try await assay.attest()
            let before = try #require(assay.service.policies.current.policies([]).first)
            // The change comes, and the first look at the log is over.
            try assay.collateral.renew(try CollateralInHand.recovery())
            try await assay.time.sleeper(of: .seconds(1))
            // Only now is a verdict recorded that was judged by what was before.
            let late = try await Self.judgedBefore(assay, before)
            #expect(try assay.introspect(late).isActive)
            assay.time.advance(.seconds(1))
            try await assay.settle()
            #expect(try assay.introspect(late).revocation?.reasons.contains("POLICY_TCB_STATUS") == true)
        }
    }

    /// A token whose verdict rests on the healthy documents, whatever is held now.
    private static func judgedBefore(_ assay: TestService, _ policy: Policy) async throws -> String {
        let service = assay.service
        let judge = Judge(
            verifier: service.verifier, endorsing: EndorsementSource(try CollateralInHand(.tdx15V5)))
        let now = assay.time.milliseconds
        let judgement = await judge.judge(
            Submission(
                evidence: Evidence(quote: try Quote(parsing: try TestWorld.evidence().quote)), policies: [policy],
                expectedReportData: nil, adapter: .native),
            identifier: UniqueIdentifier.timed(milliseconds: now), at: now)
        let draft = try service.tokens.draft(judgement, for: nil)
        return try draft.seal(try await service.recorder.record(judgement, draft.commitment, for: .client("local")))
    }

    @Test("What cannot be decided changes nothing: no collateral to be had, evidence gone")
    func undecided() async throws {
        let surroundings = try Surroundings()
        let token = try await TestService.run(in: surroundings) { assay in try await assay.token() }
        surroundings.collateral.fail(CollateralInHand.unavailable)
        try await TestService.run(in: surroundings) { assay in
            try await assay.follow()
            #expect(assay.gauge("reappraisal_undecided") == 1)
            #expect(try assay.introspect(token).isActive)
        }
        surroundings.collateral.fail(nil)
        surroundings.remove("evidence.db")
        try surroundings.collateral.serve(try CollateralInHand.recovery())
        try await TestService.run(in: surroundings) { assay in
            try await assay.follow()
            #expect(assay.gauge("reappraisal_undecided") == 1)
            #expect(try assay.introspect(token).isActive)
        }
        #expect(try await surroundings.check().kinds["reappraisal"] == nil)
    }

    @Test("What rests on nothing that changed is not judged again")
    func unchanged() async throws {
        try await TestService.run { assay in
            try await assay.follow()
            let token = try await assay.token()
            let before = assay.service.policies.current
            let members = #""provenance":{"source":"a test"},"valid_from":"2026-01-15T00:00:00Z","values":{"a":["00"]}"#
            let another = try ReferenceSet(parsing: Array(#"{"id":"another","version":1,\#(members)}"#.utf8))
            assay.service.policies.replace(
                PolicyRegistry(before.all, standard: before.standard, references: ReferenceLibrary([another])))
            try await assay.settle()
            #expect(assay.gauge("reappraisal_unchanged") == 1)
            #expect(assay.gauge("reappraisal_judged") == 0)
            #expect(try assay.introspect(token).isActive)
        }
    }

    @Test("A policy replaced by a stricter one between two starts, and put back; and one that is gone")
    func policies() async throws {
        let surroundings = try Surroundings()
        func site(_ more: String) throws -> TestService.Settings {
            var settings = TestService.Settings()
            let text = #"{"id":"site","version":1,"description":"of this test"\#(more)}"#
            settings.policies = [try Policy(parsing: Array(text.utf8))]
            return settings
        }
        let (site1, both, strict) = try await TestService.run(try site(""), in: surroundings) { assay in
            (
                try await assay.token(nil, ["site"]), try await assay.token(nil, ["strict", "site"]),
                try await assay.token()
            )
        }
        try await TestService.run(try site(#","require_report_data":true"#), in: surroundings) { assay in
            try await assay.follow()
            #expect(try assay.introspect(site1).revocation?.reasons.contains("POLICY_REPORT_DATA") == true)
            #expect(try assay.introspect(both).revocation != nil)
            #expect(try assay.introspect(strict).isActive)
        }
        try await TestService.run(try site(""), in: surroundings) { assay in
            try await assay.follow()
            #expect(try assay.introspect(site1).isActive && assay.introspect(both).isActive)
            #expect(try StatusBit(site1, assay).isSet == false)
        }
        try await TestService.run(in: surroundings) { assay in
            try await assay.follow()
            #expect(try assay.introspect(site1).revocation?.reasons == ["POLICY_RETIRED"])
            #expect(try assay.introspect(both).revocation?.reasons == ["POLICY_RETIRED"])
            #expect(try assay.introspect(strict).isActive)
        }
        let report = try await surroundings.check()
        #expect(report.findings == [])
        // Two, back, and both again.
        #expect(report.kinds["reappraisal"] == 6)
    }

    @Test("A policy withdrawn while the service runs: what it let in falls, and stands again when it is back")
    func withdrawnPolicy() async throws {
        try await TestService.run { assay in
            try await assay.follow()
            let cloud = try await assay.token(nil, ["tdx-cloud"])
            let strict = try await assay.token()
            let before = assay.service.policies.current
            assay.service.policies.replace(
                PolicyRegistry(before.all.filter { $0.id != "tdx-cloud" }, standard: before.standard))
            try await assay.settle()
            #expect(try assay.introspect(cloud).revocation?.reasons == ["POLICY_RETIRED"])
            #expect(try assay.introspect(strict).isActive)
            assay.service.policies.replace(before)
            try await assay.settle()
            #expect(try assay.introspect(cloud).isActive)
            #expect(try StatusBit(cloud, assay).isSet == false)
            let identifier = try TokenParts(cloud).claims.text("jti")
            let history = try await assay.entries.compactMap { body in
                if case .reappraisal(let entry) = body, entry.verdict.jti == identifier {
                    entry.verdict.verdict
                } else {
                    nil
                }
            }
            #expect(history == [.reject, .accept])
        }
    }

    @Test("A policy that goes with its reference set: the log takes the entry, and the token falls")
    func withdrawnWithItsSet() async throws {
        let surroundings = try Surroundings()
        var settings = TestService.Settings()
        settings.policies = [
            try Policy(
                parsing: Array(
                    #"{"id":"site","version":1,"claims":[{"id":"t","claim":"tee","operator":"in","reference_set":"tees"}]}"#
                        .utf8))
        ]
        settings.references = [
            try ReferenceSet(
                parsing: Array(
                    #"{"id":"tees","version":1,"provenance":{"source":"us"},"valid_from":"2026-01-01T00:00:00Z","values":{"tee":["tdx"]}}"#
                        .utf8))
        ]
        let token = try await TestService.run(settings, in: surroundings) { assay in
            let token = try await assay.token(nil, ["site"])
            #expect(try assay.introspect(token).isActive)
            return token
        }
        try await TestService.run(in: surroundings) { assay in
            try await assay.follow()
            #expect(try assay.introspect(token).revocation?.reasons == ["POLICY_RETIRED"])
            #expect(assay.gauge("reappraisal_undecided") == 0)
        }
    }

    @Test("A token that a new version of its policy would refuse falls as soon as that is in force")
    func newVersion() async throws {
        try await TestService.run { assay in
            try await assay.enforce("house", #"{"id":"house","version":1}"#)
            try await assay.follow()
            let token = try await assay.token(nil, ["house"])
            #expect(try assay.introspect(token).isActive)
            try await assay.enforce("house", #"{"id":"house","version":2,"require_report_data":true}"#)
            try await assay.settle()
            #expect(try assay.introspect(token).revocation?.reasons.contains("POLICY_REPORT_DATA") == true)
        }
    }

    @Test("A log that takes nothing: nobody is told of what is not recorded; the next start makes it good")
    func notRecorded() async throws {
        let surroundings = try Surroundings()
        let token = try await TestService.run(in: surroundings) { assay in
            try await assay.follow()
            let token = try await assay.token()
            // For this process there is no way back from it.
            assay.log.enter(.integrityFault("for a test"))
            try assay.collateral.renew(try CollateralInHand.recovery())
            try await assay.settle()
            #expect(try assay.introspect(token).isActive)
            #expect(assay.told.count == 0 && assay.gauge("reappraisal_undecided") == 1)
            return token
        }
        try await TestService.run(in: surroundings) { assay in
            try await assay.follow()
            #expect(try assay.introspect(token).revocation != nil)
            #expect(assay.told.count == 1)
        }
    }
}
