import ArgumentParser
import PlatformSimulator

/// `assay-sim parts`: what each parser of a verifier reads, one file each: seeds for fuzzing.
struct PartsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "parts", abstract: "Writes the pieces of simulated evidence, one folder for each kind of piece.")

    @OptionGroup var options: WorldOptions

    @Option(help: "The folder that gets pck-extension, certificate, crl, tcb-info and identity.")
    var out: String

    func run() throws {
        let kind = try options.quoteKind()
        let recipe = try options.world().recipe(for: kind)
        let evidence = try recipe.build()
        let collateral = evidence.collateral
        let parts: [(folder: String, content: [UInt8])] = [
            ("pck-extension", recipe.platform.node.encoded), ("certificate", try recipe.leaf.der()),
            ("certificate", try recipe.intermediate.der()), ("certificate", collateral.tcbInfo.issuerChain),
            ("crl", collateral.pckCRL), ("crl", collateral.rootCRL), ("tcb-info", collateral.tcbInfo.response),
            ("tcb-info", collateral.tcbInfo.body), ("identity", collateral.qeIdentity.response),
            ("identity", collateral.qeIdentity.body),
        ]
        for (number, part) in parts.enumerated() {
            try OutputFile.makeDirectory(out + "/" + part.folder)
            try OutputFile.write(part.content, to: "\(out)/\(part.folder)/\(kind.rawValue)-\(number)")
        }
    }
}
