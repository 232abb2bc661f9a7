import AttestationService
import DCAPFormats
import Wire
package import Words

/// What keeps a request from being answered, for people and programs (RFC 9457). Codes are stable; nothing internal and
/// nothing secret is ever in one.
package struct HTTPProblem: Error, Sendable {
    package var status: Int
    /// Registry name in upper case; the problem type's URL ends in the same in lower case.
    package var code: String
    package var title: Sentence
    /// What was wrong, found and expected.
    package var detail: Sentence
    /// Whether the same request may succeed later.
    package var isRetryable = false
    /// The member, header or parameter at fault.
    package var field: String?
    /// The byte position in it, or in the body.
    package var offset: Int?
    package var fix: Sentence?
    package var retryAfterSeconds: Int?
    /// The budget that is used up, for headers of its own.
    var exceeded: CallerBudget.Exceeded?
    /// The rest of the request is not read.
    var endsConnection = false
    /// Methods for `Allow`.
    var allowedMethods: [String] = []
    /// Further members, such as the verdict that could not be reached, for a reader of a language.
    var extensions: [(name: String, value: @Sendable (Language) -> JSON)] = []

    package init(
        _ code: ProblemCode, _ detail: Sentence, field: String? = nil, offset: Int? = nil, fix: Sentence? = nil
    ) {
        status = code.status
        self.code = code.rawValue
        title = code.title
        self.detail = detail
        self.field = field
        self.offset = offset
        self.fix = fix
        isRetryable = code.status >= 500 || code.status == 429
    }

    /// A code of the verification registry (dcap 0.5) as a problem.
    init(_ code: ErrorCode, status: Int, detail: Sentence, field: String?, offset: Int? = nil, fix: Sentence?) {
        self.status = status
        self.code = code.rawValue
        title = status >= 500 ? "Nothing could be decided" : "The bytes are no quote"
        self.detail = detail
        self.field = field
        self.offset = offset
        self.fix = fix
    }

    /// - Parameter issuer: The base of the problem's type.
    func document(issuer: String, requestIdentifier: String, in language: Language) -> JSON {
        func text(_ sentence: Sentence) -> JSON { .string(Translation.problems.text(sentence, language)) }
        var members: [(String, JSON)] = [
            ("type", .string("\(issuer)/problems/\(code.lowercased())")), ("title", text(title)),
            ("status", .integer(Int64(status))), ("detail", text(detail)), ("code", .string(code)),
            ("retryable", .bool(isRetryable)), ("request_id", .string(requestIdentifier)),
        ]
        if let field { members.append(("field", .string(field))) }
        if let offset { members.append(("offset", .integer(Int64(offset)))) }
        if let fix { members.append(("fix", text(fix))) }
        return .object(members + extensions.map { ($0.name, $0.value(language)) })
    }
}

