import ArgumentParser
import PlatformSimulator

/// `assay-sim eventlog`: the log of a simulated boot, beside the quote that `assay-sim quote --boot` takes during it.
struct EventLogCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "eventlog", abstract: "Writes the event log of a simulated boot.",
        discussion: """
            The boot is that of a confidential guest with GRUB, Linux, Ollama, a DeepSeek-R1 model and Open WebUI. A \
            quote with the same --seed and --boot holds its registers: assay-sim quote --boot model --out q.bin.
            """)

    @OptionGroup var options: WorldOptions

    @Option(help: ArgumentHelp("Also write the models directory that the boot serves.", valueName: "folder"))
    var models: String?

    @Flag(help: "Leave out the padding that fills the firmware's area.")
    var trimmed = false

    @Flag(help: "List the boots, and write nothing.")
    var list = false

    @Option(help: "Where to write the log; - for standard output.")
    var out: String?

    func run() throws {
        if list {
            for boot in BootVariation.allCases {
                Terminal.standardOutput("\(boot.rawValue)\t\(boot.title)\n")
            }
            return
        }
        guard let out else { throw Problem.usage("--out: where to write the log, or - for standard output") }
        var log = (try options.bootVariation() ?? .healthy).log(seed: options.seed)
        if trimmed { log.areaSize = 0 }
        try OutputFile.write(log.bytes, to: out)
        guard let models else { return }
        for file in SimulatedModel(seed: options.seed).files {
            let path = models + "/" + file.path
            try OutputFile.makeDirectory(String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.endIndex)))
            try OutputFile.write(file.content, to: path)
        }
    }
}
