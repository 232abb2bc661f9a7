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

    /// The evidence that is asked for, healthy or broken.
    func evidence() throws -> SimulatedEvidence {
        let kind = try quoteKind()
        guard let mutation else { return try world().evidence(kind) }
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
