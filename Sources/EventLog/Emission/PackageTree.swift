import Crypto
public import Wire

/// The digest of a directory, `assay-tree-1` (event-logs 6.2): every file and link with its path, whether it can be run,
/// and what it holds. Times, owners and empty directories do not count.
public struct PackageTree: Sendable {
    public static let algorithm = "assay-tree-1"

    public enum Kind: UInt8, Sendable {
        case file = 0x66
        case link = 0x6C
    }

    private struct Entry {
        let path: [UInt8]
        let kind: Kind
        let isExecutable: Bool
        let length: UInt64
        let sha256: FixedBytes<32>
    }

    private var entries: [Entry] = []

    public init() {}

    public var count: Int { entries.count }

    /// - Parameters:
    ///   - path: Relative to the root, `/` between components, as the file system has the bytes.
    ///   - length: Of the file, or of the link's target.
    ///   - sha256: Of the same bytes.
    public mutating func add(
        _ path: [UInt8], _ kind: Kind, isExecutable: Bool, length: UInt64, sha256: FixedBytes<32>
    ) {
        entries.append(
            Entry(path: path, kind: kind, isExecutable: isExecutable, length: length, sha256: sha256))
    }

    /// Sorted by the paths' bytes, so that the order of reading a directory does not matter.
    public var digest: FixedBytes<32> {
        var hasher = SHA256()
        hasher.update(data: Array(Self.algorithm.utf8) + [0])
        for entry in entries.sorted(by: { $0.path.lexicographicallyPrecedes($1.path) }) {
            let mode: UInt8 = entry.kind == .file && entry.isExecutable ? 0x78 : 0x2D
            hasher.update(data: Self.bigEndian(UInt32(entry.path.count)) + entry.path + [entry.kind.rawValue, mode])
            hasher.update(data: Self.bigEndian(entry.length) + entry.sha256.bytes)
        }
        var digest = FixedBytes<32>()
        for (position, byte) in hasher.finalize().enumerated() { digest[position] = byte }
        return digest
    }

    private static func bigEndian(_ value: some FixedWidthInteger & UnsignedInteger) -> [UInt8] {
        (0..<value.bitWidth / 8).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
}
