import Testing
import Wire

/// Texts that Swift holds equal and that are other bytes: two code points for one, and the Kelvin sign for K.
@Suite("Exact texts")
struct ExactTextTests {
    static let pairs = [
        ("\u{E9}", "e\u{301}"), ("K", "\u{212A}"), (";", "\u{37E}"), ("`", "\u{1FEF}"), ("\u{C5}", "\u{212B}"),
        ("\u{AC00}", "\u{1100}\u{1161}"), ("\u{8C48}", "\u{F900}"),
    ]

    @Test("Equal to Swift, not the same bytes: in every way texts are compared here", arguments: pairs)
    func differs(_ one: String, _ other: String) throws {
        #expect(one == other)
        #expect(!one.hasSameBytes(as: other))
        #expect(ExactText(one) != ExactText(other))
        #expect(Set([ExactText(one), ExactText(other)]).count == 2)
        #expect((ExactText(one) < ExactText(other)) != (ExactText(other) < ExactText(one)))
        #expect(JSON.string(one) != .string(other))
        #expect(JSON.object([(one, .null)]) != .object([(other, .null)]))
        #expect(JSON.object([(one, .null)])[other] == nil)
        // Two members, as RFC 8259 has it: neither hides the other, and none is a duplicate.
        let both = JSON.object([(one, .integer(1)), (other, .integer(2))])
        #expect(both[one] == .integer(1))
        #expect(both[other] == .integer(2))
        #expect(JSON(document: try JSONDocument(parsing: both.compactBytes).root) == both)
    }

    @Test("The same bytes are the same text")
    func same() {
        for (one, other) in Self.pairs {
            for text in [one, other, ""] {
                #expect(text.hasSameBytes(as: text[...]))
                #expect(ExactText(text) == ExactText(text[...]))
                #expect(Set([ExactText(text), ExactText(text)]).count == 1)
            }
            let absent: String? = nil
            let isSame = absent.hasSameBytes(as: one)
            #expect(!isSame)
        }
    }

    @Test("An escaped name is not found under an equivalent one")
    func member() throws {
        let root = try JSONDocument(parsing: Array(#"{"\u212Aid":1,"\u006Bid":2}"#.utf8)).root
        #expect(root.member("Kid") == nil)
        #expect(root.member("kid")?.integer == .value(2))
    }

    @Test("Nothing but K, semicolon and grave accent in ASCII has an equivalent: literals without them need no care")
    func literals() {
        let ascii = Dictionary(
            uniqueKeysWithValues: (UInt8(0)..<0x80).map { (Character(Unicode.Scalar($0)), $0) })
        var equivalents: [Character: UInt32] = [:]
        for value in UInt32(0x80)...0x10FFFF {
            guard let character = Unicode.Scalar(value).map(Character.init), let known = ascii[character] else {
                continue
            }
            equivalents[Character(Unicode.Scalar(known))] = value
        }
        #expect(equivalents == ["K": 0x212A, ";": 0x37E, "`": 0x1FEF])
    }
}
