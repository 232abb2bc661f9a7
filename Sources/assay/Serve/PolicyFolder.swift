import Appraisal
import WebAPI
import Wire

/// The policies that a service judges by: those built in, and those of a folder, which take their place where they have the
/// same id. Reference sets lie in its subfolder `references`. A document that does not load keeps the service from starting.
enum PolicyFolder {
    static func registry(_ folder: String?, standard: String) throws -> PolicyRegistry {
        var policies: [Policy] = []
        var references = ReferenceLibrary.empty
        if let folder {
            guard InputFile.isDirectory(folder) else { throw Problem.usage("policies \(folder): not a folder") }
            let files = try InputFile.directory(folder, limit: Limits.policyBytes, what: "policy")
            for name in files.keys.sorted() where name.hasSuffix(".json") && !name.hasSuffix(".schema.json") {
                policies.append(try PolicyFile.read("\(folder)/\(name)"))
            }
            if InputFile.isDirectory(folder + "/references") {
                references = try PolicyFile.references([folder + "/references"])
            }
        }
        let ids = policies.map(\.id)
        if let twice = ids.first(where: { id in ids.filter { $0 == id }.count > 1 }) {
            throw Problem.usage("policies \(folder ?? ""): two files have the id \(twice)")
        }
        policies += Policy.builtIn.filter { !ids.contains($0.id) }
        guard let policy = policies.first(where: { $0.id == standard }) else {
            throw Problem.usage(
                "policy \(standard): there is no such policy; known are \(policies.map(\.id).sorted().joined(separator: ", "))"
            )
        }
        return PolicyRegistry(policies, standard: policy, references: references)
    }
}
