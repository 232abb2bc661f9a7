import CorpusSupport
import DCAPFormats
import OpenSSLOracle
import Testing
import Wire

/// OpenSSL and we judge the same chains with the same CRLs at the same time, and say the same.
@Suite("Chains beside OpenSSL", .enabled(if: Corpus.isAvailable, "\(Corpus.absence)"))
struct ChainOracleTests {
    @Test("Every chain of the corpus gets the same answer from OpenSSL and from us")
    func corpusChains() throws {
        let corpus = try #require(Corpus.available)
        let anchor = try corpus.intelRoot()
        let chains = try corpus.chains()
        var counts: [String: Int] = [:]
        for (chain, cases) in chains {
            let theirs = chain.openSSLAnswer(anchor: anchor)
            let ours = try Self.ourAnswer(chain)
            counts["\(chain.kind.rawValue): \(theirs)", default: 0] += 1
            #expect(
                theirs.isAccepted == ours.isGoodAndInDate,
                "\(chain.kind.rawValue) chain of \(cases[0]) at \(chain.time): OpenSSL \(theirs), ours \(ours)")
        }
        print("OpenSSL judged \(chains.count) chains of \(corpus.cases.count) cases:")
        for (answer, count) in counts.sorted(by: { $0.key < $1.key }) { print("  \(count) × \(answer)") }
        #expect(chains.count > 700)
    }

    @Test("Middle of the window: what the corpus accepts, OpenSSL accepts")
    func middleOfWindow() throws {
        let corpus = try #require(Corpus.available)
        let anchor = try corpus.intelRoot()
        for (chain, cases) in try corpus.chains() {
            guard let accepted = cases.first(where: { $0.timeCase == nil && $0.expected.outcome == .accept }) else {
                continue
            }
            #expect(chain.openSSLAnswer(anchor: anchor).isAccepted, "\(accepted)")
        }
    }

    @Test("Refuses when a CRL is missing, when the anchor is another, and when the certificate is altered")
    func negativeControls() throws {
        let corpus = try #require(Corpus.available)
        let anchor = try corpus.intelRoot()
        let chain = try #require(
            try corpus.chains().first { chain, cases in
                chain.kind == .pck && cases.contains { $0.timeCase == nil && $0.expected.outcome == .accept }
            }?.key)
        let certificates = CorpusChain.leafFirst(chain.certificates)
        func answer(_ certificates: [DER], anchor: DER, crls: [DER], at time: Instant) -> OracleAnswer {
            OpenSSLOracle.verifyChain(leafFirst: certificates, anchor: anchor, crls: crls, at: time)
        }
        #expect(answer(certificates, anchor: anchor, crls: chain.crls, at: chain.time).isAccepted)
        #expect(!answer(certificates, anchor: anchor, crls: [chain.rootCRL], at: chain.time).isAccepted)
        #expect(!answer(certificates, anchor: anchor, crls: [chain.pckCRL], at: chain.time).isAccepted)
        #expect(!answer(certificates, anchor: anchor, crls: [], at: chain.time).isAccepted)
        let later = chain.time.advanced(bySeconds: 60 * 86_400)
        #expect(!answer(certificates, anchor: anchor, crls: chain.crls, at: later).isAccepted)
        let earlier = chain.time.advanced(bySeconds: -3_650 * 86_400)
        #expect(!answer(certificates, anchor: anchor, crls: chain.crls, at: earlier).isAccepted)
        let other = try corpus.intelPKI()
        let otherRoot = try #require(other.first.flatMap { PEMText.blocks($0.trustedRoot).first })
        #expect(!answer(certificates, anchor: otherRoot, crls: chain.crls, at: chain.time).isAccepted)
        var altered = certificates
        altered[0][altered[0].count - 1] ^= 1
        #expect(!answer(altered, anchor: anchor, crls: chain.crls, at: chain.time).isAccepted)
        #expect(
            answer([certificates[0] + [0]], anchor: anchor, crls: chain.crls, at: chain.time)
                == .unreadable("certificate 0"))
    }

    /// The comparison side: phases B and C for a PCK chain, D1 to D5 for a signing chain.
    private static func ourAnswer(_ chain: CorpusChain) throws -> PhaseAnswer {
        switch chain.kind {
        case .pck:
            Phases.pckChain(
                chain.text, .onlyLists(pck: chain.pckCRL, root: chain.rootCRL), at: chain.time)
        case .signing:
            Phases.signingChain(chain.text, rootCRL: chain.rootCRL, at: chain.time)
        }
    }
}

extension Collateral {
    /// Collateral that is read no further than its CRLs.
    static func onlyLists(pck: [UInt8], root: [UInt8], pckIssuerChain: [UInt8]? = nil) -> Collateral {
        let nothing = SignedResponse(document: .response([]), issuerChain: [])
        return Collateral(
            pckCRL: pck, pckCRLIssuerChain: pckIssuerChain, rootCRL: root, tcbInfo: nothing, qeIdentity: nothing)
    }
}
