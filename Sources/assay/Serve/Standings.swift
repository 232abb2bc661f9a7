import AuditStore
import MerkleLog
import Synchronization
import WebAPI
import Wire

/// How a live verdict stands since it was judged again.
struct Standing: Hashable, Sendable {
    let isAccept: Bool
    let reasons: [String]
    /// Of the entry that says so.
    let index: UInt64
    let timeMilliseconds: Int64
    /// When its token ends, and the standing with it.
    let expiresMilliseconds: Int64
    let list: String?
    let place: Int64?
    /// What it was judged by the last time.
    let basis: Basis

    struct Basis: Hashable, Sendable {
        let policy: MerkleHash
        let collateral: MerkleHash?
        let references: [MerkleHash]

        init(_ entry: VerdictEntry) {
            policy = entry.policySHA256
            collateral = entry.collateralSHA256
            references = entry.references ?? []
        }

        func changes(from old: Basis) -> Set<ReappraisalEntry.Change> {
            var changes: Set<ReappraisalEntry.Change> = []
            if policy != old.policy { changes.insert(.policy) }
            if collateral != old.collateral { changes.insert(.collateral) }
            if references != old.references { changes.insert(.referenceSet) }
            return changes
        }
    }

    init(_ entry: ReappraisalEntry, index: UInt64, timeMilliseconds: Int64) {
        isAccept = entry.verdict.verdict == .accept
        reasons = entry.verdict.reasons
        self.index = index
        self.timeMilliseconds = timeMilliseconds
        expiresMilliseconds = entry.verdict.tokenExpiresMilliseconds ?? 0
        list = entry.verdict.statusList
        place = entry.verdict.statusIndex
        basis = Basis(entry.verdict)
    }
}

/// The live verdicts that were judged again and came out otherwise. All the others stand as they were given, so nothing is
/// kept of them, and nothing has to be done when a verdict is given. Everything here is in the log.
final class Standings: Sendable {
    private struct State {
        var standings: [String: Standing] = [:]
        /// Raised by every change, for whoever keeps what was made of them.
        var version: UInt64 = 0
    }

    /// About 150 MB. Beyond it nothing is revoked, and the operator is told: that many tokens would have to be revoked
    /// within one token's lifetime.
    static let capacity = 500_000

    private let state = Mutex(State())

    /// What the log says of tokens that may still be in their time.
    func restore(_ feed: ReappraisalFeed, _ reader: LogReader, at now: Int64) async throws {
        var position = try await reader.firstIndex(from: now - TokenLifetime.longestMilliseconds)
        while position < feed.end {
            let part = try await feed.part(from: position, limit: 1_000)
            for (index, entry) in part.entries {
                guard case .reappraisal(let body) = entry.body else { continue }
                set(Standing(body, index: index, timeMilliseconds: entry.timeMilliseconds), of: body.verdict.jti)
            }
            position = part.next
        }
        forget(at: now)
    }

    subscript(_ identifier: String) -> Standing? { state.withLock { $0.standings[identifier] } }

    var isFull: Bool { state.withLock { $0.standings.count >= Self.capacity } }

    /// How many tokens in their time do not stand.
    var revoked: Int { state.withLock { $0.standings.values.count { !$0.isAccept } } }

    func set(_ standing: Standing, of identifier: String) {
        state.withLock { state in
            state.standings[identifier] = standing
            state.version += 1
        }
    }

    /// Tokens that have ended need no standing.
    func forget(at now: Int64) {
        state.withLock { state in state.standings = state.standings.filter { $0.value.expiresMilliseconds > now } }
    }

    func revocation(of identifier: String) -> TokenEffects.Revocation? {
        guard let standing = self[identifier], !standing.isAccept else { return nil }
        return TokenEffects.Revocation(
            time: Instant(seconds: standing.timeMilliseconds / 1_000), reasons: standing.reasons, index: standing.index)
    }

    var version: UInt64 { state.withLock { $0.version } }

    /// The places in a list whose tokens do not stand, and the version that this is of.
    func withdrawn(from list: String) -> (places: [Int64], version: UInt64) {
        state.withLock { state in
            (
                state.standings.values.compactMap { $0.list == list && !$0.isAccept ? $0.place : nil }, state.version
            )
        }
    }
}

enum TokenLifetime {
    /// No token lives longer: the most that `token.lifetime` may be.
    static let longestMilliseconds: Int64 = 86_400_000
}
