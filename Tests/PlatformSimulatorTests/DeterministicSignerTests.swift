import Crypto
import Testing
import Wire

@testable import PlatformSimulator

/// RFC 6979 A.2.5, P-256 with SHA-256.
@Suite struct DeterministicSignerTests {
    private static let scalar =
        Hex.decode("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721") ?? []

    @Test(arguments: [
        (
            "sample", "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716",
            "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"
        ),
        (
            "test", "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367",
            "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083"
        ),
    ])
    func signsAsTheRFCDoes(message: String, r: String, s: String) throws {
        let key = try SimulatedKey(scalar: Self.scalar)
        let signature = try key.sign(Array(message.utf8))
        #expect(Hex.encode(signature) == r + s)
        #expect(try verifies(signature, over: Array(message.utf8), by: key))
    }

    @Test func publicKeyIsThatOfTheRFC() throws {
        let key = try SimulatedKey(scalar: Self.scalar)
        #expect(
            Hex.encode(key.publicKey)
                == "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
                + "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299")
    }

    @Test func mirroredSignatureVerifiesToo() throws {
        let key = try SimulatedKey(seed: "signer", label: "mirror")
        let signature = try key.sign([1, 2, 3])
        let mirrored = DeterministicSigner.mirrored(signature)
        #expect(mirrored != signature)
        #expect(try verifies(mirrored, over: [1, 2, 3], by: key))
        #expect(DeterministicSigner.mirrored(mirrored) == signature)
    }

    /// The remainder by the order less one, and one: never zero, never the order.
    @Test(arguments: [
        (String(repeating: "0", count: 64), String(repeating: "0", count: 63) + "1"),
        (
            "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc63254f",
            "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550"
        ),
        ("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550", String(repeating: "0", count: 63) + "1"),
        ("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", String(repeating: "0", count: 63) + "2"),
        (
            String(repeating: "f", count: 64), "00000000ffffffff00000000000000004319055258e8617b0c46353d039cdab0"
        ),
    ])
    func scalars(bytes: String, wanted: String) throws {
        #expect(Hex.encode(DeterministicSigner.scalar(from: try #require(Hex.decode(bytes)))) == wanted)
    }

    @Test func digestsCountByTheirRemainder() throws {
        let zero = [UInt8](repeating: 0, count: 32)
        #expect(
            try DeterministicSigner.sign(digest: DeterministicSigner.order, scalar: Self.scalar)
                == DeterministicSigner.sign(digest: zero, scalar: Self.scalar))
    }

    @Test func signsForManyKeys() throws {
        for number in 0..<20 {
            let key = try SimulatedKey(seed: "signer", label: "key \(number)")
            #expect(try verifies(try key.sign([7]), over: [7], by: key))
            #expect(try !verifies(try key.sign([7]), over: [8], by: key))
        }
    }

    private func verifies(_ signature: [UInt8], over message: [UInt8], by key: SimulatedKey) throws -> Bool {
        try P256.Signing.PublicKey(rawRepresentation: key.publicKey).isValidSignature(
            P256.Signing.ECDSASignature(rawRepresentation: signature), for: SHA256.hash(data: message))
    }
}
