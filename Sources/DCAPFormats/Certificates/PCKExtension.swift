public import Wire
package import X509Formats

/// The Intel SGX extension of a PCK leaf (dcap 2.3): what Intel says about the platform the key was issued for.
public struct PCKExtension: Hashable, Sendable {
    /// `SGX Type`, by its ENUMERATED value.
    public enum SGXType: Int, Hashable, Sendable {
        case standard = 0
        case scalable = 1
        case scalableWithIntegrity = 2
    }

    /// Platform Configuration; each flag may be absent, and absent is not false.
    public struct Configuration: Hashable, Sendable {
        public let dynamicPlatform: Bool?
        public let cachedKeys: Bool?
        public let smtEnabled: Bool?
    }

    public let ppid: FixedBytes<16>
    /// The sixteen SGX TCB component SVNs the certificate was issued for; what TCB matching uses.
    public let componentSVNs: FixedBytes<16>
    public let pceSVN: UInt16
    public let cpuSVN: FixedBytes<16>
    public let pceID: FixedBytes<2>
    public let fmspc: FixedBytes<6>
    public let sgxType: SGXType
    /// Platform CA certificates only, with `configuration`.
    public let platformInstanceID: FixedBytes<16>?
    public let configuration: Configuration?

    /// - Parameter content: The content of the extension's OCTET STRING: one
    ///   `SEQUENCE OF SEQUENCE { OBJECT IDENTIFIER, value }` with five or seven entries.
    public init(parsing content: ArraySlice<UInt8>) throws(DERError) {
        var input = DERReader(Array(content))
        var outer = try input.enter()
        try input.finish()
        var entries = Entries()
        while !outer.isAtEnd { try entries.read(from: &outer) }
        guard
            let ppid = entries.ppid, let tcb = entries.tcb, let pceID = entries.pceID, let fmspc = entries.fmspc,
            let sgxType = entries.sgxType,
            (entries.platformInstanceID == nil) == (entries.configuration == nil)
        else {
            throw DERError(
                .badValue("entries .1 to .5, with .6 and .7 both there or both absent"), at: outer.end)
        }
        self.ppid = ppid
        componentSVNs = tcb.components
        pceSVN = tcb.pceSVN
        cpuSVN = tcb.cpuSVN
        self.pceID = pceID
        self.fmspc = fmspc
        self.sgxType = sgxType
        platformInstanceID = entries.platformInstanceID
        configuration = entries.configuration
    }
}

extension ObjectIdentifier {
    /// 1.2.840.113741.1.13.1
    package static let intelSGX: [UInt8] = [0x2A, 0x86, 0x48, 0x86, 0xF8, 0x4D, 0x01, 0x0D, 0x01]
}

/// What has been read of the extension so far; a second value for a slot is a duplicate identifier.
private struct Entries {
    struct TCB {
        let components: FixedBytes<16>
        let pceSVN: UInt16
        let cpuSVN: FixedBytes<16>
    }

    var ppid: FixedBytes<16>?
    var tcb: TCB?
    var pceID: FixedBytes<2>?
    var fmspc: FixedBytes<6>?
    var sgxType: PCKExtension.SGXType?
    var platformInstanceID: FixedBytes<16>?
    var configuration: PCKExtension.Configuration?

    mutating func read(from outer: inout DERReader) throws(DERError) {
        var entry = try outer.enter()
        let (suffix, offset) = try Self.suffix(in: &entry, below: ObjectIdentifier.intelSGX)
        switch suffix {
        case 1: try Self.fill(&ppid, with: try Self.octets(in: &entry), offset)
        case 2: try Self.fill(&tcb, with: try Self.tcb(in: &entry), offset)
        case 3: try Self.fill(&pceID, with: try Self.octets(in: &entry), offset)
        case 4: try Self.fill(&fmspc, with: try Self.octets(in: &entry), offset)
        case 5:
            let value = try entry.small(DERReader.Tag.enumerated, atMost: 2)
            try Self.fill(&sgxType, with: PCKExtension.SGXType(rawValue: value), offset)
        case 6: try Self.fill(&platformInstanceID, with: try Self.octets(in: &entry), offset)
        case 7: try Self.fill(&configuration, with: try Self.configuration(in: &entry), offset)
        default: throw DERError(.badValue("an entry from .1 to .7, not .\(suffix)"), at: offset)
        }
        try entry.finish()
    }

