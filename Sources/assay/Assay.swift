import ArgumentParser

/// The program. Every subcommand reads, calls a pure function, and prints; exit codes stand in the README.
@main
struct Assay: AsyncParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "assay",
        abstract: "Judges Intel TDX and SGX quotes: genuine, patched, acceptable, fresh, and why.",
        version: version,
        subcommands: [
            Verify.self, Decode.self, Measure.self, Serve.self, CollateralCommand.self, TokenCommand.self,
            PolicyCommand.self, Audit.self, EvidenceCommand.self, Recover.self, Backup.self, Restore.self,
        ])

    /// Runs a command; our own exit codes pass through, and the parser's complaints about usage are 64.
    static func main() async {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let problem as Problem {
            Terminal.standardError("assay: \(problem.message)\n")
            exit(withError: ExitCode(problem.exitCode))
        } catch {
            exit(withError: error)
        }
    }
}
