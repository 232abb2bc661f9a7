import ArgumentParser
import EventLog
import Foundation
import GuestMeasurement
import Wire

/// `assay measure`: digests of what a guest will run, in the form that its agent extends and in the form that a policy
/// compares with.
struct Measure: ParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, aael, events, references
    }

    static let configuration = CommandConfiguration(
        abstract: "Computes the digests of programs, package trees and models that a guest measures into RTMR3.",
        discussion: """
            --format aael prints the texts that an agent records, a line each; events the same as JSON, with the digest \
            that each extends; references a reference set for a policy. Contents are hashed, never names believed.
            """)

    @Option(help: ArgumentHelp("A models directory of Ollama, as OLLAMA_MODELS names it.", valueName: "folder"))
    var models: String?

    @Option(
        help: ArgumentHelp("A model in it, such as deepseek-r1:70b; all of them if none is named.", valueName: "name"))
    var model: [String] = []

    @Option(help: ArgumentHelp("An executable.", valueName: "NAME=PATH"))
    var exec: [String] = []

    @Option(help: ArgumentHelp("A file that steers one: a unit, an environment.", valueName: "NAME=PATH"))
    var config: [String] = []

    @Option(help: ArgumentHelp("A directory with its files and links (assay-tree-1).", valueName: "NAME=PATH"))
    var tree: [String] = []

    @Option(help: "text, aael, events or references.")
    var format: Format = .text

    @Option(help: ArgumentHelp("Name of the reference set.", valueName: "name"))
    var id = "measured"

    @Option(help: ArgumentHelp("Version of the reference set.", valueName: "number"))
    var setVersion: Int64 = 1

    @Option(help: ArgumentHelp("Who vouches for the values; goes into the reference set.", valueName: "text"))
    var source: String?

    @Option(help: ArgumentHelp("What to know about the values.", valueName: "text"))
    var note: String?

    @Option(help: ArgumentHelp("From when on the values count; now if not given.", valueName: "RFC3339"))
    var validFrom: String?

    @Option(help: ArgumentHelp("Until when.", valueName: "RFC3339"))
    var validUntil: String?

    @Option(help: ArgumentHelp("Name of the agent in its first event.", valueName: "text"))
    var agent = "assay/\(Assay.version)"

    func run() throws {
        let measured: Measurements
        do {
            measured = try measurements()
        } catch let failure as MeasurementFailure {
            switch failure {
            case .unreadable(let message): throw Problem.usage(message)
            case .undefined(let message): throw Problem.undecided(message)
            }
        }
        for damage in measured.damaged { Terminal.standardError("assay: \(damage)\n") }
        switch format {
        case .text: Terminal.standardOutput(measured.lines.joined(separator: "\n") + "\n")
        case .aael:
            Terminal.standardOutput(measured.bootPhase(agent: agent).map { $0.text + "\n" }.joined())
        case .events:
            let events = measured.bootPhase(agent: agent).map { event in
                JSON.object([
                    ("domain", .string("assay-llm/1")), ("operation", .string(event.operation)),
                    ("content", .string(event.content.canonicalText)), ("digest", .string(event.digest.hex)),
                ])
            }
            Terminal.standardOutput(JSON.array(events).prettyText + "\n")
        case .references:
            guard measured.damaged.isEmpty else {
                throw Problem(
                    exitCode: VerdictExit.reject,
                    message: "a damaged model makes no reference values; pull it again and measure once more")
            }
            Terminal.standardOutput(measured.referenceSet(try provenance()).prettyText + "\n")
        }
    }

    private func measurements() throws -> Measurements {
        guard models != nil || !(exec + config + tree).isEmpty else {
            throw Problem.usage("nothing to measure: give --models, --exec, --config or --tree")
        }
        guard models != nil || model.isEmpty else {
            throw Problem.usage("--model needs --models, the folder that holds it")
        }
        var measured = Measurements()
        for text in exec { try measured.addFile("exec", name: try named(text).name, path: try named(text).path) }
        for text in config { try measured.addFile("config", name: try named(text).name, path: try named(text).path) }
        for text in tree { try measured.addTree(name: try named(text).name, path: try named(text).path) }
        if let models {
            let store = OllamaModels(directory: models)
            let names = try model.isEmpty ? store.names() : model.map(OllamaModels.canonicalName)
            for name in names { measured.add(try store.model(named: name)) }
        }
        return measured
    }

    private func named(_ text: String) throws -> (name: String, path: String) {
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2 else {
            throw Problem.usage("\(text): write a name, =, and a path, as ollama=/usr/bin/ollama")
        }
        return (parts[0], parts[1])
    }

    private func provenance() throws -> Measurements.Provenance {
        guard let source else {
            throw Problem.usage("--source: a reference set says who vouches for it, and how it was measured")
        }
        let now = Instant(seconds: Int64(Date().timeIntervalSince1970))
        return Measurements.Provenance(
            id: id, version: setVersion, source: source, note: note,
            validFrom: try time(validFrom, "--valid-from") ?? now,
            validUntil: try time(validUntil, "--valid-until"))
    }

    private func time(_ text: String?, _ option: String) throws -> Instant? {
        guard let text else { return nil }
        guard let time = Instant(rfc3339: text) else {
            throw Problem.usage("\(option) \(text): a time looks like 2026-01-15T00:00:00Z")
        }
        return time
    }
}
