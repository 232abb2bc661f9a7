import Foundation
import ProcessSupport
import ServiceSupport
import Testing
import Wire

@testable import ResultToken

/// Status lists: the draft's own example, and lists of every kind as Python's zlib reads them.
@Suite("Status lists")
struct StatusListTests {
    @Test("The example of draft-ietf-oauth-status-list 4.1, byte for byte")
    func example() {
        #expect(Base64URL.encode(ZlibStream.compress([0xB9, 0xA3])) == "eNrbuRgAAhcBXQ")
    }

    /// Runs of every length around the limits of a match, bytes of both code lengths, lists as they come.
    private static var inputs: [[UInt8]] {
        var inputs: [[UInt8]] = [[], [0], [255], Array(0...255), Array("aaaabbbbccc".utf8)]
        for count in Array(1...12) + Array(250...275) + [515, 516, 517, 16_384] {
            inputs.append([UInt8](repeating: 0, count: count))
            inputs.append([7] + [UInt8](repeating: 200, count: count) + [7])
        }
        var generator = SplitMix(state: 7)
        for density in [1, 50, 5_000] as [UInt64] {
            inputs.append(
                (0..<16_384).map { _ in generator.next() % 10_000 < density ? 1 << UInt8(generator.next() % 8) : 0 })
        }
        inputs.append((0..<5_000).map { _ in UInt8(truncatingIfNeeded: generator.next()) })
        return inputs
    }

    private struct SplitMix: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    @Test("Python's zlib inflates what is compressed to what it was", .needs(.python))
    func inflates() throws {
        let inputs = Self.inputs
        let found = try Self.python(
            "import sys, zlib\nfor line in sys.stdin:\n print(zlib.decompress(bytes.fromhex(line.strip())).hex())",
            inputs.map { ZlibStream.compress($0) })
        #expect(found == inputs)
    }

    @Test(
        "What is compressed, by us and by Python's zlib in every kind of block, is inflated to what it was",
        .needs(.python))
    func inflated() throws {
        let inputs = Self.inputs
        for input in inputs {
            #expect(try ZlibStream.decompress(ZlibStream.compress(input), limit: max(1, input.count)) == input)
        }
        // Stored; codes of their own; fixed codes; no matches; runs only; a small window.
        for settings in ["0", "9", "9, 8, 15, 9, zlib.Z_FIXED", "9, 8, 15, 9, zlib.Z_HUFFMAN_ONLY", "9, 8, 9"] {
            let found = try Self.python(
                "import sys, zlib\nfor line in sys.stdin:\n c = zlib.compressobj(\(settings))\n"
                    + " print((c.compress(bytes.fromhex(line.strip())) + c.flush()).hex())", inputs)
            for (input, compressed) in zip(inputs, found) {
                #expect(try ZlibStream.decompress(compressed, limit: max(1, input.count)) == input, "\(settings)")
            }
        }
    }

    @Test(
        "Cut off anywhere or with any bit turned over, compressed bytes are refused or give what they gave",
        .needs(.python))
    func damaged() throws {
        let input = Array("status lists, status lists and lists of statuses".utf8) + [UInt8](repeating: 0, count: 300)
        let own = try Self.python(
            "import sys, zlib\nfor line in sys.stdin:\n print(zlib.compress(bytes.fromhex(line.strip()), 9).hex())",
            [(0..<300).map { UInt8($0 * $0 % 251 % 17) }])[0]
        for compressed in [ZlibStream.compress(input), own] {
            let whole = try ZlibStream.decompress(compressed, limit: 600)
            for count in 0..<compressed.count {
                #expect(throws: ZlibStream.Defect.self) {
                    try ZlibStream.decompress(Array(compressed[..<count]), limit: 600)
                }
            }
            #expect(throws: ZlibStream.Defect.self) { try ZlibStream.decompress(compressed + [0], limit: 600) }
            for bit in 0..<compressed.count * 8 {
                var changed = compressed
                changed[bit / 8] ^= 1 << UInt8(bit % 8)
                let found = try? ZlibStream.decompress(changed, limit: 600)
                #expect(found == nil || found == whole, "bit \(bit)")
            }
        }
    }

    @Test(
        "Zlib data of every wrong kind",
        arguments: [
            "", "78da", "79da0300000000000001", "88d80300000000000001", "78bb0000000003000000000001", "78da0700000001",
            "78da01020000ff00000000000001", "78da0300000000000000", "78da03020000000001",
            "78da05e0932449922449920000000001",
        ])
    func wrong(_ text: String) throws {
        let bytes = try #require(Hex.decode(Array(text.utf8)))
        let error = #expect(throws: ZlibStream.Defect.self) { try ZlibStream.decompress(bytes, limit: 4_096) }
        #expect(error?.sentence.hasPrefix("no zlib data") == true, "\(error?.sentence ?? "")")
    }

    @Test("Never more is written than was allowed")
    func bomb() throws {
        let bomb = ZlibStream.compress([UInt8](repeating: 0, count: 4_097))
        #expect(try ZlibStream.decompress(bomb, limit: 4_097).count == 4_097)
        for limit in [1, 4_096] {
            let error = #expect(throws: ZlibStream.Defect.self) { try ZlibStream.decompress(bomb, limit: limit) }
            #expect(error?.sentence == "more than \(limit) bytes inflated")
        }
    }

    /// - Returns: What a program of Python's wrote, a line of hex each, for such lines.
    private static func python(_ program: String, _ inputs: [[UInt8]]) throws -> [[UInt8]] {
        let lines = inputs.map { Hex.encode($0) + "\n" }.joined()
        let python = try ChildProcess.run(["python3", "-c", program], input: Array(lines.utf8))
        #expect(python.exitCode == 0, "\(python.error)")
        return try python.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map {
            try #require(Hex.decode(String($0)))
        }
    }

    @Test("A list without revocations takes some hundred bytes; places outside it are none")
    func sizes() throws {
        let empty = StatusList(withdrawn: [Int64]()).claims(uri: "u", issuer: "i", at: Instant(seconds: 100))
        let text = try #require(empty["status_list"]?.text("lst"))
        #expect(text.utf8.count < 200)
        #expect(empty["exp"] == .integer(400))
        let outside = StatusList(withdrawn: [-1, StatusList.capacity, .max]).claims(
            uri: "u", issuer: "i", at: Instant(seconds: 100))
        #expect(outside == empty)
        let last = StatusList(withdrawn: [StatusList.capacity - 1]).claims(
            uri: "u", issuer: "i", at: Instant(seconds: 100))
        #expect(last != empty)
    }

    @Test("A token names its place, and stays below 4 KiB")
    func claim() throws {
        let claims = try Sample.claims(
            .ear, try Sample.verdict(),
            Sample.context {
                $0.status = StatusReference(uri: "https://attest.example.cn/v1/status-list/x", index: 131_071)
            })
        #expect(claims["status"]?["status_list"]?["idx"] == .integer(131_071))
        #expect(claims["status"]?["status_list"]?["uri"] == .string("https://attest.example.cn/v1/status-list/x"))
        #expect(try Sample.token(claims.compactBytes).utf8.count < 4_096)
        for profile in [TokenProfile.earDotted, .simple] {
            let context = Sample.context { $0.status = StatusReference(uri: "https://x", index: 1) }
            #expect(try Sample.claims(profile, try Sample.verdict(), context)["status"] == nil)
        }
    }
}
