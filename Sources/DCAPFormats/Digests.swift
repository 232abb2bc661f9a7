package import Crypto
package import Wire

extension FixedBytes where count == 32 {
    /// The bytes of a digest. Both have 32, so nothing can fail here.
    package init(_ digest: SHA256.Digest) {
        self.init()
        digest.withUnsafeBytes { bytes in
            for (position, byte) in bytes.enumerated() { self[position] = byte }
        }
    }

    /// SHA-256 of `bytes`.
    package init(sha256 bytes: ArraySlice<UInt8>) { self.init(SHA256.hash(data: bytes)) }
}
