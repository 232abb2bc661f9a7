import Appraisal
import AuditStore
import DCAPFormats
import DCAPVerification
import MerkleLog
import PlatformSimulator
import Records
import ServiceSupport
import StateStore
import Testing
import Wire
import Words

@testable import AttestationService

// What tests do with a service, each in a word.
extension TestService {
    /// A submission, checked as a door checks it.
    func submission(
        _ quote: [UInt8]? = nil, _ policies: [String] = [], binding: CheckedBinding = .none, audience: String? = nil,
        adapter: Adapter = .native
    ) throws -> CheckedSubmission {
        try CheckedSubmission(
            quote: try quote ?? TestWorld.evidence().quote, policies: policies, binding: binding, audience: audience,
            adapter: adapter, in: service.policies.current)
    }

    @discardableResult
    func attest(
        _ quote: [UInt8]? = nil, _ policies: [String] = [], binding: CheckedBinding = .none, audience: String? = nil,
        adapter: Adapter = .native, for caller: Principal = .client("local")
    ) async throws -> AttestationResult {
        try await service.attest(
            try submission(quote, policies, binding: binding, audience: audience, adapter: adapter), for: caller)
    }

    /// The token of an accept.
    func token(_ quote: [UInt8]? = nil, _ policies: [String] = [], adapter: Adapter = .native) async throws -> String {
        try #require(try await attest(quote, policies, adapter: adapter).token)
    }

    func introspect(_ token: String) throws -> Introspection { try service.introspect(token, .nothingMore) }

    // MARK: The log

    /// Every entry's content, in order.
    var entries: [LogEntryBody] {
        get async throws {
            try await log.reader.leaves(in: 0..<log.tree.size).map { try LogEntry(leaf: $0).body }
        }
    }

    var trust: TrustPolicy { TrustPolicy(log: log.key) }

    /// The entry of a verdict.
    func entry(of result: AttestationResult) async throws -> VerdictEntry {
        let index = try #require(result.receipt.document.number("index"))
        let leaf = try await log.reader.leaf(at: UInt64(clamping: index))
        guard case .verdict(let entry) = try LogEntry(leaf: leaf).body else { throw TestFailure("no verdict") }
        return entry
    }

    /// What is put in force and retired, in order: `activate strict 1234abcd`.
    var acts: [String] {
        get async throws {
            try await entries.compactMap { body in
                switch body {
                case .policy(let entry):
                    "\(entry.operation.rawValue) \(entry.policyID) \(entry.policySHA256.short)"
                case .referenceSet(let entry): "\(entry.operation.rawValue) \(entry.setID) \(entry.setSHA256.short)"
                default: nil
                }
            }
        }
    }

    /// What administrators did, in order: `ada policy.put 1234abcd`.
    var administrators: [String] {
        get async throws {
            try await entries.compactMap { body in
                guard case .admin(let entry) = body else { return nil }
                return
                    "\(entry.who) \(entry.action) \(entry.subject.count == 64 ? entry.subject.prefix(8) : entry.subject[...])"
            }
        }
    }

    // MARK: Policies

    /// Hands a document in; its hash.
    @discardableResult
    func put(_ kind: DocumentVersion.Kind, _ id: String, _ text: String) async throws -> MerkleHash {
        try await policies.put(kind, id: id, Array(text.utf8), who: "ada").version.sha256
    }

    /// A policy from nothing to in force; its hash.
    @discardableResult
    func enforce(_ id: String, _ text: String) async throws -> MerkleHash {
        let sha256 = try await put(.policy, id, text)
        let tested = try await policies.test(id: id, sha256, [try Self.policyCase()], who: "ada")
        #expect(tested.state.name == "tested")
        let active = try await policies.activate(.policy, id: id, sha256)
        #expect(active.state.name == "active")
        return sha256
    }

    /// Facts of a quote of today, and the decision that somebody expects.
    static func policyCase(expecting decision: String = "accept") throws -> PolicyCase {
        let evidence = try TestWorld.evidence()
        let verification = try TestWorld.verifier.verify(
            try Quote(parsing: evidence.quote), using: try Collateral(bundle: evidence.collateral.bundleJSON),
            at: TestWorld.today)
        guard case .verified(let verified) = verification else { throw TestFailure("the quote does not verify") }
        return try PolicyCase(
            parsing: JSON.object([
                ("facts", RecordedFacts(verified).document()), ("expect", .string(decision)),
            ]).compactBytes)
    }

    // MARK: Re-appraisal

    /// Begins to follow, and returns when what changed while nothing ran is judged.
    func follow() async throws {
        reappraisal.start(following: collateral)
        try await settle()
    }

    /// Returns when everything that was asked so far is judged, twice over. A sweep sleeps a second between its two looks:
    /// when the next one sleeps, it has ended.
    func settle() async throws {
        for _ in 1...2 {
            reappraisal.judgeAgain(Reappraisal.Scope())
            try await time.sleeper(of: .seconds(1))
            time.advance(.seconds(1))
        }
    }

    func gauge(_ name: String) -> Int64? { reappraisal.gauges.first { $0.name == name }?.value }
}

extension MerkleHash {
    static func of(_ text: String) -> MerkleHash { MerkleHashing.sha256(text.utf8) }
    var short: String { String(hex.prefix(8)) }
}

extension AttestationResult {
    var decision: Verdict.Decision { judgement.verdict.decision }
    var reasons: [String] { judgement.verdict.reasons }
    /// The policy that it was judged by, or the document that names several.
    var policy: MerkleHash { RecordedPolicy(judgement.verdict.policies).sha256 }
}

extension Introspection {
    var isActive: Bool { if case .active = self { true } else { false } }
    var revocation: Revocation? { if case .revoked(let revocation) = self { revocation } else { nil } }
    var reason: String? { if case .inactive(let reason) = self { reason.english } else { nil } }
}
