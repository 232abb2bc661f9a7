/// What the Intel SGX extension of a PCK leaf says about a platform (dcap 2.3). Integers are wider than the fields and
/// byte strings of any length, so that the ranges can be overstepped.
package struct PCKPlatformRecipe: Hashable, Sendable {
    /// The flags of the configuration entry; `nil` leaves one out. True is octet FF.
    package struct Configuration: Hashable, Sendable {
        package var dynamicPlatform: UInt8? = 0xFF
        package var cachedKeys: UInt8? = 0x00
        package var smtEnabled: UInt8? = 0xFF
    }

    package var ppid: [UInt8]
    /// The sixteen SGX TCB component SVNs.
    package var components: [Int]
    package var pceSVN: Int
    /// `nil` writes the components, as every genuine certificate does.
    package var cpuSVN: [UInt8]?
    package var pceID: [UInt8]
    package var fmspc: [UInt8]
    /// 0 Standard, 1 Scalable, 2 Scalable with Integrity.
    package var sgxType: Int
    /// The two entries only certificates of the Platform CA have.
    package var platformInstanceID: [UInt8]?
    package var configuration: Configuration?

    /// The outer SEQUENCE: entries .1 to .7 that are there, in order.
    package var node: DERNode {
        var entries: [DERNode] = [
            entry(1, .octets(ppid)), entry(2, tcb), entry(3, .octets(pceID)), entry(4, .octets(fmspc)),
            entry(5, .enumerated(sgxType)),
        ]
        if let platformInstanceID { entries.append(entry(6, .octets(platformInstanceID))) }
        if let configuration { entries.append(entry(7, node(configuration))) }
        return .sequence(entries)
    }

    private var tcb: DERNode {
        let base = ObjectIdentifierArcs.intelSGX.appending(2)
        var entries: [DERNode] = components.enumerated().map { position, svn in
            .sequence([.identifier(base.appending(UInt64(position) + 1)), .integer(svn)])
        }
        entries.append(.sequence([.identifier(base.appending(17)), .integer(pceSVN)]))
        let raw = cpuSVN ?? components.map { UInt8(truncatingIfNeeded: $0) }
        entries.append(.sequence([.identifier(base.appending(18)), .octets(raw)]))
        return .sequence(entries)
    }

    private func node(_ configuration: Configuration) -> DERNode {
        let base = ObjectIdentifierArcs.intelSGX.appending(7)
        let flags = [configuration.dynamicPlatform, configuration.cachedKeys, configuration.smtEnabled]
        return .sequence(
            flags.enumerated().compactMap { position, octet in
                octet.map { .sequence([.identifier(base.appending(UInt64(position) + 1)), .boolean($0)]) }
            })
    }

    private func entry(_ number: UInt64, _ value: DERNode) -> DERNode {
        .sequence([.identifier(.intelSGX.appending(number)), value])
    }
}
