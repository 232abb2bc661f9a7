import Appraisal
import DCAPFormats
import DCAPVerification
public import MerkleLog
public import ResultToken
public import Wire

/// All that the claims of a token are made of: the verdict, what the archive keeps of the submission, and what nothing in
/// them says (`Free`). The service makes its tokens from one, and an auditor the same claims again from the bundle: what
/// a token says and a verdict does not is found by comparing the two (transparency-log 14.5 step 6).
public struct TokenSources: Sendable {
    /// An accept: nothing else has a token.
    public let verdict: AcceptedVerdict
    public let adapter: Adapter
    /// `jti`.
    public let identifier: String
    public let evidenceSHA256: MerkleHash
    public let given: Submission.Given
    /// Of the reference sets that the policies read.
    public let references: [MerkleHash]
    /// The TCB status under the newest documents, where there were any.
    public let forecast: String?
    public let verifier: VerifierIdentity

    public init(
        verdict: AcceptedVerdict, adapter: Adapter, identifier: String, evidenceSHA256: MerkleHash,
        given: Submission.Given, references: [MerkleHash], forecast: String?, verifier: VerifierIdentity
    ) {
        self.verdict = verdict
        self.adapter = adapter
        self.identifier = identifier
        self.evidenceSHA256 = evidenceSHA256
        self.given = given
        self.references = references
        self.forecast = forecast
        self.verifier = verifier
    }

    /// - Returns: `nil` for anything but an accept.
    public init?(_ judgement: Judgement, verifier: VerifierIdentity) {
        guard let verdict = AcceptedVerdict(judgement.verdict) else { return nil }
        self.init(
            verdict: verdict, adapter: judgement.submission.adapter, identifier: judgement.identifier,
            evidenceSHA256: judgement.submission.evidence.sha256, given: judgement.submission.given,
            references: judgement.references.recordedHashes, forecast: judgement.forecast, verifier: verifier)
    }

    /// Each interface has the shape of token that its peers' clients read.
    public var profile: TokenProfile {
        switch adapter {
        case .native, .cczoo: .ear
        case .trustee: .earDotted
        case .alibaba: .simple
        }
    }

    /// The claims of a new token, without `log`.
    ///
    /// - Throws: where the token would be expired when it is made.
    public func claims(
        issuer: String, audience: String?, lifetimeSeconds: Int64, status: StatusReference?
    ) throws(TokenError) -> JSON {
        try profile.claimSet(of: verdict, context(issuer, audience, lifetimeSeconds, status))
    }

    /// What is free in the claims: nothing else that is recorded says it.
    public struct Free: Hashable, Sendable {
        public var issuer: String
        public var audience: String?
        public var issued: Instant
        public var expires: Instant
        public var status: StatusReference?

        public init(issuer: String, audience: String?, issued: Instant, expires: Instant, status: StatusReference?) {
            self.issuer = issuer
            self.audience = audience
            self.issued = issued
            self.expires = expires
            self.status = status
        }
    }

    /// The claims of the token that has these, without `log`.
    public func claims(_ free: Free) -> JSON {
        profile.claimSet(
            of: verdict, context(free.issuer, free.audience, 0, free.status), issued: free.issued,
            expires: free.expires)
    }

    private func context(
        _ issuer: String, _ audience: String?, _ lifetimeSeconds: Int64, _ status: StatusReference?
    ) -> TokenContext {
        TokenContext(
            issuer: issuer, audience: audience, identifier: identifier, lifetimeSeconds: lifetimeSeconds,
            build: verifier.build, nonce: given.nonce, evidenceSHA256: evidenceSHA256, forecast: forecast,
            references: references, runtimeData: runtimeData, log: nil, status: status)
    }

    /// What the peers' shapes repeat of what was bound: the bytes in base64url, or the object whose canonical text was
    /// hashed.
    private var runtimeData: JSON? {
        guard adapter == .trustee || adapter == .alibaba, let bound = given.userData,
            let scheme = verdict.verdict.expectedReportData?.scheme
        else { return nil }
        if scheme == .raw { return .string(Base64URL.encode(bound)) }
        return (try? JSONDocument(parsing: bound)).flatMap { JSON(document: $0.root) }
    }
}
