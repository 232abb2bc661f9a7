/// An SGX enclave report (dcap 1.4, 384 bytes): of the application, or of the quoting enclave.
package struct EnclaveReportRecipe: Hashable, Sendable {
    package var cpuSVN: [UInt8]
    package var miscSelect: UInt32 = 0
    package var reserved1 = [UInt8](repeating: 0, count: 12)
    package var isvExtendedProdID = [UInt8](repeating: 0, count: 16)
    /// ATTRIBUTES.FLAGS.
    package var flags: UInt64
    /// ATTRIBUTES.XFRM.
    package var xfrm: UInt64 = 0xE7
    package var mrEnclave: [UInt8]
    package var reserved2 = [UInt8](repeating: 0, count: 32)
    package var mrSigner: [UInt8]
    package var reserved3 = [UInt8](repeating: 0, count: 32)
    package var configID = [UInt8](repeating: 0, count: 64)
    package var isvProdID: UInt16
    package var isvSVN: UInt16
    package var configSVN: UInt16 = 0
    package var reserved4 = [UInt8](repeating: 0, count: 42)
    package var isvFamilyID = [UInt8](repeating: 0, count: 16)
    package var reportData = [UInt8](repeating: 0, count: 64)

    static let reservedRanges = [20..<32, 96..<128, 160..<192, 262..<304]

    var bytes: [UInt8] {
        let start = cpuSVN + miscSelect.littleEndianBytes + reserved1 + isvExtendedProdID
        let measured = flags.littleEndianBytes + xfrm.littleEndianBytes + mrEnclave + reserved2 + mrSigner + reserved3
        let versions = isvProdID.littleEndianBytes + isvSVN.littleEndianBytes + configSVN.littleEndianBytes
        return start + measured + configID + versions + reserved4 + isvFamilyID + reportData
    }
}

/// Bits of ATTRIBUTES.FLAGS (dcap 1.9).
enum EnclaveFlags {
    static let initialized: UInt64 = 1 << 0
    static let debug: UInt64 = 1 << 1
    static let mode64Bit: UInt64 = 1 << 2
    static let provisionKey: UInt64 = 1 << 4
}
