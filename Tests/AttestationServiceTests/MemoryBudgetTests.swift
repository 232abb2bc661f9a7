import Testing

@testable import AttestationService

/// One budget for all that grows with what strangers send.
@Suite("Memory", .timeLimit(.minutes(10)))
struct MemoryBudgetTests {
    @Test("Each use stops where it must, so that there is room for a head when bodies have taken theirs")
    func shares() {
        let memory = MemoryBudget(bytes: 800)
        #expect(memory.reserve(600, for: .large) && !memory.reserve(1, for: .large))
        #expect(!memory.reserve(1, for: .kept))
        #expect(memory.reserve(100, for: .smallBody) && !memory.reserve(1, for: .smallBody))
        #expect(memory.reserve(100, for: .head) && !memory.reserve(1, for: .head))
        #expect(memory.reserved == 800)
        memory.giveBack(600, of: .large)
        // A quarter at most is kept, however much there is.
        #expect(!memory.reserve(201, for: .kept) && memory.reserve(200, for: .kept) && !memory.reserve(1, for: .kept))
        #expect(!memory.reserve(-1, for: .head) && !memory.reserve(.max, for: .head))
        memory.giveBack(200, of: .kept)
        #expect(memory.reserved == 200)
    }

    @Test("Whatever is asked for, by however many: never more than there is, and all of it comes back")
    func property() async {
        for seed in UInt64(1)...20 {
            let memory = MemoryBudget(bytes: 10_000)
            let excess = Tally()
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<8 {
                    group.addTask {
                        var random = seed &* 8 &+ UInt64(number)
                        var held: [(Int, MemoryBudget.Use)] = []
                        for _ in 0..<500 {
                            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                            let use = MemoryBudget.Use.allCases[Int(random >> 33) % 4]
                            let bytes = Int(random >> 40) % 3_000
                            if random >> 62 == 0, let (bytes, use) = held.popLast() {
                                memory.giveBack(bytes, of: use)
                            } else if memory.reserve(bytes, for: use) {
                                held.append((bytes, use))
                            }
                            if memory.reserved > memory.capacity { excess.add() }
                        }
                        for (bytes, use) in held { memory.giveBack(bytes, of: use) }
                    }
                }
            }
            #expect(excess.count == 0 && memory.reserved == 0, "seed \(seed)")
            #expect(memory.reserve(2_500, for: .kept), "seed \(seed)")
        }
    }
}
