/// A TD report body (dcap 1.5): 584 bytes, 648 with the 1.5 part, 885 with the extended part.
package struct TDReportRecipe: Hashable, Sendable {
    /// What TDX 1.5 added: the module that runs now, and the bound service TD.
    package struct Version15: Hashable, Sendable {
        package var teeTCBSVN2: [UInt8]
        package var mrServiceTD = [UInt8](repeating: 0, count: 48)
    }

    /// What body type 4 added, opaque to verification.
    package struct Extended: Hashable, Sendable {
        package var vmID: UInt8 = 0
        package var tdID = [UInt8](repeating: 0, count: 32)
        package var devInfo = [UInt8](repeating: 0, count: 48)
        package var initServTDHash = [UInt8](repeating: 0, count: 48)
        package var initServTDAttributes = [UInt8](repeating: 0, count: 8)
        package var initCPUSVN = [UInt8](repeating: 0, count: 16)
        package var initTEETCBSVN = [UInt8](repeating: 0, count: 16)
        package var initTEEFMSPC = [UInt8](repeating: 0, count: 12)
        package var curServTDHash = [UInt8](repeating: 0, count: 48)
        package var curServTDAttributes = [UInt8](repeating: 0, count: 8)
    }

    /// [0] module minor SVN, [1] module major version, [2] SEAM or late-microcode SVN; when the TD was built.
    package var teeTCBSVN: [UInt8]
    package var mrSeam: [UInt8]
    package var mrSignerSeam = [UInt8](repeating: 0, count: 48)
    package var seamAttributes = [UInt8](repeating: 0, count: 8)
    package var tdAttributes: UInt64 = TDAttributeBits.septVEDisable
    package var xfam: UInt64 = 0x0006_02E7
    package var mrTD: [UInt8]
    package var mrConfigID = [UInt8](repeating: 0, count: 48)
    package var mrOwner = [UInt8](repeating: 0, count: 48)
    package var mrOwnerConfig = [UInt8](repeating: 0, count: 48)
    /// The four runtime measurement registers, 48 bytes each.
    package var rtmr: [[UInt8]]
    package var reportData: [UInt8]
    package var version15: Version15?
    package var extended: Extended?

    static let partRanges: [(QuoteField, Range<Int>)] = [
        (.teeTCBSVN, 0..<16), (.mrSignerSeam, 64..<112), (.seamAttributes, 112..<120),
    ]

    var bytes: [UInt8] {
        let module = teeTCBSVN + mrSeam + mrSignerSeam + seamAttributes
        let build = tdAttributes.littleEndianBytes + xfam.littleEndianBytes + mrTD + mrConfigID + mrOwner
        let base = module + build + mrOwnerConfig + rtmr.flatMap { $0 } + reportData
        let current = version15.map { $0.teeTCBSVN2 + $0.mrServiceTD } ?? []
        return base + current + (extended.map(\.bytes) ?? [])
    }
}

extension TDReportRecipe.Extended {
    var bytes: [UInt8] {
        let initial = initServTDHash + initServTDAttributes + initCPUSVN + initTEETCBSVN + initTEEFMSPC
        return [vmID] + tdID + devInfo + initial + curServTDHash + curServTDAttributes
    }
}

/// Bits of TDATTRIBUTES (dcap 1.9).
enum TDAttributeBits {
    static let debug: UInt64 = 1 << 0
    static let perfProf: UInt64 = 1 << 5
    static let lass: UInt64 = 1 << 27
    static let septVEDisable: UInt64 = 1 << 28
    static let migratable: UInt64 = 1 << 29
    static let pks: UInt64 = 1 << 30
    static let reserved40: UInt64 = 1 << 40
    static let perfmon: UInt64 = 1 << 63
}
