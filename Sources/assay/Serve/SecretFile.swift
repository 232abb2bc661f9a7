import Glibc

/// A file whose content is worth something to whoever reads it: a key, a passphrase, tokens. Nobody but its owner may.
enum SecretFile {
    /// - Throws: What to run, where others can read it.
    static func check(_ path: String, setting: String) throws {
        var status = stat()
        // One that is not there is said by whoever opens it.
        guard stat(path, &status) == 0 else { return }
        guard status.st_mode & 0o077 == 0 else {
            throw Problem.usage(
                "\(setting) \(path): its mode is 0\(String(status.st_mode & 0o7777, radix: 8)), so that others than its "
                    + "owner can read or change it; run: chmod 600 \(path)")
        }
    }

    static func read(_ path: String, setting: String, limit: Int, what: String) throws -> [UInt8] {
        try check(path, setting: setting)
        return try InputFile.read(path, limit: limit, what: what)
    }
}
