// Judges a quote, without a network:
//
//     verify-quote QUOTE COLLATERAL [ROOT]
//
// QUOTE is the quote's raw bytes, COLLATERAL the JSON bundle that people exchange. ROOT is another root certificate (PEM or
// DER) in place of Intel's, for simulated evidence. The exit code is that of `assay verify`: 0 accept, 1 reject, 2 undecided.
import Appraisal
import DCAPFormats
import DCAPVerification
import Foundation
import Wire

@main
struct VerifyQuote {
    static func main() {
        do {
            let files = try CommandLine.arguments.dropFirst().map { [UInt8](try Data(contentsOf: URL(filePath: $0))) }
            guard (2...3).contains(files.count) else {
                print("usage: verify-quote QUOTE COLLATERAL [ROOT]")
                exit(64)
            }
            exit(try exitCode(files[0], files[1], root: files.count == 3 ? files[2] : nil))
        } catch {
            print("undecided: \(error)")
            exit(2)
        }
    }

    private static func exitCode(_ quote: [UInt8], _ bundle: [UInt8], root: [UInt8]?) throws -> Int32 {
        let collateral = try Collateral(bundle: bundle)
        let anchor = if let root { try TrustAnchor(certificate: root) } else { TrustAnchor.intel }
        // The only clock. The same input at the same time has the same verdict for ever.
        let now = Instant(seconds: Int64(Date().timeIntervalSince1970))

        let evidence = Evidence(quote: try Quote(parsing: quote))
        let verdict = judge(
            evidence, with: .documents(collateral), under: [.strict], expecting: nil,
            trusting: Verifier(trusting: anchor), at: now)

        print("\(verdict.decision), \(verdict.status): \(verdict.reasons.joined(separator: ", "))")
        for check in verdict.verification.checks where check.outcome == .failed {
            print("\(check.step.rawValue): found \(check.found), wanted \(check.wanted)")
        }
        return verdict.decision == .accept ? 0 : verdict.decision == .reject ? 1 : 2
    }
}
