import Appraisal
import AttestationService
import AuditStore
import DCAPFormats
import DCAPVerification
import KeyCustody
import Records
import Wire
import Words

/// The service's failures as problems: code, place, and how to mend it in the terms of this door.
extension HTTPProblem {
    init(_ failure: ServiceFailure, version: String = "") {
        switch failure {
        case .overloaded:
            self.init(.overloaded, failure.detail, fix: "Come back in a moment.")
            retryAfterSeconds = 1
        case .exceeded(let reason):
            self.init(
                .callerBudget, failure.detail, fix: "Ask again after the seconds in Retry-After, or ask for a key.")
            retryAfterSeconds = reason.retryAfterSeconds
            exceeded = reason
        case .noQuote(let reason):
            self.init(
                reason.code, status: reason.code == .quoteTooLarge ? 413 : 400, detail: failure.detail,
                field: "quote." + reason.field, offset: reason.offset, fix: Sentence(Remedy.fix(reason.code)))
        case .undecided(let result): self.init(undecided: result, failure.detail, version: version)
        case .replaced: self.init(.notRecorded, failure.detail, fix: "Try again.")
        case .openRegister:
            self.init(.memberInvalid, failure.detail, field: "cc_eventlog", fix: Sentence(PolicyText.fix(.eventLog)))
            self = coded(.verificationFailed)
        case .notRecorded(let reason):
            self.init(
                ProblemCode(rawValue: reason.code) ?? .notRecorded, failure.detail,
                fix: "Try again; the operator has been told.")
            retryAfterSeconds = reason.retryAfterSeconds
        case .policy(let reason): self.init(reason, failure.detail)
        case .token(let reason), .notSealed(_, let reason): self.init(reason, failure.detail)
        case .challenge(let reason): self.init(reason, failure.detail)
        case .archive(.held):
            self.init(
                .evidenceHeld, failure.detail, field: "jti", fix: "Release the hold first, where that is lawful.")
        case .archive(.unavailable): self.init(.notRecorded, failure.detail, fix: "Try again later.")
        case .internal: self.init(.internal, failure.detail)
        }
    }

    private init(undecided result: AttestationResult, _ detail: Sentence, version: String) {
        guard let refusal = result.refusal else {
            self.init(.internal, detail)
            return
        }
        let judgement = result.judgement
        let isWorthwhile = judgement.retry?.isWorthwhile ?? false
        self.init(
            refusal.code, status: isWorthwhile ? 503 : 502, detail: detail, field: nil,
            fix: Sentence(Remedy.fix(refusal.code)))
        isRetryable = isWorthwhile
        retryAfterSeconds = judgement.retry?.afterSeconds ?? (isWorthwhile ? 5 : nil)
        extensions = [
            ("verdict", { judgement.document(version, in: $0) }), ("log", { [log = result.receipt.document] _ in log }),
        ]
    }

    private init(_ failure: PolicyFailure, _ detail: Sentence) {
        switch failure {
        case .tooMany: self.init(.memberInvalid, detail, field: "policy")
        case .unknown(_, _, let standard):
            self.init(
                .policyUnknown, detail, field: "policy",
                fix: "Name a policy that exists, or none for the default, \(standard).")
        case .setAside:
            self.init(
                .notReady, detail, field: "policy",
                fix: "Name another policy, or have the operator retire that version.")
        case .standardUnknown: self.init(.policyUnknown, detail)
        case .referenceSetsMissing:
            self.init(.referenceSetMissing, detail, fix: "Put and activate the reference sets first.")
        case .document(let error): self.init(error)
        case .otherID: self.init(.memberInvalid, detail, field: "id")
        case .noSuchVersion: self.init(.notFound, detail, field: "sha256")
        case .casesFailed(let results):
            self.init(.casesFailed, detail, field: "cases", fix: "Correct the policy, or what is expected of it.")
            extensions = [("results", { _ in .array(results.map(\.document)) })]
        case .state:
            self.init(
                .versionState, detail,
                fix: "The way is draft, tested, active, retired, and ends there; another document is another version.")
        case .setEnded:
            self.init(.versionState, detail, field: "valid_until", fix: "Hand in a set with a later end.")
        case .standardWouldGo:
            self.init(
                .policyStandard, detail,
                fix: "Activate another version of it, which retires this one; or configure another default first.")
        case .notRecorded(let reason):
            self.init(ProblemCode(rawValue: reason.code) ?? .notRecorded, detail, fix: "Try again.")
            retryAfterSeconds = reason.retryAfterSeconds
        case .lost, .storage: self.init(.notRecorded, detail)
        }
    }

