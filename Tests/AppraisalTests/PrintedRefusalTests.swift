import Appraisal
import DCAPFormats
import DCAPVerification
import Foundation
import PlatformSimulator
import Testing
import Wire
import Words

/// Thirty broken inputs as a person sees them, in both languages: the first reason is the right one, and says what to do.
/// With ASSAY_PRINT set to a path the texts are written there, to be read by eye.
@Suite("Printed refusals")
struct PrintedRefusalTests {
    /// Rows of dcap 7 that refuse with one code, spread over its sections.
    private static let rows = MutationCatalogue.rows.filter {
        if case .code = $0.expectation { true } else { false }
    }

    @Test("First reason right, in both languages, with what to do")
    func printed() throws {
        let world = try SimulatedWorld(seed: "printed")
        let stride = max(1, Self.rows.count / 30)
        var printed = ""
        var count = 0
        for (index, mutation) in Self.rows.enumerated() where index % stride == 0 && count < 30 {
            guard let kind = mutation.kinds.first, let found = try mutation.cases(for: kind, in: world).first,
                case .code(let code, _) = found.expectation
            else { continue }
            let explanation = try Self.explanation(of: found.evidence)
            let first = try #require(explanation.items.first)
            #expect(first.code == code.rawValue, "\(mutation)")
            for language in Language.allCases {
                let text = explanation.text(language)
                #expect(text.contains(code.rawValue))
                #expect(text.contains(first.fix.text(language)))
                printed += "### \(mutation)\n\(text)\n"
            }
            count += 1
        }
        #expect(count == 30)
        if let path = ProcessInfo.processInfo.environment["ASSAY_PRINT"] {
            try printed.write(toFile: path, atomically: true, encoding: .utf8)
        }
    }

    static func explanation(of evidence: SimulatedEvidence) throws -> Explanation {
        explain(try verdict(of: evidence))
    }

    static func verdict(of evidence: SimulatedEvidence) throws -> Verdict {
        let anchor = try TrustAnchor(certificate: evidence.rootCertificate)
        let collateral =
            try evidence.collateral.form == .responses
            ? Collateral(
                directory: Dictionary(
                    evidence.collateral.directoryFiles.map { ($0.name, $0.content) }, uniquingKeysWith: { $1 }))
            : Collateral(bundle: evidence.collateral.bundleJSON)
        let verifier = Verifier(
            trusting: anchor, options: VerificationOptions(acceptTCBInfoV2: evidence.acceptsTCBInfoV2))
        let verification: Verification
        do throws(VerificationFailure) {
            verification = verifier.verify(try Quote(parsing: evidence.quote), using: collateral, at: evidence.time)
        } catch {
            verification = Verification(noQuote: error)
        }
        return appraise(verification, trusting: anchor, under: .strict, expecting: nil, at: evidence.time)
    }
}
