import Crypto
public import MerkleLog
public import Wire

/// Where a question goes on: bound to the question, to the size it was asked at, and to this service (transparency-log
/// It does not expire.
public struct Cursor: Hashable, Sendable {
    public let size: UInt64
    public let after: UInt64
    public let ascending: Bool
    public let filter: MerkleHash

    public init(size: UInt64, after: UInt64, ascending: Bool, filter: MerkleHash) {
        self.size = size
        self.after = after
        self.ascending = ascending
        self.filter = filter
    }

    private static let tagBytes = 16

    private var document: [UInt8] {
        JSON.object([
            ("after", .integer(Int64(clamping: after))), ("as_of", .integer(Int64(clamping: size))),
            ("filter_sha256", .string(filter.hex)), ("order", .string(ascending ? "asc" : "desc")), ("v", .integer(1)),
        ]).canonicalBytes
    }

    public func text(_ key: CursorKey) -> String { Base64URL.encode(document + key.tag(document)) }

    /// - Returns: `nil` for anything but what this service wrote.
    public init?(_ text: String, key: CursorKey) {
        guard text.utf8.count <= 1_024, let bytes = Base64URL.decode(Array(text.utf8)[...]), bytes.count > Self.tagBytes
        else { return nil }
        let document = Array(bytes.dropLast(Self.tagBytes))
        // Every byte is compared, so that time says nothing of the first that differs.
        guard zip(key.tag(document), bytes.suffix(Self.tagBytes)).reduce(0, { $0 | ($1.0 ^ $1.1) }) == 0,
            let root = try? JSONDocument(parsing: document).root,
            let after = root.member("after").flatMap({ Decimal.parse($0.bytes) }),
            let size = root.member("as_of").flatMap({ Decimal.parse($0.bytes) }),
            let order = root.member("order")?.string, let hex = root.member("filter_sha256")?.string,
            let filter = Hex.decode(hex).flatMap({ MerkleHash(exactly: $0) })
        else { return nil }
        self.init(size: size, after: after, ascending: order == "asc", filter: filter)
    }
}

/// The secret under cursors; it protects nobody's data, only auditors from half-right answers.
public struct CursorKey: Sendable {
    private let key: SymmetricKey

    init(bytes: [UInt8]) { key = SymmetricKey(data: bytes) }

    /// What shows that a name was given out by this service: 16 hexadecimal digits.
    public func seal(_ name: String) -> String { Hex.encode(Array(tag(Array(name.utf8)).prefix(8))) }

    func tag(_ document: [UInt8]) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: document, using: key).prefix(16))
    }
}
