import DCAPFormats
import DCAPVerification
public import Wire
public import Words

/// A verdict that explains itself: each reason with what it means, what was found, what was wanted, where the rule stands
/// and what to do.
public struct Explanation: Hashable, Sendable {
    public struct Item: Hashable, Sendable {
        /// `tcb.status`, `quote.signature`, or the code itself for a warning.
        public let id: String
        public let code: String
        public let meaning: Phrase
        public let found: Phrase
        public let wanted: Phrase
        /// The clause of the specification, or the policy.
        public let place: String
        public let fix: Phrase

        public func document(_ language: Language) -> JSON {
            var members: [(String, JSON)] = [
                ("id", .string(id)), ("code", .string(code)), ("meaning", .string(meaning.text(language))),
            ]
            if !found.isEmpty { members.append(("found", .string(found.text(language)))) }
            if !wanted.isEmpty { members.append(("wanted", .string(wanted.text(language)))) }
            return .object(members + [("where", .string(place)), ("fix", .string(fix.text(language)))])
        }
    }

    public let headline: Phrase
    /// In the order of the reasons; the first is the one to look at first.
    public let items: [Item]

    public func document(_ language: Language) -> JSON {
        .object([
            ("language", .string(language.rawValue)), ("headline", .string(headline.text(language))),
            ("items", .array(items.map { $0.document(language) })),
        ])
    }

    public func text(_ language: Language) -> String {
        let (found, wanted, place, fix) =
            language == .english ? ("found", "wanted", "where", "do") : ("实际", "期望", "位置", "处理")
        let parts = items.map { item in
            var lines = ["\(item.code)  \(item.meaning.text(language))"]
            if !item.found.isEmpty { lines.append("  \(found): \(item.found.text(language))") }
            if !item.wanted.isEmpty { lines.append("  \(wanted): \(item.wanted.text(language))") }
            lines.append("  \(place): \(item.id) (\(item.place))")
            lines.append("  \(fix): \(item.fix.text(language))")
            return lines.joined(separator: "\n")
        }
        return ([headline.text(language)] + parts).joined(separator: "\n\n") + "\n"
    }
}

/// Says why a verdict is what it is. A pure function of the verdict: explaining a decision cannot change it.
public func explain(_ verdict: Verdict) -> Explanation {
    Explanation(headline: headline(verdict), items: refusal(verdict) ?? ruleItems(verdict) + warningItems(verdict))
}

private func headline(_ verdict: Verdict) -> Phrase {
    let names = verdict.policies.map(\.id).joined(separator: ", ")
    let status = verdict.status.rawValue
    return switch verdict.decision {
    case .accept:
        Phrase(
            "Accepted by the policy \(names), status \(status), at \(verdict.time).",
            "策略 \(names) 接受，状态 \(status)，时间 \(verdict.time)。")
    case .reject:
        Phrase(
            "Rejected (policy \(names)), status \(status), at \(verdict.time).",
            "拒绝（策略 \(names)），状态 \(status)，时间 \(verdict.time)。")
    case .error:
        Phrase("Could not be decided, at \(verdict.time).", "无法判断，时间 \(verdict.time)。")
    }
}

private func refusal(_ verdict: Verdict) -> [Explanation.Item]? {
    guard case .refused(let refusal, _) = verdict.verification else { return nil }
    let failure = refusal.failure
    let place = failure.offset.map { "\(failure.field) @ \($0)" } ?? failure.field
    return [
        Explanation.Item(
            id: refusal.step.rawValue, code: refusal.code.rawValue, meaning: ErrorText.meaning(refusal.code),
            found: FindingText.phrase(failure.found), wanted: FindingText.phrase(failure.wanted),
            place: "\(refusal.step.clause); \(place)",
            fix: Remedy.fix(refusal.code))
    ]
}

private func ruleItems(_ verdict: Verdict) -> [Explanation.Item] {
    var items: [Explanation.Item] = []
    for finding in verdict.findings {
        for rule in finding.rules {
            let code: PolicyCode
            switch rule.outcome {
            case .failed(let failed, _): code = failed
            case .tolerated(let failed, _, _): code = failed
            case .passed, .notPerformed: continue
            }
            let clause = PolicyRule(rawValue: rule.id)?.clause ?? "dcap 6.7"
            var meaning = PolicyText.meaning(code)
            if let note = finding.policy.note(ofRule: rule.id) { meaning = meaning + Phrase(" (\(note))", "（\(note)）") }
            if case .tolerated(_, let until, let reason) = rule.outcome {
                meaning = meaning + Phrase(" Put up with until \(until): \(reason)", " 宽限至 \(until)：\(reason)")
            }
            items.append(
                Explanation.Item(
                    id: rule.id, code: code.rawValue, meaning: meaning, found: rule.found, wanted: rule.wanted,
                    place: "\(clause), policy \(finding.policy.id)", fix: rule.fix ?? PolicyText.fix(code)))
        }
    }
    return items
}

private func warningItems(_ verdict: Verdict) -> [Explanation.Item] {
    verdict.reasons.compactMap(PolicyCode.init(rawValue:)).filter(\.isWarning).map { code in
        Explanation.Item(
            id: code.rawValue, code: code.rawValue, meaning: PolicyText.meaning(code), found: .none, wanted: .none,
            place: "dcap 6.7", fix: PolicyText.fix(code))
    }
}

extension Policy {
    /// What the author wrote beside a claim rule.
    fileprivate func note(ofRule id: String) -> String? { claimRules.first { $0.name == id }?.note }
}
