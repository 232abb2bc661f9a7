import Testing
import Wire

@Suite("DER, read strictly")
struct DERReaderTests {
    @Test(
        "Refuses what DER does not allow",
        arguments: [
            ([0x30], DERError(.truncated, at: 0), "a header of one byte"),
            ([0x30, 0x02, 0x05], DERError(.truncated, at: 0), "content that runs past the end"),
            ([0x30, 0x80, 0x00, 0x00], DERError(.badLength, at: 1), "an indefinite length"),
            ([0x30, 0x81, 0x01, 0x00], DERError(.badLength, at: 1), "a length longer than needed"),
            ([0x30, 0x82, 0x00, 0x80], DERError(.badLength, at: 1), "a length with a leading zero"),
            ([0x30, 0x85, 1, 1, 1, 1, 1], DERError(.badLength, at: 1), "a length of five octets"),
            ([0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF], DERError(.truncated, at: 0), "a length of 4 GiB"),
            ([0x3F, 0x81, 0x01, 0x00], DERError(.unexpectedTag(found: 0x3F, wanted: 0x30), at: 0), "a high tag"),
            ([0x31, 0x00], DERError(.unexpectedTag(found: 0x31, wanted: 0x30), at: 0), "another tag"),
            ([], DERError(.truncated, at: 0), "nothing"),
        ] as [([UInt8], DERError, String)])
    func refuses(_ bytes: [UInt8], _ error: DERError, _ what: String) {
        var reader = DERReader(bytes)
        #expect(throws: error, "\(what)") { try reader.element(DERReader.Tag.sequence) }
    }

    @Test("Insists on the end")
    func trailing() {
        var reader = DERReader([0x30, 0x00, 0x00])
        #expect(throws: Never.self) { try reader.element(DERReader.Tag.sequence) }
        #expect(throws: DERError(.trailingBytes(1), at: 2)) { try reader.finish() }
    }

    @Test(
        "Integers in as few octets as they need, within their range",
        arguments: [
            ([0x02, 0x01, 0x00], 0), ([0x02, 0x01, 0x7F], 127), ([0x02, 0x02, 0x00, 0xFF], 255),
            ([0x02, 0x02, 0x01, 0x00], nil), ([0x02, 0x01, 0xFF], nil), ([0x02, 0x02, 0x00, 0x7F], nil),
            ([0x02, 0x02, 0xFF, 0x80], nil), ([0x02, 0x00], nil),
        ] as [([UInt8], Int?)])
    func smallIntegers(_ bytes: [UInt8], _ value: Int?) {
        var reader = DERReader(bytes)
        #expect((try? reader.small(atMost: 255)) == value)
    }

    @Test("A BOOLEAN is 00 or FF", arguments: [(0x00, false), (0xFF, true), (0x01, nil)] as [(UInt8, Bool?)])
    func booleans(_ octet: UInt8, _ value: Bool?) {
        var reader = DERReader([0x01, 0x01, octet])
        #expect((try? reader.boolean()) == value)
    }

    @Test(
        "Times in whole seconds, UTC, on days that exist",
        arguments: [
            (0x17, "180521104510Z", "2018-05-21T10:45:10Z"), (0x17, "491231235959Z", "2049-12-31T23:59:59Z"),
            (0x17, "500101000000Z", "1950-01-01T00:00:00Z"), (0x18, "20500101000000Z", "2050-01-01T00:00:00Z"),
            (0x17, "180230000000Z", nil), (0x17, "180521104510+0000", nil), (0x17, "1805211045Z", nil),
            (0x18, "20500101000000.5Z", nil), (0x16, "180521104510Z", nil), (0x17, "18052110451AZ", nil),
        ] as [(UInt8, String, String?)])
    func times(_ tag: UInt8, _ text: String, _ instant: String?) {
        var reader = DERReader([tag, UInt8(text.utf8.count)] + Array(text.utf8))
        #expect((try? reader.time())?.description == instant)
    }
}
