/// What bounds indices and sizes everywhere: SQLite's integers, COSE and JSON (transparency-log 3.1).
public enum TreeSize {
    public static let maximum = UInt64(Int64.max)
    /// An inclusion path has at most as many hashes as the size has bits, a consistency proof one more; none has more
    /// than this.
    public static let maximumProofLength = 63

    /// The largest power of two below `size`, which is above one.
    static func split(_ size: UInt64) -> UInt64 { 1 << UInt64(63 &- (size &- 1).leadingZeroBitCount) }
}
