import Crypto

/// report_data as attesters make it (wire-formats 2.9), written apart from what verifies it.
package enum Binding {
    package static func padded(_ bytes: [UInt8]) -> [UInt8] { bytes + [UInt8](repeating: 0, count: 64 - bytes.count) }
    package static func sha256(_ bytes: [UInt8]) -> [UInt8] { padded(Array(SHA256.hash(data: bytes))) }
    package static func sha384(_ bytes: [UInt8]) -> [UInt8] { padded(Array(SHA384.hash(data: bytes))) }
    package static func sha512(_ bytes: [UInt8]) -> [UInt8] { Array(SHA512.hash(data: bytes)) }

    /// `assay-v2`: the nonce, and the thumbprint of the key that shall be confirmed; empty for none.
    package static func assay(nonce: [UInt8], thumbprint: [UInt8]) -> [UInt8] {
        sha512(
            Array("assay-v2".utf8) + [UInt8(truncatingIfNeeded: nonce.count)] + nonce
                + [UInt8(truncatingIfNeeded: thumbprint.count)] + thumbprint)
    }
}
