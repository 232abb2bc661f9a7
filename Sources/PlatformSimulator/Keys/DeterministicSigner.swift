import BigInt
import Crypto

/// ECDSA over P-256 with the nonce of RFC 6979 section 3.2.
///
/// It exists so that test data is reproducible: the same seed gives the same bytes, signatures included, which the
/// randomised signing of the library cannot do. It is made of library parts (HMAC, point multiplication, big
/// integers) and takes no care against side channels, so nothing but the simulator, whose keys are worthless, may use it.
enum DeterministicSigner {
    /// The order of the P-256 base point, least significant word first (FIPS 186-4 D.1.2.3).
    static let order = BigUInt(
        words: [0xF3B9_CAC2_FC63_2551, 0xBCE6_FAAD_A717_9E84, 0xFFFF_FFFF_FFFF_FFFF, 0xFFFF_FFFF_0000_0000])

    /// Signs a digest of at least 32 bytes; of a longer one the leftmost 32 bytes count (FIPS 186-4 6.4).
    ///
    /// - Parameter scalar: The private key, 32 bytes big-endian, within 1 ..< order.
    /// - Returns: r ‖ s, 64 bytes big-endian. s may be high: genuine signatures have both.
    static func sign(digest: [UInt8], scalar: [UInt8]) throws -> [UInt8] {
        let key = BigUInt(bigEndian: scalar)
        let hash = BigUInt(bigEndian: Array(digest.prefix(32)))
        var nonces = NonceGenerator(scalar: scalar, reducedHash: (hash % order).bigEndianBytes(count: 32))
        while true {
            let candidate = nonces.next()
            let nonce = BigUInt(bigEndian: candidate)
            guard nonce > 0, nonce < order, let inverse = nonce.inverse(order) else { continue }
            let point = try P256.Signing.PrivateKey(rawRepresentation: candidate).publicKey.rawRepresentation
            let r = BigUInt(bigEndian: Array(point.prefix(32))) % order
            let s = inverse * (hash + r * key) % order
            guard r > 0, s > 0 else { continue }
            return r.bigEndianBytes(count: 32) + s.bigEndianBytes(count: 32)
        }
    }

    /// The other signature that verifies for the same message and key: (r, n − s).
    static func mirrored(_ signature: [UInt8]) -> [UInt8] {
        let s = BigUInt(bigEndian: Array(signature.suffix(32)))
        return signature.prefix(32) + (order - s % order).bigEndianBytes(count: 32)
    }
}

/// The HMAC_DRBG of RFC 6979 section 3.2, steps b to h.
private struct NonceGenerator {
    private var value = [UInt8](repeating: 1, count: 32)
    private var key = [UInt8](repeating: 0, count: 32)
    private var started = false

    init(scalar: [UInt8], reducedHash: [UInt8]) {
        for separator: UInt8 in [0, 1] {
            key = authenticate(value + [separator] + scalar + reducedHash)
            value = authenticate(value)
        }
    }

    mutating func next() -> [UInt8] {
        if started {
            key = authenticate(value + [0])
            value = authenticate(value)
        }
        started = true
        value = authenticate(value)
        return value
    }

    private func authenticate(_ message: [UInt8]) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: message, using: SymmetricKey(data: key)))
    }
}

extension BigUInt {
    init(bigEndian bytes: [UInt8]) {
        self.init()
        for byte in bytes { self = self << 8 | BigUInt(byte) }
    }

    /// The value in exactly `count` bytes, which must hold it.
    func bigEndianBytes(count: Int) -> [UInt8] {
        let least = words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * UInt($0))) } }
        return (0..<count).reversed().map { $0 < least.count ? least[$0] : 0 }
    }
}
