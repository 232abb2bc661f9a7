import Appraisal
import EventLog
import Wire

/// A decision that an edit moved towards accept: what was done, and everything to do it again.
public struct DecisionFind: Hashable, Sendable, CustomStringConvertible {
    /// The case, under the seed.
    public let number: UInt64
    public let base: String
    public let steps: [String]
    public let edits: [String]
    public let policy: [UInt8]
    public let rise: String
    public let before: String
    public let after: String
    public let honest: [UInt8]
    public let edited: [UInt8]
    public let registers: [[UInt8]]

    public var description: String {
        """
        case \(number): \(rise)
          guest: \(([base] + steps).joined(separator: "; "))
          edits: \(edits.joined(separator: "; "))
          honest: \(before)
          edited: \(after)
          policy: \(String(decoding: rule, as: UTF8.self))
        """
    }

    /// The one rule that moved, where the policy has many.
    private var rule: [UInt8] {
        guard rise.hasPrefix("claim."), let id = rise.split(separator: " ").first?.dropFirst(6),
            let document = try? JSONDocument(parsing: policy, limit: policy.count),
            let claims = document.root.member("claims"),
            let rule = claims.elements.first(where: { $0.member("id")?.string == String(id) })
        else { return policy }
        return Array(rule.bytes)
    }
}

/// What was tried: a run in which nothing is ever accepted, or no edited log can be read, shows nothing.
public struct DecisionCounts: Sendable {
    public private(set) var honest = 0
    public private(set) var honestAccepts = 0
    public private(set) var honestRejects = 0
    public private(set) var edits = 0
    public private(set) var readable = 0
    public private(set) var editedAccepts = 0
    public private(set) var rules = 0

    public init() {}

    mutating func add(honest judgements: [Trial.Judgement]) {
        honest += 1
        honestAccepts += judgements.count { $0.isAccepted }
        honestRejects += judgements.count { !$0.isAccepted }
    }

    mutating func add(edited record: EventLogRecord) {
        edits += 1
        if record.failure == nil { readable += 1 }
    }

    mutating func add(edited judgement: Trial.Judgement) {
        if judgement.isAccepted { editedAccepts += 1 }
        rules += judgement.passed.count
    }

    public mutating func add(_ other: DecisionCounts) {
        honest += other.honest
        honestAccepts += other.honestAccepts
        honestRejects += other.honestRejects
        edits += other.edits
        readable += other.readable
        editedAccepts += other.editedAccepts
        rules += other.rules
    }
}

extension DecisionCounts: CustomStringConvertible {
    public var description: String {
        "\(edits) edits of \(honest) guests; \(readable) could be read; accepts: \(honestAccepts) honest, \(editedAccepts) edited"
    }
}
