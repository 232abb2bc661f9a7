import Appraisal
import AttestationService
import Wire
import Words

/// What the caller says the attester has bound into report_data (wire-formats 2.9), and in which scheme.
struct BindingRequest: Sendable {
    var input = BoundInput()
    /// A challenge of ours; its nonce counts as the caller's.
    var challenge: String?
    /// The same nonce in hex.
    var nonceInHex: [UInt8]?

    /// Reads everything that can be wrong. A challenge is opened, and not spent.
    func checked(
        _ open: (String) throws(ServiceFailure) -> OpenedChallenge
    ) throws(HTTPProblem) -> CheckedBinding {
        // An empty text is no challenge, but for whoever names a scheme that it would be bound in.
        let hasScheme = input.scheme?.isEmpty == false
        let challenge = challenge.flatMap { $0.isEmpty && !hasScheme ? nil : $0 }
        let nonces = [input.nonce, nonceInHex].compactMap { $0 }.filter { hasScheme || !$0.isEmpty }
        guard nonces.count + (challenge == nil ? 0 : 1) <= 1 else {
            throw HTTPProblem(
                .memberInvalid, "found more than one of nonce, nonce_hex and challenge, wanted one of them",
                field: "nonce", fix: "A challenge brings its own nonce: leave nonce out.")
        }
        var input = input
        input.nonce = nonces.first
        var opened: OpenedChallenge?
        if let challenge {
            opened = try answered { () throws(ServiceFailure) in try open(challenge) }
            input.nonce = opened?.nonce
            input.origin = .challenge
        }
        do throws(BoundInput.Defect) {
            return CheckedBinding(
                expected: try input.expected(), nonce: input.nonce.flatMap { $0.isEmpty ? nil : $0 },
                userData: input.recorded, challenge: opened)
        } catch {
            let isHex = nonceInHex != nil && error.field == "nonce"
            throw HTTPProblem(
                error.isMissing ? .memberMissing : .memberInvalid, error.sentence,
                field: isHex ? "nonce_hex" : error.field, fix: error.fix)
        }
    }
}
