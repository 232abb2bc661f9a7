public import Wire

/// The 64 bytes that report_data must hold for the answer to be fresh: the caller's nonce or hash, in the scheme `raw`
/// (wire-formats 2.9).
public struct ExpectedReportData: Hashable, Sendable {
    public let bytes: FixedBytes<64>

    /// - Parameter raw: 1 to 64 bytes; shorter values are padded with zeros at the end, as attesters do. All-zero bytes
    ///   bind nothing and are refused.
    public init?(raw: [UInt8]) {
        guard (1...64).contains(raw.count), raw.contains(where: { $0 != 0 }),
            let bytes = FixedBytes<64>(exactly: raw + [UInt8](repeating: 0, count: 64 - raw.count))
        else { return nil }
        self.bytes = bytes
    }
}
