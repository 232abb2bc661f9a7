import Testing
import Wire

@testable import PlatformSimulator

@Suite struct DERTests {
    @Test(arguments: [
        (DERNode.integer(0), "020100"), (.integer(127), "02017f"), (.integer(128), "02020080"),
        (.integer(255), "020200ff"), (.integer(256), "02020100"), (.integer(-1), "0201ff"),
        (.integer(-129), "0202ff7f"),
        (.enumerated(2), "0a0102"), (.unsigned([0, 0, 0x80]), "02020080"), (.unsigned([]), "020100"),
        (.boolean(0xFF), "0101ff"), (.bits([6], unused: 1), "03020106"),
        (.identifier(.prime256v1), "06082a8648ce3d030107"), (.identifier(.intelSGX), "06092a864886f84d010d01"),
        (.time(Instant(seconds: 2_524_607_999)), "170d3439313233313233353935395a"),
        (.time(Instant(seconds: 2_524_608_000)), "180f32303530303130313030303030305a"),
        (.indefinite(tag: 0x30, children: [.integer(1)]), "30800201010000"),
        (.paddedLength(tag: 0x04, content: [1]), "04810101"),
        (.context(3, [.implicit(0, [9])]), "a303800109"),
    ])
    func writes(_ node: DERNode, _ hex: String) { #expect(Hex.encode(node.encoded) == hex) }

    @Test(arguments: [(127, "047f"), (128, "048180"), (255, "0481ff"), (256, "04820100"), (65_536, "0483010000")])
    func lengthsAreMinimal(count: Int, head: String) {
        let encoded = DERNode.octets(Array(repeating: 0, count: count)).encoded
        #expect(Hex.encode(encoded.dropLast(count)) == head)
    }

    @Test func childrenCanBeEdited() {
        var node = DERNode.sequence([.integer(1), .integer(2)])
        node.children.removeLast()
        node.children.append(.boolean(1))
        #expect(Hex.encode(node.encoded) == "3006020101010101")
    }
}
