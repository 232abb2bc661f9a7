import ArgumentParser
import PlatformSimulator

/// `assay-sim quote`.
struct QuoteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "quote", abstract: "Writes a simulated quote.")

    @OptionGroup var options: WorldOptions

    @Option(help: "Where to write the quote; - for standard output.")
    var out: String

    func run() throws {
        let evidence = try options.evidence()
        try OutputFile.write(evidence.quote, to: out)
        Terminal.standardError("simulated; verify with --at \(evidence.time) and the simulator's --trust-root\n")
    }
}
