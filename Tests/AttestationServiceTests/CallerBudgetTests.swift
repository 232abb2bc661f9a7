import AuditStore
import PlatformSimulator
import Records
import ServiceSupport
import Testing
import Wire

@testable import AttestationService

/// What one caller may ask for: who that is, what it costs, and that one caller's hunger is nobody else's.
@Suite("Callers and their budgets", .timeLimit(.minutes(10)))
struct CallerBudgetTests {
    @Test(
        "An IPv6 client is its /64, however it is written; an IPv4 client its address, in IPv6's clothes too",
        arguments: [
            ("192.0.2.7", "192.0.2.7"), ("::ffff:192.0.2.7", "192.0.2.7"), ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
            ("2001:0db8:0001:0002:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64"), ("fe80::1%eth0", "fe80:0:0:0::/64"),
            ("::1", "0:0:0:0::/64"), ("local", "local"), ("1:2", "1:2"),
            (String(repeating: "a", count: 1_000), String(repeating: "a", count: 64)),
        ])
    func principal(written: String, principal: String) {
        #expect(Principal.client(written) == .address(principal))
    }

    private static let anna = Principal.named("anna")

    /// Seconds to wait; 0 where it is let in.
    private static func ask(_ budget: CallerBudget, _ cost: CallerBudget.Cost = .verdict, _ who: Principal = anna)
        -> Int
    {
        do throws(CallerBudget.Exceeded) {
            try budget.spend(cost, of: who)
            return 0
        } catch {
            return error.retryAfterSeconds
        }
    }

    @Test("A bucket: a burst, then as much as flows in; the wait that is named is enough, and a second less is not")
    func bucket() {
        let time = TimeInHand(TestWorld.today)
        let budget = CallerBudget(.init(perMinute: 120, burst: 60), clocks: time.clocks)
        #expect((0..<60).allSatisfy { _ in Self.ask(budget) == 0 })
        #expect(Self.ask(budget) == 1)
        #expect(Self.ask(budget, .verdict + .fetch) == 3)
        // Refused is not paid.
        time.advance(.seconds(2))
        #expect(Self.ask(budget, .verdict + .fetch) == 1)
        time.advance(.seconds(1))
        #expect(Self.ask(budget, .verdict + .fetch) == 0)
        #expect(Self.ask(budget) == 0 && Self.ask(budget, .read) == 1)
        // Quiet fills it to the brim and not above.
        time.advance(.seconds(3_600))
        #expect((0..<60).allSatisfy { _ in Self.ask(budget) == 0 } && Self.ask(budget) == 1)
    }

    @Test(
        "Costs: what is read counts a hundredth; a log by its size; more than a whole budget counts as one; back is back"
    )
    func costs() {
        let time = TimeInHand(TestWorld.today)
        let budget = CallerBudget(.init(perMinute: 60, burst: 5), clocks: time.clocks)
        #expect((0..<500).allSatisfy { _ in Self.ask(budget, .read) == 0 } && Self.ask(budget, .read) == 1)
        time.advance(.seconds(3_600))
        #expect(CallerBudget.Cost.eventLog(bytes: 30_000).hundredths == 11)
        #expect(CallerBudget.Cost.eventLog(bytes: Limits.eventLogBytes).hundredths == 800)
        #expect(Self.ask(budget, .eventLog(bytes: Limits.eventLogBytes)) == 0)
        #expect(Self.ask(budget, .eventLog(bytes: Limits.eventLogBytes)) == 5)
        budget.giveBack(.verdict, to: Self.anna)
        #expect(Self.ask(budget) == 0 && Self.ask(budget) == 1)
        // Nobody gives back more than there was room for.
        for _ in 0..<100 { budget.giveBack(.verdict, to: Self.anna) }
        #expect((0..<5).allSatisfy { _ in Self.ask(budget) == 0 } && Self.ask(budget) == 1)
    }

    @Test("Each caller has a bucket; a name may have a rate of its own; 0 is no limit")
    func callers() {
        let time = TimeInHand(TestWorld.today)
        let budget = CallerBudget(
            .init(perMinute: 60, burst: 5),
            own: ["anna": .init(perMinute: 600, burst: 100), "free": .init(perMinute: 0, burst: 0)], clocks: time.clocks
        )
        let (one, other) = (Principal.client("2001:db8::1"), Principal.client("2001:db8:0:1::1"))
        #expect((0..<5).allSatisfy { _ in Self.ask(budget, .verdict, one) == 0 })
        #expect(Self.ask(budget, .verdict, .client("2001:db8::2")) == 1)
        #expect(Self.ask(budget, .verdict, other) == 0)
        // An address that reads like a name is not that name.
        #expect((0..<5).allSatisfy { _ in Self.ask(budget, .verdict, .address("anna")) == 0 })
        #expect(Self.ask(budget, .verdict, .address("anna")) == 1)
        #expect((0..<100).allSatisfy { _ in Self.ask(budget) == 0 } && Self.ask(budget) == 1)
        #expect((0..<100_000).allSatisfy { _ in Self.ask(budget, .verdict, .named("free")) == 0 })
        let off = CallerBudget(.init(perMinute: 0, burst: 60), clocks: time.clocks)
        #expect((0..<100_000).allSatisfy { _ in Self.ask(off) == 0 })
    }

    @Test("As many callers are remembered as fit; the one that was seen last is not the one that is forgotten")
    func forgetting() {
        let time = TimeInHand(TestWorld.today)
        let budget = CallerBudget(.init(perMinute: 60, burst: 5), capacity: 64, clocks: time.clocks)
        for _ in 0..<5 { #expect(Self.ask(budget) == 0) }
        for number in 0..<10_000 {
            #expect(Self.ask(budget, .verdict, .address("\(number)")) == 0)
            #expect(Self.ask(budget) == 1, "anna, after \(number)")
        }
    }

    @Test(
        "A submission costs more where collateral is not at hand, and where its event log is long; a refusal is counted"
    )
    func surcharge() async throws {
        try await TestService.run { assay in
            let service = assay.service
            #expect(service.surcharge(of: try assay.submission()) == .fetch)
            try await assay.attest()
            #expect(service.surcharge(of: try assay.submission()).hundredths == 0)
            let log = try CheckedSubmission(
                quote: try TestWorld.evidence().quote, eventLog: [UInt8](repeating: 0, count: 524_288),
                adapter: .native,
                in: service.policies.current)
            #expect(service.surcharge(of: log).hundredths == 200)
            #expect(assay.collateral.fetches == 1, "what a quote says of itself makes nobody fetch")
            let budget = CallerBudget(.init(perMinute: 60, burst: 5), clocks: assay.time.clocks)
            #expect(Self.ask(budget, .verdict + .fetch) == 0)
        }
    }

    @Test("Of all who follow the events, one caller has a part")
    func events() {
        let events = VerdictEvents(TimeInHand(TestWorld.today).clocks)
        let followed = (0..<VerdictEvents.capacityOfCaller).compactMap { _ in events.subscribe(for: Self.anna) }
        #expect(followed.count == VerdictEvents.capacityOfCaller && !events.isFull)
        #expect(events.isFull(for: Self.anna) && events.subscribe(for: Self.anna) == nil)
        #expect(!events.isFull(for: .client("192.0.2.1")) && events.subscribe(for: .client("192.0.2.1")) != nil)
        events.end(followed[0])
        #expect(events.subscribe(for: Self.anna) != nil)
        events.close()
    }
}
