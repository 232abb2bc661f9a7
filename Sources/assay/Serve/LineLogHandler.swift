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
        let given = event.metadata ?? [:]
        let values = (metadata.isEmpty ? given : metadata.merging(given) { $1 }).sorted { $0.key < $1.key }
        let time = Instant(seconds: Int64(Date().timeIntervalSince1970)).description
        var line: [UInt8]
        if isJSON {
            line =
                JSON.object(
                    [
                        ("time", .string(time)), ("level", .string(event.level.rawValue)),
                        ("message", .string("\(event.message)")),
                    ] + values.map { ($0.key, .string(Self.text($0.value))) }
                ).compactBytes
        } else {
            line = []
            line.reserveCapacity(512)
            line += "\(time) \(event.level.rawValue) \(event.message)".utf8
            for (key, value) in values {
                line.append(0x20)
                line += key.utf8
                line.append(0x3D)
                line += Self.quoted(Self.text(value)).utf8
            }
        }
        line.append(0x0A)
        Terminal.standardError(line)
    }

    private static func text(_ value: Logger.Metadata.Value) -> String {
        if case .string(let text) = value { text } else { "\(value)" }
    }

    /// What has blanks or control characters stands in quotes: one event, one line.
    private static func quoted(_ value: String) -> String {
        let isPlain = value.utf8.allSatisfy { $0 > 0x20 && $0 != 0x22 && $0 != 0x7F }
        return isPlain && !value.isEmpty ? value : JSON.string(value).compactText
    }
}
