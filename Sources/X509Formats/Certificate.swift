public import Wire

/// An X.509 certificate as it is written (RFC 5280 4.1): ranges into its DER, dates, extensions. Nothing is judged here,
/// so a certificate with a wrong key type or version parses; whether it fits its role is verification's question.
///
/// ```
/// Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm AlgorithmIdentifier, signature BIT STRING }
/// TBSCertificate ::= SEQUENCE { version [0] DEFAULT v1, serialNumber INTEGER, signature AlgorithmIdentifier,
///     issuer Name, validity, subject Name, subjectPublicKeyInfo, [1], [2], extensions [3] }
/// ```
public struct Certificate: Hashable, Sendable {
    /// The complete encoding.
    public let der: [UInt8]
    public let notBefore: Instant
    public let notAfter: Instant
    /// 1, 2 or 3 as people count: `version` 2 on the wire is v3.
    package let version: Int
    package let tbs: Range<Int>
    package let serialNumber: Range<Int>
    package let tbsSignatureAlgorithm: Range<Int>
    package let issuer: Range<Int>
    package let subject: Range<Int>
    package let subjectPublicKeyInfo: Range<Int>
    package let extensions: [CertificateExtension]
    package let signatureAlgorithm: Range<Int>
    /// The content of the signature's BIT STRING: a DER `ECDSA-Sig-Value` where the algorithm is ECDSA.
    package let signature: Range<Int>

    /// - Parameter der: Exactly one certificate; anything after it is an error.
    public init(parsing der: [UInt8]) throws(DERError) { try self.init(parsing: der, extensions: .any) }

    package init(parsing der: [UInt8], extensions rule: CertificateExtension.Rule) throws(DERError) {
        guard der.count <= Limits.certificateBytes else {
            throw DERError(.badValue("a certificate of at most \(Limits.certificateBytes) bytes"), at: 0)
        }
        var input = DERReader(der)
        var outer = try input.enter()
        try input.finish()

        let tbs = try outer.element(DERReader.Tag.sequence)
        var fields = DERReader(der, in: tbs.content)
        version = try Self.version(in: &fields)
        serialNumber = try fields.integer()
        tbsSignatureAlgorithm = try fields.element(DERReader.Tag.sequence).encoding
        issuer = try fields.element(DERReader.Tag.sequence).encoding
        var validity = try fields.enter()
        notBefore = try validity.time()
        notAfter = try validity.time()
        try validity.finish()
        subject = try fields.element(DERReader.Tag.sequence).encoding
        subjectPublicKeyInfo = try fields.element(DERReader.Tag.sequence).encoding
        _ = try fields.optional(0x81)  // issuerUniqueID
        _ = try fields.optional(0x82)  // subjectUniqueID
        extensions = try Self.extensions(in: &fields, rule)
        try fields.finish()

        signatureAlgorithm = try outer.element(DERReader.Tag.sequence).encoding
        signature = try outer.octetAlignedBits()
        try outer.finish()
        self.tbs = tbs.encoding
        self.der = der
    }

    private static func version(in fields: inout DERReader) throws(DERError) -> Int {
        guard fields.nextTag == DERReader.Tag.context(0) else { return 1 }
        var explicit = try fields.enter(DERReader.Tag.context(0))
        let number = try explicit.small(atMost: 2)
        try explicit.finish()
        return number + 1
    }

    private static func extensions(
        in fields: inout DERReader, _ rule: CertificateExtension.Rule
    ) throws(DERError) -> [CertificateExtension] {
        guard fields.nextTag == DERReader.Tag.context(3) else { return [] }
        var explicit = try fields.enter(DERReader.Tag.context(3))
        let extensions = try CertificateExtension.list(in: &explicit, rule)
        try explicit.finish()
        return extensions
    }

    /// Every extension with this identifier; more than one is a defect the caller judges.
    package func extensions(_ identifier: [UInt8]) -> [CertificateExtension] {
        extensions.filter { der[$0.identifier].elementsEqual(identifier) }
    }

    /// The octets of the serial number without a leading zero: what CRLs are searched for.
    package var serial: ArraySlice<UInt8> {
        let octets = der[serialNumber]
        return octets.count > 1 && octets.first == 0 ? octets.dropFirst() : octets
    }

    public static func == (left: Certificate, right: Certificate) -> Bool { left.der == right.der }
    public func hash(into hasher: inout Hasher) { hasher.combine(der) }
}
