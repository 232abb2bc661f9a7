import Foundation

/// `embed-text swift WEB SPECIFICATIONS FILE`: writes a Swift file that holds the pages, `assay.js` and the specifications as
/// string literals.
/// `embed-text copies WEB FOLDER`: writes `assay.js`, and the files beside it that pages of others load, into a folder.
///
/// WEB is the folder `web`: `pages` goes in as it is, the modules in `assay` are joined into `assay.js`. SPECIFICATIONS is the
/// folder `docs/spec`: each Markdown file of it becomes a page, `docs/spec/NAME.html`.
@main
enum EmbedText {
    static func main() {
        do {
            let arguments = Array(CommandLine.arguments.dropFirst())
            let paths = arguments.dropFirst().map { URL(filePath: $0) }
            switch (arguments.first, paths.count) {
            case ("swift", 3):
                let all = try files(in: paths[0]) + specifications(in: paths[1])
                try Data(swiftSource(of: all).utf8).write(to: paths[2])
            case ("copies", 2): try copy(files(in: paths[0]).filter { isForOthers($0.name) }, to: paths[1])
            default: throw Failure(description: usage)
            }
        } catch {
            FileHandle.standardError.write(Data("\(error)\n".utf8))
            exit(1)
        }
    }

    private static let usage = "usage: embed-text swift WEB SPECIFICATIONS FILE, or embed-text copies WEB FOLDER"
    private static let joined = "assay.js"

    /// Every file of the pages, by name.
    private static func files(in web: URL) throws -> [(name: String, text: String)] {
        let folder = web.appending(path: "assay")
        let assay = try joinedModules(
            of: names(in: folder).map { ($0, try text(at: folder.appending(path: $0))) }, folder)
        let pages = web.appending(path: "pages")
        var files = try names(in: pages).map { ($0, try text(at: pages.appending(path: $0))) }
        files.append((joined, assay))
        return files.sorted { $0.0 < $1.0 }
    }

    /// Every specification as a page, by name.
    private static func specifications(in folder: URL) throws -> [(name: String, text: String)] {
        try names(in: folder).filter { $0.hasSuffix(".md") }.map { name in
            let page = SpecificationPage(markdown: try text(at: folder.appending(path: name)))
            return ("docs/spec/\(name.dropLast(3)).html", page.html)
        }
    }

    private static func joinedModules(of files: [(String, String)], _ folder: URL) throws -> String {
        do {
            let modules = try files.map { try Module(file: $0, text: $1) }
            return try Joiner(modules, entry: joined).joined()
        } catch let refusal as Refusal {
            throw Failure(description: "\(folder.path)/\(refusal)")
        }
    }

    private static func names(in folder: URL) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { !$0.hasPrefix(".") }.sorted()
    }

    private static func text(at file: URL) throws -> String {
        guard let text = String(validating: try Data(contentsOf: file), as: UTF8.self) else {
            throw Failure(description: "\(file.path): not UTF-8; binary files are given in hex")
        }
        // A carriage return ends a line of a literal, and would come back as a line feed.
        guard !text.utf8.contains(0x0D) else { throw Failure(description: "\(file.path): holds a carriage return") }
        return text
    }

    private static func isForOthers(_ name: String) -> Bool { name.hasPrefix("assay") && name.hasSuffix(".js") }

    private static func copy(_ files: [(name: String, text: String)], to folder: URL) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for file in files { try Data(file.text.utf8).write(to: folder.appending(path: file.name)) }
    }

    private static func swiftSource(of files: [(name: String, text: String)]) -> String {
        var source = """
            /// The text files of the pages, by name. Written by the build.
            enum PageText {
                static let files: [(name: String, text: StaticString)] = [

            """
        for (name, text) in files {
            let fence = String(repeating: "#", count: longestRun(in: text) + 1)
            source += "        (\"\(name)\", \(fence)\"\"\"\n\(text)\n\"\"\"\(fence)),\n"
        }
        return source + "    ]\n}\n"
    }

    /// Of number signs: one more of them fences a literal in.
    private static func longestRun(in text: String) -> Int {
        var longest = 0
        var run = 0
        for byte in text.utf8 {
            run = byte == 0x23 ? run + 1 : 0
            longest = max(longest, run)
        }
        return longest
    }

    private struct Failure: Error, CustomStringConvertible {
        let description: String
    }
}
