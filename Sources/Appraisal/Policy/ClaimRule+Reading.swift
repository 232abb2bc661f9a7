import Wire
import Words

extension ClaimRule {
    static func list(_ elements: [JSONValue]) throws(PolicyError) -> [ClaimRule] {
        var rules: [ClaimRule] = []
        var seen: Set<String> = []
        var leaves = 0
        for element in elements {
            let rule = try ClaimRule(element)
            guard seen.insert(rule.id).inserted else {
                throw PolicyError(element, found: rule.id, wanted: Phrase("each id once", "每个 id 只出现一次"))
            }
            leaves += rule.expression.leaves.count
            guard leaves <= Limits.policyClaimRules else {
                throw PolicyError(
                    element, found: "more than \(Limits.policyClaimRules) tests",
                    wanted: Phrase("at most \(Limits.policyClaimRules)", "最多 \(Limits.policyClaimRules) 项"))
            }
            rules.append(rule)
        }
        return rules
    }

    private init(_ value: JSONValue) throws(PolicyError) {
        let reader = try MemberReader(value, members: ["id", "note"] + ClaimExpression.members)
        guard let id = try reader.identifier("id") else { throw reader.missing("id", Phrase("a name", "名称")) }
        self.id = id
        note = try reader.text("note")
        expression = try ClaimExpression(reader)
    }
}

extension ClaimExpression {
    static let members: [StaticString] = [
        "claim", "operator", "value", "values", "mask", "reference_set", "reference_name", "all", "any", "not",
    ]

    /// Exactly one of `claim`, `all`, `any`, `not`.
    init(_ reader: MemberReader) throws(PolicyError) {
        let kinds: [StaticString] = ["claim", "all", "any", "not"]
        let present = kinds.filter { reader.has($0) }
        guard present.count == 1, let kind = present.first else {
            throw PolicyError(
                reader.value, wanted: Phrase("exactly one of claim, all, any, not", "claim、all、any、not 中恰好一个"))
        }
        if "\(kind)" == "claim" {
            self = .leaf(try ClaimTest(reader))
            return
        }
        for stray in ["operator", "value", "values", "mask", "reference_set", "reference_name"] as [StaticString]
        where reader.has(stray) {
            throw reader.invalid(stray, wanted: Phrase("\(stray) only beside claim", "\(stray) 只能与 claim 同用"))
        }
        switch "\(kind)" {
        case "all": self = .all(try Self.parts(reader, "all"))
        case "any": self = .any(try Self.parts(reader, "any"))
        default:
            guard let part = reader.value.member("not") else { throw reader.missing("not", Phrase("a test", "一个条件")) }
            self = .not(try ClaimExpression(try MemberReader(part, members: Self.members)))
        }
    }

    private static func parts(_ reader: MemberReader, _ name: StaticString) throws(PolicyError) -> [ClaimExpression] {
        var parts: [ClaimExpression] = []
        for element in try reader.list(name) ?? [] {
            parts.append(try ClaimExpression(try MemberReader(element, members: members)))
        }
        return parts
    }
}

extension ClaimTest {
    init(_ reader: MemberReader) throws(PolicyError) {
        guard let claim = try reader.text("claim") else { throw reader.missing("claim", Phrase("a claim", "声明名")) }
        guard let kind = ClaimCatalogue.kind(claim) else {
            throw reader.invalid(
                "claim", wanted: Phrase("the name of a claim; the schema lists them", "已知的声明名，见 schema"))
        }
        let names = Operator.allCases.map(\.rawValue).joined(separator: ", ")
        guard let text = try reader.text("operator"), let test = Operator(rawValue: text) else {
            throw reader.invalid("operator", wanted: Phrase("one of \(names)", "以下之一：\(names)"))
        }
        guard test != .subsetOf || ClaimCatalogue.isList(claim) else {
            throw reader.invalid(
                "operator", wanted: Phrase("subset_of only on a claim that is a list", "subset_of 只用于列表声明"))
        }
        self.claim = claim
        self.kind = kind.compared(by: test)
        self.test = test
        values = try Self.values(reader, test, self.kind, claim)
        // A member that another operator reads would silently not count here.
        let read: [String] =
            switch test {
            case .equals, .atLeast: ["value"]
            case .in, .subsetOf: reader.has("values") ? ["values"] : ["reference_set", "reference_name"]
            case .maskEquals: ["value", "mask"]
            case .absent: []
            }
        for stray in ["value", "values", "mask", "reference_set", "reference_name"] as [StaticString]
        where reader.has(stray) && !read.contains("\(stray)") {
            throw reader.invalid(
                stray, wanted: Phrase("no \(stray) beside the operator \(text)", "运算符 \(text) 不使用 \(stray)"))
        }
    }

