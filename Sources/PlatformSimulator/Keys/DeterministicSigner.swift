import COpenSSL
import Crypto

/// ECDSA over P-256 with the nonce of RFC 6979 section 3.2.
///
/// It exists so that test data is reproducible: the same seed gives the same bytes, signatures included, which the
/// randomised signing of the library cannot do. It is made of library parts (HMAC and point multiplication from swift-crypto,
/// arithmetic modulo the order from OpenSSL) and takes no care against side channels, so nothing but the simulator, whose
/// keys are worthless, may use it.
enum DeterministicSigner {
    /// The order of the P-256 base point, big-endian (FIPS 186-4 D.1.2.3).
    static let order: [UInt8] = [
        0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
        0xBC, 0xE6, 0xFA, 0xAD, 0xA7, 0x17, 0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51,
    ]

    /// Signs a digest of at least 32 bytes; of a longer one the leftmost 32 bytes count (FIPS 186-4 6.4).
    ///
    /// - Parameter scalar: The private key, 32 bytes big-endian, within 1 ..< order.
    /// - Returns: r ‖ s, 64 bytes big-endian. s may be high: genuine signatures have both.
    static func sign(digest: [UInt8], scalar: [UInt8]) throws -> [UInt8] {
        let field = try OrderField()
        let hash = Array(digest.prefix(32)).reduced
        var nonces = NonceGenerator(scalar: scalar, reducedHash: hash)
        while true {
            let nonce = nonces.next()
            guard !nonce.isZero, nonce.lexicographicallyPrecedes(order) else { continue }
            let point = try P256.Signing.PrivateKey(rawRepresentation: nonce).publicKey.rawRepresentation
            let r = Array(point.prefix(32)).reduced
            let s = try field.product(field.inverse(nonce), field.sum(hash, field.product(r, scalar)))
            guard !r.isZero, !s.isZero else { continue }
            return r + s
        }
    }

    /// The other signature that verifies for the same message and key: (r, n − s).
    static func mirrored(_ signature: [UInt8]) -> [UInt8] {
        signature.prefix(32) + order.minus(Array(signature.suffix(32)).reduced)
    }

    /// The private key of 32 bytes that look random: the remainder by order − 1, and one.
    static func scalar(from bytes: [UInt8]) -> [UInt8] {
        let one = [UInt8](repeating: 0, count: 31) + [1]
        let last = order.minus(one)
        // Twice the modulus has more than 256 bits, so one subtraction is the remainder; x + 1 = x − (n − 1) + n.
        let remainder = bytes.lexicographicallyPrecedes(last) ? bytes : bytes.minus(last)
        return order.minus(last.minus(remainder))
    }
}

/// Arithmetic modulo the order on numbers of 32 bytes, big-endian.
private final class OrderField {
    private typealias Operation = (
        OpaquePointer?, OpaquePointer?, OpaquePointer?, OpaquePointer?, OpaquePointer?
    ) -> Int32

    private let order: OpaquePointer
    private let context: OpaquePointer

    init() throws {
        guard let order = BN_bin2bn(DeterministicSigner.order, 32, nil) else { throw Self.failure }
        guard let context = BN_CTX_new() else {
            BN_free(order)
            throw Self.failure
        }
        (self.order, self.context) = (order, context)
    }

    deinit {
        BN_CTX_free(context)
        BN_free(order)
    }

    func product(_ left: [UInt8], _ right: [UInt8]) throws -> [UInt8] { try compute(BN_mod_mul, left, right) }
    func sum(_ left: [UInt8], _ right: [UInt8]) throws -> [UInt8] { try compute(BN_mod_add, left, right) }

    func inverse(_ number: [UInt8]) throws -> [UInt8] {
        try compute({ BN_mod_inverse($0, $1, $3, $4) == nil ? 0 : 1 }, number, number)
    }

    private func compute(_ operation: Operation, _ left: [UInt8], _ right: [UInt8]) throws -> [UInt8] {
        let (one, other) = (BN_bin2bn(left, 32, nil), BN_bin2bn(right, 32, nil))
        defer {
            BN_free(one)
            BN_free(other)
        }
        var bytes = [UInt8](repeating: 0, count: 32)
        guard one != nil, other != nil, operation(one, one, other, order, context) == 1,
            BN_bn2binpad(one, &bytes, 32) == 32
        else { throw Self.failure }
        return bytes
    }

    private static let failure = SimulatorError.unusable("OpenSSL cannot compute with a number")
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

/// Numbers of 32 bytes, big-endian.
extension [UInt8] {
    fileprivate var isZero: Bool { allSatisfy { $0 == 0 } }

    /// The remainder by the order, which is more than half of what 32 bytes can hold.
    fileprivate var reduced: [UInt8] {
        lexicographicallyPrecedes(DeterministicSigner.order) ? self : minus(DeterministicSigner.order)
    }

    /// - Parameter smaller: No larger than this one.
    fileprivate func minus(_ smaller: [UInt8]) -> [UInt8] {
        var (difference, borrow) = (self, 0)
        for position in indices.reversed() {
            let digit = Int(self[position]) - Int(smaller[position]) - borrow
            borrow = digit < 0 ? 1 : 0
            difference[position] = UInt8(truncatingIfNeeded: digit)
        }
        return difference
    }
}
