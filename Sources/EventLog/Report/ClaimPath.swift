import Wire

/// A dotted path into a verdict's JSON: `a.b`, `a.list[]`, `a.list[2]`, `a.list[name=VALUE].c`. What stands between
/// brackets is taken as it is, so a model's name may hold dots.
struct ClaimPath {
    private enum Step {
        case member(String)
        case every
        case element(Int)
        case matching(name: String, value: String)
    }

    private let steps: [Step]

    /// - Returns: `nil` for a text that is no path.
    init?(_ text: String) {
        var steps: [Step] = []
        var rest = Substring(text)
        while !rest.isEmpty {
            let name = rest.prefix { $0 != "." && $0 != "[" }
            guard !name.isEmpty else { return nil }
            steps.append(.member(String(name)))
            rest = rest.dropFirst(name.count)
            while rest.first == "[" {
                guard let close = rest.firstIndex(of: "]"),
                    let step = Self.selector(rest[rest.index(after: rest.startIndex)..<close])
                else { return nil }
                steps.append(step)
                rest = rest[rest.index(after: close)...]
            }
            if rest.isEmpty { break }
            guard rest.first == "." else { return nil }
            rest = rest.dropFirst()
            guard !rest.isEmpty else { return nil }
        }
        guard !steps.isEmpty else { return nil }
        self.steps = steps
    }

    private static func selector(_ text: Substring) -> Step? {
        if text.isEmpty { return .every }
        if let equals = text.firstIndex(of: "=") {
            return .matching(name: String(text[..<equals]), value: String(text[text.index(after: equals)...]))
        }
        return Int(text).map(Step.element)
    }

    func values(in document: JSON) -> [JSON] {
        steps.reduce([document]) { values, step in values.flatMap { Self.select(step, in: $0) } }
    }

    private static func select(_ step: Step, in value: JSON) -> [JSON] {
        switch (step, value) {
        case (.member(let name), .object): return value[name].map { [$0] } ?? []
        case (.every, .array(let elements)): return elements
        case (.element(let index), .array(let elements)):
            return elements.indices.contains(index) ? [elements[index]] : []
        case (.matching(let name, let wanted), .array(let elements)):
            return elements.filter { $0[name] == .string(wanted) }
        default: return []
        }
    }
}
