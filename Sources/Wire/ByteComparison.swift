extension ArraySlice<UInt8> {
    /// Equality of kilobytes, eight bytes at a time: element by element it costs as much as hashing them.
    package func hasSameBytes(as other: ArraySlice<UInt8>) -> Bool {
        guard count == other.count else { return false }
        return withUnsafeBytes { left in
            other.withUnsafeBytes { right in
                var position = 0
                while position + 8 <= left.count {
                    let first = left.loadUnaligned(fromByteOffset: position, as: UInt64.self)
                    guard first == right.loadUnaligned(fromByteOffset: position, as: UInt64.self) else { return false }
                    position += 8
                }
                while position < left.count {
                    guard left[position] == right[position] else { return false }
                    position += 1
                }
                return true
            }
        }
    }
}
