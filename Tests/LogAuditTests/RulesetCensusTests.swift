import LogAudit
import LogSupport
import MerkleLog
import Testing
import Wire

/// By whose rules a log's verdicts were reached, and how many nobody can judge again (transparency-log V-11).
@Suite struct RulesetCensusTests {
    private static func identity(_ ruleset: Int64, _ mark: UInt8 = 0) -> VerifierIdentity {
        VerifierIdentity(
            name: "assay", version: "test", binarySHA256: MerkleHashing.sha256([UInt8(ruleset), mark]), ruleset: ruleset
        )
    }

    private static func leaf(_ body: LogEntryBody, at seconds: Int64 = 1_700_000_000) throws -> [UInt8] {
        try LogEntry(timeMilliseconds: seconds * 1_000, body: body).leaf()
    }

    private static func verdict(
        _ decision: VerdictEntry.Decision, under ruleset: Int64, archived: Bool? = nil,
        at seconds: Int64 = 1_700_000_000
    ) throws -> [UInt8] {
        var entry = VerdictEntry(
            verdict: decision, reasons: [], tee: "tdx", evidenceSHA256: MerkleHashing.sha256([1]), jti: "j",
            policyID: "strict", policySHA256: MerkleHashing.sha256([2]), verifierSHA256: identity(ruleset).sha256)
        entry.isArchived = archived
        return try leaf(.verdict(entry), at: seconds)
    }

    /// Three rulesets: withdrawn, of now, nobody's.
    private static func leaves() throws -> [[UInt8]] {
        [
            try leaf(.verifier(identity(1))), try verdict(.accept, under: 1), try verdict(.reject, under: 1),
            try leaf(.verifier(identity(2))), try verdict(.accept, under: 2),
            try verdict(.accept, under: 2, archived: false), try leaf(.verifier(identity(99))),
            try verdict(.accept, under: 99, archived: false), try verdict(.reject, under: 2, archived: false),
        ]
    }

    private static func numbers(_ members: [(String, JSON)], _ name: String) -> [JSON] {
        guard case .array(let list)? = JSON.object(members)["rulesets"] else { return [] }
        return list.compactMap { $0[name] }
    }

    @Test func unknownAndWithdrawnOnesAreNamedWithTheirVerdicts() throws {
        var census = RulesetCensus()
        for (index, leaf) in try Self.leaves().enumerated() { census.take(leaf, at: UInt64(index)) }
        #expect(census.entries == 9)
        #expect(Self.numbers(census.members, "index") == [.integer(0), .integer(6)])
        #expect(Self.numbers(census.members, "ruleset") == [.integer(1), .integer(99)])
        #expect(Self.numbers(census.members, "verdicts") == [.integer(2), .integer(1)])
        #expect(Self.numbers(census.members, "standing") == [.string("withdrawn"), .string("unknown")])
        let text = census.sentences.joined(separator: "\n")
        #expect(text.contains("ASSAY-2026-0001") && text.contains("2 verdicts") && text.contains("1 verdict"))
        #expect(!text.contains("nobody had a reason"))
        // By number and share, accepts alone.
        #expect(text.contains("2 of 4 accepts (50.00 %) archived no evidence"))
        #expect(text.contains("entries 5, 7"))
    }

    @Test func nothingIsSaidOfALogThatHasNothingToTell() throws {
        var census = RulesetCensus()
        for (index, leaf) in [try Self.leaf(.verifier(Self.identity(2))), try Self.verdict(.accept, under: 2)]
            .enumerated()
        {
            census.take(leaf, at: UInt64(index))
        }
        census.take(Array("no entry at all".utf8), at: 2)
        #expect(census.sentences.isEmpty)
        #expect(census.entries == 3)
    }

    @Test func whoStaysWithAWithdrawnRulesetIsTold() throws {
        var census = RulesetCensus()
        census.take(try Self.leaf(.verifier(Self.identity(1))), at: 0)
        census.take(try Self.verdict(.accept, under: 1, at: 1_798_502_399), at: 1)
        #expect(!census.sentences.joined().contains("nobody had a reason"))
        census.take(try Self.verdict(.accept, under: 1, at: 1_798_502_400), at: 2)
        #expect(census.sentences.joined().contains("the newest of 2026-12-29, when nobody had a reason for it"))
    }

    /// What was seen in earlier looks counts in later ones, also where a state was moved on without its entries.
    @Test func aMonitorKeepsCount() async throws {
        let log = try LogFolder()
        let source = FolderSource(path: log.path)
        let monitor = Monitor(source, trusting: TrustPolicy(log: log.key))
        let leaves = try Self.leaves()
        let file = try StateFile(path: log.path + "/state")
        for end in [0, 2, 2, 5, 9] {
            try log.append(Array(leaves[log.leaves.count..<end]))
            try file.save(try await monitor.advance(from: try file.load(), by: .entries).state)
        }
        let seen = try #require(try file.load()).census
        #expect(seen.entries == 9)
        #expect(Self.numbers(seen.members, "verdicts") == [.integer(2), .integer(1)])
        try log.append([try Self.verdict(.reject, under: 99)])
        try file.save(try await monitor.advance(from: try file.load(), by: .proof).state)
        try log.append([try Self.verdict(.reject, under: 99)])
        let outcome = try await monitor.advance(from: try file.load(), by: .entries)
        #expect(outcome.state.census.entries == 11)
        #expect(Self.numbers(outcome.state.census.members, "verdicts") == [.integer(2), .integer(3)])
    }

    /// A state without its entries is read from the beginning, and must still be the beginning of what is served.
    @Test func aForkIsFoundAlsoWithoutTheRange() async throws {
        let log = try LogFolder()
        try log.append(try Self.leaves())
        let trust = TrustPolicy(log: log.key)
        let seen = try await Monitor(FolderSource(path: log.path), trusting: trust).advance(from: nil, by: .proof).state
        let fork = try LogFolder()
        try fork.append(try Self.leaves().reversed() + [try Self.verdict(.reject, under: 2)])
        await #expect(throws: AuditFailure.self) {
            _ = try await Monitor(FolderSource(path: fork.path), trusting: trust).advance(from: seen, by: .entries)
        }
    }

    @Test func aCheckOfTheWholeLogReportsIt() async throws {
        let log = try LogFolder()
        try log.append(
            [
                try Self.leaf(
                    .genesis(
                        GenesisEntry(
                            origin: log.key.name.description, logKey: log.key.text, specification: "attest-log/1"))),
                try Self.leaf(.verifier(Self.identity(99))),
            ])
        let report = try await FileSystemCheck(FolderSource(path: log.path), trusting: TrustPolicy(log: log.key)).run()
        #expect(report.findingCount == 0, "\(report.findings)")
        #expect(report.census.entries == 2)
        #expect(report.census.sentences.count == 1)
    }
}
