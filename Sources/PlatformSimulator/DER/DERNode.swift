import Wire

/// A DER element as a value that can be edited before it is written, and written wrongly on purpose.
package indirect enum DERNode: Hashable, Sendable {
    case primitive(tag: UInt8, content: [UInt8])
    case constructed(tag: UInt8, children: [DERNode])
    /// BER's open-ended form, which DER forbids.
    case indefinite(tag: UInt8, children: [DERNode])
    /// A length in one octet more than needed, which DER forbids.
    case paddedLength(tag: UInt8, content: [UInt8])
    /// Bytes as they are.
    case raw([UInt8])

    package var encoded: [UInt8] {
        switch self {
        case .primitive(let tag, let content): [tag] + Self.length(content.count) + content
        case .constructed(let tag, let children):
            DERNode.primitive(tag: tag, content: children.flatMap(\.encoded)).encoded
        case .indefinite(let tag, let children): [tag, 0x80] + children.flatMap(\.encoded) + [0, 0]
        case .paddedLength(let tag, let content): [tag] + Self.paddedLength(content.count) + content
        case .raw(let bytes): bytes
        }
    }

    /// The elements inside a constructed one; setting has no effect on any other.
    package var children: [DERNode] {
        get {
            switch self {
            case .constructed(_, let children), .indefinite(_, let children): children
            default: []
            }
        }
        set {
            switch self {
            case .constructed(let tag, _): self = .constructed(tag: tag, children: newValue)
            case .indefinite(let tag, _): self = .indefinite(tag: tag, children: newValue)
            default: break
            }
        }
    }

    static func length(_ count: Int) -> [UInt8] {
        if count < 0x80 { return [UInt8(count)] }
        let octets = minimalOctets(count)
        return [0x80 | UInt8(octets.count)] + octets
    }

    private static func paddedLength(_ count: Int) -> [UInt8] {
        let octets = count < 0x80 ? [UInt8(count)] : [0] + minimalOctets(count)
        return [0x80 | UInt8(octets.count)] + octets
    }

    private static func minimalOctets(_ value: Int) -> [UInt8] {
        var octets: [UInt8] = []
        var rest = value
        while rest > 0 {
            octets.insert(UInt8(rest & 0xFF), at: 0)
            rest >>= 8
        }
        return octets
    }
}

extension DERNode {
    static func sequence(_ children: [DERNode]) -> DERNode { .constructed(tag: 0x30, children: children) }

    static func set(_ children: [DERNode]) -> DERNode { .constructed(tag: 0x31, children: children) }

    /// Context-specific and constructed: `[number] { … }`.
    static func context(_ number: UInt8, _ children: [DERNode]) -> DERNode {
        .constructed(tag: 0xA0 | number, children: children)
    }

    /// Context-specific and primitive: `[number] IMPLICIT`.
    static func implicit(_ number: UInt8, _ content: [UInt8]) -> DERNode {
        .primitive(tag: 0x80 | number, content: content)
    }

    static func octets(_ content: [UInt8]) -> DERNode { .primitive(tag: 0x04, content: content) }

    static func bits(_ content: [UInt8], unused: UInt8 = 0) -> DERNode {
        .primitive(tag: 0x03, content: [unused] + content)
    }

    /// TRUE is FF in DER; another octet can be given to break that rule.
    static func boolean(_ octet: UInt8) -> DERNode { .primitive(tag: 0x01, content: [octet]) }

    static func enumerated(_ value: Int) -> DERNode { .primitive(tag: 0x0A, content: twosComplement(value)) }

    static func integer(_ value: Int) -> DERNode { .primitive(tag: 0x02, content: twosComplement(value)) }

    /// A non-negative INTEGER of any size from its big-endian octets.
    static func unsigned(_ magnitude: [UInt8]) -> DERNode {
        let significant = Array(magnitude.drop { $0 == 0 })
        guard let first = significant.first else { return .integer(0) }
        return .primitive(tag: 0x02, content: first & 0x80 == 0 ? significant : [0] + significant)
    }

    static func utf8(_ text: String) -> DERNode { .primitive(tag: 0x0C, content: Array(text.utf8)) }

    static func printable(_ text: String) -> DERNode { .primitive(tag: 0x13, content: Array(text.utf8)) }

    static func identifier(_ identifier: ObjectIdentifierArcs) -> DERNode {
        .primitive(tag: 0x06, content: identifier.content)
    }

    /// UTCTime through 2049, GeneralizedTime from 2050 (RFC 5280 4.1.2.5).
    static func time(_ instant: Instant) -> DERNode {
        let digits = instant.description.utf8.filter { (0x30...0x39).contains($0) } + [0x5A]
        return instant < Instant(seconds: 2_524_608_000)
            ? .primitive(tag: 0x17, content: Array(digits.dropFirst(2))) : .primitive(tag: 0x18, content: digits)
    }

    private static func twosComplement(_ value: Int) -> [UInt8] {
        var octets = (0..<8).reversed().map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
        while octets.count > 1, (octets[0] == 0) == (octets[1] & 0x80 == 0), octets[0] == 0 || octets[0] == 0xFF {
            octets.removeFirst()
        }
        return octets
    }
}
