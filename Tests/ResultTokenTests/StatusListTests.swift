import Foundation
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

    @Test("Adler-32 as RFC 1950 has it")
    func checksum() {
        #expect(ZlibStream.checksum([]) == 1)
        #expect(ZlibStream.checksum(Array("Wikipedia".utf8)) == 0x11E6_0398)
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

    @Test("Python's zlib inflates what is compressed to what it was")
    func inflates() throws {
        let python = Process()
        python.executableURL = URL(filePath: "/usr/bin/env")
        python.arguments = [
            "python3", "-c",
            "import sys, zlib\nfor line in sys.stdin:\n print(zlib.decompress(bytes.fromhex(line.strip())).hex())",
        ]
        let (input, output) = (Pipe(), Pipe())
        python.standardInput = input
        python.standardOutput = output
        try python.run()
        let inputs = Self.inputs
        let lines = inputs.map { Hex.encode(ZlibStream.compress($0)) + "\n" }.joined()
        let writer = Thread {
            input.fileHandleForWriting.write(Data(lines.utf8))
            try? input.fileHandleForWriting.close()
        }
        writer.start()
        let answer = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        python.waitUntilExit()
        #expect(python.terminationStatus == 0)
        let found = answer.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        #expect(found.count == inputs.count)
        for (input, text) in zip(inputs, found) { #expect(text == Hex.encode(input)[...]) }
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
