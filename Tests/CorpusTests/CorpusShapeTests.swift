import CorpusSupport
import Testing

/// The corpus is as its README counts it. A test that quietly ran over nothing would prove nothing.
@Suite("Corpus", .enabled(if: Corpus.isAvailable, "\(Corpus.absence)"))
struct CorpusShapeTests {
    @Test(
        "Holds what its README counts",
        arguments: [
            (.quote, 88), (.badQuote, 7), (.badDerivedQuote, 121), (.badDerivedCollateral, 44), (.badCollateral, 37),
            (.badPKI, 37), (.collateralBundle, 74), (.caCertificate, 10), (.pckCertificate, 203), (.pckCRL, 55),
            (.rootCRL, 7), (.tcbInfo, 70), (.enclaveIdentity, 62),
        ] as [(CorpusItem.Kind, Int)])
    func counts(_ kind: CorpusItem.Kind, _ count: Int) throws {
        let corpus = try #require(Corpus.available)
        #expect(corpus.items(ofKind: kind).count == count)
    }

    @Test("Has every file its cases name")
    func casesResolve() throws {
        let corpus = try #require(Corpus.available)
        #expect(corpus.cases.count == 1064)
        for testCase in corpus.cases {
            #expect(throws: Never.self) {
                _ = try corpus.quote(of: testCase)
                _ = try corpus.bundle(of: testCase)
            }
        }
    }
}
