/// Exactly `count` bytes, stored inline: a measurement, a key coordinate, an identifier.
///
/// A value that exists has the right length, so nothing that holds one checks again.
public struct FixedBytes<let count: Int>: Hashable, Sendable {
    @usableFromInline var storage: InlineArray<count, UInt8>

    /// All zero.
    @inlinable public init() { storage = InlineArray(repeating: 0) }

    /// - Returns: `nil` unless `bytes` has exactly `count` elements.
    @inlinable public init?(exactly bytes: some Collection<UInt8>) {
        guard bytes.count == count else { return nil }
        storage = InlineArray(repeating: 0)
        var position = 0
        for byte in bytes {
            storage[position] = byte
            position += 1
        }
    }

    @inlinable public subscript(position: Int) -> UInt8 {
        get { storage[position] }
        set { storage[position] = newValue }
    }

    @inlinable public var indices: Range<Int> { 0..<count }

    /// A copy as an array, for hashing and printing.
    @inlinable public var bytes: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            for position in 0..<count { buffer[position] = storage[position] }
            initialized = count
        }
    }

    @inlinable public var isZero: Bool {
        for position in 0..<count where storage[position] != 0 { return false }
        return true
    }

    /// Lower-case hexadecimal, byte 0 first ("memory order", dcap 0.2).
    @inlinable public var hex: String { Hex.encode(bytes) }

    @inlinable public static func == (left: Self, right: Self) -> Bool {
        for position in 0..<count where left.storage[position] != right.storage[position] { return false }
        return true
    }

    @inlinable public func hash(into hasher: inout Hasher) {
        storage.span.withUnsafeBytes { hasher.combine(bytes: $0) }
    }
}

extension FixedBytes: CustomStringConvertible {
    public var description: String { hex }
}
