import Appraisal
package import MerkleLog
package import Wire

/// By whose rules the verdicts of a log were reached, and how much of its evidence nobody can look at: what an operator
/// who invents a ruleset, stays with a withdrawn one or archives nothing is seen by (transparency-log V-11). Fed with
/// entries in order.
package struct RulesetCensus: Hashable, Sendable {
    private struct Verifier: Hashable {
        let index: UInt64
        let ruleset: Int64
        let sha256: MerkleHash
        var verdicts: UInt64 = 0
        /// When the newest of them was reached.
        var newestMilliseconds: Int64 = 0
    }

    private var verifiers: [Verifier] = []
    /// Of a log that announces more of them than it can have builds.
    private var verifiersLeftOut: UInt64 = 0
    private var accepts: UInt64 = 0
    /// Entries of accepts that say `archived: false`; the first of them by number.
    private var unarchived: [UInt64] = []
    private var unarchivedCount: UInt64 = 0
    /// How many entries were looked at.
    package private(set) var entries: UInt64 = 0

    private static let mostVerifiers = 1_024
    private static let mostListed = 100

    package init() {}

    package mutating func take(_ leaf: [UInt8], at index: UInt64) {
        entries += 1
        guard let entry = try? LogEntry(leaf: leaf) else { return }
        take(entry, at: index, counting: false)
    }

    /// - Parameter counting: Whether the entry is one more that was looked at.
    package mutating func take(_ entry: LogEntry, at index: UInt64, counting: Bool = true) {
        if counting { entries += 1 }
        switch entry.body {
        case .verifier(let identity): take(identity, at: index)
        case .verdict(let verdict):
            take(verdict, at: entry.timeMilliseconds)
            guard verdict.verdict == .accept else { return }
            accepts += 1
            guard verdict.isArchived == false else { return }
            unarchivedCount += 1
            if unarchived.count < Self.mostListed { unarchived.append(index) }
        case .reappraisal(let again): take(again.verdict, at: entry.timeMilliseconds)
        default: break
        }
    }

    private mutating func take(_ identity: VerifierIdentity, at index: UInt64) {
        guard !verifiers.contains(where: { $0.sha256 == identity.sha256 }) else { return }
        guard verifiers.count < Self.mostVerifiers else {
            verifiersLeftOut += 1
            return
        }
        verifiers.append(Verifier(index: index, ruleset: identity.ruleset, sha256: identity.sha256))
    }

    private mutating func take(_ verdict: VerdictEntry, at milliseconds: Int64) {
        guard let position = verifiers.lastIndex(where: { $0.sha256 == verdict.verifierSHA256 }) else { return }
        verifiers[position].verdicts += 1
        verifiers[position].newestMilliseconds = max(verifiers[position].newestMilliseconds, milliseconds)
    }

    // MARK: What it says

    private var notable: [(verifier: Verifier, standing: Ruleset.Standing)] {
        verifiers.map { ($0, Ruleset.standing(of: $0.ruleset)) }.filter { $0.1 != .known }
    }

    /// For people, one each; none where there is nothing to tell.
    package var sentences: [String] {
        var sentences = notable.map { verifier, standing in
            let count = verifier.verdicts == 1 ? "1 verdict" : "\(verifier.verdicts) verdicts"
            switch standing {
            case .withdrawn(let withdrawal):
                let isLate = verifier.newestMilliseconds >= withdrawal.endMilliseconds
                return
                    "entry \(verifier.index): a verifier of ruleset \(verifier.ruleset), which is withdrawn (advisory "
                    + "\(withdrawal.advisory) of \(withdrawal.day)): \(count)"
                    + (isLate
                        ? ", the newest of \(Self.day(verifier.newestMilliseconds)), when nobody had a reason for it"
                        : "")
            case .known, .unknown:
                return
                    "entry \(verifier.index): a verifier of ruleset \(verifier.ruleset), which this program does not "
                    + "know: \(count)"
            }
        }
        if verifiersLeftOut > 0 {
            sentences.append("and \(verifiersLeftOut) more verifiers than a log can have builds")
        }
        if unarchivedCount > 0 {
            let list = unarchived.map(String.init).joined(separator: ", ")
            sentences.append(
                "\(unarchivedCount) of \(accepts) accepts (\(share) %) archived no evidence, so nobody can judge them "
                    + "again: \(unarchivedCount > UInt64(unarchived.count) ? "entries \(list) and more" : "entries \(list)")"
            )
        }
        return sentences
    }

    /// In hundredths of a percent, rounded down, as text.
    private var share: String {
        let hundredths = accepts == 0 ? 0 : unarchivedCount * 10_000 / accepts
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
    }

    private static func day(_ milliseconds: Int64) -> String {
        String(Instant(seconds: milliseconds / 1_000).description.prefix(10))
    }

    /// For programs.
    package var members: [(String, JSON)] {
        func number(_ value: UInt64) -> JSON { .integer(Int64(clamping: value)) }
        return [
            (
                "rulesets",
                .array(
                    notable.map { verifier, standing in
                        var members: [(String, JSON)] = [
                            ("index", number(verifier.index)), ("ruleset", .integer(verifier.ruleset)),
                            ("verdicts", number(verifier.verdicts)),
                        ]
                        if case .withdrawn(let withdrawal) = standing {
                            members += [
                                ("standing", .string("withdrawn")), ("advisory", .string(withdrawal.advisory)),
                                ("late", .bool(verifier.newestMilliseconds >= withdrawal.endMilliseconds)),
                            ]
                        } else {
                            members.append(("standing", .string("unknown")))
                        }
                        return .object(members)
                    })
            ),
            (
                "not_archived",
                .object([
                    ("accepts", number(accepts)), ("not_archived", number(unarchivedCount)),
                    ("entries", .array(unarchived.map(number))),
                ])
            ),
        ]
    }

    // MARK: Kept between two looks

    init?(_ value: JSONValue) {
        func number(_ name: StaticString, of value: JSONValue) -> UInt64? {
            if case .value(let number)? = value.member(name)?.integer { number } else { nil }
        }
        guard let entries = number("entries", of: value), let accepts = number("accepts", of: value),
            let unarchivedCount = number("not_archived", of: value),
            let verifiersLeftOut = number("verifiers_left_out", of: value),
            let listed = value.member("not_archived_entries"), let known = value.member("verifiers")
        else { return nil }
        self.entries = entries
        self.accepts = accepts
        self.unarchivedCount = unarchivedCount
        self.verifiersLeftOut = verifiersLeftOut
        for element in listed.elements {
            guard case .value(let index) = element.integer, unarchived.count < Self.mostListed else { return nil }
            unarchived.append(index)
        }
        for element in known.elements {
            guard verifiers.count < Self.mostVerifiers, let index = number("index", of: element),
                let ruleset = number("ruleset", of: element).flatMap({ Int64(exactly: $0) }),
                let hash: MerkleHash = element.member("sha256")?.string.flatMap({ Hex.fixed(Array($0.utf8)[...]) }),
                let verdicts = number("verdicts", of: element),
                let newest = number("newest_ms", of: element).flatMap({ Int64(exactly: $0) })
            else { return nil }
            verifiers.append(
                Verifier(index: index, ruleset: ruleset, sha256: hash, verdicts: verdicts, newestMilliseconds: newest))
        }
    }

    var document: JSON {
        func number(_ value: UInt64) -> JSON { .integer(Int64(clamping: value)) }
        return .object([
            ("entries", number(entries)), ("accepts", number(accepts)), ("not_archived", number(unarchivedCount)),
            ("not_archived_entries", .array(unarchived.map(number))),
            (
                "verifiers",
                .array(
                    verifiers.map {
                        .object([
                            ("index", number($0.index)), ("ruleset", .integer($0.ruleset)),
                            ("sha256", .string($0.sha256.hex)), ("verdicts", number($0.verdicts)),
                            ("newest_ms", .integer(max(0, $0.newestMilliseconds))),
                        ])
                    })
            ), ("verifiers_left_out", number(verifiersLeftOut)),
        ])
    }
}
