import DCAPFormats
import Wire
import X509Formats

@testable import DCAPVerification

/// What our phases B, C and D say of certificates and CRLs alone, without a quote around them.
enum PhaseAnswer: Equatable, CustomStringConvertible {
    /// Genuine; and whether something of it has ended at T (dcap 5.9: T ≥ its end).
    case accepted(expired: Bool)
    case refused(ErrorCode)

    /// What OpenSSL calls good: genuine and in date.
    var isGoodAndInDate: Bool { self == .accepted(expired: false) }

    var description: String {
        switch self {
        case .accepted(let expired): expired ? "accepted, expired" : "accepted"
        case .refused(let code): code.rawValue
        }
    }
}

enum Phases {
    static func answer(_ body: () throws -> [Instant], at time: Instant) -> PhaseAnswer {
        do {
            return .accepted(expired: try body().contains { $0 <= time })
        } catch let refusal as Refusal {
            return .refused(refusal.code)
        } catch let failure as VerificationFailure {
            return .refused(failure.code)
        } catch {
            return .refused(.internal)
        }
    }

    /// Phases B and C over a PCK chain and both CRLs.
    static func pckChain(
        _ text: [UInt8], _ collateral: Collateral, trusting anchor: TrustAnchor = .intel, at time: Instant
    ) -> PhaseAnswer {
        answer(
            {
                let limit = NotYetValidLimit(time, skewSeconds: 300)
                let chain = try PCKChain(try PCKCertificates(text[...]), trusting: anchor, at: limit)
                let lists = try RevocationLists(
                    collateral, root: chain.root, rootKey: chain.rootKey, intermediate: chain.intermediate,
                    intermediateKey: chain.intermediateKey, at: limit)
                try lists.checkRevocation(intermediate: chain.intermediate, leaf: chain.leaf)
                return [
                    chain.root.notAfter, chain.intermediate.notAfter, chain.leaf.notAfter, lists.rootNextUpdate,
                    lists.pckNextUpdate,
                ]
            }, at: time)
    }

    /// Steps D1 to D5 over a signing chain and the root CRL.
    static func signingChain(
        _ text: [UInt8], rootCRL: [UInt8], trusting anchor: TrustAnchor = .intel, at time: Instant
    ) -> PhaseAnswer {
        answer(
            {
                let list = try CertificateRevocationList(parsing: rootCRL)
                let chain = try SigningChain(
                    text, .tcbInfo, trusting: anchor, revokedBy: list,
                    at: NotYetValidLimit(time, skewSeconds: 300))
                return [chain.root.notAfter, chain.signer.notAfter] + (list.nextUpdate.map { [$0] } ?? [])
            }, at: time)
    }
}
