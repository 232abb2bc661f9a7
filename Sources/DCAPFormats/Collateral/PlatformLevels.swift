import Wire

extension TCBInfo.Level {
    /// `tcbLevels` of the platform, not empty, each key once, highest first by SGX components, PCESVN, TDX components.
    static func list(
        reading reader: DocumentReader, _ id: TEE, isVersion2: Bool
    ) throws(CollateralFormatError) -> [Self] {
        var levels: [Self] = []
        try reader.objects("tcbLevels") { (level) throws(CollateralFormatError) in
            let tcb = try level.object("tcb")
            let sgx =
                isVersion2
                ? try flatComponents(tcb)
                : try components("sgxtcbcomponents", tcb)
            levels.append(
                Self(
                    sgxComponents: sgx, pceSVN: try tcb.integer("pcesvn"),
                    tdxComponents: id == .tdx ? try components("tdxtcbcomponents", tcb) : nil,
                    tcbDate: try level.date("tcbDate"),
                    status: PublishedStatus(String(decoding: try level.text("tcbStatus"), as: UTF8.self)),
                    advisoryIDs: try level.strings("advisoryIDs")))
        }
        guard !levels.isEmpty else {
            throw reader.invalid("tcbLevels", found: "no level", wanted: "at least one")
        }
        levels.sort { $0.isAbove($1) }
        for (higher, lower) in zip(levels, levels.dropFirst()) where !higher.isAbove(lower) {
            throw reader.invalid("tcbLevels", found: "two levels with the same SVNs", wanted: "each level once")
        }
        return levels
    }

    /// Exactly sixteen objects with an `svn`.
    private static func components(
        _ name: StaticString, _ tcb: DocumentReader
    ) throws(CollateralFormatError) -> FixedBytes<16> {
        var components = FixedBytes<16>()
        var count = 0
        try tcb.objects(name) { (component) throws(CollateralFormatError) in
            let svn: UInt8 = try component.integer("svn")
            if count < 16 { components[count] = svn }
            count += 1
        }
        guard count == 16 else { throw tcb.invalid(name, found: "\(count) components", wanted: "exactly 16") }
        return components
    }

    /// Version 2: `sgxtcbcomp01svn` to `sgxtcbcomp16svn` (dcap 4.3).
    private static func flatComponents(_ tcb: DocumentReader) throws(CollateralFormatError) -> FixedBytes<16> {
        let names: [StaticString] = [
            "sgxtcbcomp01svn", "sgxtcbcomp02svn", "sgxtcbcomp03svn", "sgxtcbcomp04svn", "sgxtcbcomp05svn",
            "sgxtcbcomp06svn", "sgxtcbcomp07svn", "sgxtcbcomp08svn", "sgxtcbcomp09svn", "sgxtcbcomp10svn",
            "sgxtcbcomp11svn", "sgxtcbcomp12svn", "sgxtcbcomp13svn", "sgxtcbcomp14svn", "sgxtcbcomp15svn",
            "sgxtcbcomp16svn",
        ]
        var components = FixedBytes<16>()
        for (index, name) in names.enumerated() { components[index] = try tcb.integer(name) }
        return components
    }

    /// The total order of dcap 4.2, compatible with component-wise comparison.
    private func isAbove(_ other: Self) -> Bool {
        for index in 0..<16 where sgxComponents[index] != other.sgxComponents[index] {
            return sgxComponents[index] > other.sgxComponents[index]
        }
        if pceSVN != other.pceSVN { return pceSVN > other.pceSVN }
        guard let tdx = tdxComponents, let otherTDX = other.tdxComponents else { return false }
        for index in 0..<16 where tdx[index] != otherTDX[index] { return tdx[index] > otherTDX[index] }
        return false
    }
}
