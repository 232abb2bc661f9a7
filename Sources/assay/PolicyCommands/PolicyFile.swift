import Appraisal
import Foundation
import Wire
import Words

/// Policies and reference sets as people keep them: by id for what is built in, files for the rest.
enum PolicyFile {
    /// - Parameter name: The id of a built-in policy, or the path of a file.
    static func read(_ name: String) throws -> Policy {
        if let policy = Policy.builtIn.first(where: { $0.id == name }) { return policy }
        guard !name.isEmpty, name.contains("/") || FileManager.default.fileExists(atPath: name) else {
            let what = name.isEmpty ? "it is empty" : "there is no such policy"
            throw Problem.usage(
                "--policy \(name): \(what); built in are "
                    + Policy.builtIn.map(\.id).joined(separator: ", ") + ", or give the path of a file")
        }
        return try read(name, try InputFile.read(name, limit: Limits.policyBytes, what: "policy"))
    }

    /// Reads what somebody wrote: no other document has the id of a built-in policy.
    static func read(_ path: String, _ bytes: [UInt8]) throws -> Policy {
        do throws(PolicyError) {
            return try Policy(handedIn: bytes)
        } catch {
            throw Problem.undecided("\(path): \(error.sentence(.english))")
        }
    }

    /// - Parameter paths: Files, or folders of `.json` files.
    static func references(_ paths: [String]) throws -> ReferenceLibrary {
        var sets: [(source: String, set: ReferenceSet)] = []
        for path in paths {
            guard InputFile.isDirectory(path) else {
                let bytes = try InputFile.read(path, limit: Limits.policyBytes, what: "reference set")
                sets.append((path, try reference(path, bytes)))
                continue
            }
            let files = try InputFile.directory(path, limit: Limits.policyBytes, what: "reference set")
            for (name, bytes) in files.sorted(by: { $0.key < $1.key }) where name.hasSuffix(".json") {
                sets.append(("\(path)/\(name)", try reference("\(path)/\(name)", bytes)))
            }
        }
        do throws(PolicyError) {
            return try ReferenceLibrary(distinct: sets)
        } catch {
            throw Problem.undecided(error.sentence(.english))
        }
    }

    /// Values that a claim can never hold would load, and never deny.
    static func check(_ policies: [Policy], _ references: ReferenceLibrary) throws {
        for policy in policies {
            do throws(PolicyError) {
                try policy.check(references)
            } catch {
                throw Problem.undecided("policy \(policy.id): \(error.sentence(.english))")
            }
        }
    }

    private static func reference(_ path: String, _ bytes: [UInt8]) throws -> ReferenceSet {
        do throws(PolicyError) {
            return try ReferenceSet(parsing: bytes)
        } catch {
            throw Problem.undecided("\(path): \(error.sentence(.english))")
        }
    }
}
