import DCAPFormats
import DCAPVerification
import Wire

/// Verifies quotes of one machine: all nine signatures for the first one, one signature for each that follows.
struct Machine {
    let verifier: Verifier
    let collateral: Collateral
    private var known: VerifiedPlatform?

    init(bundle: [UInt8], trusting anchor: TrustAnchor = .intel) throws {
        verifier = Verifier(trusting: anchor)
        collateral = try Collateral(bundle: bundle)
    }

    /// - Returns: The TCB status, such as `UpToDate`; or the code of the check that refused.
    mutating func status(of bytes: [UInt8], at time: Instant) throws -> String {
        let quote = try Quote(parsing: bytes)
        let verification =
            known.map { verifier.verify(quote, from: $0, at: time) }
            ?? verifier.verify(quote, using: collateral, at: time)
        switch verification {
        case .verified(let quote):
            known = quote.endorsements
            return quote.tcb.status.rawValue
        case .refused(let refusal, _):
            return refusal.code.rawValue
        }
    }
}
