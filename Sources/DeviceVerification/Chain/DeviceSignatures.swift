import Crypto
import DeviceFormats
import Wire
import X509Formats

/// The only door to cryptography: ECDSA on P-384, and digests.
enum DeviceSignatures {
    typealias Key = P384.Signing.PublicKey

    /// The key of a certificate; `nil` for another curve or kind, and for a point off the curve.
    static func key(of certificate: Certificate) -> Key? {
        DevicePublicKeyInfo.p384(certificate.der[certificate.subjectPublicKeyInfo]).flatMap {
            try? Key(rawRepresentation: $0)
        }
    }

    /// - Parameter signature: r ‖ s. Either out of 1 ..< n never verifies; a high s does (devices row 243).
    static func verify(_ signature: FixedBytes<96>, over message: ArraySlice<UInt8>, by key: Key) -> Bool {
        guard let signature = try? P384.Signing.ECDSASignature(rawRepresentation: signature.bytes) else { return false }
        return key.isValidSignature(signature, for: digest(SHA384(), message))
    }

    /// - Parameter signature: DER `ECDSA-Sig-Value`.
    static func verify(der signature: ArraySlice<UInt8>, over message: ArraySlice<UInt8>, by key: Key) -> Bool {
        fixedWidth(signature).map { verify($0, over: message, by: key) } ?? false
    }

    /// With SHA-256, which NVIDIA's revocation lists alone may have (devices 9.5).
    static func verifySHA256(der signature: ArraySlice<UInt8>, over message: ArraySlice<UInt8>, by key: Key) -> Bool {
        guard let fixed = fixedWidth(signature),
            let signature = try? P384.Signing.ECDSASignature(rawRepresentation: fixed.bytes)
        else { return false }
        return key.isValidSignature(signature, for: digest(SHA256(), message))
    }

    static func verify(_ certificate: Certificate, by key: Key) -> Bool {
        verify(der: certificate.der[certificate.signature], over: certificate.der[certificate.tbs], by: key)
    }

    /// r ‖ s of `ECDSA-Sig-Value ::= SEQUENCE { r INTEGER, s INTEGER }`.
    ///
    /// - Returns: `nil` for what is not DER, for a negative number, and for one that 48 octets cannot hold.
    static func fixedWidth(_ der: ArraySlice<UInt8>) -> FixedBytes<96>? {
        var reader = DERReader(Array(der))
        var signature = FixedBytes<96>()
        guard var numbers = try? reader.enter(), reader.isAtEnd else { return nil }
        for end in [48, 96] {
            guard let number = try? numbers.integer(), numbers.bytes[number.lowerBound] < 0x80 else { return nil }
            let octets = numbers.bytes[number.lowerBound] == 0 ? number.dropFirst() : number
            guard octets.count <= 48 else { return nil }
            for (position, index) in zip(end - octets.count..<end, octets) {
                signature[position] = numbers.bytes[index]
            }
        }
        return numbers.isAtEnd ? signature : nil
    }

    private static func digest<Hash: HashFunction>(_ hash: Hash, _ message: ArraySlice<UInt8>) -> Hash.Digest {
        var hash = hash
        message.withUnsafeBytes { hash.update(bufferPointer: $0) }
        return hash.finalize()
    }

    static func sha1(_ message: ArraySlice<UInt8>) -> [UInt8] { Array(digest(Insecure.SHA1(), message)) }
    static func sha256(_ message: ArraySlice<UInt8>) -> [UInt8] { Array(digest(SHA256(), message)) }
    static func sha384(_ message: ArraySlice<UInt8>) -> [UInt8] { Array(digest(SHA384(), message)) }
}
