public import Wire

/// An X.509 v2 CRL as it is written (RFC 5280 5.1). Parsed in one pass without building a tree, because a platform CRL
/// has more than a hundred entries and is read for every cold verification.
///
/// ```
/// CertificateList ::= SEQUENCE { tbsCertList, signatureAlgorithm, signature BIT STRING }
/// TBSCertList ::= SEQUENCE { version v2, signature, issuer Name, thisUpdate, nextUpdate OPTIONAL,
///     revokedCertificates SEQUENCE OF SEQUENCE { userCertificate INTEGER, revocationDate, crlEntryExtensions } OPTIONAL,
///     crlExtensions [0] OPTIONAL }
/// ```
public struct CertificateRevocationList: Sendable {
    public let der: [UInt8]
    public let thisUpdate: Instant
    /// `nil` where the list carries none, which no list of either hierarchy may (dcap 2.6 rule 5, devices 9.5).
    public let nextUpdate: Instant?
    package let version: Int
    package let tbs: Range<Int>
    package let tbsSignatureAlgorithm: Range<Int>
    package let issuer: Range<Int>
    /// Serial numbers as ranges of the DER, without a leading zero octet.
    package let revokedSerials: [Range<Int>]
    /// The first critical extension of any entry, by identifier.
    package let criticalEntryExtension: Range<Int>?
    package let extensions: [CertificateExtension]
    package let signatureAlgorithm: Range<Int>
    package let signature: Range<Int>

    /// - Parameter der: Exactly one CRL; anything after it is an error.
    public init(parsing der: [UInt8]) throws(DERError) {
        try self.init(parsing: der, atMost: Limits.crlBytes, extensions: .any)
    }

    /// - Parameter rule: For the list's own extensions, and for those of each entry.
    package init(
        parsing der: [UInt8], atMost limit: Int, extensions rule: CertificateExtension.Rule
    ) throws(DERError) {
        guard der.count <= limit else { throw DERError(.badValue("a CRL of at most \(limit) bytes"), at: 0) }
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
        let entries = try Self.entries(in: &fields, rule)
        revokedSerials = entries.serials
        criticalEntryExtension = entries.critical
        if fields.nextTag == DERReader.Tag.context(0) {
            var explicit = try fields.enter(DERReader.Tag.context(0))
            extensions = try CertificateExtension.list(in: &explicit, rule)
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

    private static func entries(
        in fields: inout DERReader, _ rule: CertificateExtension.Rule
    ) throws(DERError) -> (serials: [Range<Int>], critical: Range<Int>?) {
        guard let list = try fields.optional(DERReader.Tag.sequence) else { return ([], nil) }
        var reader = DERReader(fields.bytes, in: list.content)
        var serials: [Range<Int>] = []
        serials.reserveCapacity(list.content.count / 48)
        var critical: Range<Int>?
        while !reader.isAtEnd {
            var entry = try reader.enter()
            let serial = try entry.integer()
            let hasSignOctet = serial.count > 1 && fields.bytes[serial.lowerBound] == 0
            serials.append(hasSignOctet ? serial.dropFirst() : serial)
            _ = try entry.time()
            if !entry.isAtEnd {
                try CertificateExtension.forEach(in: &entry, rule) { found in
                    if found.critical, critical == nil { critical = found.identifier }
                }
            }
            try entry.finish()
        }
        return (serials, critical)
    }

    /// Whether `serial` (octets without a leading zero) is listed, whatever the reason or the date (dcap 2.6 rule 6, devices 9.5).
    package func revokes(_ serial: ArraySlice<UInt8>) -> Bool {
        revokedSerials.contains { $0.count == serial.count && der[$0].elementsEqual(serial) }
    }
}
