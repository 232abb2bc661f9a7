import Foundation
import ProcessSupport
import Testing

/// Modules of these tests, joined by the program that the build uses.
@Suite("Joining assay.js", .waiting)
struct JoinerTests {
    /// `assay.js` names what is exported; `top.js` needs `other.js`, and both need `base.js`.
    private static let good = [
        "assay.js": "/** What it is. */\n\nexport { top } from './top.js';\nexport { Base } from './base.js';\n",
        "base.js": "export const a = 1;\nexport class Base {\n}\n",
        "other.js": "// Beside it\n\nimport { a } from './base.js';\n\nexport function other() {\n  return a;\n}\n",
        "top.js": """
        // On top

        import { Base } from './base.js';
        import { other } from './other.js';

        const LIST = [
          other,
        ];


        /** What is exported. */
        export async function top(a) {
          return new Base(`${LIST.length}

          ${a}`);
        }
        """,
    ]

    private static let joined = """
        /** What it is. */

        const a = 1;
        export class Base {
        }

        // Beside it

        function other() {
          return a;
        }

        // On top

        const LIST = [
          other,
        ];


        /** What is exported. */
        export async function top(a) {
          return new Base(`${LIST.length}

          ${a}`);
        }

        """

    @Test("What a module asks for stands before it, and only what assay.js names is exported")
    func order() throws {
        let result = try Self.join(Self.good)
        #expect(result.error == "")
        #expect(result.text == Self.joined)
    }

    /// One module in place of a good one, and what is said of it.
    static let refused: [(name: String, text: String, message: String)] = [
        ("base.js", "export const b = 1;\n\nexport class Base {}\n", "other.js:3: error: base.js exports no a"),
        ("base.js", "const a = 1;\n\nexport class Base {}\n", "other.js:3: error: base.js exports no a"),
        ("base.js", "export const a = 1;\n", "assay.js:4: error: base.js exports no Base"),
        ("top.js", "import { a } from './lost.js';\n\nexport const top = a;\n", "top.js:1: error: there is no lost.js"),
        ("top.js", "import { a } from './base.js';\n\nexport const top = 1;\n", "top.js:1: error: a is not used here"),
        ("top.js", "export const top = 1;\n", "other.js:1: error: nothing imports this module"),
        (
            "base.js", "import { other } from './other.js';\n\nexport const a = other;\nexport class Base {}\n",
            "other.js:3: error: modules that import each other: base.js, other.js, base.js"
        ),
        ("top.js", "export const top = 1;\nconst top = 2;\n", "top.js:2: error: top is declared at top.js:1 too"),
        ("top.js", "const a = 1;\nexport const top = a;\n", "top.js:1: error: a is declared at base.js:1 too"),
        ("top.js", "export { a } from './base.js';\n", "top.js:1: error: assay.js says what is exported"),
        ("assay.js", "export { a } from './base.js';\n\nconst b = 1;\n", "assay.js:3: error: here stand exports alone"),
        ("top.js", "export const top = [\n\t1];\n", "top.js:2: error: a tab"),
    ]

    @Test("What does not fit is refused, by file and line", arguments: refused)
    func refuses(_ row: (name: String, text: String, message: String)) throws {
        let result = try Self.join(Self.good.merging([row.name: row.text]) { $1 })
        #expect(result.text == nil)
        #expect(result.error.hasSuffix("/web/assay/\(row.message)\n"), "\(result.error)")
    }

    /// Other ways to import, export and declare, and what runs while a module loads: each on line 3.
    static let others = [
        "import a from './base.js';", "import * as a from './base.js';", "import { a as b } from './base.js';",
        "import './base.js';", "import { a } from \"./base.js\";", "import { a } from '../base.js';",
        "import { a } from 'node:fs';", "import{ a } from './base.js';", "import {", "  import { a } from './base.js';",
        "import { a } from './base.js'; // Beside it", "export default 1;", "export * from './base.js';",
        "export { top };", "export { top as b };", "  export const b = 1;", "export let b = 1;",
        "let b = 1;", "var b = 1;", "const { b } = top;", "const [b] = top;", "async () => 1;", "top();",
        "'use strict';",
        "if (top) {", "`${top}`;", "  const b = await import('./base.js');", "  const b = import.meta.url;",
        "  const b = require('fs');",
    ]

    @Test("Any other syntax is refused, by file and line", arguments: others)
    func refusesOther(_ line: String) throws {
        let result = try Self.join(Self.good.merging(["top.js": "export const top = 1;\n\n\(line)\n"]) { $1 })
        #expect(result.text == nil)
        #expect(result.error.contains("/web/assay/top.js:3: error: "), "\(result.error)")
    }

    @Test("An import below a declaration is refused")
    func refusesLate() throws {
        let text = "export const top = 1;\n\nimport { a } from './base.js';\n\nconst b = a;\n"
        let result = try Self.join(Self.good.merging(["top.js": text]) { $1 })
        #expect(result.error.hasSuffix("/web/assay/top.js:3: error: imports stand at the top, together\n"))
    }

    @Test("The modules of this repository give the same bytes each time")
    func isStable() throws {
        let folders = try (0..<2).map { _ in try JoinedFiles() }
        defer { for folder in folders { folder.remove() } }
        let texts = try folders.map { try Data(contentsOf: $0.folder.appending(path: "assay.js")) }
        #expect(texts[0] == texts[1] && texts[0].count > 90_000)
    }

    /// - Returns: what was written to standard error, and the joined file if there is one.
    private static func join(_ modules: [String: String]) throws -> (error: String, text: String?) {
        let folder = FileManager.default.temporaryDirectory.appending(path: "assay-modules-" + UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }
        for each in ["web/assay", "web/pages"] {
            try FileManager.default.createDirectory(
                at: folder.appending(path: each), withIntermediateDirectories: true)
        }
        for (name, text) in modules { try Data(text.utf8).write(to: folder.appending(path: "web/assay/" + name)) }
        let result = try JoinedFiles.embed(folder.appending(path: "web"), to: folder.appending(path: "out"))
        let text = try? String(contentsOf: folder.appending(path: "out/assay.js"), encoding: .utf8)
        #expect((result.exitCode == 0) == (text != nil))
        return (result.error, text)
    }
}
