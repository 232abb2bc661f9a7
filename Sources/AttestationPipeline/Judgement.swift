public import Appraisal
public import Wire

/// One submission: evidence, and what it shall be held against.
public struct Submission: Sendable {
    /// The quote, as it came.
    public let quote: [UInt8]
    /// All must hold; none stands for the strict one.
    public let policies: [Policy]
    /// What the policies' claim rules are held against.
    public let references: ReferenceLibrary
    /// The boot's event log, as it came; read only once the quote has verified.
    public let eventLog: [UInt8]?
    /// What report_data must hold; `nil` where the caller chose nothing.
    public let expectedReportData: ExpectedReportData?
    /// The interface it came through: each verdict records it, and none is looser than another.
    public let adapter: Adapter

    public init(
        quote: [UInt8], policies: [Policy], references: ReferenceLibrary = .empty, eventLog: [UInt8]? = nil,
        expectedReportData: ExpectedReportData?, adapter: Adapter
    ) {
        self.quote = quote
        self.policies = policies
        self.references = references
        self.eventLog = eventLog
        self.expectedReportData = expectedReportData
        self.adapter = adapter
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
    public let verdict: Verdict
    /// SHA-256 of the canonical quote, without the driver's padding; of the input where it is no quote.
    public let evidenceSHA256: FixedBytes<32>
    public let adapter: Adapter
    /// When the clock was read, in milliseconds since 1970; `verdict.time` is this in whole seconds.
    public let timeMilliseconds: Int64
    /// Base URL of the service whose documents were used; `nil` where none were.
    public let collateralSource: String?
    /// The TCB status under the newest documents, where there are any.
    public let forecast: String?
    /// For an `error`: whether the same request may succeed later, and when.
    public let retry: Retry?

    public struct Retry: Hashable, Sendable {
        public let isWorthwhile: Bool
        public let afterSeconds: Int?
    }
}

/// The proof that a judgement is recorded.
public struct Receipt: Hashable, Sendable {
    public let document: JSON

    public init(document: JSON) { self.document = document }
}

/// The judgement could not be recorded: there is no verdict then, only an apology (design 1).
public struct RecordFailure: Error, Hashable, Sendable {
    public let code: String
    public let sentence: String

    public init(code: String, sentence: String) {
        self.code = code
        self.sentence = sentence
    }
}