/// Codes of requests and of the service itself; those of quotes and collateral are dcap 0.5's, those of policies 6.7's.
package enum ProblemCode: String, CaseIterable, Sendable {
    case malformed = "REQUEST_MALFORMED"
    case headersTooLarge = "REQUEST_HEADERS_TOO_LARGE"
    case bodyEmpty = "REQUEST_BODY_EMPTY"
    case bodyTooLarge = "REQUEST_BODY_TOO_LARGE"
    case mediaType = "REQUEST_MEDIA_TYPE"
    case jsonInvalid = "REQUEST_JSON_INVALID"
    case memberUnknown = "REQUEST_MEMBER_UNKNOWN"
    case memberMissing = "REQUEST_MEMBER_MISSING"
    case memberInvalid = "REQUEST_MEMBER_INVALID"
    case timeout = "REQUEST_TIMEOUT"
    case aborted = "REQUEST_ABORTED"
    case notFound = "NOT_FOUND"
    case methodNotAllowed = "METHOD_NOT_ALLOWED"
    case policyUnknown = "POLICY_UNKNOWN"
    case unsupported = "UNSUPPORTED"
    case challengeInvalid = "CHALLENGE_INVALID"
    case challengeExpired = "CHALLENGE_EXPIRED"
    case challengeSpent = "CHALLENGE_SPENT"
    case tokenRefused = "TOKEN_REFUSED"
    case notRecorded = "LOG_UNAVAILABLE"
    case backpressure = "LOG_BACKPRESSURE"
    case clockRegression = "CLOCK_REGRESSION"
    case clockAhead = "CLOCK_AHEAD"
    case parameterInvalid = "INVALID_PARAMETER"
    case cursorInvalid = "CURSOR_INVALID"
    case credentialsMissing = "CREDENTIALS_MISSING"
    case scopeMissing = "SCOPE_MISSING"
    case evidencePurged = "EVIDENCE_PURGED"
    case evidenceHeld = "EVIDENCE_HELD"
    case policyInvalid = "POLICY_INVALID"
    case versionState = "VERSION_STATE"
    case casesFailed = "POLICY_CASES_FAILED"
    case referenceSetMissing = "REFERENCE_SET_MISSING"
    case policyStandard = "POLICY_IS_DEFAULT"
    case rotationPending = "KEY_ROTATION_PENDING"
    case idempotencyKeyReused = "IDEMPOTENCY_KEY_REUSED"
    case callerBudget = "CALLER_BUDGET"
    case signing = "SIGNING_UNAVAILABLE"
    case overloaded = "OVERLOADED"
    case notReady = "NOT_READY"
    case `internal` = "INTERNAL"

    package var status: Int {
        switch self {
        case .malformed, .bodyEmpty, .jsonInvalid, .memberUnknown, .memberMissing, .memberInvalid, .aborted,
            .policyUnknown,
            .policyInvalid, .unsupported, .parameterInvalid, .cursorInvalid:
            400
        case .challengeInvalid, .challengeExpired, .credentialsMissing, .tokenRefused: 401
        case .scopeMissing: 403
        case .notFound: 404
        case .methodNotAllowed: 405
        case .timeout: 408
        case .challengeSpent, .versionState, .referenceSetMissing, .policyStandard, .rotationPending, .evidenceHeld: 409
        case .evidencePurged: 410
        case .bodyTooLarge: 413
        case .mediaType: 415
        case .idempotencyKeyReused, .casesFailed: 422
        case .callerBudget: 429
        case .headersTooLarge: 431
        case .internal: 500
        case .notRecorded, .backpressure, .clockRegression, .clockAhead, .signing, .overloaded, .notReady: 503
        }
    }

    package var title: Sentence {
        switch self {
        case .malformed: "This is no HTTP request"
        case .headersTooLarge: "The head of the request is too large"
        case .bodyEmpty: "The request has no body"
        case .bodyTooLarge: "The body is too large"
        case .mediaType: "The media type is not one that is read here"
        case .jsonInvalid: "The body is not the JSON that is wanted"
        case .memberUnknown: "A member has no meaning here"
        case .memberMissing: "A member is missing"
        case .memberInvalid: "A member's value is not usable"
        case .timeout: "The request took too long to arrive"
        case .aborted: "The request ended before its body did"
        case .notFound: "There is nothing here"
        case .methodNotAllowed: "The method is not one of this resource's"
        case .policyUnknown: "There is no such policy"
        case .unsupported: "This service does not judge that"
        case .challengeInvalid: "The challenge is not one of ours"
        case .challengeExpired: "The challenge has expired"
        case .challengeSpent: "The challenge was used before"
        case .tokenRefused: "The token is not good"
        case .notRecorded: "The verdict could not be recorded, so there is none"
        case .parameterInvalid: "A parameter is not usable"
        case .cursorInvalid: "The cursor is not one of ours, or of another question"
        case .credentialsMissing: "This needs a bearer token"
        case .scopeMissing: "The token does not cover this"
        case .evidencePurged: "The evidence was deleted when its time was over"
        case .evidenceHeld: "The evidence is under a hold"
        case .policyInvalid: "The document does not load"
        case .versionState: "The version is not in a state from which this leads"
        case .casesFailed: "The policy does not judge the cases as expected"
        case .referenceSetMissing: "The policy names a reference set that is not in force"
        case .policyStandard: "The default policy cannot go without another in its place"
        case .rotationPending: "The next key is published already"
        case .idempotencyKeyReused: "The idempotency key belongs to another request"
        case .callerBudget: "The caller has asked for too much"
        case .backpressure: "More verdicts wait to be recorded than can wait"
        case .clockRegression: "The service's clock is behind its log"
        case .clockAhead: "The service's clock jumped ahead"
        case .signing: "The token could not be signed"
        case .overloaded: "The service has too much to do"
        case .notReady: "The service is not ready"
        case .internal: "The service failed"
        }
    }
}
