import Appraisal
import AttestationService
import Wire

/// The policies that a service finds at its start: those built in, and those of a folder, which have other ids. Reference
/// sets lie in its subfolder `references`. A document that does not load keeps the service from starting.
enum PolicyFolder {
    static func read(_ folder: String?, standard: String) throws -> PolicyBase {
        var policies: [Policy] = []
        var references = ReferenceLibrary.empty
        if let folder {
            guard InputFile.isDirectory(folder) else { throw Problem.usage("policies \(folder): not a folder") }
            let files = try InputFile.directory(folder, limit: Limits.policyBytes, what: "policy")
            for name in files.keys.sorted() where name.hasSuffix(".json") && !name.hasSuffix(".schema.json") {
                policies.append(try PolicyFile.read("\(folder)/\(name)", files[name] ?? []))
            }
            if InputFile.isDirectory(folder + "/references") {
                references = try PolicyFile.references([folder + "/references"])
            }
        }
        let ids = policies.map(\.id)
        if let twice = ids.first(where: { id in ids.filter { $0 == id }.count > 1 }) {
            throw Problem.usage("policies \(folder ?? ""): two files have the id \(twice)")
        }
        // A copy of a built-in policy is that policy.
        policies += Policy.builtIn.filter { !ids.contains($0.id) }
        try PolicyFile.check(policies, references)
        return PolicyBase(policies: policies, references: references, standard: standard)
    }
}
