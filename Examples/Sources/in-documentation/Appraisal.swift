import Appraisal
import DCAPFormats
import DCAPVerification
import Wire

/// Whether a secret may go to the machine that made this quote over our nonce.
///
/// - Parameter nonce: 16 to 64 random bytes that we chose for this answer and sent to the machine.
/// - Parameter policy: A policy document; its reference sets come beside it.
func mayHaveSecret(
    quote: [UInt8], collateral: Collateral, nonce: [UInt8], policy: [UInt8], references: [[UInt8]], at time: Instant,
    trusting anchor: TrustAnchor = .intel
) throws -> Bool {
    let policy = try Policy(handedIn: policy)
    let library = try ReferenceLibrary(
        distinct: references.enumerated().map { ("argument \($0.offset + 1)", try ReferenceSet(parsing: $0.element)) })
    guard let expected = ExpectedReportData.assay(nonce: nonce, keyThumbprint: nil) else { return false }

    let verdict = judge(
        Evidence(quote: try Quote(parsing: quote)), with: .documents(collateral), under: [policy], references: library,
        expecting: expected, trusting: Verifier(trusting: anchor), at: time)
    // `accept` says that every rule holds. `affirming` says that nothing is left open either.
    return verdict.decision == .accept && verdict.status == .affirming
}
