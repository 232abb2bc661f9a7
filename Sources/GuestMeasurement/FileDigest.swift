import Crypto
import DCAPFormats
import Foundation
import Wire

/// SHA-256 of a file, read in pieces: a model's weights have dozens of gigabytes.
enum FileDigest {
    private static let pieceBytes = 1 << 20

    /// - Returns: The digest and the number of bytes that it covers.
    static func sha256(_ path: String) throws(MeasurementFailure) -> (sha256: FixedBytes<32>, size: Int64) {
        let handle = try open(path)
        defer { try? handle.close() }
        return try sha256(handle, path)
    }

    static func sha256(_ handle: FileHandle, _ path: String) throws(MeasurementFailure) -> (
        sha256: FixedBytes<32>, size: Int64
    ) {
        var hasher = SHA256()
        var size: Int64 = 0
        do {
            while let piece = try handle.read(upToCount: pieceBytes), !piece.isEmpty {
                hasher.update(data: piece)
                size += Int64(piece.count)
            }
        } catch {
            throw .unreadable("\(path): cannot be read to its end; nothing was measured")
        }
        return (FixedBytes(hasher.finalize()), size)
    }

    /// A small file, whole.
    ///
    /// - Parameter limit: A file with more bytes is refused, and not read to its end.
    static func contents(_ path: String, limit: Int, what: String) throws(MeasurementFailure) -> [UInt8] {
        let handle = try open(path)
        defer { try? handle.close() }
        let data: Data
        do {
            data = try handle.read(upToCount: limit + 1) ?? Data()
        } catch {
            throw .unreadable("\(path): cannot be read; a file of \(what) is needed")
        }
        guard data.count <= limit else { throw .unreadable("\(path): larger than \(limit) bytes, which no \(what) is") }
        return [UInt8](data)
    }

    private static func open(_ path: String) throws(MeasurementFailure) -> FileHandle {
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw .unreadable("\(path): cannot be opened; is there such a file, and may you read it?")
        }
        return handle
    }

    static func sha256(of bytes: [UInt8]) -> FixedBytes<32> { FixedBytes(sha256: bytes[...]) }
}
