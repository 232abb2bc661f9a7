import DatabaseFiles
import Foundation
import GRDB
public import MerkleLog
public import Wire

/// An archive that is only read: a running service's, or one at rest.
public struct EvidenceReader: Sendable {
    private let database: any DatabaseReader

    init(database: any DatabaseReader) { self.database = database }

    /// Opens the file of an archive; it is not changed.
    public init(path: String) throws(EvidenceFailure) {
        do {
            var configuration = Configuration()
            configuration.readonly = true
            configuration.busyMode = .timeout(5)
            database = try DatabaseQueue(path: path, configuration: configuration)
            let identity = try database.read { try Int.fetchOne($0, sql: "PRAGMA application_id") }
            guard identity == EvidenceArchive.schema.applicationID else {
                throw LogDefect(.refused, "not the database of an evidence archive")
            }
        } catch {
            throw EvidenceFailure(sentence: "\(path): \(sentence(of: error))")
        }
    }

    /// The bytes of a name; `nil` where they are not, or no longer, kept. What is not what its name says is a failure (V-1).
    public func bytes(of hash: MerkleHash) async throws(EvidenceFailure) -> [UInt8]? {
        let bytes: [UInt8]?
        do {
            bytes = try await database.read { try Self.decoded($0, hash) }
        } catch {
            throw EvidenceFailure(sentence: sentence(of: error))
        }
        guard let bytes else { return nil }
        guard MerkleHashing.sha256(bytes) == hash else {
            throw EvidenceFailure(sentence: "blob \(hash.hex) is not what its name says")
        }
        return bytes
    }

    /// Whether something is kept for one verdict.
    public func holds(_ hash: MerkleHash, of owner: String) async throws(EvidenceFailure) -> Bool {
        do {
            return try await database.read { database in
                try Bool.fetchOne(
                    database,
                    sql: """
                        SELECT EXISTS (SELECT 1 FROM blob_refs JOIN blobs USING (sha256) WHERE sha256 = ? AND owner = ?)
                        """, arguments: [Data(hash.bytes), owner]) ?? false
            }
        } catch {
            throw EvidenceFailure(sentence: sentence(of: error))
        }
    }

    private static func decoded(_ database: Database, _ hash: MerkleHash) throws -> [UInt8]? {
        guard
            let row = try Row.fetchOne(
                database, sql: "SELECT codec, body FROM blobs WHERE sha256 = ?", arguments: [Data(hash.bytes)])
        else { return nil }
        let body = Array(row["body"] as Data)
        switch row["codec"] as Int64 {
        case BlobCodec.raw: return body
        case BlobCodec.splitQuote:
            guard let chainHash = BlobCodec.chainHash(body), let chain = try decoded(database, chainHash) else {
                throw LogDefect(.corrupt, "the chain of quote \(hash.hex) is missing")
            }
            return BlobCodec.join(body, chain: chain)
        case let codec: throw LogDefect(.corrupt, "blob \(hash.hex) has the unknown codec \(codec)")
        }
    }
}
