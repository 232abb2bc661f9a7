import CZlib

/// Zlib data (RFC 1950), the form in which status lists travel (draft-ietf-oauth-status-list 4.1).
enum ZlibStream {
    struct Defect: Error, Hashable { let sentence: String }

    static func compress(_ bytes: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: Int(compressBound(UInt(bytes.count)))) { output, count in
            var written = UInt(output.count)
            // With as much room as the bound asks for, it can only fail for want of memory.
            let result = compress2(output.baseAddress, &written, bytes, UInt(bytes.count), Z_BEST_COMPRESSION)
            count = result == Z_OK ? Int(written) : 0
        }
    }

    /// - Parameter limit: The most bytes that are written; data that holds more are refused.
    static func decompress(_ bytes: [UInt8], limit: Int) throws(Defect) -> [UInt8] {
        var (result, read) = (Z_OK, UInt(bytes.count))
        let output = [UInt8](unsafeUninitializedCapacity: limit) { output, count in
            var written = UInt(limit)
            result = uncompress2(output.baseAddress, &written, bytes, &read)
            count = result == Z_OK ? Int(written) : 0
        }
        guard result != Z_BUF_ERROR else { throw Defect(sentence: "more than \(limit) bytes inflated") }
        guard result == Z_OK else { throw Defect(sentence: "no zlib data, or cut off, or damaged") }
        let rest = bytes.count - Int(read)
        guard rest == 0 else { throw Defect(sentence: "zlib data and \(rest) bytes after them") }
        return output
    }
}
