import Appraisal
import DCAPFormats
import DCAPVerification
import PlatformSimulator
import Testing
import Wire

/// The three ways in must never differ in their answer: a remembered platform gives the verdict that a stranger gets.
@Suite("What was verified before changes the speed and nothing else")
struct QuickPathTests {
    @Test("Known collateral and known platform give the full verdict", arguments: QuoteKind.allCases)
    func sameVerdict(_ kind: QuoteKind) throws {
        let evidence = try SimulatedWorld(seed: "quick").evidence(kind)
        let (verifier, quote) = (try evidence.verifier(), try evidence.parsed())
        guard case .verified(let known) = try evidence.verify() else {
            Issue.record("the healthy evidence is refused")
            return
        }
        let wanted = try evidence.verdict(.verified(known)).document(verifierVersion: "test")
        let platform = known.endorsements
        for time in [evidence.time, evidence.time.advanced(bySeconds: 20 * 86_400), Instant(seconds: 1_600_000_000)] {
            let full = verifier.verify(quote, using: try evidence.received(), at: time)
            let expected = try evidence.verdict(full).document(verifierVersion: "test")
            let quick = verifier.verify(quote, using: platform.collateral, at: time)
            #expect(try evidence.verdict(quick).document(verifierVersion: "test") == expected)
            let warm = verifier.verify(quote, from: platform, at: time)
            #expect(try evidence.verdict(warm).document(verifierVersion: "test") == expected)
            if time == evidence.time { #expect(expected == wanted) }
        }
    }

    @Test("A forged quote from a known platform is refused for its own reason")
    func forged() throws {
        let evidence = try SimulatedWorld(seed: "quick").evidence(.tdx15V5)
        guard case .verified(let known) = try evidence.verify() else {
            Issue.record("the healthy evidence is refused")
            return
        }
        var bytes = evidence.quote
        bytes[200] ^= 1
        let forged = try Quote(parsing: bytes)
        for verification in [
            try evidence.verifier().verify(forged, from: known.endorsements, at: evidence.time),
            try evidence.verifier().verify(forged, using: known.endorsements.collateral, at: evidence.time),
        ] {
            guard case .refused(let refusal, _) = verification else {
                Issue.record("a forged quote was verified")
                continue
            }
            #expect(refusal.code == .quoteSignatureInvalid)
        }
    }

    @Test("What one anchor established is worth nothing under another")
    func otherAnchor() throws {
        let evidence = try SimulatedWorld(seed: "quick").evidence(.tdxV4)
        guard case .verified(let known) = try evidence.verify() else {
            Issue.record("the healthy evidence is refused")
            return
        }
        let intel = Verifier(trusting: .intel)
        for verification in [
            intel.verify(try evidence.parsed(), from: known.endorsements, at: evidence.time),
            intel.verify(try evidence.parsed(), using: known.endorsements.collateral, at: evidence.time),
        ] {
            guard case .refused(let refusal, _) = verification else {
                Issue.record("verified under the wrong anchor")
                continue
            }
            #expect(refusal.code == .pckRootUntrusted)
        }
    }

    @Test("Another platform's quote is judged by its own evidence")
    func otherPlatform() throws {
        let first = try SimulatedWorld(seed: "quick").evidence(.tdxV4)
        let second = try SimulatedWorld(seed: "other").evidence(.tdxV4)
        guard case .verified(let known) = try first.verify() else {
            Issue.record("the healthy evidence is refused")
            return
        }
        guard
            case .refused(let refusal, _) = try first.verifier().verify(
                second.parsed(), from: known.endorsements, at: first.time)
        else {
            Issue.record("a platform under another root was verified")
            return
        }
        #expect(refusal.code == .pckRootUntrusted)
    }
}
