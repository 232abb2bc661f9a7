import Appraisal
import DCAPFormats
import DCAPVerification
import Wire

/// A healthy trust domain as a verified quote would describe it, with the registers of a log. No quote stands behind it, so
/// that no signature is made or checked in a loop.
enum TrustDomain {
    static let time = Instant(seconds: 1_768_435_200)  // 2026-01-15T00:00:00Z
    static let mrTD = [UInt8](repeating: 0xA0, count: 48)
    static let reportData = [UInt8](repeating: 0xDA, count: 64)

    /// Offsets in a TD report (dcap 1.5).
    private enum Offset {
        static let seam = 16, attributes = 120, xfam = 128, mrTD = 136, rtmr0 = 328, reportData = 520
    }

    static let noRegisters = [[UInt8]](repeating: [UInt8](repeating: 0, count: 48), count: 4)

    static func facts(_ registers: [[UInt8]], reportData: [UInt8] = Self.reportData) -> RecordedFacts? {
        let type = QuoteBodyType.td15
        var bytes = [UInt8](repeating: 0, count: type.byteCount)
        func put(_ value: [UInt8], at offset: Int) { bytes.replaceSubrange(offset..<offset + value.count, with: value) }
        put([UInt8](repeating: 0x5E, count: 48), at: Offset.seam)
        put([0x10], at: Offset.attributes + 3)
        put([0xE7], at: Offset.xfam)
        put(mrTD, at: Offset.mrTD)
        for (index, register) in registers.enumerated() { put(register, at: Offset.rtmr0 + 48 * index) }
        put(reportData, at: Offset.reportData)
        guard let body = Quote.Body(parsing: bytes, type) else { return nil }
        let level = TCBEvaluation.Level(
            status: .upToDate, platformStatus: .upToDate, moduleStatus: .upToDate, qeStatus: .upToDate,
            date: time.advanced(bySeconds: -864_000), advisoryIDs: [])
        return RecordedFacts(
            time: time, quoteVersion: 5, bodyType: type, bodyBytes: bytes, body: body,
            tcb: TCBEvaluation(
                status: .upToDate, launch: level, current: level, tcbInfoEvaluationNumber: 18,
                qeIdentityEvaluationNumber: 18, outOfDate: [], svnRegression: false),
            collateral: CollateralFacts(items: [
                CollateralFacts.Item(
                    name: "tcb_info", issued: time.advanced(bySeconds: -86_400),
                    expires: time.advanced(bySeconds: 1_728_000))
            ]),
            platform: PlatformFacts(
                fmspc: FixedBytes(), pceID: FixedBytes(), authority: "platform", sgxType: "Scalable", pceSVN: 13,
                componentSVNs: FixedBytes(), dynamicPlatform: false, cachedKeys: false, smtEnabled: true,
                host: .notRecorded),
            isUnderIntelRoot: true)
    }
}
