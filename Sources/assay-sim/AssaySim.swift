import ArgumentParser

/// The simulator as a program: it writes files a verifier can be tried on without hardware.
@main
struct AssaySim: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "assay-sim",
        abstract: "Makes simulated quotes and collateral. No hardware, no Intel: everything follows from a seed.",
        discussion: """
            Whoever knows the seed can make more of the same, so nothing this program writes proves anything. Its \
            root is trusted only where somebody names it: assay verify … --trust-root.
            """,
        subcommands: [
            QuoteCommand.self, EventLogCommand.self, CollateralCommand.self, PartsCommand.self, MutationsCommand.self,
            PCCSCommand.self,
        ])

    /// Our own problems say what to do and exit 64 or 2; the parser's complaints about usage are 64 by themselves.
    static func main() async {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let problem as Problem {
            Terminal.standardError("assay-sim: \(problem.message)\n")
            exit(withError: ExitCode(problem.exitCode))
        } catch {
            exit(withError: error)
        }
    }
}
