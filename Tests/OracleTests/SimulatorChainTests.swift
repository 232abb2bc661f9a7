import DCAPFormats
import OpenSSLOracle
import PlatformSimulator
import Testing
import Wire

@testable import DCAPVerification

/// The chains and lists of every simulated evidence, healthy or broken, beside OpenSSL at the same time.
@Suite("Simulated chains beside OpenSSL")
struct SimulatorChainTests {
    private static let world = Result { try SimulatedWorld(seed: "oracle") }

    /// Rows where OpenSSL, which judges by RFC 5280, answers otherwise than dcap section 2 demands; who is right by the
    /// specification is always ours.
    private static let differences: [String: String] = {
        let extensionContent = "OpenSSL does not know Intel's SGX extension; dcap 2.3"
        var rows: [String: String] = [
            "63": "OpenSSL takes the anchor from its store and ignores what it does not need; 2.4 counts",
            "64": "as 63: the root comes from the store",
            "68": "as 63: the root that came with the chain is not looked at; B4 judges it",
            "71": "OpenSSL links names to each other and knows no roles; 2.4",
            "72": "as 71: the name's other parts are free; 2.5 rule 2",
            "75": "a CA certificate may end a chain by RFC 5280; 2.5 rule 5",
            "78": "any key that OpenSSL knows may end a chain; 2.5 rule 1",
            "80": "any hash that OpenSSL knows; 2.5 rule 1",
            "82": "an end entity needs none of these by RFC 5280; 2.5 rule 6",
            "107": "OpenSSL asks a CRL for neither; 2.6 rule 3",
            "108": "OpenSSL understands these extensions; 2.6 rule 3 knows two",
            "109": "OpenSSL takes a CRL without end as one that never ends; 2.6 rule 5",
            "205": "OpenSSL allows no skew (leaf at the limit), and takes the root from its store (root); 2.5 rule 7",
        ]
        for row in ["85", "86", "87", "88", "89", "91", "92", "93", "94", "95", "96"] { rows[row] = extensionContent }
        return rows
    }()

    @Test("Healthy evidence of every kind", arguments: QuoteKind.allCases)
    func healthy(_ kind: QuoteKind) throws {
        let (ours, theirs) = try #require(try answers(try Self.world.get().evidence(kind)))
        #expect(ours == .accepted(expired: false))
        #expect(theirs.isAccepted, "\(theirs)")
    }

    @Test("Every row of the checklist: the same answer, or a listed reason", arguments: MutationCatalogue.all)
    func broken(_ mutation: Mutation) throws {
        let reason = Self.differences[mutation.row]
        var differing = 0
        for kind in mutation.kinds {
            for found in try mutation.cases(for: kind, in: try Self.world.get()) {
                guard let (ours, theirs) = try answers(found.evidence) else { continue }
                guard ours.isGoodAndInDate != theirs.isAccepted else { continue }
                differing += 1
                #expect(
                    reason != nil, "\(mutation) [\(kind.rawValue)] \(found.label): OpenSSL \(theirs), ours \(ours)")
            }
        }
        #expect((differing > 0) == (reason != nil), "\(mutation): listed, and agrees")
    }

    /// Phases B and C, and OpenSSL's answer, for evidence whose quote has a chain.
    private func answers(_ evidence: SimulatedEvidence) throws -> (PhaseAnswer, OracleAnswer)? {
        guard let quote = try? Quote(parsing: evidence.quote) else { return nil }
        let text = Array(quote.pckChainText)
        let collateral = evidence.collateral
        let anchor = try TrustAnchor(certificate: evidence.rootCertificate)
        let ours = Phases.pckChain(
            text,
            .onlyLists(
                pck: collateral.pckCRL, root: collateral.rootCRL, pckIssuerChain: collateral.pckCRLIssuerChain),
            trusting: anchor, at: evidence.time)
        let lists = [collateral.pckCRL, collateral.rootCRL].map { CRLEncoding.decode($0) ?? $0 }
        let blocks = (try? PEM.blocks(labelled: "CERTIFICATE", in: text.last == 0 ? text.dropLast() : text[...])) ?? []
        let theirs = OpenSSLOracle.verifyChain(
            leafFirst: CorpusChain.leafFirst(blocks), anchor: evidence.rootCertificate, crls: lists, at: evidence.time)
        return (ours, theirs)
    }
}
