import Crypto
import Foundation
import MerkleLog
import Synchronization
import Wire

@testable import AuditStore

/// A folder with a log in it, its key, and a clock: opened as often as a test wants, like a service that restarts.
final class TestLog: Sendable {
    let folder: String
    let key = Curve25519.Signing.PrivateKey()
    /// What the process was told to die of.
    let deaths = Mutex<[String]>([])
    private let made: Mutex<Bool>

    init() throws {
        folder = NSTemporaryDirectory() + "assay-log-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        made = Mutex(false)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    static let origin = "log.example/log/2026"
    static let now: @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970 * 1_000) }

    var signer: LogSigner {
        let key = key
        return LogSigner(publicKey: MerkleHash(exactly: key.publicKey.rawRepresentation) ?? MerkleHash()) {
            Array(try key.signature(for: $0))
        }
    }

    func open(
        hasKey: Bool? = nil, signer other: LogSigner? = nil, edit: (inout LogSettings) -> Void = { _ in }
    ) async throws -> AuditLog {
        var settings = LogSettings(
            folder: folder, origin: nil, standardOrigin: Self.origin, now: Self.now,
            fatal: { [self] why in deaths.withLock { $0.append(why) } })
        settings.freeBytes = { 1 << 40 }
        // A sanitizer, or a busy machine, makes any disk slow.
        settings.patience = .seconds(120)
        edit(&settings)
        let signer = other ?? signer
        let isMade = hasKey ?? made.withLock { $0 }
        let log = try AuditLog.open(
            settings, keys: LogKeySource(existing: { isMade ? signer : nil }, make: { signer }))
        try await log.begin()
        made.withLock { $0 = true }
        return log
    }

    /// Opens, works, and ends in order.
    func session<Value: Sendable>(
        edit: (inout LogSettings) -> Void = { _ in }, _ body: (AuditLog) async throws -> Value
    ) async throws -> Value {
        let log = try await open(edit: edit)
        do {
            let value = try await body(log)
            await Self.close(log)
            return value
        } catch {
            await Self.close(log)
            throw error
        }
    }

    static func close(_ log: AuditLog) async {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                log.stop()
                continuation.resume()
            }
        }
    }

    /// An entry on which nothing rests and which rests on nothing.
    static func entry(_ name: String) -> LogEntry {
        LogEntry(
            timeMilliseconds: now(), body: .admin(AdminEntry(who: "t_test", action: "test", subject: name)))
    }

    static let policy = PolicyEntry(operation: .activate, policyID: "strict", policySHA256: MerkleHashing.sha256([1]))
    static let verifier = VerifierIdentity(
        name: "assay", version: "0", binarySHA256: MerkleHashing.sha256([2]), ruleset: 1)
    static let tokenKey = KeyEntry(use: .token, kid: "k1")
    static let collateral = CollateralEntry(manifestSHA256: MerkleHashing.sha256([3]), nextUpdateMilliseconds: 0)

    /// Everything that the verdicts of these tests rest on.
    static func announce(_ log: AuditLog) async throws {
        for body in [
            LogEntryBody.policy(policy), .verifier(verifier), .key(tokenKey), .collateral(collateral),
        ] { try await log.announce(body) }
    }

    static func verdict(
        _ number: Int, decision: VerdictEntry.Decision = .accept, edit: (inout VerdictEntry) -> Void = { _ in }
    ) -> LogEntry {
        var entry = VerdictEntry(
            verdict: decision, reasons: decision == .accept ? [] : ["POLICY_DEBUG"],
            tee: number % 2 == 0 ? "tdx" : "sgx",
            evidenceSHA256: MerkleHashing.sha256("quote \(number)".utf8), jti: "jti-\(number)", policyID: "strict",
            policySHA256: policy.policySHA256, verifierSHA256: verifier.sha256)
        entry.collateralSHA256 = collateral.manifestSHA256
        if decision == .accept {
            entry.claimsSHA256 = MerkleHashing.sha256("claims \(number)".utf8)
            entry.kid = "k1"
        }
        edit(&entry)
        return LogEntry(timeMilliseconds: now(), body: .verdict(entry))
    }
}

/// The tree as RFC 6962 defines it, without anything of ours but the two hashes.
func naiveRoot(_ leaves: ArraySlice<[UInt8]>) -> [UInt8] {
    guard leaves.count > 1, let first = leaves.first else {
        return Array(leaves.first.map { SHA256.hash(data: [0] + $0) } ?? SHA256.hash(data: [UInt8]()))
    }
    _ = first
    var split = 1
    while split * 2 < leaves.count { split *= 2 }
    let middle = leaves.startIndex + split
    return Array(SHA256.hash(data: [1] + naiveRoot(leaves[..<middle]) + naiveRoot(leaves[middle...])))
}

/// Reads the whole log with plain SQL statements of its own, and checks it without the store's code: every entry in its
/// place, the root that was signed, the acknowledged ones among them.
func checkWhole(_ log: AuditLog, acknowledged: [AppendedEntry]) async throws -> Bool {
    let tree = log.tree
    let leaves = try await log.reader.leaves(in: 0..<tree.size)
    let checkpoint = try Checkpoint(parsing: tree.note.text)
    _ = try tree.note.verified(by: [log.key])
    var roots: [UInt64: [UInt8]] = [:]
    for size in Set(acknowledged.map(\.tree.size)) where size <= tree.size {
        roots[size] = naiveRoot(leaves[..<Int(size)])
    }
    return naiveRoot(leaves[...]) == checkpoint.root.bytes && checkpoint.size == UInt64(leaves.count)
        && acknowledged.allSatisfy { entry in
            entry.index < tree.size && leaves[Int(entry.index)] == entry.leaf
                && roots[entry.tree.size] == entry.tree.root.bytes
        }
}
