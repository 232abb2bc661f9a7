public import Wire

/// How large a log is and what is in it: the text under a log's signature (transparency-log 4.3).
public struct Checkpoint: Hashable, Sendable {
    public let origin: KeyName
    public let size: UInt64
    public let root: MerkleHash
    /// Further lines that other logs write. Ours writes none: they cannot be audited (N-5).
    public let extensions: [[UInt8]]

    /// - Returns: `nil` for a size beyond 2^63 − 1.
    public init?(origin: KeyName, size: UInt64, root: MerkleHash) {
        guard size <= TreeSize.maximum else { return nil }
        self.origin = origin
        self.size = size
        self.root = root
        extensions = []
    }

    /// - Parameter text: The text of a note.
    public init(parsing text: [UInt8]) throws(NoteFailure) {
        guard text.last == 0x0A else { throw .malformedCheckpoint("no newline at the end") }
        let lines = text.dropLast().split(separator: 0x0A, omittingEmptySubsequences: false)
        guard lines.count >= 3 else { throw .malformedCheckpoint("fewer than three lines") }
        guard let origin = KeyName(lines[0]) else { throw .malformedCheckpoint("the first line is no origin") }
        guard let size = Decimal.parse(lines[1]) else { throw .malformedCheckpoint("the second line is no size") }
        guard let hash = Base64.decode(lines[2]), let root = MerkleHash(exactly: hash) else {
            throw .malformedCheckpoint("the third line is no hash of 32 bytes in base64")
        }
        guard lines.dropFirst(3).allSatisfy({ !$0.isEmpty }) else { throw .malformedCheckpoint("an empty line") }
        self.origin = origin
        self.size = size
        self.root = root
        extensions = lines.dropFirst(3).map(Array.init)
    }

    /// What is signed.
    public var text: [UInt8] {
        var text = origin.bytes + [0x0A] + Array("\(size)\n".utf8) + Array(Base64.encode(root.bytes).utf8) + [0x0A]
        for line in extensions { text += line + [0x0A] }
        return text
    }
}
