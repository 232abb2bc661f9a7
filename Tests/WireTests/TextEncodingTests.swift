import Testing
import Wire

@Suite("Hex, base64 and PEM")
struct TextEncodingTests {
    @Test(
        "Hex",
        arguments: [("", []), ("00ff", [0, 255]), ("0AbC", [10, 188]), ("0", nil), ("0g", nil), ("0 ", nil)]
            as [(String, [UInt8]?)])
    func hex(_ text: String, _ bytes: [UInt8]?) {
        #expect(Hex.decode(text) == bytes)
    }

    @Test(
        "Base64 is canonical, or it is refused",
        arguments: [
            ("", []), ("AA==", [0]), ("AAA=", [0, 0]), ("/+8=", [255, 239]), ("AAAA", [0, 0, 0]),
            ("AB==", nil), ("AAB=", nil), ("AA=", nil), ("AA", nil), ("A", nil), ("A===", nil), ("AA==AA==", nil),
            ("AA\nAA", nil), ("-_8=", nil), ("AA==\0", nil),
        ] as [(String, [UInt8]?)])
    func base64(_ text: String, _ bytes: [UInt8]?) {
        #expect(Base64.decode(Array(text.utf8)[...]) == bytes)
    }

    @Test(
        "Base64 lines end in LF or CRLF and nothing else",
        arguments: [("\n", true), ("\r\n", true), ("\r", false), (" ", false)])
    func lineBreaks(_ separator: String, _ isAllowed: Bool) {
        let text = Array("AAAA\(separator)AAAA\(separator)".utf8)
        #expect((Base64.decode(text[...], allowingLineBreaks: true) != nil) == isAllowed)
    }

    @Test("What is encoded decodes", arguments: 0..<70)
    func roundTrip(_ count: Int) {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 11) }
        #expect(Base64.decode(Array(Base64.encode(bytes).utf8)[...]) == bytes)
        #expect(Base64.decode(Array(Base64.encode(bytes, lineLength: 64).utf8)[...], allowingLineBreaks: true) == bytes)
        #expect(Hex.decode(Array(Hex.encode(bytes).utf8)) == bytes)
    }

    private static let block = PEM.encode([1, 2, 3], label: "CERTIFICATE")

    @Test("PEM of every length, under labels with dashes in them")
    func lengthsAndLabels() throws {
        for label in ["", "A", "AB", "A-B", "A--B", "A----B", "CERTIFICATE", "X509 CRL"] {
            for count in 1..<120 {
                let bytes = [UInt8](repeating: 0xFB, count: count)
                let text = PEM.encode(bytes, label: label)
                #expect(try PEM.blocks(labelled: label, in: Array((text + text).utf8)[...]) == [bytes, bytes])
                for cut in [1, 2, 6, label.utf8.count + 8] {
                    #expect(throws: PEMError.self) {
                        try PEM.blocks(labelled: label, in: Array(text.utf8.dropLast(cut + 1))[...])
                    }
                }
            }
        }
    }

    @Test("PEM blocks with white space between them")
    func blocks() throws {
        let text = "\n \(Self.block)\t\r\n\(Self.block)"
        #expect(try PEM.blocks(labelled: "CERTIFICATE", in: Array(text.utf8)[...]) == [[1, 2, 3], [1, 2, 3]])
        let windows = Self.block.replacing("\n", with: "\r\n")
        #expect(try PEM.blocks(labelled: "CERTIFICATE", in: Array(windows.utf8)[...]) == [[1, 2, 3]])
    }

    @Test(
        "Refuses PEM that is no text of blocks",
        arguments: [
            ("", true), ("text", true), (block + "text", true), ("text" + block, true),
            ("-----BEGIN CERTIFICATE-----\nAQID\n", true), ("-----BEGIN CERTIFICATE", true),
            ("-----BEGIN CERTIFICATE-----\nAQ*D\n-----END CERTIFICATE-----\n", true),
            ("-----BEGIN CERTIFICATE-----\nAQID\n-----END X509 CRL-----\n", true), (block + "\0" + block, true),
            ("-----BEGIN X509 CRL-----\nAQID\n-----END X509 CRL-----\n", false),
            (String(repeating: block, count: 9), false),
        ])
    func refuses(_ text: String, _ isTextDefect: Bool) {
        do throws(PEMError) {
            let blocks = try PEM.blocks(labelled: "CERTIFICATE", in: Array(text.utf8)[...])
            Issue.record("accepted \(blocks.count) blocks")
        } catch {
            switch error {
            case .text: #expect(isTextDefect)
            case .content: #expect(!isTextDefect)
            }
        }
    }
}
