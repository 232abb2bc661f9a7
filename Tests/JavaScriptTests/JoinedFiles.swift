import Foundation
import ProcessSupport
import Testing

/// `assay.js` as the build joins it, and the files beside it that others load, in a folder of their own.
struct JoinedFiles {
    let folder = FileManager.default.temporaryDirectory.appending(path: "assay-web-" + UUID().uuidString)

    init() throws {
        let result = try Self.embed(Node.repository.appending(path: "web"), to: folder)
        try #require(result.exitCode == 0, "\(result.error)")
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }

    static func embed(_ web: URL, to folder: URL) throws -> ChildProcess.Result {
        try ChildProcess.run([
            ChildProcess.programs.appending(path: "embed-text").path, "copies", web.path, folder.path,
        ])
    }
}
