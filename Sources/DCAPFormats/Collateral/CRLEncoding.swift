import Wire

/// The three forms in which services hand over a CRL, told apart by content and never by label (dcap 3.4).
public enum CRLEncoding {
    private static let label = "X509 CRL"

    /// - Returns: the DER, or `nil` for anything that is none of DER, PEM and hex.
    public static func decode(_ input: [UInt8]) -> [UInt8]? {
        guard let first = input.first else { return nil }
        // Hex of DER begins with the digit 3, never with the byte 0x30.
        if first == 0x30 { return input }
        guard let start = input.firstIndex(where: { !isWhiteSpace($0) }),
            let last = input.lastIndex(where: { !isWhiteSpace($0) })
        else { return nil }
        if input[start...].starts(with: "-----BEGIN".utf8) {
            guard let blocks = try? PEM.blocks(labelled: label, in: input[start...]), blocks.count == 1 else {
                return nil
            }
            return blocks[0]
        }
        return Hex.decode(input[start...last])
    }

    private static func isWhiteSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}
