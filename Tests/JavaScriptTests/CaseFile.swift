import Appraisal
import CorpusSupport
import Crypto
import DCAPFormats
import DCAPVerification
import Foundation
import PlatformSimulator
import Wire

/// Evidence and what we say of it, written down for another implementation to read: one JSON object a line. Bytes stand
/// once, by their SHA-256, because many cases share them.
struct CaseFile {
    private var known: Set<String> = []
    private(set) var bytes: [UInt8] = []
    private(set) var caseCount = 0

    /// Every row of dcap section 7 that is evidence, on every kind of quote that it applies to.
    mutating func addSimulated() throws {
        let world = try SimulatedWorld(seed: "assay.js")
        for mutation in MutationCatalogue.all {
            for kind in mutation.kinds {
                for (number, found) in try mutation.cases(for: kind, in: world).enumerated() {
                    try add(found.evidence, "simulated \(mutation.row) \(kind.rawValue) \(number + 1)")
                }
            }
        }
    }

    mutating func addCorpus(_ corpus: Corpus) throws {
        for testCase in corpus.cases {
            let root = try testCase.trustRoot.map { try corpus.bytes(at: $0) }
            let bundle = try corpus.bundle(of: testCase)
            add(
                "corpus \(testCase)", quote: try corpus.quote(of: testCase),
                collateral: ("bundle", .string(blob(bundle))),
                root: root, time: testCase.time, acceptsV2: true, try Collateral(bundle: bundle),
                try root.map { try TrustAnchor(certificate: $0) } ?? .intel)
        }
    }

    private mutating func add(_ evidence: SimulatedEvidence, _ name: String) throws {
        let received: Collateral
        let collateral: (String, JSON)
        if evidence.collateral.form == .responses {
            let files = evidence.collateral.directoryFiles
            received = try Collateral(
                directory: Dictionary(files.map { ($0.name, $0.content) }, uniquingKeysWith: { first, _ in first }))
            collateral = ("files", .object(files.map { ($0.name, .string(blob($0.content))) }))
        } else {
            let bundle = evidence.collateral.bundleJSON
            received = try Collateral(bundle: bundle)
            collateral = ("bundle", .string(blob(bundle)))
        }
        add(
            name, quote: evidence.quote, collateral: collateral, root: Array(evidence.rootPEM.utf8),
            time: evidence.time,
            acceptsV2: evidence.acceptsTCBInfoV2, received,
            try TrustAnchor(certificate: evidence.rootCertificate))
    }

    private mutating func add(
        _ name: String, quote: [UInt8], collateral: (String, JSON), root: [UInt8]?, time: Instant, acceptsV2: Bool,
        _ received: Collateral, _ anchor: TrustAnchor
    ) {
        let verifier = Verifier(trusting: anchor, options: VerificationOptions(acceptTCBInfoV2: acceptsV2))
        let verification: Verification
        do throws(VerificationFailure) {
            verification = verifier.verify(try Quote(parsing: quote), using: received, at: time)
        } catch {
            verification = Verification(noQuote: error)
        }
        let verdict = appraise(verification, trusting: anchor, under: [.strict], expecting: nil, at: time)
        write(
            .object([
                ("case", .string(name)), ("quote", .string(blob(quote))), collateral,
                ("root", root.map { .string(blob($0)) } ?? .null), ("time", .integer(time.seconds)),
                ("accept_tcb_info_v2", .bool(acceptsV2)), ("document", verdict.document(verifierVersion: "")),
            ]))
        caseCount += 1
    }

    private mutating func blob(_ content: [UInt8]) -> String {
        let name = Hex.encode(Array(SHA256.hash(data: content)))
        if known.insert(name).inserted {
            write(.object([("blob", .string(name)), ("base64", .string(Base64.encode(content)))]))
        }
        return name
    }

    private mutating func write(_ line: JSON) {
        bytes += line.compactBytes
        bytes.append(0x0A)
    }
}
