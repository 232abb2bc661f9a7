import Appraisal
import DCAPFormats
import DCAPVerification
import EventLog
import PlatformSimulator
import Testing
import Wire

/// The one way from evidence to a verdict.
@Suite("Verify, replay, appraise")
struct JudgeTests {
    private struct Case {
        let evidence: Evidence
        let collateral: Collateral
        let verifier: Verifier
        let time: Instant
        let references: ReferenceLibrary

        init(_ kind: QuoteKind = .tdx15V5, isForged: Bool = false) throws {
            let log = BootVariation.healthy.log(seed: "judge")
            var recipe = try SimulatedWorld(seed: "judge").recipe(for: kind)
            if kind.isTDX { recipe.setRegisters(after: log) }
            let made = try recipe.build()
            var bytes = made.quote
            if isForged { bytes[200] ^= 1 }
            evidence = Evidence(quote: try Quote(parsing: bytes), eventLog: log.bytes)
            collateral = try Collateral(bundle: made.collateral.bundleJSON)
            verifier = Verifier(trusting: try TrustAnchor(certificate: made.rootCertificate))
            time = made.time
            references = ReferenceLibrary([
                try ReferenceSet(
                    parsing: Array(
                        #"{"id":"r","version":1,"provenance":{"source":"test"},"valid_from":"2020-01-01T00:00:00Z","values":{"mr_td":["00"]}}"#
                            .utf8))
            ])
        }

        func verdict(
            _ endorsements: EndorsementsAtHand, by verifier: Verifier? = nil, at time: Instant? = nil
        ) throws -> Verdict {
            judge(
                evidence, with: endorsements,
                under: [
                    .strict,
                    try .of(#""claims":[{"id":"m","claim":"mr_td","operator":"in","reference_set":"r"}]"#),
                ], references: references, expecting: nil, trusting: verifier ?? self.verifier, at: time ?? self.time)
        }
    }

    @Test(
        "However much of the endorsements is verified already, the verdict is the same", arguments: QuoteKind.allCases)
    func sameVerdict(_ kind: QuoteKind) throws {
        let one = try Case(kind)
        let first = try one.verdict(.documents(one.collateral))
        guard case .verified(let known) = first.verification else {
            Issue.record("the healthy evidence is refused")
            return
        }
        // In date, after the end of the collateral, and before its beginning.
        for time in [one.time, one.time.advanced(bySeconds: 60 * 86_400), Instant(seconds: 1_500_000_000)] {
            let wanted = try one.verdict(.documents(one.collateral), at: time).document(verifierVersion: "test")
            for endorsements in [
                EndorsementsAtHand.verified(known.endorsements.collateral), .platform(known.endorsements),
            ] {
                let found = try one.verdict(endorsements, at: time)
                #expect(found.document(verifierVersion: "test") == wanted, "\(time)")
            }
        }
        // A log beside an SGX quote speaks of nothing in it.
        #expect(first.reasons == (kind.isTDX ? ["POLICY_CLAIM"] : ["POLICY_EVENT_LOG", "POLICY_CLAIM"]))
        #expect((first.eventLogFindings?.log != nil) == kind.isTDX)
    }

    @Test("Without endorsements the refusal decides, and it is the one that documents give")
    func none() throws {
        let one = try Case()
        let stranger = Verifier(trusting: .intel)
        do throws(Refusal) {
            _ = try stranger.anchor(one.evidence.quote, at: one.time)
            Issue.record("the simulator's chain leads to Intel's root")
        } catch {
            let found = try one.verdict(.none(error), by: stranger)
            #expect(found.decision == .reject)
            #expect(found.reasons == ["PCK_ROOT_UNTRUSTED"])
            #expect(
                found.document(verifierVersion: "test")
                    == (try one.verdict(.documents(one.collateral), by: stranger)).document(verifierVersion: "test"))
        }
        let failure = VerificationFailure(.collateralUnavailable, field: "collateral", found: "a", wanted: "b")
        let missing = try one.verifier.anchor(one.evidence.quote, at: one.time).refusal(for: failure)
        let undecided = try one.verdict(.none(missing))
        #expect(undecided.decision == .error)
        #expect(undecided.status == .none)
        #expect(undecided.reasons == ["COLLATERAL_UNAVAILABLE"])
        #expect(undecided.verification.quote?.bytes == one.evidence.quote.bytes)
    }

    @Test("An event log is not read before the quote has verified")
    func refusedQuote() throws {
        let one = try Case(isForged: true)
        let verdict = try one.verdict(.documents(one.collateral))
        #expect(verdict.reasons == ["QUOTE_SIGNATURE_INVALID"])
        #expect(verdict.eventLogFindings == nil)
        #expect(verdict.eventLog == nil)
    }

    @Test("Quote and event log are hashed once: findings name the log by the hash that the evidence has")
    func digests() throws {
        let one = try Case()
        let log = try #require(one.evidence.eventLog)
        #expect(one.evidence.sha256 == FixedBytes(sha256: one.evidence.quote.bytes[...]))
        #expect(one.evidence.eventLogSHA256 == FixedBytes(sha256: log[...]))
        let padded = Evidence(quote: try Quote(parsing: one.evidence.quote.bytes + [0, 0, 0]))
        #expect(padded.sha256 == one.evidence.sha256)
        #expect(padded.eventLogSHA256 == nil)
        // Any other hash would show that it was made again.
        let known = FixedBytes<32>(sha256: [7])
        for kind in [QuoteKind.tdx15V5, .sgxV3] {
            let one = try Case(kind)
            let verdict = judge(
                Evidence(
                    quote: one.evidence.quote, sha256: one.evidence.sha256, eventLog: log, eventLogSHA256: known),
                with: .documents(one.collateral), under: [], expecting: nil, trusting: one.verifier, at: one.time)
            #expect(verdict.eventLogFindings?.sha256 == known)
            #expect(verdict.policies == [.strict])
        }
    }

    @Test("A log that is too large is not read, and findings do not name it")
    func oversized() throws {
        let one = try Case()
        let verdict = judge(
            Evidence(quote: one.evidence.quote, eventLog: [UInt8](repeating: 0, count: Limits.eventLogBytes + 1)),
            with: .documents(one.collateral), under: [], expecting: nil, trusting: one.verifier, at: one.time)
        #expect(verdict.eventLogFindings?.error?.code == .tooLarge)
        #expect(verdict.eventLogFindings?.sha256.isZero == true)
    }

    @Test("Bytes that are no quote are a reject, at the first check")
    func noQuote() throws {
        do throws(VerificationFailure) {
            _ = try Quote(parsing: [4, 0, 2])
            Issue.record("three bytes are a quote")
        } catch {
            let verdict = appraise(
                Verification(noQuote: error), trusting: .intel, under: .strict, expecting: nil,
                at: Instant(seconds: 1_795_910_400))
            #expect(verdict.decision == .reject)
            #expect(verdict.reasons == ["QUOTE_TRUNCATED"])
            #expect(verdict.verification.quote == nil)
            #expect(verdict.verification.checks.first?.outcome == .failed)
        }
    }
}