    private init(_ failure: TokenFailure, _ detail: Sentence) {
        switch failure {
        case .endsNow: self.init(.signing, detail, fix: "Try again.")
        case .notCanonical:
            self.init(
                .memberInvalid, detail, field: "runtime_data",
                fix: "Use names of printable ASCII, whole numbers, and at most 16 levels.")
        case .noKey:
            self.init(
                .signing, detail,
                fix: "The operator makes one: POST /admin/v1/keys/{algorithm}/rotate at the admin listener.")
        case .keyDoesNotSign: self.init(.signing, detail, fix: "The operator finds the reason in the log.")
        case .demand(let field, _, _): self.init(.memberInvalid, detail, field: field, fix: GateDemands.fix)
        case .noSuchList: self.init(.notFound, detail, field: "list")
        case .noSuchAlgorithm: self.init(.parameterInvalid, detail, field: "algorithm")
        case .rotationPending:
            self.init(.rotationPending, detail, field: "algorithm", fix: "Wait until it signs.")
        case .noKeyMade: self.init(.signing, detail)
        case .keyNotRecorded:
            self.init(
                .notRecorded, detail, fix: "It is put into the log within a minute, or at the next start.")
        }
    }

    private init(_ failure: ChallengeFailure, _ detail: Sentence) {
        switch failure {
        case .notOurs:
            self.init(.challengeInvalid, detail, field: "challenge", fix: "Ask /v1/challenges for one.")
        case .expired:
            self.init(
                .challengeExpired, detail, field: "challenge",
                fix: "Ask /v1/challenges for a new one, and send the quote at once.")
        case .spent:
            self.init(.challengeSpent, detail, field: "challenge", fix: "Ask /v1/challenges for a new one.")
        case .storage: self.init(.notRecorded, detail, fix: "Try again later.")
        }
    }

    /// Why a document is no policy and no reference set.
    init(_ error: PolicyError) {
        self.init(
            .policyInvalid, "found \(error.found), wanted \(error.wanted)",
            field: error.field.isEmpty ? nil : error.field, offset: error.offset)
        code = error.code.rawValue
        fix = Sentence(PolicyError.fix(error.code))
    }
}

extension Judgement {
    func document(_ version: String, in language: Language) -> JSON {
        verdict.document(
            verifierVersion: version, collateralSource: collateralSource, forecast: forecast, in: language)
    }
}

extension PolicyCase.Result {
    fileprivate var document: JSON {
        .object([
            ("verdict", .string(isAccepted ? "accept" : "reject")), ("codes", .array(codes.map { .string($0) })),
            ("as_expected", .bool(isAsExpected)),
        ])
    }
}

/// What the service says, with its failures as problems.
func answered<Value>(
    _ body: () throws(ServiceFailure) -> Value
) throws(HTTPProblem) -> Value {
    do throws(ServiceFailure) {
        return try body()
    } catch {
        throw HTTPProblem(error)
    }
}

/// The same of what takes a while.
func answering<Value>(
    _ body: () async throws(ServiceFailure) -> Value
) async throws(HTTPProblem) -> Value {
    do throws(ServiceFailure) {
        return try await body()
    } catch {
        throw HTTPProblem(error)
    }
}
