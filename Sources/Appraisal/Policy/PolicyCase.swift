import Wire
import Words

/// Recorded facts and the decision that somebody expects of a policy on them: the test that lets a draft become active.
public struct PolicyCase: Hashable, Sendable {
    public let facts: RecordedFacts
    public let expectsAccept: Bool
    /// Codes that must be among the reasons of a rejection.
    public let reasons: [String]
    /// Claims of the event log, where the case has one whose registers all replayed.
    private let eventLog: EventLogRecord?

    /// - Parameter bytes: `{"facts": …, "expect": "accept"|"reject", "reasons": […]?, "claims": {…}?}`.
    public init(parsing bytes: [UInt8]) throws(PolicyError) {
        let root: JSONValue
        do throws(JSONError) {
            root = try JSONDocument(parsing: bytes, limit: Limits.policyBytes).root
        } catch {
            throw PolicyError(error)
        }
        let reader = try MemberReader(root, members: ["facts", "expect", "reasons", "claims", "note"])
        let facts = try reader.needed("facts", root.member("facts"))
        self.facts = try RecordedFacts(parsing: Array(facts.bytes))
        switch try reader.text("expect") {
        case "accept": expectsAccept = true
        case "reject": expectsAccept = false
        default: throw reader.invalid("expect", wanted: .oneOf(["accept", "reject"]))
        }
        reasons = try reader.texts("reasons") ?? []
        guard let claims = root.member("claims") else {
            eventLog = nil
            return
        }
        var values: [ExactText: ClaimValue] = [:]
        for (name, value) in claims.members {
            let name = ExactText(name)
            switch value.kind {
            case .string: values[name] = .text(value.string ?? "")
            case .boolean: values[name] = .boolean(value.boolean ?? false)
            case .array: values[name] = .list(value.elements.compactMap(\.string))
            case .number, .object, .null:
                throw PolicyError(value, wanted: Phrase("a string, a truth value or strings", "字符串、布尔值或字符串数组"))
            }
        }
        eventLog = EventLogRecord(registers: [.replayed, .replayed, .replayed, .replayed], claims: values)
    }

    public struct Result: Hashable, Sendable {
        public let isAccepted: Bool
        public let codes: [String]
        public let isAsExpected: Bool
    }

    public func run(_ policy: Policy, references: ReferenceLibrary) -> Result {
        // The record's report data stands for what was expected: freshness is the request's matter, not the policy's.
        let finding = appraise(
            facts, under: policy, references: references, eventLog: eventLog,
            expecting: .assumed(facts.reportData, policy.reportDataSchemes))
        let codes = finding.codes.map(\.rawValue)
        return Result(
            isAccepted: finding.isAccepted, codes: codes,
            isAsExpected: finding.isAccepted == expectsAccept && reasons.allSatisfy(codes.contains))
    }
}
