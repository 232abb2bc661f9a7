import ArgumentParser
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

    @Option(help: "When the evidence is to be verified, such as 2026-01-15T00:00:00Z.")
    var at: String?

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
        guard let time = Instant(rfc3339: at) else {
            throw Problem.usage("--at \(at): a time looks like 2026-01-15T00:00:00Z")
        }
        return try SimulatedWorld(seed: seed, time: time)
    }
}
