import Appraisal
import ArgumentParser
import Foundation
import Wire
import Words

extension PolicyCommand {
    /// `assay policy test FILE --cases DIR`: the policy on recorded facts, each beside the decision somebody expects.
    struct Try: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "test",
            abstract: "Tries a policy on recorded cases: exit 0 if each comes out as expected, 1 if not.",
            discussion:
                "A case is a JSON file: {\"facts\": …, \"expect\": \"accept\"|\"reject\", \"reasons\": [codes]?, \"claims\": {name: value}?}."
        )

        @Argument(help: "The policy: a file, or the id of a built-in one.")
        var policy: String

        @Option(help: "A folder of cases.")
        var cases: String

        @Option(help: "Reference sets: files or folders.")
        var references: [String] = []

        func run() throws {
            let policy = try PolicyFile.read(policy)
            let library = try PolicyFile.references(references)
            try PolicyFile.check([policy], library)
            guard InputFile.isDirectory(cases) else { throw Problem.usage("--cases \(cases): not a folder") }
            let files = try InputFile.directory(cases, limit: Limits.policyBytes, what: "case")
                .filter { $0.key.hasSuffix(".json") }.sorted { $0.key < $1.key }
            guard !files.isEmpty else {
                throw Problem.usage("--cases \(cases): no case in it; a policy that nothing was tried on is not tested")
            }
            var failures = 0
            for (name, bytes) in files {
                let test: PolicyCase
                do throws(PolicyError) {
                    test = try PolicyCase(parsing: bytes)
                } catch {
                    throw Problem.undecided("\(cases)/\(name): \(error.sentence(.english))")
                }
                let result = test.run(policy, references: library)
                if !result.isAsExpected { failures += 1 }
                Terminal.standardOutput(
                    "\(result.isAsExpected ? "ok" : "NO")  \(name)  \(result.isAccepted ? "accept" : "reject")"
                        + (result.codes.isEmpty ? "" : "  \(result.codes.joined(separator: ", "))") + "\n")
            }
            Terminal.standardOutput("\(files.count - failures) of \(files.count) as expected\n")
            if failures > 0 { throw ExitCode(VerdictExit.reject) }
        }
    }
}
