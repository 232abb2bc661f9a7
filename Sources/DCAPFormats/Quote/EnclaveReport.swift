public import Wire

/// An SGX enclave report body, 384 bytes (dcap 1.4): the application in an SGX quote, the quoting enclave in every quote.
public struct EnclaveReport: Hashable, Sendable {
    public static let byteCount = 384

    /// Raw CPUSVN of the platform: opaque, never compared with TCB components.
    public let cpuSVN: FixedBytes<16>
    public let miscSelect: UInt32
    public let isvExtProdID: FixedBytes<16>
    /// FLAGS (8 bytes) and XFRM (8 bytes) in memory order.
    public let attributes: FixedBytes<16>
    public let mrEnclave: FixedBytes<32>
    public let mrSigner: FixedBytes<32>
    public let configID: FixedBytes<64>
    public let isvProdID: UInt16
    public let isvSVN: UInt16
    public let configSVN: UInt16
    public let isvFamilyID: FixedBytes<16>
    public let reportData: FixedBytes<64>
    /// Where a reserved byte is not zero: the name of its field and its offset in the input.
    package let nonzeroReserved: NonzeroReserved?

    package struct NonzeroReserved: Hashable, Sendable {
        package let field: String
        package let offset: Int
    }

    init(from reader: inout ByteReader) throws(FormatError) {
        var nonzero: NonzeroReserved?
        cpuSVN = try reader.fixed("cpuSvn")
        miscSelect = try reader.integer("miscSelect")
        try Self.reserved(12, "reserved1", &reader, &nonzero)
        isvExtProdID = try reader.fixed("isvExtProdId")
        attributes = try reader.fixed("attributes")
        mrEnclave = try reader.fixed("mrEnclave")
        try Self.reserved(32, "reserved2", &reader, &nonzero)
        mrSigner = try reader.fixed("mrSigner")
        try Self.reserved(32, "reserved3", &reader, &nonzero)
        configID = try reader.fixed("configId")
        isvProdID = try reader.integer("isvProdId")
        isvSVN = try reader.integer("isvSvn")
        configSVN = try reader.integer("configSvn")
        try Self.reserved(42, "reserved4", &reader, &nonzero)
        isvFamilyID = try reader.fixed("isvFamilyId")
        reportData = try reader.fixed("reportData")
        nonzeroReserved = nonzero
    }

    private static func reserved(
        _ count: Int, _ field: String, _ reader: inout ByteReader, _ nonzero: inout NonzeroReserved?
    ) throws(FormatError) {
        let bytes = try reader.slice(count, field)
        guard nonzero == nil, let offset = bytes.firstIndex(where: { $0 != 0 }) else { return }
        nonzero = NonzeroReserved(field: field, offset: offset)
    }

    /// ATTRIBUTES.FLAGS as an integer (dcap 1.9).
    public var flags: SGXAttributes { SGXAttributes(rawValue: attributes.littleEndian(0)) }
    /// ATTRIBUTES.XFRM as an integer.
    public var xfrm: UInt64 { attributes.littleEndian(8) }
}

/// SGX ATTRIBUTES.FLAGS (dcap 1.9).
public struct SGXAttributes: OptionSet, Hashable, Sendable {
    public let rawValue: UInt64
    public init(rawValue: UInt64) { self.rawValue = rawValue }
    public static let initialized = SGXAttributes(rawValue: 1 << 0)
    /// The host can read the enclave's memory.
    public static let debug = SGXAttributes(rawValue: 1 << 1)
    public static let mode64Bit = SGXAttributes(rawValue: 1 << 2)
    public static let provisionKey = SGXAttributes(rawValue: 1 << 4)
    public static let einitTokenKey = SGXAttributes(rawValue: 1 << 5)
    public static let cet = SGXAttributes(rawValue: 1 << 6)
    public static let kss = SGXAttributes(rawValue: 1 << 7)
    public static let aexNotify = SGXAttributes(rawValue: 1 << 10)
}

extension FixedBytes {
    /// Eight bytes from `start` as a little-endian integer. `start + 8` must lie within the value.
    package func littleEndian(_ start: Int) -> UInt64 {
        var value: UInt64 = 0
        for index in stride(from: start + 7, through: start, by: -1) { value = value << 8 | UInt64(self[index]) }
        return value
    }
}
