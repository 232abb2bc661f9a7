import Foundation
import Logging
import Wire

/// One line per event on standard error: for people, or as JSON for programs.
struct LineLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level
    let isJSON: Bool

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let values = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
        let time = Instant(seconds: Int64(Date().timeIntervalSince1970)).description
        var line: String
        if isJSON {
            line =
                JSON.object(
                    [
                        ("time", .string(time)), ("level", .string(event.level.rawValue)),
                        ("message", .string("\(event.message)")),
                    ] + values.map { ($0.key, .string("\($0.value)")) }
                ).compactText
        } else {
            line = "\(time) \(event.level.rawValue) \(event.message)"
            for (key, value) in values { line += " \(key)=\(Self.quoted("\(value)"))" }
        }
        Terminal.standardError(line + "\n")
    }

    /// What has blanks or control characters stands in quotes: one event, one line.
    private static func quoted(_ value: String) -> String {
        let isPlain = value.utf8.allSatisfy { $0 > 0x20 && $0 != 0x22 && $0 != 0x7F }
        return isPlain && !value.isEmpty ? value : JSON.string(value).compactText
    }
}
