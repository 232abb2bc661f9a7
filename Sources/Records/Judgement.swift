public import Appraisal
import DCAPVerification
public import MerkleLog
public import Wire
public import Words

/// One submission: evidence, and what it shall be held against.
public struct Submission: Sendable {
    public let evidence: Evidence
    /// All must hold; none stands for the strict one.
    public let policies: [Policy]
    /// What the policies' claim rules are held against.
    public let references: ReferenceLibrary
    /// What report_data must hold; `nil` where the caller chose nothing.
    public let expectedReportData: ExpectedReportData?
    /// The interface it came through: each verdict records it, and none is looser than another.
    public let adapter: Adapter
    public let given: Given

    /// What the caller gave besides the quote, as it came: for the record.
    public struct Given: Hashable, Sendable {
        public let nonce: [UInt8]?
        public let nonceSHA256: MerkleHash?
        /// What report_data was to bind.
        public let userData: [UInt8]?
        public let userDataSHA256: MerkleHash?
        /// Whether the nonce was a challenge of this service: the one in `nonce`, or one inside the user data.
        public let isChallenge: Bool

        public init(nonce: [UInt8]? = nil, userData: [UInt8]? = nil, isChallenge: Bool = false) {
            self.nonce = nonce
            nonceSHA256 = nonce.map { MerkleHashing.sha256($0) }
            self.userData = userData
            userDataSHA256 = userData.map { MerkleHashing.sha256($0) }
            self.isChallenge = isChallenge
        }
    }

    public init(
        evidence: Evidence, policies: [Policy], references: ReferenceLibrary = .empty,
        expectedReportData: ExpectedReportData?, adapter: Adapter, given: Given = Given()
    ) {
        self.evidence = evidence
        self.policies = policies
        self.references = references
        self.expectedReportData = expectedReportData
        self.adapter = adapter
        self.given = given
    }
}

/// The interfaces of wire-formats 2.12 that exist. Raw values are stable.
public enum Adapter: String, CaseIterable, Hashable, Sendable {
    case native, alibaba, trustee, cczoo
}

/// A verdict with everything that must be recorded before anybody hears of it.
public struct Judgement: Sendable {
    /// UUIDv7 of the submission: `jti` of its token, name of its log entry.
    public let identifier: String
    public let submission: Submission
    public let verdict: Verdict
    /// When the clock was read, in milliseconds since 1970; `verdict.time` is this in whole seconds.
    public let timeMilliseconds: Int64
    /// What the verdict rests on, where any was at hand.
    public let endorsements: Endorsements?
    /// For an `error`: whether the same request may succeed later, and when.
    public let retry: Retry?
    /// The TCB status under the newest documents, where there are any.
    public let forecast: String?
    /// What it was judged by, under one hash.
    public let policy: RecordedPolicy
    /// The reference sets that the policies name.
    public let references: [ReferenceSet]

    public struct Retry: Hashable, Sendable {
        public let isWorthwhile: Bool
        public let afterSeconds: Int?

        public init(isWorthwhile: Bool, afterSeconds: Int?) {
            self.isWorthwhile = isWorthwhile
            self.afterSeconds = afterSeconds
        }
    }

    /// - Parameter verdict: On this submission, at this time.
    public init(
        _ verdict: Verdict, on submission: Submission, identifier: String, timeMilliseconds: Int64,
        endorsements: Endorsements?, retry: Retry? = nil
    ) {
        self.identifier = identifier
        self.submission = submission
        self.verdict = verdict
        self.timeMilliseconds = timeMilliseconds
        self.endorsements = endorsements
        self.retry = retry
        forecast =
            if case .verified(let quote) = verdict.verification, let early = endorsements?.early {
                quote.forecastStatus(under: early)
            } else {
                nil
            }
        policy = RecordedPolicy(verdict.policies)
        references = submission.references.used(
            by: verdict.policies, withEventLog: submission.evidence.eventLog != nil)
    }

    /// Base URL of the service whose documents were used; `nil` where none were.
    public var collateralSource: String? { endorsements?.source }
}

/// The token that a judgement gets, as its log entry names it: the claims are fixed before it is recorded, and signed
/// after (transparency-log 2.5).
public struct TokenCommitment: Hashable, Sendable {
    /// The claims without `log`, in canonical form: archived, so that an auditor can hold the token to account.
    public let claims: [UInt8]
    /// Of these.
    public let claimsSHA256: FixedBytes<32>
    public let keyIdentifier: String
    /// `exp`: so long is the verdict judged again when what it rests on changes.
    public let expires: Instant
    /// Where it is said whether the token still stands; `nil` for shapes that name no such place.
    public let status: StatusPlace?

    /// A status list of this service, and the token's bit in it.
    public struct StatusPlace: Hashable, Sendable {
        public let list: String
        public let index: Int64

        public init(list: String, index: Int64) {
            self.list = list
            self.index = index
        }
    }

    public init(claims: [UInt8], keyIdentifier: String, expires: Instant, status: StatusPlace?) {
        self.claims = claims
        claimsSHA256 = MerkleHashing.sha256(claims)
        self.keyIdentifier = keyIdentifier
        self.expires = expires
        self.status = status
    }
}

/// The proof that a judgement is recorded. Who has one may sign and answer.
public struct Receipt: Hashable, Sendable {
    /// `log` of the answer: status, index, size, leaf hash, proof.
    public let document: JSON
    /// `log` of the token: origin, index, leaf.
    public let claim: JSON

    public init(document: JSON, claim: JSON) {
        self.document = document
        self.claim = claim
    }
}

/// The judgement could not be recorded: there is no verdict then, only an apology (docs/architecture.md).
public struct RecordFailure: Error, Hashable, Sendable {
    public let code: String
    public let sentence: String
    public let retryAfterSeconds: Int
    /// What the judgement rests on was retired while it was made: judge again, by what is in force now.
    public let isOutdated: Bool
    /// For the caller, where it helps; `nil`: nothing more than that there is no verdict.
    public let detail: Sentence?

    public init(
        code: String, sentence: String, retryAfterSeconds: Int, isOutdated: Bool = false, detail: Sentence? = nil
    ) {
        self.detail = detail
        self.code = code
        self.sentence = sentence
        self.retryAfterSeconds = retryAfterSeconds
        self.isOutdated = isOutdated
    }
}
