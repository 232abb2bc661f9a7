public import Wire
import Words

/// What a claim holds. Byte strings are lower-case hex in the order of memory, as everywhere in a verdict.
public enum ClaimValue: Hashable, Sendable {
    case text(String)
    case integer(Int64)
    case boolean(Bool)
    case date(Instant)
    case list([String])

    /// The one text that sets of values are compared by.
    var texts: [String] {
        switch self {
        case .text(let text): [text]
        case .integer(let number): [String(number)]
        case .boolean(let flag): [String(flag)]
        case .date(let date): [date.description]
        case .list(let texts): texts
        }
    }

    /// The number that `at_least` compares.
    var magnitude: Int64? {
        switch self {
        case .integer(let number): number
        case .date(let date): date.seconds
        case .text, .boolean, .list: nil
        }
    }

    var phrase: Phrase {
        let all = texts
        guard all.count > 4 else { return Phrase(all.isEmpty ? "[]" : all.joined(separator: ", ")) }
        let shown = all.prefix(4).joined(separator: ", ")
        return Phrase("\(shown) and \(all.count - 4) more", "\(shown) 等共 \(all.count) 项")
    }
}

/// A claim as a rule finds it. Not there and not known are different: an event that the sender left out was perhaps
/// measured all the same, so its absence proves nothing (event-logs 0.7, 2.6).
enum ClaimLookup: Hashable, Sendable {
    case value(ClaimValue)
    /// The value of the boot, then that of each change that was reported behind `ready` (event-logs 5.3 R3): a test is true
    /// if it is true of each, false if it is false of each, else unknown. Never empty.
    case each([ClaimValue])
    /// There, but nobody can say what: the test `absent` is false, every other one unknown (R3, an unreadable change).
    case present(Phrase)
    /// Known not to be there: the register shows everything that was extended into it.
    case absent
    /// Satisfies neither a test nor its opposite, `absent` included.
    case unknown(Phrase)
}
