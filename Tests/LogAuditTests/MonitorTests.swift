import LogAudit
import LogSupport
import MerkleLog
import Testing
import Wire

/// A monitor against logs that behave and logs that do not.
@Suite struct MonitorTests {
    /// Serves a folder's files under a checkpoint of the test's choice.
    struct Served: LogSource {
        let folder: FolderSource
        let note: [UInt8]

        func checkpoint() async throws -> [UInt8] { note }
        func bytes(of tile: TileCoordinate) async throws -> [UInt8]? { try await folder.bytes(of: tile) }
        func earlierCheckpoints() async throws -> [[UInt8]] { [] }
    }

    private func leaves(_ range: Range<Int>, _ mark: String = "") -> [[UInt8]] {
        range.map { Array(#"{"kind":"x","mark":"\#(mark)","time_ms":\#($0),"v":1}"#.utf8) }
    }

    private func monitor(_ log: LogFolder, note: SignedNote? = nil) throws -> Monitor {
        let source = Served(folder: FolderSource(path: log.path), note: try (note ?? log.checkpoint()).bytes)
        return Monitor(source, trusting: TrustPolicy(log: log.key))
    }

    private func misbehaviour(_ body: () async throws -> Void) async -> Misbehaviour? {
        do {
            try await body()
            return nil
        } catch AuditFailure.misbehaviour(let evidence) {
            return evidence
        } catch {
            Issue.record("\(error)")
            return nil
        }
    }

    @Test(arguments: [Monitor.Method.proof, .entries]) func growthIsFollowed(_ method: Monitor.Method) async throws {
        let log = try LogFolder()
        var state: AuditState?
        for size in [0, 1, 255, 256, 257, 600, 600, 1_100] {
            try log.append(leaves(log.leaves.count..<size))
            let outcome = try await monitor(log).advance(from: state, by: method)
            #expect(outcome.state.checkpoint.size == UInt64(size))
            #expect(outcome.previousSize == state?.checkpoint.size)
            state = outcome.state
        }
    }

    @Test(arguments: [Monitor.Method.proof, .entries]) func aCacheIsNoMisbehaviour(_ method: Monitor.Method)
        async throws
    {
        let log = try LogFolder()
        try log.append(leaves(0..<600))
        let state = try await monitor(log).advance(from: nil, by: method).state
        let outcome = try await monitor(log, note: try log.checkpoint(size: 300)).advance(from: state, by: method)
        #expect(outcome.isOlder)
        #expect(outcome.state.checkpoint.size == 600)
        let forked = try log.checkpoint(size: 300, root: MerkleHash())
        let evidence = await misbehaviour { _ = try await monitor(log, note: forked).advance(from: state, by: method) }
        #expect(evidence?.reason == .notConsistent)
    }

    /// A fork under the real key, of every length: told, and proven by what anybody can check.
    @Test(arguments: [Monitor.Method.proof, .entries]) func forksAreProven(_ method: Monitor.Method) async throws {
        let log = try LogFolder()
        try log.append(leaves(0..<300))
        let state = try await monitor(log).advance(from: nil, by: method).state
        let fork = try LogFolder()
        try fork.append(leaves(0..<299) + leaves(299..<300, "other"))
        let same = await misbehaviour { _ = try await monitor(fork).advance(from: state, by: method) }
        #expect(same?.reason == .twoRoots)
        try fork.append(leaves(300..<700))
        let longer = await misbehaviour { _ = try await monitor(fork).advance(from: state, by: method) }
        let evidence = try #require(longer)
        #expect(evidence.reason == .notConsistent)
        // What the evidence says holds without the log: the newer root has other first entries than the older one.
        let checkpoints = try evidence.checkpoints.map { note in
            try TrustPolicy(log: log.key).accept(note).checkpoint
        }
        let contents = try #require(evidence.contents)
        let proof = ConsistencyProof(oldSize: 300, newSize: 700, path: try #require(evidence.path))
        #expect(proof.isValid(oldRoot: contents.root, newRoot: checkpoints[1].root))
        #expect(contents.root != checkpoints[0].root)
    }

    @Test func aRootOfNothingIsProven() async throws {
        let log = try LogFolder()
        try log.append(leaves(0..<300))
        let lie = try log.checkpoint(root: MerkleHash())
        for method in [Monitor.Method.proof, .entries] {
            let evidence = await misbehaviour { _ = try await monitor(log, note: lie).advance(from: nil, by: method) }
            #expect(evidence?.reason == .contents)
        }
    }

    @Test func timesAreFencedByCosignatures() {
        let fence = TimeFence([(size: 10, seconds: 1_000), (size: 20, seconds: 2_000)])
        #expect(fence.allows(0, at: 9))
        #expect(fence.allows(1_005_000, at: 9))
        #expect(!fence.allows(1_005_001, at: 9))
        #expect(fence.allows(700_000, at: 10))
        #expect(!fence.allows(699_999, at: 10))
        #expect(fence.allows(2_005_000, at: 19))
        #expect(!fence.allows(2_005_001, at: 19))
        #expect(fence.allows(1_700_000, at: 20))
        #expect(!fence.allows(1_699_999, at: 20))
        #expect(fence.allows(.max, at: 20))
        #expect(TimeFence([]).allows(0, at: 0))
        #expect(TimeFence([(size: .max, seconds: .max)]).allows(.max / 2, at: 3))
        #expect(!TimeFence([(size: .max, seconds: .max)]).allows(.max, at: 3))
    }
}
