import Foundation

/// Where text for people goes. Colour only where a terminal reads it and nobody asked for none.
enum Terminal {
    enum Colour: String {
        case red = "31"
        case green = "32"
        case yellow = "33"
        case dim = "2"
    }

    static let hasColour: Bool =
        isatty(STDOUT_FILENO) == 1 && ProcessInfo.processInfo.environment["NO_COLOR"] == nil
        && ProcessInfo.processInfo.environment["TERM"] != "dumb"

    static func paint(_ text: String, _ colour: Colour) -> String {
        hasColour ? "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m" : text
    }

    static func standardOutput(_ text: String) { FileHandle.standardOutput.write(Data(text.utf8)) }
    static func standardError(_ text: String) { standardError(Array(text.utf8)) }

    /// A line goes out in one piece, so that those of several threads do not mix. Where nobody reads, it is lost.
    static func standardError(_ text: [UInt8]) {
        text.withUnsafeBytes { rest in
            var rest = rest
            while !rest.isEmpty {
                let count = write(STDERR_FILENO, rest.baseAddress, rest.count)
                guard count > 0 || errno == EINTR else { return }
                rest = UnsafeRawBufferPointer(rebasing: rest[max(0, count)...])
            }
        }
    }
}
