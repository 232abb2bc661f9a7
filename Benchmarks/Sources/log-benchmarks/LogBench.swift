import AuditStore
import Crypto
import Foundation
import MerkleLog
import Synchronization

struct Throughput {
    let perSecond: Double
    let median: Double
    let p99: Double

    init(_ latencies: [Double], seconds: Double) {
        let sorted = latencies.sorted()
        perSecond = Double(sorted.count) / seconds
        median = sorted.isEmpty ? 0 : sorted[sorted.count / 2]
        p99 = sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, sorted.count * 99 / 100)]
    }
}

/// A log in a folder, with a key of its own, and verdicts like those of real quotes.
final class LogBench: Sendable {
    private let folder: String
    private let key = Curve25519.Signing.PrivateKey()
    private let isMade = Mutex(false)
    private let number = Atomic<Int>(0)

    private let policy = PolicyEntry(operation: .activate, policyID: "strict", policySHA256: MerkleHashing.sha256([1]))
    private let verifier = VerifierIdentity(
        name: "assay", version: "0.1.0", binarySHA256: MerkleHashing.sha256([2]), ruleset: 1)
    private let collateral = CollateralEntry(manifestSHA256: MerkleHashing.sha256([3]), nextUpdateMilliseconds: 0)
    private static let kid = "YN8D8f4tp3_u3souGq2Z0I7AkJ9D8OzEPtOyniahWqw"

    init(folder: String) { self.folder = folder }

    private static func now() -> Int64 { Int64(Date().timeIntervalSince1970 * 1_000) }

    func open() async throws -> AuditLog {
        let key = key
        let signer = LogSigner(publicKey: MerkleHash(exactly: key.publicKey.rawRepresentation) ?? MerkleHash()) {
            Array(try key.signature(for: $0))
        }
        let settings = LogSettings(
            folder: folder, origin: nil, standardOrigin: "bench.example/log/2026", now: Self.now, fatal: { fatal($0) })
        let known = isMade.withLock { $0 }
        let log = try AuditLog.open(
            settings, keys: LogKeySource(existing: { known ? signer : nil }, make: { signer }))
        try await log.begin()
        isMade.withLock { $0 = true }
        for body in [
            LogEntryBody.policy(policy), .verifier(verifier), .collateral(collateral),
            .key(KeyEntry(use: .token, kid: Self.kid)),
        ] { try await log.announce(body) }
        return log
    }

    private func verdict() -> LogEntry {
        let number = number.wrappingAdd(1, ordering: .relaxed).newValue
        var entry = VerdictEntry(
            verdict: number % 50 == 0 ? .reject : .accept, reasons: ["NOT_FRESH", "NO_REFERENCE_VALUES"], tee: "tdx",
            evidenceSHA256: MerkleHashing.sha256("\(number)".utf8), jti: UUID().uuidString.lowercased(),
            policyID: "strict", policySHA256: policy.policySHA256, verifierSHA256: verifier.sha256)
        entry.collateralSHA256 = collateral.manifestSHA256
        entry.claimsSHA256 = MerkleHashing.sha256("claims \(number)".utf8)
        entry.kid = Self.kid
        entry.tcbStatus = "UpToDate"
        entry.tcbEvaluationNumber = 18
        entry.fmspc = [0x90, 0xC0, 0x6F, 0, 0, 0]
        entry.measurement = [UInt8](repeating: UInt8(truncatingIfNeeded: number % 200), count: 48)
        return LogEntry(timeMilliseconds: Self.now(), body: .verdict(entry))
    }

    private static func timed(_ body: () async throws -> Void) async throws -> Double {
        let start = ContinuousClock.now
        try await body()
        return start.duration(to: .now) / .seconds(1)
    }

    /// As many as go, from so many callers that each wait for their own.
    func append(_ log: AuditLog, concurrency: Int, seconds: Double) async throws -> Throughput {
        let start = ContinuousClock.now
        let latencies = try await withThrowingTaskGroup(of: [Double].self) { group in
            for _ in 0..<concurrency {
                group.addTask { [self] in
                    var own: [Double] = []
                    while start.duration(to: .now) < .seconds(seconds) {
                        let entry = verdict()
                        own.append(try await Self.timed { _ = try await log.append(entry) })
                    }
                    return own
                }
            }
            return try await group.reduce(into: [Double]()) { $0 += $1 }
        }
        return Throughput(latencies, seconds: start.duration(to: .now) / .seconds(1))
    }

    /// At a given rate, whatever the log takes.
    func paced(_ log: AuditLog, perSecond: Int, seconds: Double) async throws -> Throughput {
        let start = ContinuousClock.now
        let count = Int(seconds * Double(perSecond))
        let latencies = try await withThrowingTaskGroup(of: Double.self) { group in
            for position in 0..<count {
                let due = start + .seconds(1) * (Double(position) / Double(perSecond))
                group.addTask { [self] in
                    try await Task.sleep(until: due, tolerance: .zero)
                    let entry = verdict()
                    return try await Self.timed { _ = try await log.append(entry) }
                }
            }
            return try await group.reduce(into: [Double]()) { $0.append($1) }
        }
        return Throughput(latencies, seconds: start.duration(to: .now) / .seconds(1))
    }

    func fill(_ log: AuditLog, to size: UInt64) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<512 {
                group.addTask { [self] in
                    while log.tree.size < size { _ = try await log.append(verdict()) }
                }
            }
            try await group.waitForAll()
        }
    }

    /// Proofs of any entry and filtered pages, while others append.
    func askWhileAppending(
        _ log: AuditLog, seconds: Double
    ) async throws -> (proofs: Throughput, queries: Throughput) {
        let index = try QueryIndex(path: folder + "/query.db", origin: log.origin, signedSize: log.tree.size)
        let follower = QueryFollower(log, into: index)
        try await follower.catchUp()
        let following = Task { await follower.run() }
        defer { following.cancel() }
        async let appended = append(log, concurrency: 64, seconds: seconds)
        async let proofs = sample(seconds) {
            let tree = log.tree
            let index = UInt64.random(in: 0..<tree.size)
            let proof = try await log.reader.inclusion(of: index, in: tree.size)
            let leaf = try await log.reader.leaf(at: index)
            guard proof.isValid(leaf: MerkleHashing.leaf(leaf), root: tree.root) else { fatal("a proof does not hold") }
        }
        async let queries = sample(seconds) {
            var filter = AuditFilter()
            filter.verdicts = ["reject"]
            filter.measurements = [[UInt8](repeating: UInt8.random(in: 0..<4) * 50, count: 48)]
            let size = try await index.watermark()
            let page = try await index.page(filter, size: size, after: nil, ascending: Bool.random(), limit: 100)
            guard page.indices.count == 100 || size < 500_000 else { fatal("a page is short") }
        }
        _ = try await appended
        return (try await proofs, try await queries)
    }

    private func sample(_ seconds: Double, _ body: @escaping @Sendable () async throws -> Void) async throws
        -> Throughput
    {
        let start = ContinuousClock.now
        var latencies: [Double] = []
        while start.duration(to: .now) < .seconds(seconds) { latencies.append(try await Self.timed(body)) }
        return Throughput(latencies, seconds: start.duration(to: .now) / .seconds(1))
    }

    static func stop(_ log: AuditLog) async {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                log.stop()
                continuation.resume()
            }
        }
    }
}
