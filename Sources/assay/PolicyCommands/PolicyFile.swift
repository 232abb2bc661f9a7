import Appraisal
import Foundation
import Wire

/// Policies and reference sets as people keep them: by id for what is built in, files for the rest.
enum PolicyFile {
    /// - Parameter name: The id of a built-in policy, or the path of a file.
    static func read(_ name: String) throws -> Policy {
        if let policy = Policy.builtIn.first(where: { $0.id == name }) { return policy }
        guard name.contains("/") || FileManager.default.fileExists(atPath: name) else {
            throw Problem.usage(
                "--policy \(name): there is no such policy; built in are "
                    + Policy.builtIn.map(\.id).joined(separator: ", ") + ", or give the path of a file")
        }
        let bytes = try InputFile.read(name, limit: Limits.policyBytes, what: "policy")
        do throws(PolicyError) {
            return try Policy(parsing: bytes)
        } catch {
            throw Problem.undecided("\(name): \(error.sentence(.english))")
        }
    }

    /// - Parameter paths: Files, or folders of `.json` files.
    static func references(_ paths: [String]) throws -> ReferenceLibrary {
        var sets: [ReferenceSet] = []
        for path in paths {
            guard InputFile.isDirectory(path) else {
                sets.append(
                    try reference(path, try InputFile.read(path, limit: Limits.policyBytes, what: "reference set")))
                continue
            }
            let files = try InputFile.directory(path, limit: Limits.policyBytes, what: "reference set")
            for (name, bytes) in files.sorted(by: { $0.key < $1.key }) where name.hasSuffix(".json") {
                sets.append(try reference("\(path)/\(name)", bytes))
            }
        }
        return ReferenceLibrary(sets)
    }

    private static func reference(_ path: String, _ bytes: [UInt8]) throws -> ReferenceSet {
        do throws(PolicyError) {
            return try ReferenceSet(parsing: bytes)
        } catch {
            throw Problem.undecided("\(path): \(error.sentence(.english))")
        }
    }
}
