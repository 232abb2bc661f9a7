import CorpusSupport
import DecisionFuzz
import PlatformSimulator
import Testing

/// event-logs 2.7: no edit of a log that keeps its digests moves a decision towards accept, or lifts a status; under every
/// shipped policy and under rules on every claim of 2.6. `make fuzz TARGET=decision` does the same a million times.
@Suite("Whoever carries a log moves no decision towards accept")
struct LogEditTests {
    private static let seed = "decisions"

    private static let boots: [DecisionFuzzer.Base] = BootVariation.allCases.compactMap { boot in
        var log = boot.log(seed: seed)
        log.areaSize = 0
        return DecisionFuzzer.Base(name: boot.rawValue, log.bytes)
    }

    /// Every log of the corpus that 2.7 is about.
    private static let corpus: [DecisionFuzzer.Base] = {
        guard let corpus = Corpus.available else { return [] }
        return [CorpusItem.Kind.ccel, .dstackLog, .aael].flatMap(corpus.items(ofKind:)).compactMap { item in
            (try? corpus.bytes(of: item.name)).flatMap { DecisionFuzzer.Base(name: item.name, $0) }
        }
    }()

    private static let fuzzer = DecisionFuzzer(
        boots + corpus, manifests: [SimulatedModel(seed: seed).manifest], seed: 12)

    /// Every base, so many cases each, all with edits that are drawn from the same seed.
    private func edit(_ bases: [DecisionFuzzer.Base], cases: UInt64) -> DecisionCounts {
        var counts = DecisionCounts()
        for (place, base) in bases.enumerated() {
            for number in 0..<cases {
                let find = Self.fuzzer.run(case: UInt64(place) * cases + number, on: base, counting: &counts)
                #expect(find == nil, "\(find.map { "\($0)" } ?? "")")
            }
        }
        return counts
    }

    @Test("Every boot of the simulator")
    func simulated() {
        #expect(Self.boots.count == BootVariation.allCases.count)
        let counts = edit(Self.boots, cases: 3)
        // Where all is refused, nothing could be moved.
        #expect(counts.honestAccepts * 4 > counts.honest)
        #expect(counts.editedAccepts * 4 > counts.edits)
        #expect(counts.readable * 2 > counts.edits)
    }

    @Test("Every log of the corpus", .enabled(if: Corpus.isAvailable, "\(Corpus.absence)"))
    func real() {
        // Every one is accounted for in RTMR3 (event-logs 2.5).
        #expect(Self.corpus.count == 33)
        let counts = edit(Self.corpus, cases: 1)
        #expect(counts.honestAccepts * 4 > counts.honest)
        #expect(counts.editedAccepts * 4 > counts.edits)
    }
}
