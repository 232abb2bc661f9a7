/// One file of `web/assay`: what it asks of others, what it gives them, and its lines.
///
/// The syntax is a small part of JavaScript's, so that reading lines is enough: at the margin stand comments, then imports
/// of one line each, then declarations of one name each, with or without `export`, and the brackets that close them.
/// Everything else is indented. No statement does anything while a module loads, so modules may be put one after the other.
struct Module {
    /// `import { a, b } from './c.js';`, or the same with `export`: whoever reads the joined file gets these names.
    struct Link {
        let line: Int
        let names: [String]
        let file: String
    }

    struct Declaration {
        let line: Int
        let name: String
        let isExported: Bool
    }

    let file: String
    /// The comment above the imports.
    private(set) var head: [String] = []
    private(set) var imports: [Link] = []
    private(set) var exports: [Link] = []
    private(set) var declarations: [Declaration] = []
    private var body: [(number: Int, text: String)] = []

    init(file: String, text: String) throws(Refusal) {
        self.file = file
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            try read(String(line), index + 1)
        }
        // Without imports, the first comment is the first declaration's.
        if imports.isEmpty && exports.isEmpty {
            body = head.enumerated().map { ($0 + 1, $1) } + body
            head = []
        }
        let words = Set(body.flatMap { $0.text.split { !$0.isPartOfName }.map(String.init) })
        for link in imports {
            for name in link.names where !words.contains(name) { throw refusal(link.line, "\(name) is not used here") }
        }
    }

    /// The lines behind the imports; a declaration keeps its `export` if its name is one of `names`.
    func lines(exporting names: Set<String>) -> [String] {
        let stripped = Set(declarations.filter { $0.isExported && !names.contains($0.name) }.map(\.line))
        return body.map { stripped.contains($0.number) ? String($0.text.dropFirst(Self.export.count)) : $0.text }
    }

    func refusal(_ line: Int, _ reason: String) -> Refusal { Refusal(file: file, line: line, reason: reason) }

    private static let export = "export "

    private mutating func read(_ line: String, _ number: Int) throws(Refusal) {
        guard !line.contains("\t") else { throw refusal(number, "a tab") }
        let content = line.drop { $0 == " " }
        if content.hasPrefix("import ") || content.hasPrefix("import{") || content.hasPrefix("export {") {
            try readLink(line, number)
            return
        }
        guard !line.contains("import("), !line.contains("import.meta"), !line.contains("require(") else {
            throw refusal(number, "only lines of the form import { a, b } from './c.js'; import")
        }
        guard content.startIndex == line.startIndex, let first = line.first else {
            guard !content.hasPrefix("export ") else { throw refusal(number, "exports stand at the margin") }
            append(line, number)
            return
        }
        if !line.hasPrefix("//"), !line.hasPrefix("/*"), !"})]".contains(first) { try readDeclaration(line, number) }
        append(line, number)
    }

    /// What stands above the imports is the head; a declaration ends it.
    private mutating func append(_ line: String, _ number: Int) {
        if imports.isEmpty && exports.isEmpty && declarations.isEmpty {
            head.append(line)
        } else {
            body.append((number, line))
        }
    }

    private mutating func readLink(_ line: String, _ number: Int) throws(Refusal) {
        guard let match = line.wholeMatch(of: /(import|export) \{ ([\w$]+(?:, [\w$]+)*) \} from '\.\/([\w-]+\.js)';/)
        else {
            throw refusal(number, "wanted import { a, b } from './c.js'; or, in the file that names them all, export")
        }
        guard body.allSatisfy({ $0.text.isEmpty }) else { throw refusal(number, "imports stand at the top, together") }
        let link = Link(line: number, names: match.2.split(separator: ", ").map(String.init), file: String(match.3))
        if match.1 == "import" { imports.append(link) } else { exports.append(link) }
    }

    /// A second name in one `const` is not seen: if it clashes, the joined file is a syntax error, and its tests say so.
    private mutating func readDeclaration(_ line: String, _ number: Int) throws(Refusal) {
        let pattern = /(export )?(?:(?:async )?function\*? |class |const )([A-Za-z_$][\w$]*)[ (].*/
        guard let match = line.wholeMatch(of: pattern) else {
            throw refusal(number, "wanted a function, a class or a const of one name, an import or a comment")
        }
        declarations.append(Declaration(line: number, name: String(match.2), isExported: match.1 != nil))
    }
}

/// Why the modules are not joined, and where.
struct Refusal: Error, CustomStringConvertible {
    let file: String
    let line: Int
    let reason: String

    var description: String { "\(file):\(line): error: \(reason)" }
}

extension Character {
    fileprivate var isPartOfName: Bool { isASCII && (isLetter || isNumber) || self == "_" || self == "$" }
}
