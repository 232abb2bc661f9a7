import Foundation

/// Text for people.
enum Terminal {
    static func standardOutput(_ text: String) { FileHandle.standardOutput.write(Data(text.utf8)) }
    static func standardError(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}

/// Files this program writes.
enum OutputFile {
    /// - Parameter path: A path, or `-` for standard output.
    static func write(_ bytes: [UInt8], to path: String) throws {
        if path == "-" { return FileHandle.standardOutput.write(Data(bytes)) }
        do {
            try Data(bytes).write(to: URL(fileURLWithPath: path))
        } catch {
            throw Problem.failed("\(path): cannot be written; is there such a folder, and may you write there?")
        }
    }

    static func makeDirectory(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw Problem.failed("\(path): the folder cannot be made; is there a file of that name?")
        }
    }
}
