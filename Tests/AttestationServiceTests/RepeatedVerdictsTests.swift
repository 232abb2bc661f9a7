import Appraisal
import AuditStore
import KeyCustody
import MerkleLog
import PlatformSimulator
import Records
import ResultToken
import ServiceSupport
import Testing
import Wire

@testable import AttestationService

/// The same caller that asks the same gets the same answer, and the log no new entry; and everything that ends that
/// (transparency-log Q-4, 18.14).
@Suite("Repeated verdicts", .timeLimit(.minutes(10)))
struct RepeatedVerdictsTests {
    private static let caller = Principal.client("192.0.2.1")

    private static func settings() -> TestService.Settings {
        var settings = TestService.Settings()
        settings.repeats = 65_536
        return settings
    }

    private static func ask(
        _ assay: TestService, _ quote: [UInt8]? = nil, _ caller: Principal = caller, audience: String? = nil
    ) async throws -> AttestationResult {
        try await assay.attest(quote, audience: audience, for: caller)
    }

    @Test("400 at once from one caller: one entry, one name, one token; another caller has an answer of his own")
    func once() async throws {
        try await TestService.run(Self.settings()) { assay async throws in
            let size = assay.log.tree.size
            let submission = try assay.submission()
            let results = try await withThrowingTaskGroup(of: AttestationResult.self) { group in
                for _ in 0..<400 {
                    group.addTask { try await assay.service.attest(submission, for: Self.caller) }
                }
                return try await group.reduce(into: [AttestationResult]()) { $0.append($1) }
            }
            #expect(Set(results.map(\.judgement.identifier)).count == 1)
            #expect(Set(results.map(\.token)).count == 1)
            #expect(results.count { $0.repeatedAfterSeconds == nil } == 1)
            // The collateral, and one verdict.
            #expect(assay.log.tree.size == size + 2)
            assay.time.advance(.seconds(7))
            let again = try await Self.ask(assay)
            #expect(again.repeatedAfterSeconds == 7 && again.token == results[0].token)
            #expect(again.receipt == results[0].receipt)
            for other in [Principal.client("192.0.2.2"), .named("192.0.2.1")] {
                let own = try await Self.ask(assay, nil, other)
                #expect(own.repeatedAfterSeconds == nil && own.judgement.identifier != again.judgement.identifier)
            }
            #expect(assay.log.tree.size == size + 4)
            let counts = assay.service.turnedAway.take()
            #expect(counts.repeated == 400)
            let now = assay.time.milliseconds
            await assay.stores.recorder.summarize(
                malformed: counts.malformed, rateLimited: counts.rateLimited, repeated: counts.repeated,
                from: now - 60_000, to: now)
            guard case .summary(let summary)? = try await assay.entries.last else {
                Issue.record("no summary")
                return
            }
            #expect(summary.repeated == 400)
        }
    }

    /// What is another request, although the quote is the same.
    enum Difference: String, CaseIterable, Sendable, CustomTestStringConvertible {
        case audience, policy, severalPolicies, nonce, scheme, eventLog, variant, adapter, account, padding, nothing
        var testDescription: String { rawValue }
    }

    @Test("Whatever can change the answer makes it another request", arguments: Difference.allCases)
    func another(_ difference: Difference) async throws {
        try await TestService.run(Self.settings()) { assay async throws in
            let registry = assay.service.policies.current
            let bound = [UInt8](repeating: 3, count: 64)
            let quote = try TestWorld.quote(binding: bound)
            func binding(_ nonce: Int, _ expected: ExpectedReportData?) -> CheckedBinding {
                CheckedBinding(
                    expected: expected, nonce: Array(bound[..<nonce]), userData: Array(bound[nonce...]), challenge: nil)
            }
            let raw = ExpectedReportData(raw: bound)
            func submission(_ difference: Difference?) throws -> CheckedSubmission {
                try CheckedSubmission(
                    quote: quote + (difference == .padding ? [0, 0] : []),
                    policies: difference == .policy
                        ? ["tdx-cloud"] : difference == .severalPolicies ? ["strict", "tdx-cloud"] : [],
                    eventLog: difference == .eventLog ? [1] : nil,
                    binding: difference == .nonce
                        ? binding(16, raw)
                        : binding(32, difference == .scheme ? ExpectedReportData(.sha256, of: bound) : raw),
                    audience: difference == .audience ? "https://model.example" : nil,
                    adapter: difference == .adapter ? .alibaba : .native,
                    account: difference == .account ? .whole : .partial, in: registry)
            }
            let first = try await assay.service.attest(try submission(nil), for: Self.caller)
            let second = try await assay.service.attest(
                try submission(difference), for: Self.caller, variant: difference == .variant ? "zh" : "")
            // The canonical quote has no padding.
            let isSame = difference == .nothing || difference == .padding
            #expect((second.judgement.identifier == first.judgement.identifier) == isSame)
            #expect((second.repeatedAfterSeconds != nil) == isSame)
        }
    }

