import Appraisal
import AuditStore
import DCAPFormats
import DCAPVerification
import Foundation
import GRDB
import MerkleLog
import PlatformSimulator
import Records
import ServiceSupport
import Testing
import Wire

@testable import AttestationService

/// What a submission leaves on the disk: no more than anybody may be let to write there.
@Suite("Durable bytes of a submission", .timeLimit(.minutes(10)))
struct DurableBytesTests {
    /// Everything that a caller may hand in besides the quote, as long as a door takes it.
    private static let log = [UInt8](repeating: 0x5A, count: Limits.eventLogBytes)
    private static let nonce = [UInt8](repeating: 1, count: 64)
    private static let userData = [UInt8](repeating: 2, count: 60_000)

    private static func submission(_ quote: [UInt8], _ assay: TestService) throws -> CheckedSubmission {
        try CheckedSubmission(
            quote: quote, eventLog: log,
            binding: CheckedBinding(
                expected: ExpectedReportData(.sha512, of: nonce + userData), nonce: nonce, userData: userData,
                challenge: nil), adapter: .native, in: assay.service.policies.current)
    }

    /// Rows and leaves as SQLite and the log hold them.
    private static func durable(_ assay: TestService) async throws -> Int {
        let path = assay.surroundings.folder.path + "/data/evidence.db"
        let blobs = try await DatabaseQueue(path: path).read { database in
            try Int.fetchOne(
                database,
                sql: """
                    SELECT (SELECT coalesce(sum(length(body) + 60), 0) FROM blobs)
                    + (SELECT coalesce(sum(length(role) + length(owner) + 60), 0) FROM blob_refs)
                    """)
        }
        let leaves = try await assay.log.reader.leaves(in: 0..<assay.log.tree.size)
        return try #require(blobs) + leaves.reduce(0) { $0 + $1.count }
    }

    /// An entry, its row in the archive, and the chain that is kept apart.
    private static let constant = 4_096

    /// Each refused for another reason, with all that can come with a quote.
    private static func refused() throws -> [(name: String, quote: [UInt8])] {
        let healthy = try TestWorld.evidence().quote
        var forged = healthy
        forged[700] ^= 1
        let stranger = try SimulatedWorld(seed: "somebody", time: TestWorld.today)
        var quotes: [(String, [UInt8])] = [
            ("a forged body", forged), ("a stranger's root", try stranger.evidence(.tdx15V5).quote),
            ("a stranger's enclave", try stranger.evidence(.sgxV3).quote),
        ]
        quotes.append(
            ("padded to the limit", forged + [UInt8](repeating: 0, count: Limits.quoteBytes - forged.count)))
        return quotes
    }

    @Test("Of a quote that does not verify: at most its parsed length and a constant, whatever comes with it")
    func refusals() async throws {
        try await TestService.run { assay async throws in
            // What verdicts share is there once.
            try await assay.attest()
            for (name, quote) in try Self.refused() {
                let before = try await Self.durable(assay)
                let result = try await assay.service.attest(try Self.submission(quote, assay), for: .client("local"))
                #expect(result.decision == .reject)
                let parsed = result.judgement.submission.evidence.quote.bytes.count
                let after = try await Self.durable(assay)
                #expect(after - before <= parsed + Self.constant, "\(name)")
                let archive = assay.stores.recorder.archive
                let kept = try await archive.items(of: result.judgement.identifier).map(\.role)
                #expect(Set(kept).isSubset(of: [.quote, .collateral]), "\(name)")
                // The entry says what there was, by hash.
                let entry = try await assay.entry(of: result)
                #expect(entry.eventLogSHA256 == MerkleHashing.sha256(Self.log))
                #expect(entry.userDataSHA256 == MerkleHashing.sha256(Self.userData))
            }
        }
    }

    @Test("An undecided one is archived as a refused one")
    func undecided() async throws {
        try await TestService.run { assay async throws in
            try await assay.attest()
            assay.collateral.forget()
            assay.collateral.fail(CollateralInHand.unavailable)
            // A platform that nothing is known of.
            let quote = try TestWorld.evidence(.sgxV3).quote
            let before = try await Self.durable(assay)
            do throws(ServiceFailure) {
                let submission = try CheckedSubmission(
                    quote: quote, eventLog: Self.log, adapter: .native, in: assay.service.policies.current)
                _ = try await assay.service.attest(submission, for: .client("local"))
                Issue.record("a verdict without collateral")
            } catch {
                guard case .undecided = error else {
                    Issue.record("\(error)")
                    return
                }
            }
            #expect(try await Self.durable(assay) - before <= quote.count + Self.constant)
        }
    }

    @Test("Of a quote that verifies everything is kept, rejected by a policy or accepted")
    func verified() async throws {
        try await TestService.run { assay async throws in
            let bound = [UInt8](repeating: 7, count: 64)
            let accepted = try await assay.attest(
                try TestWorld.quote(binding: bound),
                binding: CheckedBinding(
                    expected: ExpectedReportData(raw: bound), nonce: Array(bound[..<32]),
                    userData: Array(bound[32...]), challenge: nil))
            #expect(accepted.decision == .accept)
            let rejected = try await assay.service.attest(
                try Self.submission(try TestWorld.quote { $0.quote.td?.tdAttributes |= 1 }, assay),
                for: .client("local"))
            #expect(rejected.decision == .reject)
            let archive = assay.stores.recorder.archive
            for (result, roles) in [
                (accepted, [EvidenceRole.quote, .nonce, .userData, .claims]),
                (rejected, [.quote, .nonce, .userData, .eventLog]),
            ] {
                let kept = try await archive.items(of: result.judgement.identifier)
                #expect(Set(kept.map(\.role)).subtracting([.collateral]) == Set(roles))
            }
            let name = MerkleHashing.sha256(Self.log)
            #expect(try await archive.bytes(of: name) == Self.log)
        }
    }

    @Test("What is kept of a refused one is enough to judge it again")
    func judgedAgain() async throws {
        try await TestService.run { assay async throws in
            for (name, quote) in try Self.refused() {
                let result = try await assay.service.attest(try Self.submission(quote, assay), for: .client("local"))
                let index = try #require(result.receipt.document.number("index"))
                let leaf = try await assay.log.reader.leaf(at: UInt64(index))
                let archive = assay.stores.recorder.archive
                let record = try await RecordedVerdict(
                    try await assay.entry(of: result), at: result.judgement.timeMilliseconds
                ) { hash async throws(EvidenceFailure) in try await archive.bytes(of: hash) }
                let proof = try TextProof(parsing: Array(try #require(result.receipt.document.text("proof")).utf8))
                let bundle = record.bundle(leaf: leaf, proof: proof).archive
                let outcome = reverify(
                    bundle,
                    under: ReverificationTrust(logs: assay.trust, anchor: try TestWorld.verifier.anchor))
                guard case .confirmed = outcome else {
                    Issue.record("\(name): \(outcome)")
                    continue
                }
            }
        }
    }
}
