public import Wire

/// One of NVIDIA's revocation lists as it is written (RFC 5280 5.1, devices 9.5).
public struct DeviceCRL: Sendable {
    public let der: [UInt8]
    public let thisUpdate: Instant
    public let nextUpdate: Instant?
    package let version: Int
    package let tbs: Range<Int>
    package let tbsSignatureAlgorithm: Range<Int>
    package let issuer: Range<Int>
    package let entries: [Entry]
    package let extensions: [X509Extension]
    package let signatureAlgorithm: Range<Int>
    package let signature: Range<Int>

    package struct Entry: Sendable {
        /// Without a leading zero octet.
        package let serial: Range<Int>
        package let hasCriticalExtension: Bool
    }

    /// - Parameter der: Exactly one list; anything after it is an error.
    public init(parsing der: [UInt8]) throws(DERError) {
        guard der.count <= Limits.deviceCRLBytes else {
            throw DERError(.badValue("a list of at most \(Limits.deviceCRLBytes) bytes"), at: 0)
        }
        var input = DERReader(der)
        var outer = try input.enter()
        try input.finish()
        let tbs = try outer.element(DERReader.Tag.sequence)
        var fields = DERReader(der, in: tbs.content)
        version = fields.nextTag == DERReader.Tag.integer ? try fields.small(atMost: 1) + 1 : 1
        tbsSignatureAlgorithm = try fields.element(DERReader.Tag.sequence).encoding
        issuer = try fields.element(DERReader.Tag.sequence).encoding
        thisUpdate = try fields.time()
        let hasNextUpdate = fields.nextTag == DERReader.Tag.utcTime || fields.nextTag == DERReader.Tag.generalizedTime
        nextUpdate = hasNextUpdate ? try fields.time() : nil
        entries = try Self.entries(in: &fields)
        if fields.nextTag == DERReader.Tag.context(0) {
            var explicit = try fields.enter(DERReader.Tag.context(0))
            extensions = try X509Extension.list(in: &explicit)
            try explicit.finish()
        } else {
            extensions = []
        }
        try fields.finish()
        signatureAlgorithm = try outer.element(DERReader.Tag.sequence).encoding
        signature = try outer.octetAlignedBits()
        try outer.finish()
        self.tbs = tbs.encoding
        self.der = der
    }

    private static func entries(in fields: inout DERReader) throws(DERError) -> [Entry] {
        guard let list = try fields.optional(DERReader.Tag.sequence) else { return [] }
        var reader = DERReader(fields.bytes, in: list.content)
        var entries: [Entry] = []
        while !reader.isAtEnd {
            var entry = try reader.enter()
            let serial = try entry.integer()
            _ = try entry.time()
            let hasCritical = entry.isAtEnd ? false : try X509Extension.list(in: &entry).contains(where: \.critical)
            try entry.finish()
            let hasSignOctet = serial.count > 1 && fields.bytes[serial.lowerBound] == 0
            entries.append(Entry(serial: hasSignOctet ? serial.dropFirst() : serial, hasCriticalExtension: hasCritical))
        }
        return entries
    }

    /// Whether `serial` (octets without a leading zero) is listed, whatever the reason or the date.
    package func revokes(_ serial: ArraySlice<UInt8>) -> Bool {
        entries.contains { der[$0.serial].elementsEqual(serial) }
    }
}
