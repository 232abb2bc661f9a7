import ArgumentParser
import PlatformSimulator

/// `assay-sim mutations`: every way in which evidence can be broken here, by its row in the checklist.
struct MutationsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mutations", abstract: "Lists the named ways to break simulated evidence.")

    func run() throws {
        for mutation in MutationCatalogue.all {
            let kinds = mutation.kinds.map(\.rawValue).joined(separator: ", ")
            Terminal.standardOutput("\(mutation.row)\t\(mutation.title)  (\(kinds))\n")
        }
    }
}
