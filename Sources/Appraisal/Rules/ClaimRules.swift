import Wire
import Words

/// Claim rules and the reference sets they use (dcap 6.7).
extension Rules {
    /// A set that is used must count at T: an expired one is a finding, never silence.
    func referenceRules() -> [RuleResult] {
        policy.referenceSets.map { name in
            let id = "reference.\(name)"
            guard let set = references[name] else {
                return RuleResult(
                    id, .failed(.claim, .warning), found: Phrase("no such reference set", "没有这个参考值集合"),
                    wanted: Phrase("the reference set \(name)", "参考值集合 \(name)"),
                    remedy: Phrase(
                        "Put the reference set \(name) in force, or name its file with --references.",
                        "请使参考值集合 \(name) 生效，或用 --references 指明其文件。"))
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
            if truth == .yes { for test in evaluation.matched { comparison.compared(test.claim, true) } }
            if truth != .yes { for test in evaluation.differing { comparison.compared(test.claim, false) } }
            if truth == .no, !evaluation.denied.isEmpty { comparison.isDenied = true }
            if truth == .yes, evaluation.usesAlias { comparison.usesAlias = true }
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
        /// Tests whose claims were among their reference values, and whose claims were not.
        var matched: [ClaimTest] = []
        var differing: [ClaimTest] = []
        /// Claims that were found on a list they must not be on.
        var denied: [String] = []
        /// A test rests on an event that stands outside a boot phase (event-logs 5.3 R6).
        var usesAlias = false
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
            switch (isDenied, truth) {
            case (false, .yes): matched.append(test)
            case (false, .no): differing.append(test)
            case (true, .yes): if test.comparesValues { denied.append(test.claim) }
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
        // Every part is evaluated, for the message.
        case .all(let parts): Truth.all(parts.map { evaluate($0, isDenied: isDenied, &evaluation) })
        case .any(let parts): Truth.any(parts.map { evaluate($0, isDenied: isDenied, &evaluation) })
        case .not(let part): !evaluate(part, isDenied: !isDenied, &evaluation)
        case .leaf(let test): evaluate(test, isDenied, &evaluation)
        }
    }

    private func evaluate(_ test: ClaimTest, _ isDenied: Bool, _ evaluation: inout Evaluation) -> Truth {
        let answer = answer(test, isDenied: isDenied)
        evaluation.record(test, answer.truth, isDenied, answer.found, answer.wanted)
        if test.claim.hasPrefix("event_log."), eventLog?.isAlias(test.claim) ?? false { evaluation.usesAlias = true }
        if let text = answer.commandLine { evaluation.commandLine = text }
        return answer.truth
    }

    func claim(_ name: String) -> ClaimLookup {
        guard name.hasPrefix("event_log.") else { return facts.claim(name) }
        guard let eventLog else { return .unknown(Phrase("no event log was sent", "没有提交事件日志")) }
        return eventLog.claim(name.dropFirst(10))
    }
}
