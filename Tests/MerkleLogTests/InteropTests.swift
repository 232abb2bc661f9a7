import Foundation
import LogSupport
import MerkleLog
import ProcessSupport
import Testing
import Wire

/// What we write, read by an implementation that shares nothing with ours but the documents (Tests/interop).
@Suite(.waiting) struct InteropTests {
    static let reader = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "interop/read_log.py").path

    static func run(_ arguments: [String]) throws -> (exitCode: Int32, output: String) {
        let result = try ChildProcess.run(["python3", reader] + arguments)
        return (result.exitCode, result.output + result.error)
    }

    private static func leaves(_ range: Range<Int>) -> [[UInt8]] {
        range.map { Array(#"{"kind":"x","time_ms":\#($0),"v":1}"#.utf8) }
    }

    @Test(
        .needs(.python),
        arguments: [0, 1, 255, 256, 257, 700])
    func everySizeIsRead(_ size: Int) throws {
        let log = try LogFolder()
        try log.append(Self.leaves(0..<size))
        let answer = try Self.run(["check", log.path, log.key.text])
        #expect(answer.output == "\(size) entries, root \(log.root.hex)\n")
        #expect(answer.exitCode == 0)
        for index in size == 0 ? [] : [0, size / 2, size - 1] {
            let ours = try log.proof(index: index, withLeaf: index.isMultiple(of: 2))
            let theirs = try Self.run(["include", log.path, log.key.text, "\(index)"])
            #expect(theirs.output == ours.path.map { $0.hex }.joined(separator: " ") + "\n")
            let file = try log.write(ours.bytes, to: "entry.tlog-proof")
            let leaf = try log.write(log.leaves[index], to: "leaf")
            #expect(try Self.run(["proof", file, leaf, log.key.text]).exitCode == 0)
            let other = try log.write(Array("{}".utf8), to: "leaf")
            #expect(try Self.run(["proof", file, other, log.key.text]).exitCode == 1)
        }
    }

    @Test(.needs(.python))
    func growthAndTampering() throws {
        let log = try LogFolder()
        try log.append(Self.leaves(0..<300))
        let old = try log.write(try log.checkpoint().bytes, to: "old")
        try log.append(Self.leaves(300..<601))
        #expect(try Self.run(["check", log.path, log.key.text, "--old", old]).exitCode == 0)
        let fork = try log.write(try log.checkpoint(size: 300, root: MerkleHash()).bytes, to: "fork")
        #expect(try Self.run(["check", log.path, log.key.text, "--old", fork]).exitCode == 1)
        let other = try LogFolder(seed: [UInt8](repeating: 5, count: 32))
        #expect(try Self.run(["check", log.path, other.key.text]).exitCode == 1)
        for name in ["checkpoint", "tile/0/001", "tile/1/000.p/2", "tile/entries/002.p/89"] {
            let good = [UInt8](try Data(contentsOf: log.url.appending(path: name)))
            var bad = good
            bad[bad.count / 2] ^= 1
            try log.write(bad, to: name)
            #expect(try Self.run(["check", log.path, log.key.text]).exitCode == 1, "\(name)")
            try log.write(good, to: name)
        }
        #expect(try Self.run(["check", log.path, log.key.text]).exitCode == 0)
    }
}
