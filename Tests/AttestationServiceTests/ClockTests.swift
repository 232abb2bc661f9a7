import Appraisal
import AuditStore
import LogAudit
import MerkleLog
import ServiceSupport
import Testing
import Wire

@testable import AttestationService

/// A wall clock that somebody sets, beside a monotonic one that nobody can.
@Suite("A clock that jumps", .timeLimit(.minutes(10)))
struct ClockTests {
    @Test(
        "Twenty days ahead for two requests and back: it answers again at once, and the log holds nothing of the future"
    )
    func ahead() async throws {
        let surroundings = try Surroundings()
        let time = surroundings.time
        time.beWatched()
        let trust = try await TestService.run(in: surroundings) { assay in
            try await assay.attest()
            let challenge = assay.service.issueChallenge()
            let (size, old) = (assay.log.tree.size, time.now)
            time.jump(.seconds(20 * 86_400))
            for _ in 1...2 {
                #expect(await outcome { try await assay.attest() } == "not recorded: CLOCK_AHEAD")
            }
            let body = LogEntryBody.admin(AdminEntry(who: "t", action: "test", subject: "future"))
            let failure = await #expect(throws: AppendFailure.self) {
                _ = try await assay.log.append(LogEntry(timeMilliseconds: time.milliseconds, body: body))
            }
            #expect(failure?.code == "CLOCK_AHEAD")
            #expect(assay.log.tree.size == size)
            let readiness = assay.service.readiness
            #expect(!readiness.isReady && readiness.document.text("clock")?.contains("jumped ahead") == true)
            // Nothing that is given out meanwhile is of the future either.
            #expect(assay.service.issueChallenge().expires <= old.advanced(bySeconds: 120))
            time.jump(.seconds(-20 * 86_400))
            #expect(assay.service.readiness.isReady)
            #expect(try await assay.attest().decision == .accept)
            #expect(challenge.expires >= time.now)
            for index in 0..<assay.log.tree.size {
                let entry = try LogEntry(leaf: try await assay.log.reader.leaf(at: index))
                #expect(entry.timeMilliseconds <= time.milliseconds, "entry \(index)")
            }
            return assay.trust
        }
        #expect(try await surroundings.check(trusting: trust).findings == [])
    }

    struct Move: Sendable, CustomTestStringConvertible {
        let seconds: Int64
        let isBelieved: Bool
        var testDescription: String { "\(seconds) s" }
    }

    @Test(
        "What a time server sets right is followed, and more is not",
        arguments: [
            Move(seconds: 0, isBelieved: true), Move(seconds: 59, isBelieved: true),
            Move(seconds: 60, isBelieved: true), Move(seconds: 61, isBelieved: false),
            Move(seconds: 86_400, isBelieved: false), Move(seconds: -30, isBelieved: true),
            Move(seconds: -86_400, isBelieved: true),
        ])
    func moves(_ move: Move) {
        let time = TimeInHand(Instant(seconds: 1_790_000_000))
        let watch = ClockWatch(wall: { time.milliseconds }, monotonic: { time.clocks.monotonic() })
        time.advance(.seconds(3_600))
        #expect(watch.defect == nil && watch.now == time.milliseconds, "time that passes is no jump")
        let before = time.milliseconds
        time.jump(.seconds(move.seconds))
        #expect((watch.defect == nil) == move.isBelieved)
        #expect(watch.now == (move.isBelieved ? time.milliseconds : before))
        // Back again, from wherever: at once.
        time.jump(.seconds(-move.seconds))
        #expect(watch.defect == nil && watch.now == time.milliseconds)
    }
}
