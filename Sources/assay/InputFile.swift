import Foundation
import Wire

/// Files and standard input, with a cap on what is read and a sentence for everything that can go wrong.
enum InputFile {
    /// - Parameter path: A path, or `-` for standard input.
    /// - Parameter limit: More bytes than this are a usage error, found without reading them all.
    static func read(_ path: String, limit: Int, what: String) throws -> [UInt8] {
        let handle = try open(path, what)
        do {
            let data = try handle.read(upToCount: limit + 1) ?? Data()
            guard data.count <= limit else {
                throw Problem.usage("\(path): larger than \(limit) bytes, which no \(what) is")
            }
            return [UInt8](data)
        } catch let problem as Problem {
            throw problem
        } catch {
            throw Problem.usage("\(path): cannot be read; a file of \(what) is needed")
        }
    }

    static func isPresent(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    static func isDirectory(_ path: String) -> Bool {
        var isDirectory: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue
    }

    /// The regular files of a folder, by name.
    static func directory(_ path: String, limit: Int, what: String) throws -> [String: [UInt8]] {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
            throw Problem.usage("\(path): the folder cannot be read")
        }
        var files: [String: [UInt8]] = [:]
        for name in names.sorted() where !isDirectory(path + "/" + name) {
            files[name] = try read(path + "/" + name, limit: limit, what: what)
        }
        return files
    }

    private static func open(_ path: String, _ what: String) throws -> FileHandle {
        if path == "-" { return .standardInput }
        guard FileManager.default.fileExists(atPath: path) else {
            throw Problem.usage("\(path): there is no such file; give the path of a \(what)")
        }
        guard !isDirectory(path) else { throw Problem.usage("\(path): a folder, where a file of \(what) is needed") }
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw Problem.usage("\(path): cannot be opened; check its permissions")
        }
        return handle
    }
}

/// A quote as people keep it: raw, hex or base64 (dcap 1.13), told apart by content.
enum QuoteFile {
    static func read(_ path: String) throws -> [UInt8] {
        // Hex doubles the size; leave room for line breaks.
        let input = try InputFile.read(path, limit: Limits.quoteBytes * 4, what: "quote")
        return decode(input)
    }

    /// A raw quote begins with a version below 256 and a zero byte, which no text does. Text that is neither hex nor
    /// base64 goes on as it is, for the parser to say what is wrong.
    static func decode(_ input: [UInt8]) -> [UInt8] {
        if input.count >= 2, input[1] == 0 { return input }
        let text = input.filter { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
        guard !text.isEmpty else { return input }
        let digits = text.starts(with: [0x30, 0x78]) ? Array(text.dropFirst(2)) : text
        if let bytes = Hex.decode(digits) { return bytes }
        let standard = text.map { $0 == 0x2D ? 0x2B : $0 == 0x5F ? 0x2F : $0 }  // base64url
        let padding = [UInt8](repeating: 0x3D, count: (4 - standard.count % 4) % 4)
        return Base64.decode((standard + padding)[...]) ?? input
    }
}
