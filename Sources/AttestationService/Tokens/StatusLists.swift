package import AuditStore
import Records
import ResultToken
import Synchronization
import Wire

/// Gives each native token a place in a status list, and says of each list which of its tokens do not stand any more.
///
/// A list is named by when it was begun, under the log's seal: so every list that was ever given out is known, without
/// anything kept of it, and no other. A process begins its own; a place is never given twice.
package final class StatusLists: Sendable {
    private struct Signed {
        let version: UInt64
        let time: Instant
        let text: String
    }

    private struct State {
        var list: String?
        var next: Int64 = 0
        var signed: [String: Signed] = [:]
    }

    private let issuer: String
    private let key: CursorKey
    private let statuses: TokenStatuses
    private let state = Mutex(State())

    /// What is signed serves for so long, unless a token was revoked since.
    private static let keptSeconds: Int64 = 20

    package init(issuer: String, key: CursorKey, statuses: TokenStatuses) {
        self.issuer = issuer
        self.key = key
        self.statuses = statuses
    }

    func uri(of list: String) -> String { "\(issuer)/v1/status-list/\(list)" }

    /// The next token's place.
    func place(at milliseconds: Int64) -> TokenCommitment.StatusPlace {
        state.withLock { state in
            if state.list == nil || state.next >= StatusList.capacity {
                state.list = name(at: milliseconds)
                state.next = 0
            }
            defer { state.next += 1 }
            return TokenCommitment.StatusPlace(list: state.list ?? "", index: state.next)
        }
    }

    /// Two processes that begin in one millisecond still differ.
    private func name(at milliseconds: Int64) -> String {
        let beginning = String(milliseconds, radix: 16) + "-" + String(UInt16.random(in: 0...UInt16.max), radix: 16)
        return beginning + "-" + key.seal("status list " + beginning)
    }

    private func isOurs(_ list: String) -> Bool {
        guard list.utf8.count <= 64, let dash = list.lastIndex(of: "-") else { return false }
        return key.seal("status list " + list[..<dash]).hasSameBytes(as: String(list[list.index(after: dash)...]))
    }

    /// The Status List Token.
    ///
    /// - Parameters:
    ///   - list: `nil` is the one that tokens get a place in now.
    ///   - sign: Makes a compact JWS of claims.
    func token(
        _ list: String?, at time: Instant, sign: ([UInt8]) throws(ServiceFailure) -> String
    ) throws(ServiceFailure) -> String {
        let list = list ?? current(at: time)
        guard isOurs(list) else {
            throw .token(.noSuchList)
        }
        if let signed = state.withLock({ $0.signed[list] }), signed.version == statuses.version,
            signed.time <= time, time < signed.time.advanced(bySeconds: Self.keptSeconds)
        {
            return signed.text
        }
        let (places, version) = statuses.withdrawn(from: list)
        let claims = StatusList(withdrawn: places).claims(uri: uri(of: list), issuer: issuer, at: time)
        let text = try sign(claims.compactBytes)
        state.withLock { state in
            // More are not in use at once, unless a day has more than eight million tokens.
            if state.signed.count >= 64 { state.signed = [:] }
            state.signed[list] = Signed(version: version, time: time, text: text)
        }
        return text
    }

    private func current(at time: Instant) -> String {
        state.withLock { state in
            let list = state.list ?? name(at: time.seconds * 1_000)
            state.list = list
            return list
        }
    }
}
