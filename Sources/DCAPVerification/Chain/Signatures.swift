import Crypto
import DCAPFormats
import Wire
import X509Formats

/// The only door to cryptography: ECDSA on P-256 with SHA-256, and SHA-256 itself.
enum Signatures {
    typealias Key = P256.Signing.PublicKey

    /// - Parameter raw: x ‖ y, 64 bytes.
    /// - Throws: when the bytes are no point on the curve.
    static func key(_ raw: ArraySlice<UInt8>) throws -> Key { try Key(rawRepresentation: raw) }

    /// - Parameter signature: r ‖ s, 64 bytes. r and s out of 1 ..< n never verify; a high s does (dcap 1.8).
    static func verify(_ signature: FixedBytes<64>, over message: ArraySlice<UInt8>, by key: Key) -> Bool {
        guard let signature = try? P256.Signing.ECDSASignature(rawRepresentation: signature.bytes) else { return false }
        var hash = SHA256()
        message.withUnsafeBytes { hash.update(bufferPointer: $0) }
        return key.isValidSignature(signature, for: hash.finalize())
    }

    /// - Parameter signature: DER `ECDSA-Sig-Value`.
    static func verify(der signature: ArraySlice<UInt8>, over message: ArraySlice<UInt8>, by key: Key) -> Bool {
        guard let signature = fixedWidth(signature) else { return false }
        return verify(signature, over: message, by: key)
    }

    /// r ‖ s of `ECDSA-Sig-Value ::= SEQUENCE { r INTEGER, s INTEGER }` (RFC 3279 2.2.3). The library reads the same form
    /// through a tree of nodes and arbitrary-precision numbers, a fifth of one verification for those of a cold one.
    ///
    /// - Returns: `nil` for what is not DER, for a negative number, and for one that 32 octets cannot hold.
    static func fixedWidth(_ der: ArraySlice<UInt8>) -> FixedBytes<64>? {
        var reader = DERReader(Array(der))
        var signature = FixedBytes<64>()
        guard var numbers = try? reader.enter(), reader.isAtEnd else { return nil }
        for end in [32, 64] {
            guard let number = try? numbers.integer(), numbers.bytes[number.lowerBound] < 0x80 else { return nil }
            let octets = numbers.bytes[number.lowerBound] == 0 ? number.dropFirst() : number
            guard octets.count <= 32 else { return nil }
            for (position, index) in zip(end - octets.count..<end, octets) {
                signature[position] = numbers.bytes[index]
            }
        }
        return numbers.isAtEnd ? signature : nil
    }

    static func verify(_ certificate: Certificate, by key: Key) -> Bool {
        verify(
            der: certificate.der[certificate.signature], over: certificate.der[certificate.tbs], by: key)
    }

    static func sha256(_ parts: ArraySlice<UInt8>...) -> [UInt8] {
        var hash = SHA256()
        for part in parts { hash.update(data: part) }
        return Array(hash.finalize())
    }
}

/// The DER form that the hierarchy's keys have, and no other (dcap 2.1).
enum PublicKeyInfo {
    /// `SEQUENCE { SEQUENCE { id-ecPublicKey, prime256v1 }, BIT STRING (65 octets, uncompressed) }` up to x.
    private static let p256Prefix: [UInt8] = [
        0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A, 0x86, 0x48,
        0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
    ]

    /// x ‖ y, or `nil` for any other kind of key, curve, parameters or point form.
    static func p256(_ certificate: Certificate) -> ArraySlice<UInt8>? {
        let info = certificate.der[certificate.subjectPublicKeyInfo]
        guard info.count == p256Prefix.count + 64, info.starts(with: p256Prefix) else { return nil }
        return info.dropFirst(p256Prefix.count)
    }
}