    @Test("An accept until a minute before its token ends, a reject for 240 seconds, nothing undecided")
    func time() async throws {
        var settings = Self.settings()
        settings.lifetimeSeconds = 300
        try await TestService.run(settings) { assay async throws in
            var forged = try TestWorld.evidence().quote
            forged[700] ^= 1
            _ = try await Self.ask(assay)
            _ = try await Self.ask(assay, forged)
            assay.time.advance(.seconds(239))
            #expect(try await Self.ask(assay).repeatedAfterSeconds == 239)
            #expect(try await Self.ask(assay, forged).repeatedAfterSeconds == 239)
            assay.time.advance(.seconds(1))
            #expect(try await Self.ask(assay).repeatedAfterSeconds == nil)
            #expect(try await Self.ask(assay, forged).repeatedAfterSeconds == nil)
            // Undecided, and decided as soon as it can be.
            assay.collateral.forget()
            assay.collateral.fail(CollateralInHand.unavailable)
            let size = assay.log.tree.size
            for _ in 0..<2 { await #expect(throws: ServiceFailure.self) { try await Self.ask(assay) } }
            #expect(assay.log.tree.size == size + 2)
            assay.collateral.fail(nil)
            #expect(try await Self.ask(assay).decision == .accept)
        }
    }

    @Test("A challenge is spent, and never answered again")
    func challenge() async throws {
        try await TestService.run(Self.settings()) { assay async throws in
            let opened = try assay.service.openChallenge(assay.service.issueChallenge().token)
            let binding = CheckedBinding(expected: nil, nonce: nil, userData: nil, challenge: opened)
            let submission = try assay.submission(binding: binding)
            _ = try await assay.service.attest(submission, for: Self.caller)
            #expect(
                await outcome { _ = try await assay.service.attest(submission, for: Self.caller) } != "done")
        }
    }

    @Test("Other documents of Intel's, a revocation, a policy and a reference set that came in force end it")
    func changes() async throws {
        try await TestService.run(Self.settings()) { assay async throws in
            try await assay.follow()
            var last = try await Self.ask(assay)
            #expect(try await Self.ask(assay).judgement.identifier == last.judgement.identifier)
            // Another policy under the same name.
            for version in 1...2 {
                try await assay.enforce("lab", #"{"id":"lab","version":\#(version),"allow_debug":true}"#)
                let one = try await assay.attest(nil, ["lab"], for: Self.caller)
                #expect(one.repeatedAfterSeconds == nil)
                #expect(try await assay.attest(nil, ["lab"], for: Self.caller).repeatedAfterSeconds != nil)
            }
            try assay.collateral.renew(try CollateralInHand.revocation())
            try await assay.settle()
            let revoked = try await Self.ask(assay)
            #expect(revoked.decision == .reject && revoked.repeatedAfterSeconds == nil)
            // Back again: the first token was revoked meanwhile, and is not given out.
            try assay.collateral.renew(try CollateralInHand.healthy())
            last = try await Self.ask(assay)
            #expect(last.decision == .accept && last.repeatedAfterSeconds == nil)
        }
    }

    @Test("Another key, and another process, end it")
    func keyAndProcess() async throws {
        let surroundings = try Surroundings()
        var settings = Self.settings()
        settings.lifetimeSeconds = 86_400
        try await TestService.run(settings, in: surroundings) { assay async throws in
            _ = try assay.stores.keys.rotate(.es256, at: assay.time.now, overlapSeconds: 86_400)
            let ring = try assay.stores.keys.open(at: assay.time.now)
            try await assay.stores.recorder.announce(ring)
            assay.service.tokens.replace(ring)
            assay.time.advance(.seconds(KeyStore.noticeSeconds - 100))
            let first = try await Self.ask(assay)
            assay.time.advance(.seconds(99))
            // The next key is published, and does not sign yet.
            #expect(try await Self.ask(assay).token == first.token)
            assay.time.advance(.seconds(1))
            let second = try await Self.ask(assay)
            #expect(second.repeatedAfterSeconds == nil && second.token != first.token)
        }
        try await TestService.run(Self.settings(), in: surroundings) { assay async throws in
            let again = try await Self.ask(assay)
            #expect(again.repeatedAfterSeconds == nil)
        }
    }

    @Test("Memory is bounded: the oldest go first, and what is over takes none")
    func bounds() async throws {
        var settings = Self.settings()
        settings.repeats = 2
        try await TestService.run(settings) { assay async throws in
            for byte in [UInt8(1), 2, 3] { _ = try await Self.ask(assay, try TestWorld.quote(binding: [byte])) }
            assay.time.advance(.seconds(1))
            assay.service.forgetRepeats()
            #expect(try await Self.ask(assay, try TestWorld.quote(binding: [3])).repeatedAfterSeconds == 1)
            #expect(try await Self.ask(assay, try TestWorld.quote(binding: [2])).repeatedAfterSeconds == 1)
            #expect(try await Self.ask(assay, try TestWorld.quote(binding: [1])).repeatedAfterSeconds == nil)
        }
    }
}
