import CorpusSupport
import DCAPFormats
import DCAPVerification
import Testing
import Wire

/// Every case of the corpus: real quote, collateral that Intel signed, a time, and what is known of the answer.
@Suite("Cases of the corpus", .enabled(if: Corpus.isAvailable, "\(Corpus.absence)"))
struct CorpusCaseTests {
    @Test("Every case whose verdict is known gets it")
    func known() throws {
        let corpus = try #require(Corpus.available)
        var counts: [String: Int] = [:]
        for testCase in corpus.cases {
            let ours = try corpus.answer(to: testCase)
            counts[ours.description, default: 0] += 1
            #expect(Self.isExpected(ours, in: testCase), "\(testCase): ours \(ours)")
        }
        print("\(corpus.cases.count) cases of the corpus:")
        for (answer, count) in counts.sorted(by: { $0.key < $1.key }) { print("  \(count) × \(answer)") }
        #expect(corpus.cases.count == 1_064)
    }

    private static func isExpected(_ ours: OurAnswer, in testCase: CorpusCase) -> Bool {
        // The one quote without a chain in it, under Intel's test root (dcap 1.7).
        if testCase.trustRoot != nil { return ours == .refused(.quoteCertTypeUnsupported) }
        // A sample that its source published with 39 bytes of text after it (dcap 1.10).
        if testCase.id.hasSuffix("gotdx-3507b5f7@assembled-tdx-v3-50806f000000-20250929-ev17-985519#as-published") {
            return ours == .refused(.quoteTrailingData)
        }
        switch (testCase.expected.outcome, testCase.timeCase) {
        case (.accept, .windowEnd):
            // T is the end of some item: expired by dcap 5.9, with the status as expected.
            guard case .expired(let status, let advisories) = ours else { return false }
            return matches(status, advisories, testCase.expected)
        case (.accept, _):
            guard case .verified(let status, let advisories) = ours else { return false }
            return matches(status, advisories, testCase.expected)
        case (.reject, _): return refusals[testCase.expected.reasonClass ?? ""]?.contains(ours.description) == true
        case (nil, .windowEnd): return ours.description == "expired"
        case (nil, .beforeWindow), (nil, .windowStart): return ours.description.hasSuffix("_NOT_YET_VALID")
        default: return false
        }
    }

    private static func matches(
        _ status: String, _ advisories: [String], _ expected: CorpusCase.Expectation
    ) -> Bool {
        status == expected.tcbStatus && (expected.advisoryIDs.map { $0.sorted() == advisories } ?? true)
    }

    /// Why both peers refuse, and what that is here.
    private static let refusals: [String: Set<String>] = [
        "crl-expired": ["expired"], "tcb-info-expired": ["expired"], "qe-identity-expired": ["expired"],
        "not-yet-valid": ["CERT_NOT_YET_VALID", "CRL_NOT_YET_VALID"],
        "tcb-not-supported": ["TCB_NOT_SUPPORTED"],
        // Two quotes whose leaf was exchanged: dcap-qvl calls the worse of them unparsable.
        "pck-chain": ["PCK_LEAF_INVALID"], "parse": ["PCK_LEAF_INVALID"],
    ]

    @Test("Known collateral and known platform give the answer that a stranger gets, on every case")
    func quickPaths() throws {
        let corpus = try #require(Corpus.available)
        for testCase in corpus.cases {
            let verifier = try corpus.verifier(for: testCase)
            guard let quote = try? Quote(parsing: try corpus.quote(of: testCase)),
                case .verified(let known) = verifier.verify(
                    quote, using: try Collateral(bundle: try corpus.bundle(of: testCase)), at: testCase.time)
            else { continue }
            for quick in [
                verifier.verify(quote, using: known.endorsements.collateral, at: testCase.time),
                verifier.verify(quote, from: known.endorsements, at: testCase.time),
            ] {
                guard case .verified(let again) = quick else {
                    Issue.record("\(testCase): the quick path refuses")
                    continue
                }
                #expect(again.tcb == known.tcb, "\(testCase)")
                #expect(again.collateral == known.collateral, "\(testCase)")
                #expect(again.checks == known.checks, "\(testCase)")
            }
        }
    }

    @Test("A real quote, cut at every length and with every byte flipped")
    func hostile() throws {
        let corpus = try #require(Corpus.available)
        let testCase = try #require(
            corpus.cases.first { $0.quote.contains("v5") && $0.expected.tcbStatus == "UpToDate" && $0.timeCase == nil })
        let quote = try corpus.quote(of: testCase)
        let collateral = try Collateral(bundle: try corpus.bundle(of: testCase))
        let verifier = try corpus.verifier(for: testCase)
        let chain = try Quote(parsing: quote).pckChainText.indices
        for count in quote.indices {
            guard (try? Quote(parsing: Array(quote[..<count]))) == nil else {
                Issue.record("\(count) bytes were taken for a quote")
                continue
            }
        }
        for position in quote.indices {
            var changed = quote
            changed[position] ^= 0xFF
            for value in [quote[position] ^ 0x01, quote[position] ^ 0xFF, 0x0D, 0x20] where value != quote[position] {
                changed[position] = value
                guard
                    case .verified = verifier.verification(of: changed, using: collateral, at: testCase.time)
                else { continue }
                #expect(
                    chain.contains(position) && quote[position] <= 0x20 && value <= 0x20,
                    "byte \(position) changed to \(value) and was not noticed")
            }
        }
    }
}
