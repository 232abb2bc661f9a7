import Crypto
import DCAPFormats
import Foundation
import Wire

/// SHA-256 of a file, read in pieces: a model's weights have dozens of gigabytes.
enum FileDigest {
    private static let pieceBytes = 1 << 20

    /// - Returns: The digest and the number of bytes that it covers.
    static func sha256(_ path: String) throws -> (sha256: FixedBytes<32>, size: Int64) {
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw Problem.usage("\(path): cannot be opened; is there such a file, and may you read it?")
        }
        defer { try? handle.close() }
        return try sha256(handle, path)
    }

    static func sha256(_ handle: FileHandle, _ path: String) throws -> (sha256: FixedBytes<32>, size: Int64) {
        var hasher = SHA256()
        var size: Int64 = 0
        do {
            while let piece = try handle.read(upToCount: pieceBytes), !piece.isEmpty {
                hasher.update(data: piece)
                size += Int64(piece.count)
            }
        } catch {
            throw Problem.usage("\(path): cannot be read to its end; nothing was measured")
        }
        return (FixedBytes(hasher.finalize()), size)
    }

    static func sha256(of bytes: [UInt8]) -> FixedBytes<32> { FixedBytes(sha256: bytes[...]) }
}
