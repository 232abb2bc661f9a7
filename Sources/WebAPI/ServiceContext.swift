public import AttestationPipeline
public import DCAPFormats
public import DCAPVerification
public import Logging
public import Wire

/// What the routes need of the world, each as a closure, so that a test can be the world.
public struct ServiceContext: Sendable {
    /// `iss` of every token, without a slash at the end.
    public let issuer: String
    /// Program and version, for verdicts.
    public let version: String
    public let pipeline: AttestationPipeline
    /// What is judged by now. A request takes one snapshot and judges by that alone.
    public let policies: PoliciesInForce
    public let tokens: TokenEffects
    public let challenges: ChallengeEffects
    /// The clock: milliseconds since 1970.
    public let now: @Sendable () -> Int64
    /// What keeps the service from judging, by name; empty when ready.
    public let readiness: @Sendable (Int64) async -> ReadinessReport
    /// What is held of Intel's documents for the platform that a quote names, in date or not; `nil` where there is nothing.
    /// Nothing is fetched for it.
    public let heldCollateral: @Sendable (ClaimedPlatform) -> Collateral?
    public let logger: Logger
    /// What auditors may ask; `nil` in tests that judge without a log.
    public let audit: AuditSurface?

    public init(
        issuer: String, version: String, pipeline: AttestationPipeline, policies: PoliciesInForce, tokens: TokenEffects,
        challenges: ChallengeEffects, now: @escaping @Sendable () -> Int64,
        readiness: @escaping @Sendable (Int64) async -> ReadinessReport,
        heldCollateral: @escaping @Sendable (ClaimedPlatform) -> Collateral?, logger: Logger,
        audit: AuditSurface? = nil
    ) {
        self.issuer = issuer
        self.version = version
        self.pipeline = pipeline
        self.policies = policies
        self.tokens = tokens
        self.challenges = challenges
        self.now = now
        self.readiness = readiness
        self.heldCollateral = heldCollateral
        self.logger = logger
        self.audit = audit
    }
}

/// A token whose claims and key are fixed, and which is not signed: for that there must be a receipt (transparency-log E-9).
public struct TokenDraft: Sendable {
    public let commitment: TokenCommitment
    /// A compact JWS over the claims and the receipt's `log`.
    public let seal: @Sendable (Receipt) throws(HTTPProblem) -> String

    public init(commitment: TokenCommitment, seal: @escaping @Sendable (Receipt) throws(HTTPProblem) -> String) {
        self.commitment = commitment
        self.seal = seal
    }
}

public struct TokenEffects: Sendable {
    /// The token of an accepted judgement for an audience, before it is recorded.
    public let draft: @Sendable (Judgement, String?) throws(HTTPProblem) -> TokenDraft
    /// JWKS of what is published, JSON.
    public let keySet: @Sendable (Int64) throws(HTTPProblem) -> JSON
    /// Retired keys with the dates of their use.
    public let history: @Sendable (Int64) throws(HTTPProblem) -> JSON
    /// Whether a token of ours is good now for what is demanded: its claims, or why not.
    public let introspect: @Sendable (String, TokenDemand, Int64) throws(HTTPProblem) -> Introspection

    /// The status list of that name, signed; the newest one where none is named.
    public let statusList: @Sendable (String?, Int64) throws(HTTPProblem) -> String

    public enum Introspection: Sendable {
        case active(claims: JSON)
        case inactive(reason: String)
        /// It was good, and is in its time; but its verdict was judged again, and does not hold any more.
        case revoked(Revocation)
    }

    /// What a re-appraisal found, as the log has it.
    public struct Revocation: Hashable, Sendable {
        public let time: Instant
        public let reasons: [String]
        /// Of its entry.
        public let index: UInt64

        public init(time: Instant, reasons: [String], index: UInt64) {
            self.time = time
            self.reasons = reasons
            self.index = index
        }

        var sentence: String { "revoked by re-appraisal at \(time): \(reasons.joined(separator: ", "))" }
    }

    public init(
        draft: @escaping @Sendable (Judgement, String?) throws(HTTPProblem) -> TokenDraft,
        keySet: @escaping @Sendable (Int64) throws(HTTPProblem) -> JSON,
        history: @escaping @Sendable (Int64) throws(HTTPProblem) -> JSON,
        introspect: @escaping @Sendable (String, TokenDemand, Int64) throws(HTTPProblem) -> Introspection,
        statusList: @escaping @Sendable (String?, Int64) throws(HTTPProblem) -> String
    ) {
        self.draft = draft
        self.keySet = keySet
        self.history = history
        self.introspect = introspect
        self.statusList = statusList
    }
}

/// Single-use nonces.
public struct ChallengeEffects: Sendable {
    /// A fresh nonce, and the sealed challenge that carries it.
    public let issue: @Sendable (Int64) throws(HTTPProblem) -> IssuedChallenge
    /// Checks that a challenge is ours and in its time. Spends nothing: the rest of the request may be wrong.
    public let open: @Sendable (String, Int64) throws(HTTPProblem) -> OpenedChallenge
    /// Spends a challenge, for ever; throws where it was spent before.
    public let spend: @Sendable (OpenedChallenge, Int64) async throws(HTTPProblem) -> Void

    /// A challenge of ours, which may have been spent before.
    public struct OpenedChallenge: Hashable, Sendable {
        public let nonce: [UInt8]
        public let expires: Instant

        public init(nonce: [UInt8], expires: Instant) {
            self.nonce = nonce
            self.expires = expires
        }
    }

    public struct IssuedChallenge: Sendable {
        public let nonce: [UInt8]
        public let token: String
        public let expires: Instant

        public init(nonce: [UInt8], token: String, expires: Instant) {
            self.nonce = nonce
            self.token = token
            self.expires = expires
        }
    }

    public init(
        issue: @escaping @Sendable (Int64) throws(HTTPProblem) -> IssuedChallenge,
        open: @escaping @Sendable (String, Int64) throws(HTTPProblem) -> OpenedChallenge,
        spend: @escaping @Sendable (OpenedChallenge, Int64) async throws(HTTPProblem) -> Void
    ) {
        self.issue = issue
        self.open = open
        self.spend = spend
    }
}

public struct ReadinessReport: Sendable {
    public let isReady: Bool
    public let document: JSON

    public init(isReady: Bool, document: JSON) {
        self.isReady = isReady
        self.document = document
    }
}
