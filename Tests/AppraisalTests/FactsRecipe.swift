import Appraisal
import DCAPFormats
import DCAPVerification
import Wire

/// Verified facts as a test wants them: a healthy TD or enclave, with anything changed. No quote stands behind them.
struct FactsRecipe {
    static let time = Instant(seconds: 1_768_435_200)  // 2026-01-15T00:00:00Z

    var time = FactsRecipe.time
    var bodyType = QuoteBodyType.td15
    var body: [UInt8]
    var status = TCBStatus.upToDate
    var currentStatus = TCBStatus.upToDate
    var tcbDate = FactsRecipe.time.advanced(bySeconds: -86_400 * 10)
    /// Of what runs now, where that is another.
    var currentTCBDate: Instant?
    var advisories: [String] = []
    /// Of what runs now, beside those of launch.
    var currentAdvisories: [String] = []
    var evaluationNumber: UInt32 = 18
    var collateralEnd = FactsRecipe.time.advanced(bySeconds: 86_400 * 20)
    var sgxType = "Scalable"
    var dynamicPlatform: Bool? = false
    var cachedKeys: Bool? = false
    var smtEnabled: Bool? = true
    var ppid = [UInt8](repeating: 0x55, count: 32)
    var namesHost = true

    /// Offsets in a TD report (dcap 1.5).
    enum TD {
        static let seam = 16, attributes = 120, xfam = 128, mrTD = 136, configID = 184, owner = 232, ownerConfig = 280
        static let rtmr0 = 328, rtmr3 = 472, reportData = 520, serviceTD = 600
        static let initServTDHash = 729, curServTDHash = 829
    }

    /// Offsets in an enclave report (dcap 1.4).
    enum SGX {
        static let miscSelect = 16, attributes = 48, mrEnclave = 64, mrSigner = 128, configID = 192, prodID = 256
        static let svn = 258, configSVN = 260, reportData = 320
    }

    static func td() -> FactsRecipe {
        var body = [UInt8](repeating: 0, count: QuoteBodyType.td15.byteCount)
        body.fill(TD.seam, 48, 0x5E)
        body[TD.attributes + 3] = 0x10
        body[TD.xfam] = 0xE7
        body.fill(TD.mrTD, 48, 0xA0)
        for index in 0..<4 { body.fill(TD.rtmr0 + 48 * index, 48, UInt8(0xB0 + index)) }
        body.fill(TD.reportData, 64, 0xDA)
        return FactsRecipe(body: body)
    }

    /// The same TD in another body: what that has no field for is gone, and what it has besides is zero.
    static func td(_ bodyType: QuoteBodyType) -> FactsRecipe {
        td().with { recipe in
            recipe.bodyType = bodyType
            let body = recipe.body + [UInt8](repeating: 0, count: bodyType.byteCount)
            recipe.body = Array(body.prefix(bodyType.byteCount))
        }
    }

    static func sgx() -> FactsRecipe {
        var body = [UInt8](repeating: 0, count: QuoteBodyType.sgx.byteCount)
        body[SGX.attributes] = 0x05
        body.fill(SGX.mrEnclave, 32, 0xE0)
        body.fill(SGX.mrSigner, 32, 0xE1)
        body[SGX.prodID] = 3
        body[SGX.svn] = 7
        body[SGX.configSVN] = 2
        body.fill(SGX.configID, 64, 0xC1)
        body.fill(SGX.reportData, 64, 0xDA)
        return FactsRecipe(bodyType: .sgx, body: body)
    }

    init(bodyType: QuoteBodyType = .td15, body: [UInt8]) {
        self.bodyType = bodyType
        self.body = body
    }

    func with(_ edit: (inout FactsRecipe) -> Void) -> FactsRecipe {
        var recipe = self
        edit(&recipe)
        return recipe
    }

    func make() throws -> RecordedFacts {
        func level(_ status: TCBStatus, _ date: Instant, _ advisories: [String]) -> TCBEvaluation.Level {
            TCBEvaluation.Level(
                status: status, platformStatus: status, moduleStatus: bodyType == .sgx ? nil : .upToDate,
                qeStatus: .upToDate, date: date, advisoryIDs: advisories)
        }
        guard let report = Quote.Body(parsing: body, bodyType) else { throw Unmade() }
        return RecordedFacts(
            time: time, quoteVersion: 5, bodyType: bodyType, bodyBytes: body, body: report,
            tcb: TCBEvaluation(
                status: status, launch: level(status.isRelaunch ? .outOfDate : status, tcbDate, advisories),
                current: level(currentStatus, currentTCBDate ?? tcbDate, advisories + currentAdvisories),
                tcbInfoEvaluationNumber: evaluationNumber, qeIdentityEvaluationNumber: evaluationNumber + 1,
                outOfDate: [], svnRegression: false),
            collateral: CollateralFacts(items: [
                CollateralFacts.Item(
                    name: "tcb_info", issued: time.advanced(bySeconds: -86_400), expires: collateralEnd)
            ]),
            platform: PlatformFacts(
                fmspc: FixedBytes(exactly: [0x90, 0xC0, 0x6F, 0, 0, 0]) ?? FixedBytes(), pceID: FixedBytes(),
                authority: "platform", sgxType: sgxType, pceSVN: 13, componentSVNs: FixedBytes(),
                dynamicPlatform: dynamicPlatform, cachedKeys: cachedKeys, smtEnabled: smtEnabled,
                host: namesHost
                    ? .known(
                        ppidSHA256: FixedBytes(exactly: ppid) ?? FixedBytes(),
                        instanceID: FixedBytes(exactly: [UInt8](repeating: 0x77, count: 16))) : .notRecorded),
            isUnderIntelRoot: true)
    }

    struct Unmade: Error {}
}

extension TCBStatus {
    fileprivate var isRelaunch: Bool { self == .tdRelaunchAdvised || self == .tdRelaunchAdvisedConfigurationNeeded }
}

extension [UInt8] {
    mutating func put(_ bytes: [UInt8], at start: Int) { replaceSubrange(start..<start + bytes.count, with: bytes) }

    mutating func fill(_ start: Int, _ count: Int, _ value: UInt8) {
        for index in start..<start + count { self[index] = value }
    }
}

extension Policy {
    /// A policy of test: the members given, besides id and version.
    static func of(_ members: String) throws -> Policy {
        let text = #"{"id":"test","version":1"# + (members.isEmpty ? "" : ",") + members + "}"
        return try Policy(parsing: Array(text.utf8))
    }
}

extension String {
    /// A byte `count` times, in hex.
    static func bytes(_ value: UInt8, _ count: Int) -> String { Hex.encode([UInt8](repeating: value, count: count)) }
}
