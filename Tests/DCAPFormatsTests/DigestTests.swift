import Crypto
import DCAPFormats
import Testing
import Wire

@Suite("Digests as fixed bytes")
struct DigestTests {
    @Test("SHA-256 of \"abc\" (FIPS 180-4), whole and in parts")
    func abc() {
        let wanted = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        #expect(FixedBytes(sha256: Array("abc".utf8)[...]).hex == wanted)
        // A slice is hashed from where it begins.
        #expect(FixedBytes(sha256: Array("xabc".utf8).dropFirst()).hex == wanted)
        var hasher = SHA256()
        hasher.update(data: Array("a".utf8))
        hasher.update(data: Array("bc".utf8))
        #expect(FixedBytes(hasher.finalize()).hex == wanted)
    }
}
