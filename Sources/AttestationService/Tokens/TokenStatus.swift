package import AuditStore
import MerkleLog
import Synchronization
import Wire

/// What a live verdict is worth since it was judged again.
struct TokenStatus: Hashable, Sendable {
    let isAccept: Bool
    let reasons: [String]
    /// Of the entry that says so.
    let index: UInt64
    let timeMilliseconds: Int64
    /// When its token ends, and its status with it.
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

/// The live verdicts that were judged again with another outcome. All others are as they were given, so nothing is kept of
/// them, and nothing has to be done when a verdict is given. Everything here is in the log.
package final class TokenStatuses: Sendable {
    private struct State {
        var statuses: [String: TokenStatus] = [:]
        /// Raised by every change: what was made of an earlier version is out of date.
        var version: UInt64 = 0
        var knownFrom: Int64?
    }

    /// Milliseconds: what became of verdicts of before is not in this log; `nil` where it is the first.
    var knownFrom: Int64? { state.withLock { $0.knownFrom } }

    /// This log follows another one since then.
    package func follow(from milliseconds: Int64) { state.withLock { $0.knownFrom = milliseconds } }

    /// About 150 MB. Beyond it nothing is revoked, and the operator is told: that many tokens would have to be revoked
    /// within one token's lifetime.
    static let capacity = 500_000

    private let state = Mutex(State())

    package init() {}

    /// What the log says of tokens that may still be in their time.
    package func restore(_ feed: ReappraisalFeed, _ reader: LogReader, at now: Int64) async throws {
        var position = try await reader.firstIndex(from: now - TokenLifetime.longestMilliseconds)
        while position < feed.end {
            let part = try await feed.part(from: position, limit: 1_000)
            for (index, entry) in part.entries {
                guard case .reappraisal(let body) = entry.body else { continue }
                set(TokenStatus(body, index: index, timeMilliseconds: entry.timeMilliseconds), of: body.verdict.jti)
            }
            position = part.next
        }
        forget(at: now)
    }

    subscript(_ identifier: String) -> TokenStatus? { state.withLock { $0.statuses[identifier] } }

    var isFull: Bool { state.withLock { $0.statuses.count >= Self.capacity } }

    /// How many tokens in their time do not stand.
    package var revoked: Int { state.withLock { $0.statuses.values.count { !$0.isAccept } } }

    func set(_ status: TokenStatus, of identifier: String) {
        state.withLock { state in
            state.statuses[identifier] = status
            state.version += 1
        }
    }

    /// Tokens that have ended need no status.
    func forget(at now: Int64) {
        state.withLock { state in state.statuses = state.statuses.filter { $0.value.expiresMilliseconds > now } }
    }

    func revocation(of identifier: String) -> Introspection.Revocation? {
        guard let status = self[identifier], !status.isAccept else { return nil }
        return Introspection.Revocation(
            time: Instant(seconds: status.timeMilliseconds / 1_000), reasons: status.reasons, index: status.index)
    }

    var version: UInt64 { state.withLock { $0.version } }

    /// The places in a list whose tokens do not stand, and the version that this is of.
    func withdrawn(from list: String) -> (places: [Int64], version: UInt64) {
        state.withLock { state in
            (
                state.statuses.values.compactMap { $0.list == list && !$0.isAccept ? $0.place : nil }, state.version
            )
        }
    }
}

package enum TokenLifetime {
    /// No token lives longer: the most that `token.lifetime` may be.
    package static let longestMilliseconds: Int64 = 86_400_000
}
