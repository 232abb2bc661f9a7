import EventLog
import Wire

/// Three-valued: what is not known satisfies neither a test nor its opposite, so leaving evidence out never helps.
enum Truth: Hashable, Sendable {
    case yes, no, unknown

    static prefix func ! (truth: Truth) -> Truth {
        switch truth {
        case .yes: .no
        case .no: .yes
        case .unknown: .unknown
        }
    }
}

/// Claim rules and the reference sets they use (design 5.3).
extension Rules {
    /// A set that is used must count at T: an expired one is a finding, never silence.
    func referenceRules() -> [RuleResult] {
        policy.referenceSets.map { name in
            let id = "reference.\(name)"
            guard let set = references[name] else {
                return RuleResult(
                    id, .failed(.claim, .warning), found: Phrase("no such reference set", "没有这个参考值集合"),
                    wanted: Phrase("the reference set \(name)", "参考值集合 \(name)"))
            }
            let span = "\(set.validFrom) – \(set.validUntil?.description ?? "…")"
            guard set.isValid(at: facts.time) else {
                return RuleResult(
                    id, .failed(.referenceExpired, .warning),
                    found: Phrase("version \(set.version), valid \(span)", "版本 \(set.version)，有效期 \(span)"),
                    wanted: Phrase("a set that is valid at \(facts.time)", "在 \(facts.time) 有效的集合"))
            }
            return RuleResult(
                id, .passed,
                found: Phrase("version \(set.version) of \(set.source)", "\(set.source) 的版本 \(set.version)"))
        }
    }

    func claimRules(_ comparison: inout Comparison) -> [RuleResult] {
        policy.claimRules.map { rule in
            var evaluation = Evaluation()
            let truth = evaluate(rule.expression, isDenied: false, &evaluation)
            if truth == .yes { for name in evaluation.matched { comparison.compared(name, true) } }
            if truth != .yes { for name in evaluation.differing { comparison.compared(name, false) } }
            if truth == .no, !evaluation.denied.isEmpty { comparison.isDenied = true }
            if let text = evaluation.commandLine { comparison.commandLine = text }
            let reasons = evaluation.reasons(for: truth)
            return RuleResult(
                rule.name,
                truth == .yes
                    ? .passed
                    : .failed(.claim, truth == .no && !evaluation.denied.isEmpty ? .contraindicated : .warning),
                found: reasons.found, wanted: reasons.wanted)
        }
    }

    /// What was seen while a rule was evaluated, for its message and for the trust vector.
    private struct Evaluation {
        /// Claims that were among their reference values, and that were not.
        var matched: [String] = []
        var differing: [String] = []
        /// Claims that were found on a list they must not be on.
        var denied: [String] = []
        /// A reference text that the log holds the digest of.
        var commandLine: String?
        private var failures: [(Phrase, Phrase)] = []
        private var passes: [Phrase] = []

        mutating func record(_ test: ClaimTest, _ truth: Truth, _ isDenied: Bool, _ found: Phrase, _ wanted: Phrase) {
            let named = Phrase("\(test.claim) ") + found
            let isGood = isDenied ? truth == .no : truth == .yes
            if isGood {
                passes.append(named)
            } else {
                failures.append(
                    (
                        named,
                        isDenied
                            ? Phrase("\(test.claim) not ", "\(test.claim) 不是 ") + wanted
                            : Phrase("\(test.claim) ") + wanted
                    ))
            }
            guard test.test == .in || test.test == .equals, test.claim != "report_data" else { return }
            switch (isDenied, truth) {
            case (false, .yes): matched.append(test.claim)
            case (false, .no): differing.append(test.claim)
            case (true, .yes): denied.append(test.claim)
            case (false, .unknown), (true, .no), (true, .unknown): break
            }
        }

        func reasons(for truth: Truth) -> (found: Phrase, wanted: Phrase) {
            func join(_ phrases: [Phrase]) -> Phrase {
                phrases.dropFirst().reduce(phrases.first ?? .none) { $0 + Phrase("; ", "；") + $1 }
            }
            guard truth != .yes else { return (join(passes), .none) }
            return (join(failures.map(\.0)), join(failures.map(\.1)))
        }
    }

    private func evaluate(_ expression: ClaimExpression, isDenied: Bool, _ evaluation: inout Evaluation) -> Truth {
        switch expression {
        case .all(let parts):
            var truth = Truth.yes
            for part in parts {
                switch evaluate(part, isDenied: isDenied, &evaluation) {
                case .no: truth = .no
                case .unknown: truth = truth == .no ? .no : .unknown
                case .yes: break
                }
            }
            return truth
        case .any(let parts):
            var truth = Truth.no
            for part in parts {
                switch evaluate(part, isDenied: isDenied, &evaluation) {
                case .yes: truth = .yes
                case .unknown: truth = truth == .yes ? .yes : .unknown
                case .no: break
                }
            }
            return truth
        case .not(let part): return !evaluate(part, isDenied: !isDenied, &evaluation)
        case .leaf(let test): return evaluate(test, isDenied, &evaluation)
        }
    }

