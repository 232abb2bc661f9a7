import ArgumentParser
import PlatformSimulator
import Wire

/// `assay-sim quote`.
struct QuoteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "quote", abstract: "Writes a simulated quote.")

    @OptionGroup var options: WorldOptions

    @Option(help: ArgumentHelp("What the attester binds: up to 64 bytes, zeros behind them.", valueName: "hex"))
    var reportData: String?

    @Option(help: "Write one quote each of so many machines into a folder, 1.quote and on.")
    var machines: Int?

    @Option(help: "Where to write the quote; - for standard output. A folder, with --machines.")
    var out: String

    func run() throws {
        guard options.mutation == nil || (reportData == nil && machines == nil) else {
            throw Problem.usage("--mutation makes evidence by itself: leave --report-data and --machines out")
        }
        let time =
            if let machines { try write(machines) } else { try writeOne() }
        Terminal.standardError("simulated; verify with --at \(time) and the simulator's --trust-root\n")
    }

    private func writeOne() throws -> Instant {
        let evidence = reportData == nil ? try options.evidence() : try evidence(of: "")
        try OutputFile.write(evidence.quote, to: out)
        return evidence.time
    }

    private func write(_ machines: Int) throws -> Instant {
        guard (1...100_000).contains(machines) else {
            throw Problem.usage("--machines \(machines): write a number from 1 to 100000")
        }
        try OutputFile.makeDirectory(out)
        for number in 1...machines {
            try OutputFile.write(try evidence(of: "\(number)").quote, to: "\(out)/\(number).quote")
        }
        return try options.world().time
    }

    private func evidence(of machine: String) throws -> SimulatedEvidence {
        var recipe = try options.world().recipe(for: try options.quoteKind(), machine: machine)
        try options.boot(&recipe)
        if let bound = try reportDataBytes() {
            recipe.quote.td?.reportData = bound
            recipe.quote.enclave?.reportData = bound
        }
        return try recipe.build()
    }

    private func reportDataBytes() throws -> [UInt8]? {
        guard let reportData else { return nil }
        guard let bytes = Hex.decode(reportData), (1...64).contains(bytes.count) else {
            throw Problem.usage("--report-data: give 1 to 64 bytes in hexadecimal")
        }
        return bytes + [UInt8](repeating: 0, count: 64 - bytes.count)
    }
}
