import Configuration
import Wire

/// File, environment, flags, each overriding the one before; and who said what, for messages.
struct ConfigurationLayers {
    private let layers: [(source: String, reader: ConfigReader)]

    /// - Parameters:
    ///   - file: The file's content; a JSON object, nested or with dotted keys.
    ///   - environment: The whole environment; names beginning with `ASSAY_` count.
    ///   - flags: Key and value as given.
    init(file: [UInt8]?, environment: [String: String], flags: [String: String]) throws(ConfigurationErrors) {
        var problems: [ConfigurationProblem] = []
        var fileValues: [String: String] = [:]
        if let file {
            do throws(JSONError) {
                let root = try JSONDocument(parsing: file).root
                if root.kind == .object {
                    Self.flatten(root, "", into: &fileValues, &problems)
                } else {
                    problems.append(
                        ConfigurationProblem(
                            "the file", source: "file", found: root.kind.rawValue, wanted: "a JSON object"))
                }
            } catch {
                problems.append(
                    ConfigurationProblem(
                        "the file", source: "file", found: "\(error.reason.rawValue), at byte \(error.offset)",
                        wanted: "a JSON object"))
            }
        }
        let known = Set(ConfigurationKey.allCases.map(\.rawValue))
        for key in fileValues.keys.sorted() where !known.contains(key) {
            problems.append(.unknown(key, source: "file", like: Array(known)))
        }
        for key in flags.keys.sorted() where !known.contains(key) {
            problems.append(.unknown(key, source: "flag", like: Array(known)))
        }
        let names = Set(ConfigurationKey.allCases.map(\.environmentName))
        // Where the tests look for public data; of no meaning to the service.
        for name in environment.keys.sorted()
        where name.hasPrefix("ASSAY_") && !names.contains(name) && name != "ASSAY_CORPUS" {
            problems.append(.unknown(name, source: "environment", like: Array(names)))
        }
        guard problems.isEmpty else { throw ConfigurationErrors(problems: problems) }
        layers = [
            ("flag", Self.reader(flags)),
            ("environment", ConfigReader(provider: EnvironmentVariablesProvider(environmentVariables: environment))),
            ("file", Self.reader(fileValues)),
        ]
    }

    private static func reader(_ values: [String: String]) -> ConfigReader {
        ConfigReader(
            provider: InMemoryProvider(
                values: Dictionary(
                    uniqueKeysWithValues: values.map { key, value in
                        (
                            AbsoluteConfigKey(["assay"] + key.split(separator: ".").map(String.init)),
                            .init(.string(value), isSecret: false)
                        )
                    })))
    }

    func value(of key: ConfigurationKey) -> (text: String, source: String)? {
        for (source, reader) in layers {
            if let text = reader.string(forKey: ConfigKey("assay.\(key.rawValue)")) { return (text, source) }
        }
        return nil
    }

    private static func flatten(
        _ object: JSONValue, _ path: String, into values: inout [String: String],
        _ problems: inout [ConfigurationProblem]
    ) {
        for (name, value) in object.members {
            let key = path.isEmpty ? name : "\(path).\(name)"
            let text: String?
            switch value.kind {
            case .object:
                flatten(value, key, into: &values, &problems)
                continue
            case .array:
                let elements = value.elements.map(\.string)
                text = elements.contains(nil) ? nil : elements.compactMap { $0 }.joined(separator: ",")
            case .string: text = value.string
            case .number, .boolean: text = String(decoding: value.bytes, as: UTF8.self)
            case .null: text = nil
            }
            guard let text else {
                problems.append(
                    ConfigurationProblem(
                        key, source: "file", found: value.kind.rawValue,
                        wanted: "a string, a number, true or false, or an array of strings"))
                continue
            }
            guard values.updateValue(text, forKey: key) == nil else {
                problems.append(
                    ConfigurationProblem(
                        key, source: "file", found: "the key twice, nested and dotted", wanted: "it once"))
                continue
            }
        }
    }
}

/// One thing that is wrong with the configuration.
public struct ConfigurationProblem: Hashable, Sendable {
    public let key: String
    /// `file`, `environment`, `flag` or `default`.
    public let source: String
    public let found: String
    public let wanted: String

    init(_ key: String, source: String, found: String, wanted: String) {
        self.key = key
        self.source = source
        self.found = found
        self.wanted = wanted
    }

    static func unknown(_ key: String, source: String, like known: [String]) -> ConfigurationProblem {
        let nearest = known.min { (distance(key, $0), $0) < (distance(key, $1), $1) } ?? ""
        return ConfigurationProblem(
            key, source: source, found: "a key that does not exist", wanted: "a known one; did you mean \(nearest)?")
    }

    public var sentence: String { "\(key) (\(source)): found \(found), wanted \(wanted)" }

    /// Levenshtein's, by rows.
    private static func distance(_ left: String, _ right: String) -> Int {
        var row = Array(0...right.count)
        for (i, a) in left.enumerated() {
            var previous = row[0]
            row[0] = i + 1
            for (j, b) in right.enumerated() {
                let above = row[j + 1]
                row[j + 1] = min(above + 1, row[j] + 1, previous + (a == b ? 0 : 1))
                previous = above
            }
        }
        return row[right.count]
    }
}

/// Everything that is wrong, at once: nobody should find one mistake per start.
public struct ConfigurationErrors: Error, Hashable, Sendable {
    public let problems: [ConfigurationProblem]
}
