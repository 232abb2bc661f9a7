/// Modules as one file, which does what the modules do: in the order in which they would be evaluated, without the lines by
/// which they ask for each other. The same modules give the same bytes.
struct Joiner {
    private let modules: [String: Module]
    private let entry: Module

    /// - Parameter entry: The file that names what the joined file exports, and nothing else.
    init(_ modules: [Module], entry: String) throws(Refusal) {
        self.modules = Dictionary(modules.map { ($0.file, $0) }, uniquingKeysWith: { first, _ in first })
        guard let entry = self.modules[entry] else {
            throw Refusal(file: entry, line: 1, reason: "there is no such module")
        }
        self.entry = entry
        if let first = entry.declarations.first { throw entry.refusal(first.line, "here stand exports alone") }
        for module in modules where module.file != entry.file {
            if let link = module.exports.first {
                throw module.refusal(link.line, "\(entry.file) says what is exported")
            }
        }
        try checkLinks()
        try checkNames()
    }

    func joined() throws(Refusal) -> String {
        let names = Set(entry.exports.flatMap(\.names))
        var parts = [entry.head]
        for module in try order() where module.file != entry.file {
            parts += [module.head, module.lines(exporting: names)]
        }
        return parts.map(Self.trimmed).filter { !$0.isEmpty }.map { $0.joined(separator: "\n") + "\n" }
            .joined(separator: "\n")
    }

    /// A module behind all that it asks for, in the order of its lines: as JavaScript evaluates them.
    private func order() throws(Refusal) -> [Module] {
        var found: [Module] = []
        var open: [String] = []
        try visit(entry, &open, &found)
        let reached = Set(found.map(\.file))
        if let lost = modules.keys.filter({ !reached.contains($0) }).min() {
            throw Refusal(file: lost, line: 1, reason: "nothing imports this module")
        }
        return found
    }

    private func visit(_ module: Module, _ open: inout [String], _ found: inout [Module]) throws(Refusal) {
        if found.contains(where: { $0.file == module.file }) { return }
        open.append(module.file)
        for link in module.imports + module.exports {
            if let start = open.firstIndex(of: link.file) {
                let circle = (open[start...] + [link.file]).joined(separator: ", ")
                throw module.refusal(link.line, "modules that import each other: \(circle)")
            }
            if let next = modules[link.file] { try visit(next, &open, &found) }
        }
        open.removeLast()
        found.append(module)
    }

    private func checkLinks() throws(Refusal) {
        for module in modules.values.sorted(by: { $0.file < $1.file }) {
            for link in module.imports + module.exports {
                guard let other = modules[link.file] else {
                    throw module.refusal(link.line, "there is no \(link.file)")
                }
                let given = Set(other.declarations.filter(\.isExported).map(\.name))
                for name in link.names where !given.contains(name) {
                    throw module.refusal(link.line, "\(link.file) exports no \(name)")
                }
            }
        }
    }

    /// All names share the one scope of the joined file.
    private func checkNames() throws(Refusal) {
        var known: [String: String] = [:]
        for module in modules.values.sorted(by: { $0.file < $1.file }) {
            for each in module.declarations {
                if let place = known.updateValue("\(module.file):\(each.line)", forKey: each.name) {
                    throw module.refusal(each.line, "\(each.name) is declared at \(place) too")
                }
            }
        }
    }

    private static func trimmed(_ lines: [String]) -> ArraySlice<String> {
        guard let last = lines.lastIndex(where: { !$0.isEmpty }) else { return [] }
        return lines[...last].drop { $0.isEmpty }
    }
}
