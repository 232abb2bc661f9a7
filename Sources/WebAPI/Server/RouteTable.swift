import HTTPTypes

/// Paths and what answers them: exact ones first, then patterns such as `/audit/v1/entries/{index}`. A parameter is one
/// segment; `{path}` at the end is all that is left.
struct RouteTable: Sendable {
    typealias Methods = [HTTPRequest.Method: Handler]

    struct Match: Sendable {
        /// As it stands in the table: for metrics, which must not grow with what callers ask for.
        let name: String
        let methods: Methods
        let parameters: [String: String]
    }

    private struct Pattern: Sendable {
        let name: String
        let segments: [Substring]
        let methods: Methods
    }

    private let exact: [String: Methods]
    private let patterns: [Pattern]

    init(_ routes: [String: Methods]) {
        exact = routes.filter { !$0.key.contains("{") }
        patterns = routes.filter { $0.key.contains("{") }.sorted { $0.key < $1.key }.map { name, methods in
            Pattern(
                name: name, segments: name.split(separator: "/", omittingEmptySubsequences: false), methods: methods)
        }
    }

    func match(_ path: String) -> Match? {
        if let methods = exact[path] { return Match(name: path, methods: methods, parameters: [:]) }
        guard path.utf8.count <= 1_024 else { return nil }
        let segments = path.split(separator: "/", omittingEmptySubsequences: false)
        for pattern in patterns {
            if let parameters = Self.parameters(pattern.segments, segments) {
                return Match(name: pattern.name, methods: pattern.methods, parameters: parameters)
            }
        }
        return nil
    }

    private static func parameters(_ pattern: [Substring], _ segments: [Substring]) -> [String: String]? {
        let takesRest = pattern.last == "{path}"
        guard takesRest ? segments.count >= pattern.count : segments.count == pattern.count else { return nil }
        var parameters: [String: String] = [:]
        for (position, segment) in pattern.enumerated() {
            if takesRest, position == pattern.count - 1 {
                parameters["path"] = segments[position...].joined(separator: "/")
            } else if segment.hasPrefix("{") {
                guard !segments[position].isEmpty else { return nil }
                parameters[String(segment.dropFirst().dropLast())] = String(segments[position])
            } else if segment != segments[position] {
                return nil
            }
        }
        return parameters
    }
}