    private func evaluate(_ test: ClaimTest, _ isDenied: Bool, _ evaluation: inout Evaluation) -> Truth {
        let lookup = claim(test.claim)
        let (truth, wanted) = compare(test, lookup, isDenied, &evaluation.commandLine)
        let found =
            switch lookup {
            case .value(let value): value.phrase
            case .each(let values):
                values.dropFirst().reduce(values.first?.phrase ?? .none) {
                    $0 + Phrase(", changed to ", "，后改为 ") + $1.phrase
                }
            case .present(let reason): Phrase("is there: ", "存在：") + reason
            case .absent: Phrase("is not there", "不存在")
            case .unknown(let reason): Phrase("unknown: ", "未知：") + reason
            }
        evaluation.record(test, truth, isDenied, found, wanted)
        return truth
    }

    func claim(_ name: String) -> ClaimLookup {
        guard name.hasPrefix("event_log.") else { return facts.claim(name) }
        guard let eventLog else { return .unknown(Phrase("no event log was sent", "没有提交事件日志")) }
        return eventLog.claim(name.dropFirst(10))
    }

    private func compare(
        _ test: ClaimTest, _ lookup: ClaimLookup, _ isDenied: Bool, _ commandLine: inout String?
    ) -> (Truth, wanted: Phrase) {
        if test.test == .absent {
            let wanted = Phrase("absent", "不存在")
            switch lookup {
            case .absent: return (.yes, wanted)
            case .value, .each, .present: return (.no, wanted)
            case .unknown: return (.unknown, wanted)
            }
        }
        let values: [ClaimValue] =
            switch lookup {
            case .value(let value): [value]
            case .each(let values): values
            case .present, .absent, .unknown: []
            }
        let value = values.first
        /// A test of something that is not there does not hold; its opposite is not thereby shown. Where a fact changed, only
        /// what is so of each of its values is known.
        func judged(_ holds: (ClaimValue) -> Bool) -> Truth {
            let truths = Set(values.map(holds))
            guard truths.count == 1 else { return .unknown }
            return truths.contains(true) ? .yes : .no
        }
        switch test.values {
        case .none: return (.unknown, .none)
        case .inline(let values) where value == nil && test.claim == Self.commandLineClaim:
            return (measured(values, &commandLine), Self.listed(values))
        case .inline(let values): return (judged { Self.isWithin($0, values, isDenied) }, Self.listed(values))
        case .reference(let name, let list):
            let wanted = Phrase("one of \(name).\(list)", "\(name).\(list) 之一")
            guard let set = references[name], set.isValid(at: facts.time), let values = set.values[ExactText(list)]
            else {
                return (.unknown, wanted)
            }
            if value == nil, test.claim == Self.commandLineClaim {
                return (measured(Set(values.map { ExactText($0) }), &commandLine), wanted)
            }
            let texts = Set(values.map { ExactText(test.kind.isHex ? $0.lowercased() : $0) })
            return (judged { Self.isWithin($0, texts, isDenied) }, texts.count <= 4 ? Self.listed(texts) : wanted)
        case .bound(let bound, let text):
            return (judged { $0.magnitude.map { $0 >= bound } ?? false }, Phrase("\(text) or more", "不低于 \(text)"))
        case .masked(let masked):
            let holds = judged { value in
                guard case .text(let text) = value, let bytes = Hex.decode(text) else { return false }
                return masked.matches(bytes)
            }
            return (holds, masked.phrase)
        }
    }

    private static let commandLineClaim = "event_log.kernel_cmdline"

    /// A command line of which only the digest was logged: whether it is that of one of these texts, and of which.
    private func measured(_ texts: Set<ExactText>, _ commandLine: inout String?) -> Truth {
        guard let line = eventLog?.commandLine, line.isLabelled, line.text == nil else { return .unknown }
        guard let match = texts.first(where: { line.form(matching: $0.text) != nil }) else { return .no }
        commandLine = match.text
        return .yes
    }

    /// A list is within a set if each of its values is, and there is one: absence is never satisfaction (event-logs 0).
    /// Under a `not` it is enough that one is: a forbidden value does not become good in company.
    private static func isWithin(_ value: ClaimValue, _ values: Set<ExactText>, _ isDenied: Bool) -> Bool {
        let texts = value.texts.map { ExactText($0) }
        guard !isDenied else { return texts.contains { values.contains($0) } }
        return !texts.isEmpty && texts.allSatisfy { values.contains($0) }
    }

    private static func listed(_ values: Set<ExactText>) -> Phrase {
        guard values.count > 4 else { return .oneOf(values.sorted().map(\.text)) }
        return Phrase("one of \(values.count) listed values", "\(values.count) 个列出值之一")
    }
}
