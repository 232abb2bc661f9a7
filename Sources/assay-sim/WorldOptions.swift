import ArgumentParser
import Foundation
import PlatformSimulator
import Wire

/// Which simulated evidence: what both commands have in common, so that the two give halves of one whole.
struct WorldOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The kind of quote: \(QuoteKind.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "kind"))
    var kind = QuoteKind.tdx15V5.rawValue

    @Option(help: "Everything follows from it: same seed, same bytes.")
    var seed = "assay"

    @Option(help: "When the evidence is to be verified, such as 2026-01-15T00:00:00Z, or now.")
    var at: String?

    @Option(help: "Break the evidence as this row of the checklist says; assay-sim mutations lists them.")
    var mutation: String?

    @Option(help: "Which of a row's cases, from 1.")
    var variant = 1

    @Option(
        help: "Registers of this boot, for which assay-sim eventlog writes the log; eventlog --list names the boots.")
    var boot: String?

    /// The evidence that is asked for, healthy or broken.
    func evidence() throws -> SimulatedEvidence {
        let kind = try quoteKind()
        guard let mutation else {
            var recipe = try world().recipe(for: kind)
            try boot(&recipe)
            return try recipe.build()
        }
        guard boot == nil else { throw Problem.usage("--mutation makes evidence by itself: leave --boot out") }
        guard let row = MutationCatalogue.mutation(named: mutation) else {
            throw Problem.usage("--mutation \(mutation): there is no such row; assay-sim mutations lists them")
        }
        guard row.kinds.contains(kind) else {
            throw Problem.usage(
                "--mutation \(mutation) does not apply to \(kind.rawValue); choose one of "
                    + row.kinds.map(\.rawValue).joined(separator: ", "))
        }
        let cases = try row.cases(for: kind, in: try world())
        guard cases.indices.contains(variant - 1) else {
            throw Problem.usage("--variant \(variant): row \(mutation) has \(cases.count)")
        }
        return cases[variant - 1].evidence
    }

    func bootVariation() throws -> BootVariation? {
        guard let boot else { return nil }
        guard let variation = BootVariation(rawValue: boot) else {
            throw Problem.usage("--boot \(boot): there is no such boot; assay-sim eventlog --list names them")
        }
        return variation
    }

    /// Gives the quote the registers of the boot that is asked for.
    func boot(_ recipe: inout EvidenceRecipe) throws {
        guard let variation = try bootVariation() else { return }
        guard recipe.kind.isTDX else {
            throw Problem.usage("--boot: an SGX enclave has no runtime registers; choose a TDX --kind")
        }
        recipe.setRegisters(after: variation.log(seed: seed))
    }

    func quoteKind() throws -> QuoteKind {
        guard let kind = QuoteKind(rawValue: kind) else {
            throw Problem.usage(
                "there is no kind of quote \(kind); choose one of \(QuoteKind.allCases.map(\.rawValue).joined(separator: ", "))"
            )
        }
        return kind
    }

    func world() throws -> SimulatedWorld {
        guard let at else { return try SimulatedWorld(seed: seed) }
        return try SimulatedWorld(seed: seed, time: try Self.time(at))
    }

    /// A point in time, or `now`: in whole days, so that two commands of one day make one world.
    static func time(_ text: String) throws -> Instant {
        if text == "now" { return Instant(seconds: Int64(Date().timeIntervalSince1970) / 86_400 * 86_400) }
        guard let time = Instant(rfc3339: text) else {
            throw Problem.usage("--at \(text): a time looks like 2026-01-15T00:00:00Z, or is now")
        }
        return time
    }
}
