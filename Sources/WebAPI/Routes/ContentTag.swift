import Crypto
import Wire

/// A name for a content, for `ETag`.
enum ContentTag {
    static func of(_ bytes: [UInt8]) -> String { Base64URL.encode(Array(SHA256.hash(data: bytes)).prefix(16)) }
}
