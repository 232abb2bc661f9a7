import Appraisal
import DCAPFormats
import DCAPVerification
import Wire

/// Alibaba's and OpenAnolis's shape (wire-formats 2.4): CCZoo's page reads `jti, tee, exp, iat` and the names in the
/// string `tcb-status`. What their token leaves unsaid stands beside it: TCB status, freshness, policy.
struct SimpleClaims {
    let facts: TokenFacts

    var document: JSON {
        let context = facts.context
        let quote = facts.quote.quote
        let names = TrusteeNames(quote: quote)
        let status = JSON.object(
            [("init_data", .string(names.initData)), ("report_data", .string(quote.reportData.hex))]
                + names.paths.map { ("\(quote.tee.name).\($0.path)", $0.value) })
        return .object(
            [
                ("aud", .string(context.audience ?? context.issuer)), ("iss", .string(context.issuer)),
                ("iat", .integer(facts.issued.seconds)), ("nbf", .integer(facts.issued.seconds)),
                ("exp", .integer(facts.expires.seconds)), ("jti", .string(context.identifier)),
                ("eat_profile", .string("https://www.alibabacloud.com/help/en/ecs/user-guide/eat-profile")),
                ("intuse", .string("generic")), ("tee", .string(quote.tee.name)),
                (
                    "evaluation-reports",
                    .array(
                        facts.verdict.policies.map {
                            .object([("policy-id", .string($0.id)), ("policy-hash", .string($0.sha256))])
                        })
                ),
                (
                    "customized_claims",
                    .object([("init_data", .null), ("runtime_data", context.runtimeData ?? .null)])
                ),
                ("tcb-status", .string(status.canonicalText)),
                ("ear_status", .string(facts.verdict.status.rawValue)),
                ("reasons", .array(facts.verdict.reasons.map { .string($0) })), ("tcb", facts.tcb),
                ("binding", .string(facts.bindingOutcome)),
                ("evidence_sha256", .string(context.evidenceSHA256.hex)),
            ] + facts.references)
    }
}
