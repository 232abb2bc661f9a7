import ArgumentParser
import PlatformSimulator

/// `assay-sim collateral`.
struct CollateralCommand: ParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case bundle
        case directory
    }

    static let configuration = CommandConfiguration(
        commandName: "collateral", abstract: "Writes the collateral for a simulated quote.")

    @OptionGroup var options: WorldOptions

    @Option(help: "bundle: one JSON file. directory: raw PCS responses.")
    var format: Format = .bundle

    @Option(help: "Where to write: a file, or a folder for directory.")
    var out: String

    @Option(help: ArgumentHelp("Also write the simulator's root certificate, PEM.", valueName: "file"))
    var trustRoot: String?

    func run() throws {
        let evidence = try options.evidence()
        switch format {
        case .bundle: try OutputFile.write(evidence.collateral.bundleJSON, to: out)
        case .directory:
            try OutputFile.makeDirectory(out)
            for file in evidence.collateral.directoryFiles {
                try OutputFile.write(file.content, to: out + "/" + file.name)
            }
        }
        if let trustRoot { try OutputFile.write(Array(evidence.rootPEM.utf8), to: trustRoot) }
    }
}
