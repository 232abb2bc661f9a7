import AuditStore
import MerkleLog
import Records
import ServiceSupport
import StateStore
import Testing
import Wire

@testable import AttestationService

/// What a verdict rests on goes out of force between judging and recording.
@Suite("Replaced on the way", .timeLimit(.minutes(10)))
struct ReplacedPolicyTests {
    private static func site(_ version: Int) -> String { #"{"id":"site","version":\#(version)}"# }

    /// Puts a next version of the policy in force each time that something is judged by it, so many times.
    private static func replace(_ assay: TestService, times: Int) -> Tally {
        let tally = Tally()
        assay.collateral.onFetch {
            let count = tally.add()
            guard count <= times else { return }
            let word = await outcome { try await assay.enforce("site", Self.site(count + 1)) }
            #expect(word == "done")
        }
        return tally
    }

    @Test("Retired once or twice meanwhile: judged again, by what took its place, at the same time", arguments: [1, 2])
    func again(_ times: Int) async throws {
        try await TestService.run { assay in
            try await assay.enforce("site", Self.site(1))
            let tally = Self.replace(assay, times: times)
            let time = assay.time.milliseconds
            let result = try await assay.attest(nil, ["site"])
            #expect(tally.count == times + 1)
            #expect(result.policy == .of(Self.site(times + 1)))
            #expect(result.judgement.timeMilliseconds == time)
            #expect(try await assay.entry(of: result).policySHA256 == .of(Self.site(times + 1)))
            #expect(result.token != nil)
            // One verdict: what was judged by the old one is in no log.
            let verdicts = try await assay.entries.filter { if case .verdict = $0 { true } else { false } }
            #expect(verdicts.count == 1)
        }
    }

    @Test("Three times: nothing is decided, recorded or signed, and the next submission is judged as ever")
    func given() async throws {
        try await TestService.run { assay in
            try await assay.enforce("site", Self.site(1))
            let tally = Self.replace(assay, times: 3)
            #expect(await outcome { try await assay.attest(nil, ["site"]) } == "replaced 3")
            #expect(tally.count == 3)
            #expect(try await !assay.entries.contains { if case .verdict = $0 { true } else { false } })
            assay.collateral.onFetch(nil)
            #expect(try await assay.attest(nil, ["site"]).policy == .of(Self.site(4)))
        }
    }

    @Test("Retired and nothing in its place: the submission is told that there is no such policy")
    func gone() async throws {
        try await TestService.run { assay in
            let sha256 = try await assay.enforce("site", Self.site(1))
            assay.collateral.onFetch {
                let word = await outcome {
                    _ = try await assay.policies.retire(.policy, id: "site", sha256, who: "ada")
                }
                #expect(word == "done")
            }
            #expect(await outcome { try await assay.attest(nil, ["site"]) } == "unknown")
            assay.collateral.onFetch(nil)
        }
    }
}