    private static func fill<Value>(_ slot: inout Value?, with value: Value?, _ offset: Int) throws(DERError) {
        guard slot == nil else { throw DERError(.badValue("each entry once"), at: offset) }
        slot = value
    }

    /// The last arc of an identifier that is `parent` and one more single-octet arc.
    private static func suffix(
        in entry: inout DERReader, below parent: [UInt8]
    ) throws(DERError) -> (suffix: UInt8, offset: Int) {
        let content = try entry.element(DERReader.Tag.objectIdentifier).content
        let octets = entry.bytes[content]
        guard octets.count == parent.count + 1, octets.starts(with: parent), let last = octets.last, last < 0x80 else {
            throw DERError(
                .badValue("an identifier below \(ObjectIdentifier.dotted(parent))"), at: content.lowerBound)
        }
        return (last, content.lowerBound)
    }

    private static func octets<let count: Int>(in entry: inout DERReader) throws(DERError) -> FixedBytes<count> {
        let content = try entry.element(DERReader.Tag.octetString).content
        guard let value = FixedBytes<count>(exactly: entry.bytes[content]) else {
            throw DERError(.badValue("an OCTET STRING of \(count) bytes, not \(content.count)"), at: content.lowerBound)
        }
        return value
    }

    /// Entries .2.1 to .2.18, each exactly once.
    private static func tcb(in entry: inout DERReader) throws(DERError) -> TCB {
        var list = try entry.enter()
        var components = [UInt8](repeating: 0, count: 16)
        var pceSVN: UInt16 = 0
        var cpuSVN = FixedBytes<16>()
        var seen: UInt32 = 0
        while !list.isAtEnd {
            var item = try list.enter()
            let (suffix, offset) = try suffix(in: &item, below: ObjectIdentifier.intelSGX + [2])
            guard (1...18).contains(suffix), seen & 1 << UInt32(suffix) == 0 else {
                throw DERError(.badValue("the TCB entries .2.1 to .2.18, each once"), at: offset)
            }
            seen |= 1 << UInt32(suffix)
            switch suffix {
            case 17: pceSVN = UInt16(truncatingIfNeeded: try item.small(atMost: 0xFFFF))
            case 18: cpuSVN = try octets(in: &item)
            default: components[Int(suffix) - 1] = UInt8(truncatingIfNeeded: try item.small(atMost: 0xFF))
            }
            try item.finish()
        }
        guard seen == 0x7FFFE, let components = FixedBytes<16>(exactly: components) else {
            throw DERError(.badValue("all eighteen TCB entries"), at: list.end)
        }
        return TCB(components: components, pceSVN: pceSVN, cpuSVN: cpuSVN)
    }

    /// Entries .7.1 to .7.3, each at most once.
    private static func configuration(in entry: inout DERReader) throws(DERError) -> PCKExtension.Configuration {
        var list = try entry.enter()
        var flags = InlineArray<3, Bool?>(repeating: nil)
        while !list.isAtEnd {
            var item = try list.enter()
            let (suffix, offset) = try suffix(in: &item, below: ObjectIdentifier.intelSGX + [7])
            guard (1...3).contains(suffix), flags[Int(suffix) - 1] == nil else {
                throw DERError(.badValue("the configuration entries .7.1 to .7.3, each at most once"), at: offset)
            }
            flags[Int(suffix) - 1] = try item.boolean()
            try item.finish()
        }
        return PCKExtension.Configuration(dynamicPlatform: flags[0], cachedKeys: flags[1], smtEnabled: flags[2])
    }
}
