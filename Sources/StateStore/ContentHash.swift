import Crypto
import Wire

/// SHA-256 of stored bytes, by which they are named.
enum ContentHash {
    static func of(_ bytes: [UInt8]) -> FixedBytes<32> {
        var hash = FixedBytes<32>()
        for (position, byte) in SHA256.hash(data: bytes).enumerated() { hash[position] = byte }
        return hash
    }
}
