package import X509Formats

/// The DER form that keys have here, and no other.
package enum DevicePublicKeyInfo {
    /// `SEQUENCE { SEQUENCE { id-ecPublicKey, secp384r1 }, BIT STRING (97 octets, uncompressed) }` up to x.
    private static let p384Prefix: [UInt8] = [
        0x30, 0x76, 0x30, 0x10, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x05, 0x2B, 0x81, 0x04,
        0x00, 0x22, 0x03, 0x62, 0x00, 0x04,
    ]

    /// x ‖ y of a P-384 key, or `nil` for any other kind of key, curve, parameters or form of a point.
    package static func p384(_ info: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard info.count == p384Prefix.count + 96, info.starts(with: p384Prefix) else { return nil }
        return info.dropFirst(p384Prefix.count)
    }

    /// The bits of a key, as OCSP hashes them: 04 ‖ x ‖ y here.
    package static func keyBits(_ certificate: Certificate) -> ArraySlice<UInt8>? {
        let info = certificate.der[certificate.subjectPublicKeyInfo]
        return p384(info).map { info[$0.startIndex - 1..<$0.endIndex] }
    }
}
