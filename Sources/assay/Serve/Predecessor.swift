import Foundation
import MerkleLog
import Wire

/// `predecessor.json`: the log that the next one follows, until it has begun (transparency-log 12.3, G-1).
struct Predecessor {
    let origin: String
    let size: UInt64
    let root: MerkleHash
    /// The name of the next one.
    let successor: String

    static let name = "predecessor.json"

    init(origin: String, size: UInt64, root: MerkleHash, successor: String) {
        (self.origin, self.size) = (origin, size)
        (self.root, self.successor) = (root, successor)
    }

    /// - Returns: `nil` where there is none.
    init?(of folder: String) throws {
        let path = "\(folder)/\(Self.name)"
        guard InputFile.isPresent(path) else { return nil }
        let bytes = try InputFile.read(path, limit: Limits.jsonBytes, what: "name of a log")
        guard let document = (try? JSONDocument(parsing: bytes))?.root,
            let origin = document.member("origin")?.string, let successor = document.member("successor")?.string,
            case .value(let size)? = document.member("size")?.integer,
            let root = document.member("root")?.string.flatMap({ Hex.decode($0) }).flatMap({ MerkleHash(exactly: $0) })
        else { throw Problem.serving(.damaged, "data \(folder): \(Self.name) is damaged; restore again") }
        self.init(origin: origin, size: size, root: root, successor: successor)
    }

    func write(in folder: String) throws {
        let document = JSON.object([
            ("origin", .string(origin)), ("size", .integer(Int64(clamping: size))), ("root", .string(root.hex)),
            ("successor", .string(successor)),
        ])
        do {
            try Data((document.prettyText + "\n").utf8).write(
                to: URL(filePath: "\(folder)/\(Self.name)"), options: .atomic)
        } catch {
            throw Problem.serving(.notWritable, "data \(folder): \(Self.name) cannot be written")
        }
    }
}
