import DCAPFormats
import DCAPVerification
import EventLog
public import Wire
public import Words

/// The verdict as one JSON object: what `--format json` prints, the body of an HTTP answer, and what pages draw.
/// Member names are stable.
extension Verdict {
    /// - Parameters:
    ///   - verifierVersion: The version of the program that answers, for the record.
    ///   - collateralSource: The service the collateral came from; `nil` where the caller supplied it.
    ///   - includingEvents: Whether every event of the log is listed, of which there may be thousands.
    ///   - forecast: The TCB status under the newest documents, where there are any.
    ///   - language: Of the sentences for people: `detail`, `found`, `wanted`, `reason`, `fix`. Names and codes have none.
    public func document(
        verifierVersion: String, collateralSource: String? = nil, forecast: String? = nil,
        includingEvents: Bool = true, in language: Language = .english
    ) -> JSON {
        var members: [(String, JSON)] = [
            ("verdict", .string(decision.rawValue)),
            ("status", .string(status.rawValue)),
            ("reasons", .array(reasons.map { .string($0) })),
        ]
        switch verification {
        case .verified(let quote): members += facts(of: quote, collateralSource, forecast)
        case .refused(let refusal, let quote): members += Self.facts(of: refusal, quote, language)
        }
        members += [
            (
                "trust_root",
                .object([
                    ("name", .string(trustAnchor.isIntel ? "Intel SGX Root CA" : "named by the operator, not Intel's")),
                    ("intel", .bool(trustAnchor.isIntel)),
                ])
            ),
            (
                "checks",
                .array(
                    verification.checks.map { document($0, language) } + eventLogChecks.map { $0.document(language) }
                        + (root.map { [$0.check(language)] } ?? []))
            ),
            ("policy", Self.document(policy, rules, language)),
        ]
        // Several policies are all shown, the first one also in its own place.
        if findings.count > 1 {
            members.append(
                (
                    "policies",
                    .array(
                        findings.map {
                            let decision =
                                $0.rules.isEmpty ? self.decision.rawValue : $0.isAccepted ? "accept" : "reject"
                            return Self.document($0.policy, $0.rules, language, decision: decision)
                        })
                ))
        }
        if let eventLogFindings {
            let document = includingEvents ? eventLogFindings.document : eventLogFindings.summary
            members.append(("event_log", document.adding(root.map { [("root", $0.document)] } ?? [])))
        }
        members += [
            ("binding", bindingDocument),
            ("time", .string(time.description)),
            (
                "verifier",
                .object([
                    ("name", .string("assay")), ("version", .string(verifierVersion)),
                    ("ruleset", .integer(Ruleset.current)),
                ])
            ),
        ]
        return .object(members)
    }

    private func facts(
        of quote: VerifiedQuote, _ collateralSource: String?, _ forecast: String?
    ) -> [(String, JSON)] {
        let advice = forecast.map {
            ("forecast", JSON.object([("update", .string("early")), ("status", .string($0))]))
        }
        return [
            ("tee", .string(quote.quote.tee.name)),
            ("quote", quote.quote.document),
            ("tcb", quote.tcb.document.adding(advice.map { [$0] } ?? [])),
            ("platform", quote.platform.document),
            ("collateral", Self.collateralDocument(quote, collateralSource)),
        ]
    }

    /// A refused quote's content is not repeated: nothing it says is verified (dcap 0.3).
    private static func facts(of refusal: Refusal, _ quote: Quote?, _ language: Language) -> [(String, JSON)] {
        var failure: [(String, JSON)] = [
            ("code", .string(refusal.code.rawValue)), ("check", .string(refusal.step.rawValue)),
            ("field", .string(refusal.failure.field)),
        ]
        if let offset = refusal.failure.offset { failure.append(("offset", .integer(Int64(offset)))) }
        failure += [
            ("found", .string(FindingText.text(refusal.failure.found, language))),
            ("wanted", .string(FindingText.text(refusal.failure.wanted, language))),
            ("fix", .string(Remedy.fix(refusal.code).text(language))),
        ]
        var members: [(String, JSON)] = []
        if let quote { members.append(("tee", .string(quote.tee.name))) }
        return members + [("failure", .object(failure))]
    }

    private static func collateralDocument(_ quote: VerifiedQuote, _ collateralSource: String?) -> JSON {
        let digests = quote.endorsements.collateral.digests
        return .object([
            ("expired", .bool(quote.collateralExpired)),
            (
                "expired_items",
                .array(
                    quote.expiredItems.map {
                        .object([("item", .string($0.name)), ("expired", .string($0.expires.description))])
                    })
            ),
            ("expires", .string(quote.collateral.earliestExpiration.description)),
            ("earliest_issue", .string(quote.collateral.earliestIssue.description)),
            ("latest_issue", .string(quote.collateral.latestIssue.description)),
            ("items", .object(digests.map { ($0.name, .string("sha256:" + $0.sha256.hex)) })),
            ("source", .string(collateralSource ?? "supplied")),
        ])
    }

    private func document(_ check: Check, _ language: Language) -> JSON {
        var members: [(String, JSON)] = [
            ("id", .string(check.step.rawValue)), ("clause", .string(check.step.clause)),
        ]
        switch check.outcome {
        case .passed: members.append(("outcome", .string("passed")))
        case .failed: members.append(("outcome", .string("failed")))
        case .notPerformed(let reason):
            members += [
                ("outcome", .string("not_performed")), ("reason", .string(FindingText.text(reason, language))),
            ]
        }
        members.append(("detail", .string(StepText.title(check.step).text(language))))
        if !check.found.isEmpty { members.append(("found", .string(FindingText.text(check.found, language)))) }
        if !check.wanted.isEmpty { members.append(("wanted", .string(FindingText.text(check.wanted, language)))) }
        if check.outcome == .failed { members.append(("fix", .string(fix(for: check).text(language)))) }
        return .object(members)
    }

    private func fix(for check: Check) -> Phrase {
        if case .refused(let refusal, _) = verification { return Remedy.fix(refusal.code) }
        return PolicyText.fix(.collateralExpired)
    }

    private static func document(
        _ policy: Policy, _ rules: [RuleResult], _ language: Language, decision: String? = nil
    ) -> JSON {
        var members: [(String, JSON)] = [("id", .string(policy.id)), ("sha256", .string(policy.sha256))]
        if let decision { members.append(("verdict", .string(decision))) }
        return .object(members + [("rules", .array(rules.map { $0.document(language) }))])
    }

    private var bindingDocument: JSON {
        // Several policies must all hold.
        let results = findings.compactMap { $0.result(.reportData) }
        let outcome =
            results.contains(where: \.isFailed)
            ? "failed" : results.contains(where: \.isPassed) ? "passed" : "not_performed"
        return .object([
            ("scheme", .string(expectedReportData?.scheme.rawValue ?? "none")), ("outcome", .string(outcome)),
        ])
    }
}
