import MerkleLog
import Wire

/// Field by field: what the log says, and what follows from the same inputs (transparency-log 14.5 step 5). Excluded is
/// what no archive can show again: nonce freshness, who asked, whether newer collateral could be had (V-7). What an entry
/// says of such things is named, and so is every member that this build gives no meaning.
enum EntryComparison {
    /// Members of an entry that other rulesets write, and that no verdict of this one has.
    private static let foreign = ["not_looked_at", "standard_since"]

    /// - Parameter further: Members of the recorded entry that this build gives no meaning.
    static func differences(
        _ recorded: VerdictEntry, _ found: VerdictEntry, further: JSON
    ) -> [Reverification.Difference] {
        var differences: [Reverification.Difference] = []
        func compare(_ field: String, _ recorded: String?, _ found: String?) {
            guard recorded.map({ ExactText($0) }) != found.map({ ExactText($0) }) else { return }
            differences.append(
                Reverification.Difference(field: field, recorded: recorded ?? "absent", found: found ?? "absent"))
        }
        compare("verdict", recorded.verdict.rawValue, found.verdict.rawValue)
        compare("reasons", recorded.reasons.joined(separator: " "), found.reasons.joined(separator: " "))
        compare("tee", recorded.tee, found.tee)
        compare("tcb_status", recorded.tcbStatus, found.tcbStatus)
        compare("tcb_eval", recorded.tcbEvaluationNumber.map(String.init), found.tcbEvaluationNumber.map(String.init))
        compare("advisories", recorded.advisories.joined(separator: " "), found.advisories.joined(separator: " "))
        compare("fmspc", recorded.fmspc.map { Hex.encode($0) }, found.fmspc.map { Hex.encode($0) })
        compare("measurement", recorded.measurement.map { Hex.encode($0) }, found.measurement.map { Hex.encode($0) })
        compare(
            "collateral_expired", recorded.isCollateralExpired.map(String.init),
            found.isCollateralExpired.map(String.init))
        compare("binding", recorded.binding, found.binding)
        compare("trust_root", recorded.trustRoot?.hex, found.trustRoot?.hex)
        compare("references", text(recorded.references), text(found.references))
        compare("devices", recorded.devices.map { "\($0.count) devices" }, nil)
        for name in foreign { compare(name, further[name]?.canonicalText, nil) }
        return differences
    }

    /// Members of the entry that were compared with nothing, as `entry.kid`: a confirmation is not about them.
    ///
    /// - Parameter hasToken: Then the interface, the end of the token and its place in a list were held against its claims.
    static func notCompared(_ committed: CommittedEntry, hasToken: Bool) -> [String] {
        let entry = committed.verdict
        var names: [String] = []
        func name(_ member: String, _ isThere: Bool) { if isThere { names.append("entry.\(member)") } }
        // A bundle has no signature, so no key.
        name("kid", entry.kid != nil)
        name("challenge", entry.isChallenge != nil)
        name("tenant", entry.tenant != nil)
        name("archived", entry.isArchived != nil)
        name("adapter", entry.adapter != nil && !hasToken)
        name("token_expires_ms", entry.tokenExpiresMilliseconds != nil && !hasToken)
        name("status_list", entry.statusList != nil && !hasToken)
        name("status_index", entry.statusIndex != nil && !hasToken)
        name("first", !committed.isFirst)
        name("changed", !committed.isFirst)
        if case .object(let further) = committed.further {
            for member in further.map({ $0.0 }).sorted() { name(member, !foreign.contains(member)) }
        }
        return names
    }

    private static func text(_ hashes: [MerkleHash]?) -> String? {
        hashes.map { $0.map { $0.hex }.joined(separator: " ") }
    }
}
