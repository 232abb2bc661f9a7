import DCAPFormats
import DCAPVerification
import Wire

/// The root that replaces Intel's, where somebody names one.
enum TrustRootFile {
    static func read(_ path: String?) throws -> TrustAnchor {
        guard let path else { return .intel }
        let bytes = try InputFile.read(path, limit: Limits.certificateBytes * 2, what: "root certificate")
        do {
            return try TrustAnchor(certificate: bytes)
        } catch {
            throw Problem.usage(
                "--trust-root \(path): not a root certificate (\(error.field): found \(error.found), "
                    + "wanted \(error.wanted))")
        }
    }
}
