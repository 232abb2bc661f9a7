/// One entry of `manifest.json`; only the members that tests use.
public struct CorpusItem: Decodable, Sendable, CustomStringConvertible {
    /// The kind's name as the manifest writes it; kinds that no test uses are not listed here.
    public struct Kind: RawRepresentable, Hashable, Decodable, Sendable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        public static let quote = Kind(rawValue: "quote")
        public static let collateralBundle = Kind(rawValue: "collateral-bundle")
        public static let caCertificate = Kind(rawValue: "ca-cert")
        public static let pckCertificate = Kind(rawValue: "pck-cert")
        public static let pckCRL = Kind(rawValue: "pck-crl")
        public static let rootCRL = Kind(rawValue: "root-ca-crl")
        public static let tcbInfo = Kind(rawValue: "tcb-info")
        public static let enclaveIdentity = Kind(rawValue: "enclave-identity")
        public static let badQuote = Kind(rawValue: "bad-quote")
        public static let badDerivedQuote = Kind(rawValue: "bad-derived-quote")
        public static let badDerivedCollateral = Kind(rawValue: "bad-derived-collateral")
        public static let badCollateral = Kind(rawValue: "bad-collateral")
        public static let badPKI = Kind(rawValue: "bad-pki")
        public static let ccel = Kind(rawValue: "event-log-ccel")
        public static let aael = Kind(rawValue: "event-log-aael")
        public static let dstackLog = Kind(rawValue: "event-log-dstack")
        public static let tpmLog = Kind(rawValue: "event-log-tpm")
        public static let badEventLog = Kind(rawValue: "bad-event-log")
    }

    public struct File: Decodable, Sendable {
        public let file: String
    }

    public let name: String
    public let kind: Kind
    /// The path of an item that is one file.
    public let file: String?
    /// The paths of an item that is a folder.
    public let files: [File]?
    public let version: Int?
    public let tee: String?
    public let trust: String?
    public let certificationDataType: Int?
    public let fmspc: String?
    /// When the item, if a bundle, is to be verified.
    public let verifyAt: Int64?
    /// For derived items: what they were made of, what was done, what goes with them and when.
    public let derivedFrom: String?
    public let recipe: String?
    public let quote: String?
    public let collateral: String?
    public let now: Int64?
    public let expected: CorpusItemExpectation?
    /// For event logs: what its events lead to, by register name; and quotes with the same values in all registers, or in
    /// RTMR3.
    public let replayedRTMR: [String: String]?
    public let matchingQuotes: [String]?
    public let matchingQuotesRTMR3: [String]?
    public let eventCount: Int?
    public let logEndOffset: Int?

    public var description: String { name }

    private enum CodingKeys: String, CodingKey {
        case name, kind, file, files, version, tee, trust, fmspc, recipe, quote, collateral, now, expected
        case certificationDataType = "cert_data_type"
        case verifyAt = "verify_at"
        case derivedFrom = "derived_from"
        case replayedRTMR = "replayed_rtmr"
        case matchingQuotes = "matching_quotes_all_rtmrs"
        case matchingQuotesRTMR3 = "matching_quotes_rtmr3"
        case eventCount = "n_events"
        case logEndOffset = "log_end_offset"
    }
}

/// The `expected` member of an item; its shape differs by kind, so everything is optional.
public struct CorpusItemExpectation: Decodable, Sendable {
    /// The verdict on a derived item, with the words of `CorpusCase.Expectation`.
    public let verdict: CorpusCase.Expectation?
    public let dcapQVL: DCAPQVLAnswer?
    /// Intel QVL's answers to a derived item, call by call.
    public let intelQVL: IntelQVLAnswer?
    /// Intel QVL's answer where one call was made.
    public let intelQVLStatus: String?
    /// The status that Intel's own test demands.
    public let sourceDeclared: String?
    public let outcome: PeerVerdict?
    public let now: Int64?
    /// The bundle that a broken quote was judged with.
    public let collateral: String?

    private enum CodingKeys: String, CodingKey {
        case verdict, outcome, now, collateral
        case nowForPeer = "now_for_peer"
        case dcapQVL = "dcap_qvl"
        case intelQVL = "intel_qvl_7e5b2a1"
        case sourceDeclared = "source_declared"
    }

    public init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        verdict = try members.decodeIfPresent(CorpusCase.Expectation.self, forKey: .verdict)
        dcapQVL = try members.decodeIfPresent(DCAPQVLAnswer.self, forKey: .dcapQVL)
        intelQVL = try? members.decodeIfPresent(IntelQVLAnswer.self, forKey: .intelQVL)
        intelQVLStatus = try? members.decodeIfPresent(String.self, forKey: .intelQVL)
        sourceDeclared = try members.decodeIfPresent(String.self, forKey: .sourceDeclared)
        outcome = try members.decodeIfPresent(PeerVerdict.self, forKey: .outcome)
        now =
            try members.decodeIfPresent(Int64.self, forKey: .now)
            ?? members.decodeIfPresent(Int64.self, forKey: .nowForPeer)
        collateral = try members.decodeIfPresent(String.self, forKey: .collateral)
    }
}
