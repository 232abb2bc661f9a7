import Crypto
import Testing
import Wire

@testable import DCAPVerification

@Suite("The DER form of a signature")
struct SignatureFormTests {
    @Test("Is read as the library writes it")
    func written() throws {
        let key = P256.Signing.PrivateKey()
        for number in 0..<600 {
            let signature = try key.signature(for: [UInt8(number & 0xFF), UInt8(number >> 8)])
            let read = Signatures.fixedWidth(Array(signature.derRepresentation)[...])
            #expect(read?.bytes == Array(signature.rawRepresentation))
        }
    }

    @Test("Holds numbers of every width")
    func widths() throws {
        for width in 1...32 {
            for first: UInt8 in [0x01, 0x7F, 0x80, 0xFF] {
                let number = [first] + [UInt8](repeating: 5, count: width - 1)
                let integer = first < 0x80 ? number : [0] + number
                let read = Signatures.fixedWidth(Self.sequence([integer, [7]])[...])
                let wanted = [UInt8](repeating: 0, count: 32 - width) + number + [UInt8](repeating: 0, count: 31) + [7]
                #expect(read?.bytes == wanted)
                let library = try P256.Signing.ECDSASignature(derRepresentation: Self.sequence([integer, [7]]))
                #expect(Array(library.rawRepresentation) == wanted)
            }
        }
    }

    @Test(
        "Is refused where it is no DER, or holds another thing",
        arguments: [
            ("nothing", []),
            ("no numbers", sequence([])),
            ("one number", sequence([[1]])),
            ("three numbers", sequence([[1], [2], [3]])),
            ("bytes after the end", sequence([[1], [2]]) + [0]),
            ("an end inside a number", Array(sequence([[1], [2]]).dropLast())),
            ("a number without octets", sequence([[], [2]])),
            ("a negative r", sequence([[0x80], [2]])),
            ("a negative s", sequence([[1], [0xFF, 0x01]])),
            ("a leading zero that is not needed", sequence([[0, 1], [2]])),
            ("33 octets of value", sequence([[1] + [UInt8](repeating: 0, count: 32), [2]])),
            ("34 octets", sequence([[0, 0x80] + [UInt8](repeating: 0, count: 32), [2]])),
            ("a long form of a short length", [0x30, 0x81, 0x06, 0x02, 0x01, 0x01, 0x02, 0x01, 0x02]),
            ("another tag", [0x31, 0x06, 0x02, 0x01, 0x01, 0x02, 0x01, 0x02]),
            ("an OCTET STRING", [0x30, 0x06, 0x04, 0x01, 0x01, 0x02, 0x01, 0x02]),
        ])
    func refused(_ what: String, _ der: [UInt8]) {
        #expect(Signatures.fixedWidth(der[...]) == nil, "\(what)")
    }

    /// Octets of a SEQUENCE of INTEGERs whose contents are given.
    static func sequence(_ integers: [[UInt8]]) -> [UInt8] {
        let content = integers.flatMap { number -> [UInt8] in [0x02, UInt8(number.count)] + number }
        return [0x30, UInt8(content.count)] + content
    }
}
