import Appraisal
import Crypto
import DCAPFormats
import KeyCustody
import MerkleLog
import PlatformSimulator
import Records
import ResultToken
import ServiceSupport
import Testing
import Wire

@testable import AttestationService
@testable import AuditStore

/// The arrow: endorsements ▸ judge ▸ draft ▸ record ▸ seal, and what stands between a submission and its verdict.
@Suite("Attest", .timeLimit(.minutes(10)))
struct AttestTests {
    @Test("An accept: recorded, proven, and only then signed; its clock is read once")
    func accept() async throws {
        try await TestService.run { assay in
            let submission = try assay.submission(audience: "https://model.example")
            let (size, readings) = (assay.log.tree.size, assay.time.readings)
            let result = try await assay.service.attest(submission, for: .client("local"))
            #expect(assay.time.readings == readings + 1)
            #expect(result.decision == .accept)
            #expect(result.reasons == ["NO_REFERENCE_VALUES", "NOT_FRESH"])
            #expect(result.judgement.forecast == "OutOfDate")
            #expect(result.judgement.timeMilliseconds == assay.time.milliseconds)
            #expect(result.judgement.collateralSource == CollateralInHand.source)
            let entry = try await assay.entry(of: result)
            #expect(entry.verdict == .accept && entry.jti == result.judgement.identifier)
            // The collateral came first, then what rests on it.
            guard case .collateral(let collateral) = try await assay.entries[Int(size)] else {
                Issue.record("no collateral")
                return
            }
            #expect(entry.collateralSHA256 == collateral.manifestSHA256)
            #expect(assay.log.tree.size == size + 2)
            // The proof is one, as a reader of receipts checks it.
            let proof = try TextProof(parsing: Array(try #require(result.receipt.document.text("proof")).utf8))
            _ = try proof.verified(leaf: MerkleHashing.leaf(try #require(proof.extra)), under: assay.trust)
            let token = try TokenParts(try #require(result.token))
            #expect(token.header.text("alg") == "ES256" && token.header["jwk"] == nil)
            #expect(token.claims.text("jti") == result.judgement.identifier)
            #expect(token.claims.text("iss") == TestService.issuer)
            #expect(token.claims.text("aud") == "https://model.example")
            #expect(token.claims.number("exp") == assay.time.now.seconds + 3_600)
            #expect(token.claims["log"] == result.receipt.claim)
            // The same platform is known from now on: nothing is fetched, and still the clock is read once.
            let again = assay.time.readings
            #expect(try await assay.attest().decision == .accept)
            #expect(assay.time.readings == again + 1)
            #expect(assay.collateral.fetches == 1)
        }
    }

    @Test("The draft fixes claims and key before recording; the seal adds the receipt, and nothing else")
    func draft() async throws {
        try await TestService.run { assay in
            let result = try await assay.attest()
            let entry = try await assay.entry(of: result)
            let token = try TokenParts(try #require(result.token))
            let name = try #require(entry.claimsSHA256)
            let archived = try #require(try await assay.stores.recorder.archive.bytes(of: name))
            #expect(try TokenBinding.canonicalClaims(token.claims) == archived)
            #expect(entry.kid == token.header.text("kid"))
            #expect(entry.tokenExpiresMilliseconds == (token.claims.number("exp") ?? 0) * 1_000)
            let status = token.claims["status"]?["status_list"]
            #expect(status?.number("idx") == entry.statusIndex)
            #expect(status?.text("uri")?.hasSuffix("/v1/status-list/\(entry.statusList ?? "-")") == true)

            let tokens = assay.service.tokens
            let draft = try tokens.draft(result.judgement, for: nil)
            #expect(MerkleHashing.sha256(draft.commitment.claims) == draft.commitment.claimsSHA256)
            // No place is given twice.
            let places = [entry.statusIndex, draft.commitment.status?.index]
            #expect(places == [0, 1])
            // A key that comes in between, and a day that goes by, change nothing of what was drafted.
            let later = assay.time.now.advanced(bySeconds: 90_000)
            _ = try assay.stores.keys.rotate(.es256, at: assay.time.now, overlapSeconds: 60)
            tokens.replace(try assay.stores.keys.open(at: later))
            assay.time.advance(.seconds(90_000))
            let sealed = try TokenParts(try draft.seal(result.receipt))
            #expect(sealed.header.text("kid") == draft.commitment.keyIdentifier)
            #expect(try TokenBinding.canonicalClaims(sealed.claims) == draft.commitment.claims)
            #expect(sealed.claims["log"] == result.receipt.claim)
        }
    }

    @Test("Rejects, of policy and of cryptography: recorded, and never signed")
    func reject() async throws {
        var forged = try TestWorld.evidence().quote
        forged[700] ^= 1
        let table: [([UInt8], String, Bool)] = [
            (try TestWorld.quote { $0.quote.td?.tdAttributes |= 1 }, "POLICY_DEBUG", true),
            (try TestWorld.quote { $0.setPlatform(toLevel: 1) }, "POLICY_TCB_STATUS", true),
            (forged, "QUOTE_SIGNATURE_INVALID", true),
            (
                try SimulatedWorld(seed: "somebody", time: TestWorld.today).evidence(.tdx15V5).quote,
                "PCK_ROOT_UNTRUSTED", false
            ),
        ]
        try await TestService.run { assay in
            for (quote, reason, isFetched) in table {
                let fetches = assay.collateral.fetches
                assay.collateral.forget()
                let result = try await assay.attest(quote)
                #expect(result.decision == .reject && result.reasons == [reason])
                #expect(result.token == nil)
                let entry = try await assay.entry(of: result)
                #expect(entry.verdict == .reject && entry.reasons == [reason])
                #expect(entry.claimsSHA256 == nil && entry.kid == nil && entry.statusList == nil)
                // Nothing is fetched for a chain that does not lead to the root.
                #expect((assay.collateral.fetches > fetches) == isFetched, "\(reason)")
            }
        }
    }

    @Test("No collateral to be had: recorded as undecided, no verdict and no token; over when it is over")
    func undecided() async throws {
        try await TestService.run { assay in
            assay.collateral.fail(CollateralInHand.unavailable)
            let size = assay.log.tree.size
            do {
                try await assay.attest()
                Issue.record("it is decided")
            } catch let failure as ServiceFailure {
                guard case .undecided(let result) = failure else {
                    Issue.record("\(failure)")
                    return
                }
                #expect(failure.word == "COLLATERAL_UNAVAILABLE")
                #expect(result.decision == .error && result.token == nil)
                #expect(result.judgement.retry?.isWorthwhile == true && result.judgement.retry?.afterSeconds == 11)
                #expect(try await assay.entry(of: result).verdict == .error)
            }
            #expect(assay.log.tree.size == size + 1)
            assay.collateral.fail(nil)
            #expect(try await assay.attest().decision == .accept)
        }
    }

    @Test("Bytes that are no quote, and policies that are not there, get no further: nothing is fetched or recorded")
    func unchecked() async throws {
        try await TestService.run { assay in
            let size = assay.log.tree.size
            let quote = try TestWorld.evidence().quote
            let table: [([UInt8], [String], String)] = [
                (Array(quote.prefix(600)), [], "QUOTE_TRUNCATED"), ([], [], "QUOTE_EMPTY"),
                ([UInt8](repeating: 0x41, count: 700), [], "QUOTE_VERSION_UNSUPPORTED"),
                (quote, ["nobody"], "unknown"), (quote, ["strict", "nobody"], "unknown"), (quote, [""], "unknown"),
                (quote, [String](repeating: "strict", count: 9), "too many"),
            ]
            for (quote, policies, word) in table {
                #expect(await outcome { try await assay.attest(quote, policies) } == word)
            }
            #expect(assay.log.tree.size == size && assay.collateral.fetches == 0)
        }
    }

    @Test("A log that takes nothing: no verdict, no token, nothing signed, and a place in the status list lost at most")
    func notRecorded() async throws {
        try await TestService.run { assay in
            let token = try await assay.token()
            let size = assay.log.tree.size
            // For this process there is no way back from it.
            assay.log.enter(.integrityFault("for a test"))
            #expect(await outcome { try await assay.attest() } == "not recorded: LOG_UNAVAILABLE")
            #expect(assay.log.tree.size == size)
            #expect(!assay.service.readiness.isReady)
            // What was given stays good: nothing is written for that.
            #expect(try assay.introspect(token).isActive)
        }
    }

    @Test("As many submissions as may be are under way; one more is told so, and one that has ended makes room")
    func admission() async throws {
        var settings = TestService.Settings()
        settings.concurrentVerdicts = 2
        try await TestService.run(settings) { assay in
            let barrier = Barrier()
            assay.collateral.onFetch { await barrier.wait() }
            let decisions = try await withThrowingTaskGroup(of: Verdict.Decision.self) { group in
                for _ in 0..<2 { group.addTask { try await assay.attest().decision } }
                await barrier.waiting(2)
                for _ in 0..<3 { #expect(await outcome { try await assay.attest() } == "overloaded") }
                barrier.open()
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(decisions == [.accept, .accept])
            assay.collateral.onFetch(nil)
            // Who was refused has left; so has who failed.
            assay.collateral.fail(CollateralInHand.unavailable)
            assay.collateral.forget()
            for _ in 0..<3 { #expect(await outcome { try await assay.attest() } == "COLLATERAL_UNAVAILABLE") }
            assay.collateral.fail(nil)
            #expect(try await assay.attest().decision == .accept)
        }
    }
}
