import Appraisal
import DCAPFormats
import DCAPVerification
import PlatformSimulator
import Wire

/// Simulated evidence, judged as a caller would: bundle read, root named, strict policy.
extension SimulatedEvidence {
    func verifier() throws -> Verifier {
        Verifier(
            trusting: try TrustAnchor(certificate: rootCertificate),
            options: VerificationOptions(acceptTCBInfoV2: acceptsTCBInfoV2))
    }

    /// The collateral as it comes out of a form in which it can be stored.
    func received() throws -> Collateral {
        collateral.form == .responses ? try receivedAsResponses() : try Collateral(bundle: collateral.bundleJSON)
    }

    func receivedAsResponses() throws -> Collateral {
        try Collateral(
            directory: Dictionary(
                collateral.directoryFiles.map { ($0.name, $0.content) }, uniquingKeysWith: { first, _ in first }))
    }

    func parsed() throws -> Quote { try Quote(parsing: quote) }

    func verify() throws -> Verification {
        let (verifier, received) = (try verifier(), try received())
        do throws(VerificationFailure) {
            return verifier.verify(try Quote(parsing: quote), using: received, at: time)
        } catch {
            return Verification(noQuote: error)
        }
    }

    func verdict(_ verification: Verification) throws -> Verdict {
        appraise(
            verification, trusting: try verifier().anchor, under: .strict, expecting: nil, at: time)
    }
}
