import Crypto
import Wire

/// report_data as an attester of the scheme `assay` makes it (wire-formats 2.9), written apart from what verifies it.
public enum SimulatedBinding {
    /// - Parameters:
    ///   - nonce: 16 to 64 bytes.
    ///   - thumbprint: 32 bytes, the RFC 7638 thumbprint of the key that shall be confirmed; empty for none.
    /// - Returns: 64 bytes; `nil` where a length is none of these.
    public static func assay(nonce: [UInt8], thumbprint: [UInt8] = []) -> [UInt8]? {
        guard (16...64).contains(nonce.count), [0, 32].contains(thumbprint.count) else { return nil }
        var hash = SHA512()
        hash.update(data: Array("assay-v2".utf8))
        for part in [nonce, thumbprint] {
            hash.update(data: [UInt8(truncatingIfNeeded: part.count)] + part)
        }
        return Array(hash.finalize())
    }

    /// RFC 7638 thumbprint of an EC or OKP key in a JWK; `nil` for what is none.
    public static func thumbprint(ofWebKey text: [UInt8]) -> [UInt8]? {
        guard let key = try? JSONDocument(parsing: text).root, let kind = key.member("kty")?.string,
            let curve = key.member("crv")?.string, let x = key.member("x")?.string
        else { return nil }
        let end: String
        switch (kind, key.member("y")?.string) {
        case ("EC", let y?): end = #","y":"\#(y)"}"#
        case ("OKP", _): end = "}"
        default: return nil
        }
        let text = #"{"crv":"\#(curve)","kty":"\#(kind)","x":"\#(x)""# + end
        return Array(SHA256.hash(data: Array(text.utf8)))
    }
}
