import DCAPFormats
import Wire

/// Collateral as people keep it: a JSON bundle, or a folder of raw PCS responses (dcap 3.10).
enum CollateralFile {
    static func read(_ path: String) throws -> Collateral {
        do {
            if InputFile.isDirectory(path) {
                return try Collateral(
                    directory: try InputFile.directory(path, limit: Limits.crlBytes, what: "collateral"))
            }
            return try Collateral(
                bundle: try InputFile.read(path, limit: Limits.bundleBytes, what: "collateral bundle"))
        } catch let error as CollateralError {
            throw Problem.undecided("\(path): \(error.sentence)")
        }
    }
}
