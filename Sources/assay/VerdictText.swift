import Appraisal
import DCAPFormats
import DCAPVerification
import Wire
import Words

/// A verdict for a person: the answer first, then why and what to do, then the facts, then the checks.
struct VerdictText {
    private let verdict: Verdict
    private let language: Language

    init(_ verdict: Verdict, _ language: Language = .english) {
        self.verdict = verdict
        self.language = language
    }

    /// In Chinese the first part is the explanation, which is complete in both languages.
    var text: String {
        var sections: [String] = []
        switch language {
        case .english: sections = [headline] + (foreignRoot.map { [$0] } ?? []) + [why]
        case .chinese:
            sections = (foreignRoot.map { [$0] } ?? []) + [String(explain(verdict).text(language).dropLast())]
        }
        if case .verified(let quote) = verdict.verification { sections.append(FactText.text(quote, language)) }
        if let eventLog = verdict.eventLog { sections.append(EventLogLines.text(eventLog, language)) }
        sections.append(checkList)
        return sections.joined(separator: "\n\n") + "\n"
    }

    private var headline: String {
        let word =
            switch verdict.decision {
            case .accept: Terminal.paint("ACCEPT", verdict.status == .affirming ? .green : .yellow)
            case .reject: Terminal.paint("REJECT", .red)
            case .error: Terminal.paint("CANNOT DECIDE", .red)
            }
        let subject =
            switch verdict.verification {
            case .verified(let quote):
                "a genuine \(quote.quote.tee.name.uppercased()) quote, \(quote.tcb.status.rawValue)"
            case .refused(let refusal, _): refusal.code.rawValue
            }
        return
            "\(word)  \(subject)\nstatus \(verdict.status.rawValue), policy \(verdict.policies.map(\.id).joined(separator: ", ")), as of \(verdict.time)"
    }

    private var foreignRoot: String? {
        guard !verdict.trustAnchor.isIntel else { return nil }
        return Terminal.paint(VerdictWord.foreignRoot.text(language), .yellow)
            + VerdictWord.foreignRootMeans.text(language)
    }

    private var why: String {
        if case .refused(let refusal, _) = verdict.verification {
            return """
                Why
                  \(refusal.step.title) \(Terminal.paint("no", .red))
                  \(FailureText.sentence(refusal.failure))
                  Do: \(Remedy.text(for: refusal.code))
                """
        }
        var lines = [verdict.decision == .accept ? "Every rule of the policy holds. Still open:" : "Why"]
        if verdict.decision == .accept {
            for code in verdict.reasons.compactMap(PolicyCode.init(rawValue:)) {
                lines.append("  \(Terminal.paint(code.rawValue, .yellow))  \(Remedy.text(for: code))")
            }
        }
        for rule in verdict.findings.flatMap(\.rules) {
            guard case .failed(let code, _) = rule.outcome else { continue }
            lines.append(
                "  \(Terminal.paint(code.rawValue, .red))  \(rule.id): found \(rule.found), wanted \(rule.wanted)")
            lines.append("  Do: \(rule.fix ?? PolicyText.fix(code))")
        }
        return lines.joined(separator: "\n")
    }

    /// Every check that ran; those that an earlier failure kept from running are counted, and named in the JSON form.
    private var checkList: String {
        var lines = [VerdictWord.checks.phrase.text(language)]
        var skipped = 0
        for check in verdict.verification.checks {
            switch check.outcome {
            case .passed: lines.append(line(check, Terminal.paint(word(.checkPassed), .green), found(check)))
            case .failed: lines.append(line(check, Terminal.paint(word(.checkFailed), .red), found(check)))
            case .notPerformed(let reason):
                guard case .verified = verdict.verification else {
                    skipped += 1
                    continue
                }
                lines.append(
                    line(check, Terminal.paint("--", .dim), VerdictWord.notPerformed(reason).text(language)))
            }
        }
        if let root = verdict.root {
            let mark = root.isPassed ? Terminal.paint(word(.checkPassed), .green) : Terminal.paint("--", .dim)
            let note = root.word ?? root.reason.text(language)
            lines.append(line(RootFinding.id, RootFinding.title.text(language), mark, note))
        }
        if let serviceTD { lines.append(serviceTD) }
        if let binding { lines.append(binding) }
        if skipped > 0 {
            lines.append(
                "  \(Terminal.paint("--", .dim))  " + VerdictWord.othersNotPerformed(skipped).text(language))
        }
        return lines.joined(separator: "\n")
    }

    /// That the body cannot say whether a service TD is bound, where a policy lets that pass.
    private var serviceTD: String? {
        guard verdict.facts?.serviceTD == .unsayable else { return nil }
        for rule in verdict.findings.flatMap(\.rules) where rule.id == PolicyRule.serviceTD.rawValue {
            guard case .notPerformed(let reason) = rule.outcome else { continue }
            return line(
                rule.id, PolicyRule.serviceTD.title.text(language), Terminal.paint("--", .dim),
                VerdictWord.notPerformed(reason).text(language))
        }
        return nil
    }

    /// That report_data holds what was given, and what that says of the answer's age.
    private var binding: String? {
        guard let expected = verdict.expectedReportData,
            verdict.rules.contains(where: { $0.id == PolicyRule.reportData.rawValue && $0.outcome == .passed })
        else { return nil }
        return line(
            PolicyRule.reportData.rawValue, PolicyRule.reportData.title.text(language),
            Terminal.paint(word(.checkPassed), .green), expected.note.text(language))
    }

    private func found(_ check: Check) -> String { VerdictWord.finding(check.found).text(language) }

    private func word(_ word: VerdictWord) -> String { word.phrase.text(language) }

    private func line(_ check: Check, _ mark: String, _ note: String) -> String {
        line(check.step.rawValue, StepText.title(check.step).text(language), mark, note)
    }

    private func line(_ identifier: String, _ title: String, _ mark: String, _ note: String) -> String {
        let padding = String(repeating: " ", count: max(1, 24 - identifier.count))
        guard !note.isEmpty else { return "  \(mark)  \(identifier)\(padding)\(title)" }
        return "  \(mark)  \(identifier)\(padding)\(title)" + (language == .english ? " (\(note))" : "（\(note)）")
    }
}

/// One failure in one sentence: where, what was found, what was wanted.
enum FailureText {
    static func sentence(_ failure: VerificationFailure) -> String {
        let place = failure.offset.map { "\(failure.field) at byte \($0)" } ?? failure.field
        return "\(place): found \(failure.found), wanted \(failure.wanted)."
    }
}

/// How the event log replayed, one line a register.
enum EventLogLines {
    static func text(_ log: EventLogRecord, _ language: Language) -> String {
        let heading = VerdictWord.eventLog.phrase.text(language) + "\n"
        if let failure = log.failure {
            return heading + "  \(failure.code): " + VerdictWord.finding(failure.detail).text(language)
        }
        let rows = log.registers.enumerated().map { index, status in
            (
                "rtmr\(index)",
                status.title.text(language)
                    + (log.differences[index].map { ": " + VerdictWord.finding($0).text(language) } ?? "")
            )
        }
        return heading + FieldList.align(rows)
    }
}
