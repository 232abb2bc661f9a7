public import MerkleLog
import Wire

/// Everything one verdict needs to be judged again by somebody who trusts nobody here: a USTAR archive that is the same
/// bytes whenever it is made from the same things (transparency-log 14.4).
public struct EvidenceBundle: Sendable {
    private var files: [String: [UInt8]]

    public init(entry: [UInt8], proof: TextProof) {
        files = ["entry.json": entry, "proof.tlog-proof": proof.bytes]
    }

    /// - Parameter name: Of at most 100 bytes, as all of the specification's are.
    public mutating func add(_ name: String, _ bytes: [UInt8]) { files[name] = bytes }

    public func archive(index: UInt64, origin: KeyName) -> [UInt8] {
        let manifest = JSON.object([
            (
                "files",
                .object(files.map { ($0.key, .string(MerkleHashing.sha256($0.value).hex)) })
            ), ("index", .integer(Int64(clamping: index))), ("kind", .string("evidence-bundle")),
            ("origin", .string(origin.description)), ("v", .integer(1)),
        ]).canonicalBytes
        var bytes: [UInt8] = []
        let all = files.merging(["manifest.json": manifest]) { first, _ in first }
        for (name, content) in all.sorted(by: { Array($0.key.utf8).lexicographicallyPrecedes(Array($1.key.utf8)) }) {
            bytes += Self.header(name, content.count) + content
            bytes += [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
        }
        return bytes + [UInt8](repeating: 0, count: 1_024)
    }

    /// POSIX 1003.1-1988: name, mode, ids, size and time in octal, a checksum over the header with blanks in its place.
    private static func header(_ name: String, _ count: Int) -> [UInt8] {
        func field(_ text: String, _ width: Int) -> [UInt8] {
            let bytes = Array(text.utf8.prefix(width))
            return bytes + [UInt8](repeating: 0, count: width - bytes.count)
        }
        func octal(_ value: Int, _ digits: Int) -> String {
            let text = String(value, radix: 8)
            return String(repeating: "0", count: max(0, digits - text.count)) + text
        }
        var header = field(name, 100) + field(octal(0o644, 7), 8) + field(octal(0, 7), 8) + field(octal(0, 7), 8)
        header += field(octal(count, 11), 12) + field(octal(0, 11), 12) + [UInt8](repeating: 0x20, count: 8)
        header += field("0", 1) + field("", 100) + field("ustar", 6) + field("00", 2) + field("", 32) + field("", 32)
        header += field(octal(0, 7), 8) + field(octal(0, 7), 8) + field("", 155) + [UInt8](repeating: 0, count: 12)
        let sum = header.reduce(0) { $0 + Int($1) }
        header.replaceSubrange(148..<156, with: Array(octal(sum, 6).utf8) + [0, 0x20])
        return header
    }
}
