import Appraisal
import DCAPFormats
import Testing
import Wire

/// What a log keeps of a verdict, read back: the same facts, the same finding; and a policy's way from draft to retired.
@Suite("Recorded facts")
struct RecordTests {
    @Test("Written and read back, a record is judged the same", arguments: 0..<40)
    func roundTrip(_ seed: Int) throws {
        var random = MonotonicityTests.Generator(state: UInt64(seed) &* 104_729 &+ 3)
        let facts = try MonotonicityTests.facts(&random).make()
        let read = try RecordedFacts(parsing: facts.document(namingHost: true).canonicalBytes)
        #expect(read == facts)
        #expect(appraise(read, under: .strict).codes == appraise(facts, under: .strict).codes)
        // Without what names the host, a rule about the host fails.
        let nameless = try RecordedFacts(parsing: facts.document().canonicalBytes)
        #expect(nameless.platform.host == .notRecorded)
        let policy = try Policy.of(#""accepted_ppid_sha256":["\#(String.bytes(0x55, 32))"]"#)
        #expect(appraise(nameless, under: policy).codes.contains(.platformID))
    }

    @Test("A record that is none is refused at every cut")
    func truncated() throws {
        let bytes = try FactsRecipe.td().make().document().canonicalBytes
        for count in stride(from: 0, to: bytes.count, by: 97) {
            #expect(throws: PolicyError.self) { try RecordedFacts(parsing: Array(bytes.prefix(count))) }
        }
    }

    @Test("Draft, tested, active, retired: in this order, and only with cases that come out")
    func lifeCycle() throws {
        let facts = try FactsRecipe.td().make().document().canonicalText
        func test(_ expected: String) throws -> PolicyCase {
            try PolicyCase(parsing: Array(#"{"facts":\#(facts),"expect":"\#(expected)"}"#.utf8))
        }
        let time = FactsRecipe.time
        let draft = PolicyVersion(draft: .strict)
        #expect(throws: PolicyVersion.Refused.notFrom(.draft)) { try draft.activated(at: time) }
        #expect(throws: PolicyVersion.Refused.casesFailed([])) {
            try draft.tested([], references: .empty, at: time)
        }
        let right = try test("accept")
        let wrong = try test("reject")
        #expect(throws: PolicyVersion.Refused.casesFailed([1])) {
            try draft.tested([right, wrong], references: .empty, at: time)
        }
        let active = try draft.tested([right], references: .empty, at: time).activated(at: time)
        #expect(active.state == .active(since: time))
        #expect(throws: PolicyVersion.Refused.notFrom(active.state)) {
            try active.tested([right], references: .empty, at: time)
        }
        let retired = try active.retired(at: time)
        #expect(throws: PolicyVersion.Refused.notFrom(retired.state)) { try retired.activated(at: time) }
        #expect(retired.policy.sha256 == Policy.strict.sha256)
    }

    @Test("AR4SI: nothing compared is never affirming; everything compared and fresh is")
    func vector() throws {
        func conclusion(_ members: String, _ edit: (inout FactsRecipe) -> Void = { _ in }) throws -> Conclusion {
            let facts = try FactsRecipe.td().with(edit).make()
            return Conclusion(facts, [appraise(facts, under: try .of(members))], nil, isFresh: true)
        }
        func list(_ names: [String: UInt8]) -> String {
            names.sorted { $0.key < $1.key }.map { #""\#($0.key)":["\#(String.bytes($0.value, 48))"]"# }.joined(
                separator: ",")
        }
        let boot: [String: UInt8] = ["mr_td": 0xA0, "rtmr0": 0xB0, "rtmr1": 0xB1, "rtmr2": 0xB2]
        let nothing = try conclusion("")
        #expect((nothing.vector.executables, nothing.status) == (0, .warning))
        #expect(nothing.reasons == [.noReferenceValues])
        let some = try conclusion(#""td_identity":{\#(list(["mr_td": 0xA0]))}"#)
        #expect((some.vector.executables, some.status) == (33, .warning))
        #expect(some.reasons == [.referenceValuesIncomplete])
        let booted = try conclusion(#""td_identity":{\#(list(boot))}"#) { $0.body.fill(FactsRecipe.TD.rtmr3, 48, 0) }
        #expect((booted.vector.executables, booted.status) == (3, .affirming))
        #expect(booted.reasons.isEmpty)
        // Row 106 (c): an RTMR3 that nobody compares and no log accounts for.
        let open = try conclusion(#""td_identity":{\#(list(boot))}"#)
        #expect((open.vector.executables, open.status) == (3, .warning))
        #expect(open.reasons == [.referenceValuesIncomplete])
        let all = try conclusion(#""td_identity":{\#(list(boot.merging(["rtmr3": 0xB3]) { $1 }))}"#)
        #expect((all.vector.executables, all.status) == (2, .affirming))
        let other = try conclusion(#""td_identity":{\#(list(boot))}"#) { $0.body.fill(FactsRecipe.TD.mrTD, 48, 1) }
        #expect((other.vector.executables, other.status, other.isAccepted) == (33, .warning, false))
        let denied = try conclusion(
            #""claims":[{"id":"c","not":{"claim":"mr_td","operator":"in","values":["\#(String.bytes(0xA0, 48))"]}}]"#)
        #expect((denied.vector.executables, denied.status, denied.isAccepted) == (96, .contraindicated, false))
        let debug = try conclusion(#""allow_debug":true"#) { $0.body[FactsRecipe.TD.attributes] |= 1 }
        #expect((debug.isAccepted, debug.status, debug.vector.runtimeOpaque) == (true, .contraindicated, 96))
        let late = try conclusion(#""accepted_tcb_statuses":["UpToDate","OutOfDate"],"platform_grace_seconds":1"#) {
            $0.status = .outOfDate
        }
        #expect((late.vector.hardware, late.status) == (96, .contraindicated))
    }
}
