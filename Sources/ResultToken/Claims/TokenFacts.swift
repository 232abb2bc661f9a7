import Appraisal
import Crypto
import DCAPFormats
import DCAPVerification
import EventLog
import Wire

/// What every shape of token is written from.
struct TokenFacts {
    let verdict: Verdict
    let quote: VerifiedQuote
    let context: TokenContext
    let issued: Instant
    let expires: Instant

    var bindingOutcome: String { verdict.expectedReportData == nil ? "not_performed" : "passed" }

    /// Every policy that was applied, in the order of the request.
    var policyURIs: [String] {
        verdict.policies.map { "ni:///sha-256;" + Base64URL.encode($0.digest.bytes) }
    }

    /// The nonce that was bound, in base64url: only what was compared with the evidence is repeated (wire-formats 2.9 R6).
    var nonce: String? { verdict.expectedReportData == nil ? nil : context.nonce.map { Base64URL.encode($0) } }

    /// What was measured, for relying parties that want a subject: the image of a TD, the enclave of SGX. Federation looks
    /// at `iss`, `aud` and `sub` alone, and any caller may ask for the laxest policy in force: so only an affirming token
    /// names an image, and every other one what is unproven.
    var subject: String {
        let isAffirming = verdict.status == .affirming
        switch quote.quote.body {
        case .td(let report):
            let measured = report.mrTD.bytes + report.rtmr1.bytes + report.rtmr2.bytes
            return (isAffirming ? "tdx:image:" : "tdx:unproven:") + Hex.encode(Array(SHA384.hash(data: measured)))
        case .sgx(let report): return (isAffirming ? "sgx:enclave:" : "sgx:unproven:") + report.mrEnclave.hex
        }
    }

    /// Which values were compared with: a policy's hash names its rules alone. Nothing where no set was read.
    var references: [(String, JSON)] {
        let names = context.references.map { "sha256:" + $0.hex }.sorted()
        return names.isEmpty ? [] : [("references", .array(names.map { .string($0) }))]
    }

    var vector: JSON {
        .object(verdict.trustworthiness.members.filter { $0.value != 0 }.map { ($0.name, .integer(Int64($0.value))) })
    }

    /// `tcb` and `collateral` as the verdict writes them, the slim part.
    var tcb: JSON {
        let tcb = quote.tcb
        var members: [(String, JSON)] = [
            ("status", .string(tcb.status.rawValue)), ("platform", .string(tcb.launch.platformStatus.rawValue)),
            ("qe", .string(tcb.launch.qeStatus.rawValue)),
        ]
        if let module = tcb.launch.moduleStatus { members.append(("module", .string(module.rawValue))) }
        members += [
            ("date", .string(tcb.launch.date.description)),
            ("evaluation_number", .integer(Int64(tcb.evaluationNumber))),
            ("advisory_ids", .array(tcb.launch.advisoryIDs.map { .string($0) })),
        ]
        if let forecast = context.forecast {
            members.append(("forecast", .object([("update", .string("early")), ("status", .string(forecast))])))
        }
        return .object(members)
    }

    /// How each register replayed and whether every event of it is shown, where a log was given; and whether anything
    /// measured protects the root file system, where a rule used what only the running system wrote (event-logs 5.5).
    var eventLog: [(String, JSON)] {
        var members: [(String, JSON)] = []
        if let log = verdict.eventLog, log.failure == nil {
            members = [
                ("rtmr", .array(log.registers.map { .string($0.rawValue) })),
                ("accounted", .array(log.accounted.map { if case .yes = $0 { .bool(true) } else { .bool(false) } })),
            ]
        }
        if let root = verdict.root { members.append(("root", root.document)) }
        return members.isEmpty ? [] : [("event_log", .object(members))]
    }

    var collateral: JSON {
        let items = quote.endorsements.collateral.digests.prefix(4)
        return .object([
            ("expired", .bool(quote.collateralExpired)),
            ("expires", .string(quote.collateral.earliestExpiration.description)),
            ("items", .object(items.map { ($0.name, .string("sha256:" + $0.sha256.hex)) })),
        ])
    }
}

extension TokenFacts {
    /// The issuer without scheme and path, for tag URIs.
    var issuerHost: String {
        let rest = context.issuer.split(separator: "/", omittingEmptySubsequences: true)
        return String((rest.count > 1 ? rest[1] : rest.first ?? "").prefix { $0 != ":" })
    }
}
