import CorpusSupport
import OpenSSLOracle
import Wire

/// A chain of the corpus with everything that is needed to judge it.
struct CorpusChain: Sendable, Hashable {
    enum Kind: String, Sendable { case pck, signing }

    let kind: Kind
    /// As it stands in the quote or the bundle.
    let text: [UInt8]
    let pckCRL: [UInt8]
    let rootCRL: [UInt8]
    let time: Instant

    var certificates: [DER] { PEMText.blocks(text) }
    var crls: [DER] { kind == .pck ? [pckCRL, rootCRL] : [rootCRL] }

    func openSSLAnswer(anchor: DER, strict: Bool = true) -> OracleAnswer {
        OpenSSLOracle.verifyChain(
            leafFirst: Self.leafFirst(certificates), anchor: anchor, crls: crls, at: time, strict: strict)
    }

    /// The certificate that issued none of the others comes first; the rest keeps its order.
    static func leafFirst(_ chain: [DER]) -> [DER] {
        let summaries = chain.map { OpenSSLOracle.parsesCertificate($0) }
        let leaf = summaries.firstIndex { candidate in
            candidate.map { leaf in !summaries.contains { $0?.issuer == leaf.subject } } ?? false
        }
        guard let leaf else { return chain }
        return [chain[leaf]] + chain[..<leaf] + chain[(leaf + 1)...]
    }
}

extension Corpus {
    /// Every distinct chain that `cases.json` asks for: the one in the quote, and both signing chains of the bundle.
    func chains() throws -> [CorpusChain: [CorpusCase]] {
        var chains: [CorpusChain: [CorpusCase]] = [:]
        var bundles: [String: BundleParts] = [:]
        for testCase in cases where testCase.trustRoot == nil {
            let parts = try bundles[testCase.collateral] ?? BundleParts(bundle(of: testCase))
            bundles[testCase.collateral] = parts
            func add(_ kind: CorpusChain.Kind, _ text: [UInt8]) {
                let chain = CorpusChain(
                    kind: kind, text: text, pckCRL: parts.pckCRL, rootCRL: parts.rootCRL, time: testCase.time)
                chains[chain, default: []].append(testCase)
            }
            if let text = QuoteParts(try quote(of: testCase))?.pckChain { add(.pck, text) }
            add(.signing, parts.tcbInfoIssuerChain)
            add(.signing, parts.qeIdentityIssuerChain)
        }
        return chains
    }
}
