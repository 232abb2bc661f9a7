import Appraisal
import AuditStore
import MerkleLog
import PlatformSimulator
import Records
import ServiceSupport
import Testing
import Wire

@testable import AttestationService

/// A policy tried on a service's own history.
@Suite("A policy tried on recorded verdicts", .timeLimit(.minutes(10)))
struct SimulationTests {
    private static let lab = #"{"id":"lab","version":1,"allow_debug":true}"#
    private static let bound = #"{"id":"bound","version":1,"require_report_data":true}"#

    private static func surroundings() throws -> Surroundings {
        try Surroundings(try CollateralInHand(.tdx15V5, .sgxV3))
    }

    /// Two accepts that bind nothing, one that binds a nonce, a reject by policy, a forged quote.
    private static func fill(_ assay: TestService) async throws -> [String] {
        let nonce = Array("sixteen bytes ok".utf8)
        let debug = try TestWorld.quote { $0.quote.td?.tdAttributes |= 1 }
        var forged = try TestWorld.evidence().quote
        forged[700] ^= 1
        var names: [String] = []
        for quote in [try TestWorld.evidence().quote, try TestWorld.evidence(.sgxV3).quote, debug, forged] {
            names.append(try await assay.attest(quote).judgement.identifier)
        }
        let binding = CheckedBinding(
            expected: try BoundInput(nonce: nonce).expected(), nonce: nonce, userData: nil, challenge: nil)
        names.append(
            try await assay.attest(try TestWorld.quote(binding: nonce), binding: binding).judgement.identifier)
        return names
    }

    private static func simulation(
        _ assay: TestService, since: Int64 = 0, limit: Int = 100, budget: Duration = .seconds(15),
        clocks: Clocks? = nil
    ) -> PolicySimulation {
        let (log, archive) = (assay.log, assay.stores.recorder.archive)
        return PolicySimulation(
            source: PolicySimulation.Source(
                size: log.tree.size, leaves: { try await log.reader.leaves(in: $0) },
                bytes: { hash async throws(EvidenceFailure) in try await archive.bytes(of: hash) }),
            sinceMilliseconds: since, limit: limit, budget: budget, clocks: clocks ?? assay.time.clocks)
    }

    private static func trial(_ text: String) throws -> PolicyTrial {
        PolicyTrial(
            try Policy(parsing: Array(text.utf8)), references: .empty, verifier: try TestWorld.verifier)
    }

    private static func whole(_ assay: TestService, _ text: String) async throws -> PolicyTrial {
        let (trial, rest) = try await simulation(assay).run(try trial(text), from: 0)
        #expect(rest == nil)
        return trial
    }

    @Test("What flips, which way, and why; the forged quote never; what was erased is said to be")
    func flips() async throws {
        try await TestService.run(in: try Self.surroundings()) { assay in
            let names = try await Self.fill(assay)
            let lab = try await Self.whole(assay, Self.lab)
            #expect(lab.examined == 5 && lab.unchanged == 4)
            #expect(lab.rejectToAccept == 1 && lab.acceptToReject == 0)
            #expect(lab.flips.map(\.jti) == [names[2]])
            #expect(lab.flips.first?.from == .reject && lab.flips.first?.to == .accept)
            let bound = try await Self.whole(assay, Self.bound)
            #expect(bound.acceptToReject == 2 && bound.unchanged == 3)
            #expect(Set(bound.flips.map(\.jti)) == Set(names[..<2]))
            for flip in bound.flips {
                #expect(flip.from == .accept && flip.to == .reject && flip.reasons.contains("POLICY_REPORT_DATA"))
            }
            guard case .array(let flips)? = bound.document(rest: nil)["flips"] else {
                Issue.record("no flips")
                return
            }
            #expect(flips.compactMap { $0.text("jti") } == bound.flips.map(\.jti))
            #expect(flips.allSatisfy { $0.text("from") == "accept" && $0.text("to") == "reject" })
            // What is in force gives what it gave.
            #expect(try await Self.whole(assay, String(decoding: Policy.strict.bytes, as: UTF8.self)).unchanged == 5)
            _ = try await assay.evidence.erase(names[1])
            let after = try await Self.whole(assay, Self.bound)
            #expect(after.notExaminable == [.purged: 1] && after.acceptToReject == 1)
        }
    }

    @Test("In parts it comes to the same; from a later time there is nothing")
    func parts() async throws {
        try await TestService.run(in: try Self.surroundings()) { assay in
            _ = try await Self.fill(assay)
            var (trial, from) = (try Self.trial(Self.bound), 0 as UInt64)
            for number in 1...5 {
                let (after, rest) = try await Self.simulation(assay, limit: 1).run(trial, from: from)
                #expect(after.examined == number)
                #expect((rest == nil) == (number == 5))
                if let rest {
                    #expect(rest.reason == .limit && rest.next > from)
                    #expect(rest.entries == assay.log.tree.size - rest.next)
                }
                (trial, from) = (after, rest?.next ?? 0)
            }
            #expect(trial.acceptToReject == 2)
            let later = Self.simulation(assay, since: assay.time.milliseconds + 1)
            let (none, rest) = try await later.run(try Self.trial(Self.bound), from: 0)
            #expect(none.examined == 0 && rest == nil)
        }
    }

    @Test("When the time is over it ends, after one verdict at least, and says where to go on")
    func time() async throws {
        try await TestService.run(in: try Self.surroundings()) { assay in
            _ = try await Self.fill(assay)
            var (trial, from, runs) = (try Self.trial(Self.bound), 0 as UInt64, 0)
            for _ in 0..<100 {
                let (after, rest) = try await Self.simulation(assay, budget: .zero).run(trial, from: from)
                #expect(after.examined <= trial.examined + 1)
                (trial, runs) = (after, runs + 1)
                guard let rest else { break }
                #expect(rest.reason == .time && rest.next > from)
                #expect(rest.entries == assay.log.tree.size - rest.next)
                from = rest.next
            }
            #expect(trial.examined == 5 && trial.acceptToReject == 2)
            #expect(runs == 5)
            // A clock that runs ten seconds at each look: two verdicts fit into fifteen.
            let ticks = Tally()
            let clocks = Clocks(
                wall: assay.time.clocks.wall, monotonic: { .seconds(10 * ticks.add()) }, sleep: assay.time.clocks.sleep)
            let (some, rest) = try await Self.simulation(assay, clocks: clocks).run(try Self.trial(Self.bound), from: 0)
            #expect(some.examined == 2 && rest?.reason == .time)
        }
    }
}
