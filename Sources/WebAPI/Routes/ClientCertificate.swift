import Appraisal
import Wire

/// The key of a TLS client's certificate, as a gateway hands it on. Nothing of the certificate is believed here: that its
/// holder has the key, the gateway's own handshake has shown.
enum ClientCertificate {
    /// - Returns: The RFC 7638 thumbprint in base64url; `nil` for what is no certificate, or one of another kind of key.
    static func keyThumbprint(pem: String) -> String? {
        guard let blocks = try? PEM.blocks(labelled: "CERTIFICATE", in: Array(pem.utf8)[...]), let first = blocks.first,
            let info = try? subjectPublicKeyInfo(first)
        else { return nil }
        let key = KeyThumbprint.ofSubjectPublicKeyInfo(info) ?? (try? rsaThumbprint(info))
        return key.map { Base64URL.encode($0.bytes) }
    }

    private static func subjectPublicKeyInfo(_ der: [UInt8]) throws(DERError) -> [UInt8] {
        var whole = DERReader(der)
        var certificate = try whole.enter()
        var fields = try certificate.enter()
        _ = try fields.optional(DERReader.Tag.context(0))
        // Serial number, algorithm, issuer, validity, subject.
        for _ in 0..<5 { _ = try fields.any() }
        return Array(der[try fields.element(DERReader.Tag.sequence).encoding])
    }

    private static func rsaThumbprint(_ info: [UInt8]) throws(DERError) -> FixedBytes<32>? {
        var whole = DERReader(info)
        var fields = try whole.enter()
        let algorithm = info[try fields.element(DERReader.Tag.sequence).content]
        guard algorithm.starts(with: Self.rsaEncryption) else {
            throw DERError(.badValue("rsaEncryption"), at: algorithm.startIndex)
        }
        var outer = DERReader(info, in: try fields.octetAlignedBits())
        var numbers = try outer.enter()
        func magnitude(_ content: Range<Int>) -> ArraySlice<UInt8> { info[content].drop { $0 == 0 } }
        let modulus = Base64URL.encode(magnitude(try numbers.integer()))
        let exponent = Base64URL.encode(magnitude(try numbers.integer()))
        let key = Array(#"{"kty":"RSA","n":"\#(modulus)","e":"\#(exponent)"}"#.utf8)
        return (try? JSONDocument(parsing: key)).flatMap { KeyThumbprint.ofWebKey($0.root) }
    }

    private static let rsaEncryption: [UInt8] = [
        0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01,
    ]
}
