/// What can be wrong with the shape of a byte string, and where.
public enum FormatError: Error, Equatable, Sendable {
    /// `field` at `offset` needs `need` bytes, `have` are left in the region that holds it.
    case truncated(field: String, offset: Int, need: UInt64, have: Int)
    /// `count` bytes are left over at `offset` where none may be.
    case trailing(field: String, offset: Int, count: Int)
}

/// The one cursor over hostile bytes. Reads forward only, checks every length against what is left, and hands nested
/// readers only their own slice. Offsets in errors are positions in the original input.
public struct ByteReader: ~Copyable {
    @usableFromInline let bytes: [UInt8]
    @usableFromInline var position: Int
    @usableFromInline let end: Int

    @inlinable public init(_ bytes: [UInt8]) {
        self.bytes = bytes
        position = 0
        end = bytes.count
    }

    /// A reader that sees only `range` of `bytes`, for structures nested in a larger input.
    @inlinable public init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = Array(bytes)
        position = 0
        end = bytes.count
    }

    @inlinable init(_ bytes: [UInt8], from start: Int, to end: Int) {
        self.bytes = bytes
        self.position = start
        self.end = end
    }

    @inlinable public var remaining: Int { end - position }
    @inlinable public var offset: Int { position }

    /// The next `count` bytes as a range of the input.
    @inlinable public mutating func range(_ count: some BinaryInteger, _ field: String) throws(FormatError) -> Range<
        Int
    > {
        let need = UInt64(clamping: count)
        guard need <= UInt64(remaining) else {
            throw .truncated(field: field, offset: position, need: need, have: remaining)
        }
        let start = position
        position += Int(need)
        return start..<position
    }

    @inlinable public mutating func slice(_ count: some BinaryInteger, _ field: String) throws(FormatError)
        -> ArraySlice<UInt8>
    {
        let range = try range(count, field)
        return bytes[range]
    }

    /// A little-endian unsigned integer; all integers of quotes are (dcap 0.2).
    @inlinable public mutating func integer<Integer: FixedWidthInteger & UnsignedInteger>(
        _ field: String, as type: Integer.Type = Integer.self
    ) throws(FormatError) -> Integer {
        let range = try range(Integer.bitWidth / 8, field)
        var value: Integer = 0
        for position in range.reversed() { value = value << 8 | Integer(bytes[position]) }
        return value
    }

    @inlinable public mutating func fixed<let count: Int>(_ field: String) throws(FormatError) -> FixedBytes<count> {
        let range = try range(count, field)
        var value = FixedBytes<count>()
        for position in 0..<count { value.storage[position] = bytes[range.lowerBound + position] }
        return value
    }

    /// A reader over exactly the next `count` bytes; this reader moves past them.
    @inlinable public mutating func nested(_ count: some BinaryInteger, _ field: String) throws(FormatError)
        -> ByteReader
    {
        let range = try range(count, field)
        return ByteReader(bytes, from: range.lowerBound, to: range.upperBound)
    }

    /// Insists that everything was read.
    @inlinable public func finish(_ field: String) throws(FormatError) {
        guard remaining == 0 else { throw .trailing(field: field, offset: position, count: remaining) }
    }
}
