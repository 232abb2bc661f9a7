public import Wire

/// The 48 bytes that open every quote (dcap 1.2).
public struct QuoteHeader: Hashable, Sendable {
    public static let byteCount = 48
    /// UUID 939A7233-F79C-4CA9-940A-0DB3957F0607.
    package static let intelVendorID: [UInt8] = [
        0x93, 0x9A, 0x72, 0x33, 0xF7, 0x9C, 0x4C, 0xA9, 0x94, 0x0A, 0x0D, 0xB3, 0x95, 0x7F, 0x06, 0x07,
    ]

    /// 3, 4 or 5.
    public let version: UInt16
    /// 2: ECDSA-256 with P-256.
    public let attestationKeyType: UInt16
    public let tee: TEE
    /// Informative only: signed, but never used for TCB matching. Reserved in versions 4 and 5.
    public let qeSVN: UInt16
    public let pceSVN: UInt16
    public let qeVendorID: FixedBytes<16>
    /// The first 16 bytes are the QE identifier: a pseudonym of the host.
    public let userData: FixedBytes<20>
}
