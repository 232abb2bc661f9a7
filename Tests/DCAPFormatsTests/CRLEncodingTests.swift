import DCAPFormats
import Testing
import Wire

/// dcap 3.4: by content, in this order, whatever the label says.
@Suite("CRL encodings")
struct CRLEncodingTests {
    @Test(
        "DER, hex and PEM, and nothing else",
        arguments: [
            ([0x30, 0x00], [0x30, 0x00]), (Array("3000".utf8), [0x30, 0x00]), (Array(" 30 00".utf8), nil),
            (Array("\r\n3000\n".utf8), [0x30, 0x00]), (Array("300".utf8), nil), (Array("30zz".utf8), nil),
            (Array(PEM.encode([0x30, 0x00], label: "X509 CRL").utf8), [0x30, 0x00]),
            (Array(PEM.encode([0x30, 0x00], label: "CERTIFICATE").utf8), nil), ([], nil),
            // Found by fuzzing: nothing but white space.
            (Array(repeating: 0x0D, count: 14), nil), ([0x20], nil),
        ] as [([UInt8], [UInt8]?)])
    func decodes(_ input: [UInt8], _ der: [UInt8]?) {
        #expect(CRLEncoding.decode(input) == der)
    }

    @Test(
        "Header values: %XX only, a plus stays a plus",
        arguments: [
            ("a%2Bb+c%0A", "a+b+c\n"), ("%2b", "+"), ("%", nil), ("%2", nil), ("%ZZ", nil), ("%%32", nil), ("", ""),
        ] as [(String, String?)])
    func percentEncoding(_ text: String, _ decoded: String?) {
        #expect(PercentEncoding.decode(Array(text.utf8)) == decoded.map { Array($0.utf8) })
        #expect(PercentEncoding.decode([UInt8](repeating: 0x61, count: Limits.headerBytes + 1)) == nil)
    }
}
