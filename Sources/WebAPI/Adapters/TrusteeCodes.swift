import Appraisal
import Records
import Wire
import Words

/// OpenAnolis's codes, which clients of Trustee and of Alibaba's service know (wire-formats 2.3), for our problems. The
/// code of ours stays in the document beside it.
enum TrusteeCode: String {
    case invalidJSON = "AS.REQUEST.INVALID_JSON"
    case invalidArgument = "AS.REQUEST.INVALID_ARGUMENT"
    case unsupportedTEE = "AS.REQUEST.UNSUPPORTED_TEE"
    case challengeInvalid = "AS.CHALLENGE.INVALID_TOKEN"
    case evidenceFormat = "AS.EVIDENCE.INVALID_FORMAT"
    case evidenceEncoding = "AS.EVIDENCE.INVALID_ENCODING"
    case invalidQuote = "AS.EVIDENCE.INVALID_QUOTE"
    case verificationFailed = "AS.EVIDENCE.VERIFICATION_FAILED"
    case bindingMismatch = "AS.EVIDENCE.BINDING_MISMATCH"
    case badResponse = "AS.DEPENDENCY.BAD_RESPONSE"
    case unavailable = "AS.DEPENDENCY.UNAVAILABLE"
    case `internal` = "AS.INTERNAL.ERROR"

    var status: Int {
        switch self {
        case .invalidJSON, .invalidArgument, .unsupportedTEE, .evidenceFormat, .evidenceEncoding: 400
        case .challengeInvalid: 401
        case .invalidQuote, .verificationFailed, .bindingMismatch: 422
        case .badResponse: 502
        case .unavailable: 503
        case .internal: 500
        }
    }
}

extension HTTPProblem {
    /// This problem as those clients expect it.
    func trustee() -> HTTPProblem {
        let known: TrusteeCode? =
            switch ProblemCode(rawValue: code) {
            case .jsonInvalid, .bodyEmpty: .invalidJSON
            case .memberUnknown, .memberMissing, .memberInvalid, .policyUnknown, .unsupported: .invalidArgument
            case .challengeInvalid, .challengeExpired, .challengeSpent: .challengeInvalid
            case .notRecorded, .backpressure, .clockRegression, .clockAhead, .signing, .overloaded, .notReady:
                .unavailable
            case .internal: .internal
            case .parameterInvalid, .cursorInvalid, .credentialsMissing, .scopeMissing, .evidencePurged,
                .idempotencyKeyReused, .callerBudget, .bodyTooLarge, .mediaType, .timeout, .aborted, .notFound,
                .methodNotAllowed, .tokenRefused, .evidenceHeld, .policyInvalid, .versionState, .casesFailed,
                .referenceSetMissing, .policyStandard, .rotationPending, .malformed, .headersTooLarge:
                // HTTP itself says these; their status must stay.
                nil
            case nil:
                code.hasPrefix("AS.")
                    ? TrusteeCode(rawValue: code) ?? .internal
                    : code.hasPrefix("COLLATERAL_")
                        ? (status == 503 ? .unavailable : .badResponse)
                        : .invalidQuote
            }
        return known.map(coded) ?? self
    }

    func coded(_ known: TrusteeCode) -> HTTPProblem {
        guard code != known.rawValue else { return self }
        var problem = self
        problem.extensions.append(("assay_code", { [code] _ in .string(code) }))
        problem.code = known.rawValue
        problem.status = known.status
        return problem
    }

    /// A reject, as a problem: a refusal is never a success in these protocols.
    static func rejected(_ judgement: Judgement, _ receipt: Receipt, version: String) -> HTTPProblem {
        let verdict = judgement.verdict
        let isBinding = verdict.reasons.contains("POLICY_REPORT_DATA")
        var problem = HTTPProblem(
            .internal, "rejected by the policy \(verdict.policy.id): \(verdict.reasons.joined(separator: ", "))")
        let known: TrusteeCode = isBinding ? .bindingMismatch : .verificationFailed
        problem.code = known.rawValue
        problem.status = known.status
        problem.title = isBinding ? "The quote was made for something else" : "The evidence is not acceptable"
        problem.isRetryable = false
        problem.extensions = [
            ("reasons", { _ in .array(verdict.reasons.map { .string($0) }) }),
            ("verdict", { judgement.document(version, in: $0) }), ("log", { [log = receipt.document] _ in log }),
        ]
        return problem
    }
}
