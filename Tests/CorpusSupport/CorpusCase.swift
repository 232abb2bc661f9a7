public import Wire

/// One line of `cases.json`: a quote and a bundle judged at a time, what two peers said, and what follows from it.
public struct CorpusCase: Decodable, Sendable, CustomStringConvertible {
    /// Where T lies, for the cases made at the edges of a bundle's validity.
    public enum TimeCase: String, Decodable, Sendable {
        case windowStart = "window-start"
        /// T is exactly the earliest nextUpdate: expired by dcap 5.9.
        case windowEnd = "window-end"
        case beforeWindow = "before-window"
        case afterWindow = "after-window"
    }

    public struct Expectation: Decodable, Sendable {
        /// `nil` where the peers disagree.
        public let outcome: PeerVerdict?
        public let tcbStatus: String?
        /// `nil` where no peer reports them.
        public let advisoryIDs: [String]?
        /// Whose word this is.
        public let basis: String
        /// The attribute rule by which dcap-qvl refuses although cryptography and TCB evaluate.
        public let policyFlag: String?
        public let reasonClass: String?
        public let note: String?

        private enum CodingKeys: String, CodingKey {
            case outcome, basis, note
            case tcbStatus = "tcb_status"
            case advisoryIDs = "advisory_ids"
            case policyFlag = "policy_flag"
            case reasonClass = "reason_class"
        }
    }

    public let id: String
    /// The name of an item of kind quote or bad-quote.
    public let quote: String
    /// Another file of the same quote, with the padding its source had.
    public let quoteFile: String?
    /// The name of a bundle, or of the folder of Intel's sample set.
    public let collateral: String
    /// T in seconds since 1970.
    public let now: Int64
    public let timeCase: TimeCase?
    /// The root that replaces Intel's in this case, as a file.
    public let trustRoot: String?
    public let expected: Expectation
    public let dcapQVL: DCAPQVLAnswer
    public let intelQVL: IntelQVLAnswer

    public var time: Instant { Instant(seconds: now) }
    public var description: String { timeCase.map { "\(id) [\($0.rawValue)]" } ?? id }

    private enum CodingKeys: String, CodingKey {
        case id, quote, collateral, now, expected
        case quoteFile = "quote_file"
        case timeCase = "time_case"
        case trustRoot = "trust_root"
        case dcapQVL = "dcap_qvl"
        case intelQVL = "intel_qvl"
    }
}

public enum PeerVerdict: String, Decodable, Sendable { case accept, reject }

/// What dcap-qvl 0.7.0 answered: a status with advisories, or an error text.
public struct DCAPQVLAnswer: Decodable, Sendable {
    public let status: String?
    public let advisoryIDs: [String]?
    public let qeTCBStatus: String?
    public let error: String?

    private enum CodingKeys: String, CodingKey {
        case status, error
        case advisoryIDs = "advisory_ids"
        case qeTCBStatus = "qe_tcb_status"
    }
}

/// What Intel's QVL answered in each of its four calls.
public struct IntelQVLAnswer: Decodable, Sendable {
    public let pckChain: String?
    public let tcbInfo: String?
    public let qeIdentity: String?
    public let quote: String?

    private enum CodingKeys: String, CodingKey {
        case quote
        case pckChain = "pck_chain"
        case tcbInfo = "tcb_info"
        case qeIdentity = "qe_identity"
    }
}