    private static func values(
        _ reader: MemberReader, _ test: Operator, _ kind: ClaimKind, _ claim: String
    ) throws(PolicyError) -> Values {
        switch test {
        case .absent: return .none
        case .equals:
            guard let value = reader.value.member("value") else { throw reader.missing("value", kind.phrase) }
            return .inline([ExactText(try text(value, kind))])
        case .in, .subsetOf:
            if let list = try reader.list("values") {
                var values: Set<ExactText> = []
                for element in list {
                    guard values.insert(ExactText(try text(element, kind))).inserted else {
                        throw PolicyError(element, wanted: Phrase("each entry once", "每项只出现一次"))
                    }
                }
                return .inline(values)
            }
            guard let set = try reader.identifier("reference_set") else {
                throw reader.missing("values", Phrase("values, or a reference_set", "values 或 reference_set"))
            }
            return .reference(set: set, name: try reader.text("reference_name") ?? claim)
        case .atLeast:
            guard let value = reader.value.member("value") else { throw reader.missing("value", kind.phrase) }
            let bound = try text(value, kind)
            switch kind {
            case .integer: return .bound(Int64(bound) ?? .max, text: bound)
            case .date: return .bound(Instant(rfc3339: bound)?.seconds ?? .max, text: bound)
            case .text, .word, .advisory, .hex, .hexOfAnyLength, .digestList, .boolean:
                throw reader.invalid(
                    "operator", wanted: Phrase("at_least only on a number or a date", "at_least 只用于数字或日期"))
            }
        case .maskEquals:
            guard case .hex(let count) = kind else {
                throw reader.invalid(
                    "operator", wanted: Phrase("mask_equals only on bytes of a fixed length", "mask_equals 只用于定长字节"))
            }
            guard let value = try reader.hex("value", count: count) else { throw reader.missing("value", kind.phrase) }
            guard let mask = try reader.hex("mask", count: count) else { throw reader.missing("mask", kind.phrase) }
            guard let masked = MaskedBytes(value: value, mask: mask) else {
                throw reader.invalid(
                    "value",
                    wanted: Phrase(
                        "no bit that the mask does not cover, and a mask with a bit set", "不含掩码之外的位，且掩码至少置一位"))
            }
            return .masked(masked)
        }
    }

    /// A value of the right type, as the text that is compared.
    private static func text(_ value: JSONValue, _ kind: ClaimKind) throws(PolicyError) -> String {
        let text: String?
        switch kind {
        case .text: return try MemberReader.text(value)
        case .hex(let count): return try MemberReader.hex(value, count: count)
        case .word, .advisory, .hexOfAnyLength, .digestList, .date: text = value.string
        case .integer:
            if case .value(let number) = value.integer, number <= UInt64(Int64.max) {
                text = String(number)
            } else {
                text = nil
            }
        case .boolean: text = value.boolean.map(String.init)
        }
        guard let canonical = text.flatMap(kind.canonical) else {
            throw PolicyError(value, wanted: kind.wanted(insteadOf: value.string))
        }
        return canonical
    }
}
