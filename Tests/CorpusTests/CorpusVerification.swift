import CorpusSupport
import DCAPFormats
import DCAPVerification
import Wire

/// What we say of a piece of the corpus, in the words in which peers can be compared.
enum OurAnswer: Hashable, CustomStringConvertible {
    case verified(status: String, advisoryIDs: [String])
    /// Genuine, but with something past its end: peers refuse, the strict policy denies.
    case expired(status: String, advisoryIDs: [String])
    case refused(ErrorCode)

    init(_ verification: Verification) {
        switch verification {
        case .refused(let refusal, _): self = .refused(refusal.code)
        case .verified(let quote):
            let status = quote.tcb.status.rawValue
            self =
                quote.collateralExpired
                ? .expired(status: status, advisoryIDs: quote.tcb.launch.advisoryIDs)
                : .verified(status: status, advisoryIDs: quote.tcb.launch.advisoryIDs)
        }
    }

    /// One word: the status, `expired`, or the code.
    var description: String {
        switch self {
        case .verified(let status, _): status
        case .expired: "expired"
        case .refused(let code): code.rawValue
        }
    }

    /// As a peer would put it: a status, or a refusal.
    var peerWord: String {
        guard case .verified(let status, _) = self else { return "refuse" }
        return status
    }
}

extension Corpus {
    func verifier(for testCase: CorpusCase) throws -> Verifier {
        let anchor = try testCase.trustRoot.map { try TrustAnchor(certificate: try bytes(at: $0)) } ?? .intel
        // Version 2 is judged where the case carries it; nothing else depends on the option.
        return Verifier(trusting: anchor, options: VerificationOptions(acceptTCBInfoV2: true))
    }

    func answer(to testCase: CorpusCase) throws -> OurAnswer {
        OurAnswer(
            try verifier(for: testCase).verification(
                of: try quote(of: testCase), using: try Collateral(bundle: try bundle(of: testCase)),
                at: testCase.time))
    }
}

extension Verifier {
    /// Of bytes that may be no quote.
    func verification(of input: [UInt8], using collateral: Collateral, at time: Instant) -> Verification {
        do throws(VerificationFailure) {
            return verify(try Quote(parsing: input), using: collateral, at: time)
        } catch {
            return Verification(noQuote: error)
        }
    }
}
