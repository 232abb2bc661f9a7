import Foundation

/// `embed-text OUTPUT FILE…`: writes a Swift file that holds the given text files as string literals.
@main
enum EmbedText {
    static func main() throws {
        let paths = CommandLine.arguments.dropFirst()
        guard let output = paths.first else { throw Failure(message: "usage: embed-text OUTPUT FILE...") }
        var source = """
            /// The text files of `web/pages`, by name. Written by the build.
            enum PageText {
                static let files: [(name: String, text: StaticString)] = [

            """
        for path in paths.dropFirst() {
            let url = URL(filePath: path)
            guard let text = String(validating: try Data(contentsOf: url), as: UTF8.self) else {
                throw Failure(message: "\(path): not UTF-8; binary files are given in hex")
            }
            // A carriage return ends a line of a literal, and would come back as a line feed.
            guard !text.utf8.contains(0x0D) else { throw Failure(message: "\(path): holds a carriage return") }
            let fence = String(repeating: "#", count: longestRun(in: text) + 1)
            source += "        (\"\(url.lastPathComponent)\", \(fence)\"\"\"\n\(text)\n\"\"\"\(fence)),\n"
        }
        source += "    ]\n}\n"
        try Data(source.utf8).write(to: URL(filePath: output))
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
        let message: String
        var description: String { message }
    }
}
