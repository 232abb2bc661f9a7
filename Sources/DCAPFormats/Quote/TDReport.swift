public import Wire

/// A TD report body (dcap 1.5): the 584 bytes of TDX 1.0, what TDX 1.5 adds, and what its extended form adds to that.
public struct TDReport: Hashable, Sendable {
    public static let byteCount10 = 584
    public static let byteCount15 = 648
    public static let byteCount15Extended = 885

    /// [0] module minor SVN, [1] module major version, [2] SEAM or late-microcode SVN, as when the TD was built.
    public let teeTCBSVN: FixedBytes<16>
    public let mrSEAM: FixedBytes<48>
    public let mrSignerSEAM: FixedBytes<48>
    public let seamAttributes: FixedBytes<8>
    public let tdAttributes: TDAttributes
    public let xfam: UInt64
    public let mrTD: FixedBytes<48>
    public let mrConfigID: FixedBytes<48>
    public let mrOwner: FixedBytes<48>
    public let mrOwnerConfig: FixedBytes<48>
    public let rtmr0: FixedBytes<48>
    public let rtmr1: FixedBytes<48>
    public let rtmr2: FixedBytes<48>
    public let rtmr3: FixedBytes<48>
    public let reportData: FixedBytes<64>
    /// `nil` for a TDX 1.0 body.
    public let tdx15: TDX15?

    /// Bytes 584 to 648.
    public struct TDX15: Hashable, Sendable {
        /// As `teeTCBSVN`, for the module that is loaded now.
        public let teeTCBSVN2: FixedBytes<16>
        /// Zero when no service TD is bound.
        public let mrServiceTD: FixedBytes<48>
        /// `nil` for a plain TDX 1.5 body.
        public let extended: Extended?
    }

    /// Bytes 648 to 885: opaque to verification, reported as claims.
    public struct Extended: Hashable, Sendable {
        public let vmID: UInt8
        public let tdID: FixedBytes<32>
        public let devInfo: FixedBytes<48>
        public let initServTDHash: FixedBytes<48>
        public let initServTDAttr: FixedBytes<8>
        public let initCPUSVN: FixedBytes<16>
        public let initTEETCBSVN: FixedBytes<16>
        public let initTEEFMSPC: FixedBytes<12>
        public let curServTDHash: FixedBytes<48>
        public let curServTDAttr: FixedBytes<8>
    }

    init(from reader: inout ByteReader, _ type: QuoteBodyType) throws(FormatError) {
        teeTCBSVN = try reader.fixed("teeTcbSvn")
        mrSEAM = try reader.fixed("mrSeam")
        mrSignerSEAM = try reader.fixed("mrSignerSeam")
        seamAttributes = try reader.fixed("seamAttributes")
        tdAttributes = TDAttributes(rawValue: try reader.integer("tdAttributes"))
        xfam = try reader.integer("xfam")
        mrTD = try reader.fixed("mrTd")
        mrConfigID = try reader.fixed("mrConfigId")
        mrOwner = try reader.fixed("mrOwner")
        mrOwnerConfig = try reader.fixed("mrOwnerConfig")
        rtmr0 = try reader.fixed("rtmr0")
        rtmr1 = try reader.fixed("rtmr1")
        rtmr2 = try reader.fixed("rtmr2")
        rtmr3 = try reader.fixed("rtmr3")
        reportData = try reader.fixed("reportData")
        tdx15 = type == .td10 ? nil : try TDX15(from: &reader, type)
    }
}

extension TDReport.TDX15 {
    init(from reader: inout ByteReader, _ type: QuoteBodyType) throws(FormatError) {
        teeTCBSVN2 = try reader.fixed("teeTcbSvn2")
        mrServiceTD = try reader.fixed("mrServiceTd")
        extended = type == .td15Extended ? try TDReport.Extended(from: &reader) : nil
    }
}

extension TDReport.Extended {
    init(from reader: inout ByteReader) throws(FormatError) {
        vmID = try reader.integer("vmId")
        tdID = try reader.fixed("tdId")
        devInfo = try reader.fixed("devInfo")
        initServTDHash = try reader.fixed("initServTdHash")
        initServTDAttr = try reader.fixed("initServTdAttr")
        initCPUSVN = try reader.fixed("initCpuSvn")
        initTEETCBSVN = try reader.fixed("initTeeTcbSvn")
        initTEEFMSPC = try reader.fixed("initTeeFmspc")
        curServTDHash = try reader.fixed("curServTdHash")
        curServTDAttr = try reader.fixed("curServTdAttr")
    }
}

/// TDATTRIBUTES (dcap 1.9). The cases are the bit numbers of the TDX module specification.
public struct TDAttributes: OptionSet, Hashable, Sendable {
    public let rawValue: UInt64
    public init(rawValue: UInt64) { self.rawValue = rawValue }
    /// The host can read and change the TD.
    public static let debug = TDAttributes(rawValue: 1 << 0)
    public static let hgsPlusProfiling = TDAttributes(rawValue: 1 << 4)
    public static let performanceProfiling = TDAttributes(rawValue: 1 << 5)
    public static let pmtProfiling = TDAttributes(rawValue: 1 << 6)
    public static let icssd = TDAttributes(rawValue: 1 << 16)
    public static let serviceTDExtension = TDAttributes(rawValue: 1 << 17)
    public static let lass = TDAttributes(rawValue: 1 << 27)
    public static let septVEDisable = TDAttributes(rawValue: 1 << 28)
    public static let migratable = TDAttributes(rawValue: 1 << 29)
    public static let pks = TDAttributes(rawValue: 1 << 30)
    public static let kl = TDAttributes(rawValue: 1 << 31)
    public static let tpa = TDAttributes(rawValue: 1 << 62)
    public static let perfmon = TDAttributes(rawValue: 1 << 63)

    /// Bits 4 to 6: the host may profile the TD.
    public static let profiling: TDAttributes = [.hgsPlusProfiling, .performanceProfiling, .pmtProfiling]
    /// Bits 1–3, 7–15, 23–26, 32–61: no module sets them, so a set one means nobody knows what.
    public static let mustBeZero = TDAttributes(rawValue: 0x3FFF_FFFF_0780_FF8E)
}
