import Appraisal
import DCAPFormats
import DCAPVerification
import EventLog
import Wire

/// The names of draft-fv-rats-ear as Trustee's attestation service writes them (wire-formats 2.1), with ours beside them
/// where EAR has no word: `ear.status` is never better than what the native token says.
struct DottedClaims {
    let facts: TokenFacts

    var document: JSON {
        guard let log = facts.verdict.eventLogFindings?.log else { return document([]) }
        // Kernel and command line rest on labels, unless a policy fixes the register that they come from.
        let isPinned = facts.verdict.policies.contains { $0.pinned.contains("rtmr2") }
        let kernel =
            log.compatibleKernel(facts.verdict.kernelCommandLine, isPinned: isPinned).map { [("ccel", $0)] } ?? []
        let budget = JSONWebSignature.payloadLimit - document(kernel).compactBytes.count
        return document(kernel + log.compatibleEvents(within: budget))
    }

    /// - Parameter eventLog: What an event log adds to the claims about a TD.
    private func document(_ eventLog: [(String, JSON)]) -> JSON {
        let context = facts.context
        return .object([
            ("eat_profile", .string("tag:github.com,2024:confidential-containers/Trustee")),
            ("iss", .string(context.issuer)), ("iat", .integer(facts.issued.seconds)),
            ("nbf", .integer(facts.issued.seconds)),
            ("exp", .integer(facts.expires.seconds)), ("jti", .string(context.identifier)),
            (
                "ear.verifier-id",
                .object([("developer", .string(context.issuer)), ("build", .string(context.build))])
            ),
            ("submods", .object([("cpu0", appraisal(eventLog))])),
        ])
    }

    private func appraisal(_ eventLog: [(String, JSON)]) -> JSON {
        let names = TrusteeNames(quote: facts.quote.quote)
        let evidence = TrusteeNames.nested(names.paths).adding(facts.quote.trusteeResult + eventLog)
        return .object([
            ("ear.status", .string(facts.verdict.status.rawValue)),
            (
                "ear.trustworthiness-vector",
                .object(facts.verdict.trustworthiness.members.map { ($0.name, .integer(Int64($0.value))) })
            ),
            ("ear.appraisal-policy-id", .string(facts.verdict.policies.map(\.id).joined(separator: ","))),
            (
                "ear.veraison.annotated-evidence",
                .object([
                    (facts.quote.quote.tee.name, evidence), ("init_data", .string(names.initData)),
                    ("init_data_claims", .object([])), ("report_data", .string(facts.quote.quote.reportData.hex)),
                    ("runtime_data_claims", facts.context.runtimeData ?? .object([])),
                ])
            ),
            (
                "ear.veraison.policy-claims",
                .object(
                    [
                        ("reasons", .array(facts.verdict.reasons.map { .string($0) })),
                        ("policy_sha256", .string(facts.verdict.policy.sha256)),
                        ("binding", .string(facts.bindingOutcome)),
                        ("evidence_sha256", .string(facts.context.evidenceSHA256.hex)),
                    ] + facts.references)
            ),
        ])
    }
}

extension VerifiedQuote {
    /// The result's members that Trustee puts beside the quote's own.
    var trusteeResult: [(String, JSON)] {
        [
            ("tcb_status", .string(tcb.status.rawValue)), ("tcb_date", .string(tcb.launch.date.description)),
            ("advisory_ids", .array(tcb.launch.advisoryIDs.map { .string($0) })),
            ("collateral_expiration_status", .string(collateralExpired ? "1" : "0")),
            ("earliest_issue_date", .string(collateral.earliestIssue.description)),
            ("latest_issue_date", .string(collateral.latestIssue.description)),
            ("earliest_expiration_date", .string(collateral.earliestExpiration.description)),
            ("tcb_eval_num", .integer(Int64(tcb.evaluationNumber))),
            ("tcb_status_current", .string(tcb.current.status.rawValue)),
            ("tcb_date_current", .string(tcb.current.date.description)),
            ("advisory_ids_current", .array(tcb.current.advisoryIDs.map { .string($0) })),
        ]
    }
}
