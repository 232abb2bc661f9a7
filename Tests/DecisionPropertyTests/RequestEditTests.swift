import DecisionFuzz
import Testing

/// wire-formats 2.9: no edit of a request's free fields obtains a claim that the quote does not bind: no key that the guest
/// did not vouch for, no nonce in a second reading, no freshness by what cannot be new, nothing for empty input.
@Suite("Whoever sends a request obtains no claim that is not bound")
struct RequestEditTests {
    @Test("Guests of every scheme, requests of every split, policies of every scheme")
    func drawn() {
        var counts = RequestCounts()
        for seed in 0..<UInt64(4) {
            let fuzzer = RequestFuzzer(seed: seed)
            for number in 0..<UInt64(100) {
                let find = fuzzer.run(case: number, counting: &counts)
                #expect(find == nil, "\(find.map { "\($0)" } ?? "")")
            }
        }
        // The draw says something only if requests are well formed, accepted, and keys confirmed.
        #expect(counts.readable * 4 > counts.requests)
        #expect(counts.accepts * 100 > counts.requests)
        #expect(counts.confirmations > 0)
    }
}
