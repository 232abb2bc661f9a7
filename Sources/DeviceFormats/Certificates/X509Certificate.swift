public import Wire

/// An X.509 certificate of NVIDIA's hierarchies as it is written (RFC 5280 4.1): of a device, of a manifest's signer, of a
/// responder. Ranges into its DER; whether it fits its role is verification's question.
public struct X509Certificate: Hashable, Sendable {
    /// The complete encoding.
    public let der: [UInt8]
    public let notBefore: Instant
    public let notAfter: Instant
    /// 1, 2 or 3 as people count.
    package let version: Int
    package let tbs: Range<Int>
    package let serialNumber: Range<Int>
    package let tbsSignatureAlgorithm: Range<Int>
    package let issuer: Range<Int>
    package let subject: Range<Int>
    package let subjectPublicKeyInfo: Range<Int>
    package let extensions: [X509Extension]
    package let signatureAlgorithm: Range<Int>
    /// The content of the signature's BIT STRING.
    package let signature: Range<Int>

    /// - Parameter der: Exactly one certificate; anything after it is an error, and so is an extension that stands twice.
    public init(parsing der: [UInt8]) throws(DERError) {
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
        if fields.nextTag == DERReader.Tag.context(3) {
            var explicit = try fields.enter(DERReader.Tag.context(3))
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

    private static func version(in fields: inout DERReader) throws(DERError) -> Int {
        guard fields.nextTag == DERReader.Tag.context(0) else { return 1 }
        var explicit = try fields.enter(DERReader.Tag.context(0))
        let number = try explicit.small(atMost: 2)
        try explicit.finish()
        return number + 1
    }

    /// The value of an extension, of which there is at most one with this identifier.
    package func value(of identifier: [UInt8]) -> ArraySlice<UInt8>? {
        extensions.first { der[$0.identifier].elementsEqual(identifier) }.map { der[$0.value] }
    }

    /// The octets of the serial number without a leading zero.
    package var serial: ArraySlice<UInt8> {
        let octets = der[serialNumber]
        return octets.count > 1 && octets.first == 0 ? octets.dropFirst() : octets
    }

    /// The serial number as people and NVIDIA's claims write it.
    public var serialDecimal: String { Self.decimal(serial) }

    /// Schoolbook division: serial numbers have at most twenty octets.
    private static func decimal(_ octets: ArraySlice<UInt8>) -> String {
        var digits: [UInt8] = [0]
        for octet in octets {
            var carry = Int(octet)
            for position in digits.indices {
                carry += Int(digits[position]) * 256
                digits[position] = UInt8(truncatingIfNeeded: carry % 10)
                carry /= 10
            }
            while carry > 0 {
                digits.append(UInt8(truncatingIfNeeded: carry % 10))
                carry /= 10
            }
        }
        return String(decoding: digits.reversed().map { 0x30 + $0 }, as: UTF8.self)
    }

    public static func == (left: X509Certificate, right: X509Certificate) -> Bool { left.der == right.der }
    public func hash(into hasher: inout Hasher) { hasher.combine(der) }
}
