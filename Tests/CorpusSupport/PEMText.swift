import Foundation

/// PEM read leniently and with Foundation, so that tests do not lean on the reader they test.
public enum PEMText {
    /// The DER of every block with this label, in order; blocks that are no base64 are left out.
    public static func blocks(_ text: [UInt8], label: String = "CERTIFICATE") -> [[UInt8]] {
        String(decoding: text, as: UTF8.self).components(separatedBy: "-----BEGIN \(label)-----").dropFirst()
            .compactMap { block in
                let body = block.components(separatedBy: "-----END \(label)-----")[0].filter { !$0.isWhitespace }
                return Data(base64Encoded: body).map { [UInt8]($0) }
            }
    }

    public static func lists(_ text: [UInt8]) -> [[UInt8]] { blocks(text, label: "X509 CRL") }
}
