import Appraisal
import Crypto
import DCAPFormats
import DCAPVerification
import EventLog
public import Wire

extension TokenProfile {
    /// The claims of an accept, as compact JSON.
    ///
    /// - Throws: where the token would be expired when it is made.
    public func claims(of accepted: AcceptedVerdict, _ context: TokenContext) throws(TokenError) -> [UInt8] {
        try claimSet(of: accepted, context).compactBytes
    }

    /// The claims of an accept. Without `context.log` they are what a log entry commits to.
    public func claimSet(of accepted: AcceptedVerdict, _ context: TokenContext) throws(TokenError) -> JSON {
        guard case .verified(let quote) = accepted.verdict.verification else { return .object([]) }
        let facts = TokenFacts(
            verdict: accepted.verdict, quote: quote, context: context,
            expires: try Self.expiry(accepted.verdict, context))
        return switch self {
        case .ear: EARClaims(facts: facts).document
        case .earDotted: DottedClaims(facts: facts).document
        case .simple: SimpleClaims(facts: facts).document
        }
    }

    /// min(lifetime, first end of what the verdict rests on, its graces included): no token outlives what it rests on.
    private static func expiry(
        _ verdict: Verdict, _ context: TokenContext
    ) throws(TokenError) -> Instant {
        let end = verdict.expires
        guard end > verdict.time else { throw .nothingLeftToClaim(expires: end) }
        return min(verdict.time.advanced(bySeconds: context.lifetimeSeconds), end)
    }
}

/// What every shape of token is written from.
struct TokenFacts {
    let verdict: Verdict
    let quote: VerifiedQuote
    let context: TokenContext
    let expires: Instant

    var issued: Int64 { verdict.time.seconds }

    var bindingOutcome: String { verdict.expectedReportData == nil ? "not_performed" : "passed" }

    /// Every policy that was applied, in the order of the request.
    var policyURIs: [String] {
        verdict.policies.map { "ni:///sha-256;" + Base64URL.encode(Hex.decode($0.sha256) ?? []) }
    }

    /// Names what runs, for relying parties that want a subject: the image of a TD, the enclave of SGX.
    var subject: String {
        switch quote.quote.body {
        case .td(let report):
            "tdx:image:"
                + Hex.encode(Array(SHA384.hash(data: report.mrTD.bytes + report.rtmr1.bytes + report.rtmr2.bytes)))
        case .sgx(let report): "sgx:enclave:" + report.mrEnclave.hex
        }
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

    /// How each register replayed, where a log was given.
    var registers: [(String, JSON)] {
        guard let log = verdict.eventLogFindings?.log else { return [] }
        return [
            ("event_log", .object([("rtmr", .array(log.registers.map { .string($0.status.rawValue) }))]))
        ]
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

/// draft-ietf-rats-ear-04, as wire-formats 3.4 writes it out.
struct EARClaims {
    let facts: TokenFacts

    var document: JSON {
        let context = facts.context
        let status = JSON.string(facts.verdict.status.rawValue)
        var members: [(String, JSON)] = [
            ("eat_profile", .string("tag:ietf.org,2026:rats/ear#04")), ("iss", .string(context.issuer)),
        ]
        if let audience = context.audience { members.append(("aud", .string(audience))) }
        members += [
            ("sub", .string(facts.subject)), ("iat", .integer(facts.issued)), ("nbf", .integer(facts.issued)),
            ("exp", .integer(facts.expires.seconds)), ("jti", .string(context.identifier)),
        ]
        if let status = context.status { members.append(("status", status.claim)) }
        if let nonce = context.nonce { members.append(("eat_nonce", .string(nonce))) }
        members += [
            ("ear_status", status),
            (
                "ear_verifier_id",
                .object([("developer", .string(context.issuer)), ("build", .string(context.build))])
            ),
        ]
        if let confirmation = context.confirmation, facts.bindingOutcome == "passed" {
            members.append(("cnf", .object([("jkt", .string(Base64URL.encode(confirmation)))])))
        }
        members.append(("submods", .object([(facts.quote.quote.tee.name, appraisal(status))])))
        if let log = context.log { members.append(("log", log)) }
        return .object(members)
    }

    private func appraisal(_ status: JSON) -> JSON {
        let tee = facts.quote.quote.tee.name
        var members: [(String, JSON)] = [
            ("eat_profile", .string("tag:\(facts.issuerHost),2026:\(tee)#1")), ("ear_status", status),
            ("ear_trustworthiness_vector", facts.vector),
            ("ear_appraisal_policy_ids", .array(facts.policyURIs.map { .string($0) })),
        ]
        if let nonce = facts.context.nonce, facts.bindingOutcome == "passed" {
            members.append(("eat_nonce", .string(nonce)))
        }
        members += [
            ("ear_attester_claims", facts.quote.quote.attesterClaims),
            (
                "ear_verifier_claims",
                .object(
                    [
                        ("tcb", facts.tcb), ("collateral", facts.collateral),
                        (
                            "binding",
                            .object([
                                ("scheme", .string(facts.verdict.expectedReportData?.scheme.rawValue ?? "none")),
                                ("outcome", .string(facts.bindingOutcome)),
                            ])
                        ),
                    ] + facts.registers + [
                        ("reasons", .array(facts.verdict.reasons.map { .string($0) })),
                        ("evidence_sha256", .string(facts.context.evidenceSHA256.hex)),
                    ])
            ),
        ]
        return .object(members)
    }
}

extension TokenFacts {
    /// The issuer without scheme and path, for tag URIs.
    var issuerHost: String {
        let rest = context.issuer.split(separator: "/", omittingEmptySubsequences: true)
        return String((rest.count > 1 ? rest[1] : rest.first ?? "").prefix { $0 != ":" })
    }
}

extension Quote {
    /// The names that Intel Trust Authority and Azure use, so that one writer serves four consumers (wire-formats 3.4).
    /// Registers of a TD that are rarely set are left out while they are zero.
    var attesterClaims: JSON {
        func hex(_ value: some FixedWidthInteger & UnsignedInteger) -> JSON {
            .string(Hex.encode((0..<value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }))
        }
        switch body {
        case .td(let report):
            // Most guests leave these at zero, and 96 zeros each would make a token too long for a header.
            let rarelySet = [
                ("tdx_mrsignerseam", report.mrSignerSEAM), ("tdx_mrconfigid", report.mrConfigID),
                ("tdx_mrowner", report.mrOwner), ("tdx_mrownerconfig", report.mrOwnerConfig),
            ].filter { !$0.1.isZero }
            return .object(
                [
                    ("tdx_mrtd", .string(report.mrTD.hex)), ("tdx_rtmr0", .string(report.rtmr0.hex)),
                    ("tdx_rtmr1", .string(report.rtmr1.hex)), ("tdx_rtmr2", .string(report.rtmr2.hex)),
                    ("tdx_rtmr3", .string(report.rtmr3.hex)), ("tdx_mrseam", .string(report.mrSEAM.hex)),
                    ("tdx_seam_attributes", .string(report.seamAttributes.hex)),
                    ("tdx_td_attributes", hex(report.tdAttributes.rawValue)), ("tdx_xfam", hex(report.xfam)),
                    ("tdx_tee_tcb_svn", .string(report.teeTCBSVN.hex)),
                    ("tdx_report_data", .string(report.reportData.hex)),
                    ("dbgstat", .string(report.tdAttributes.contains(.debug) ? "enabled" : "disabled")),
                ] + rarelySet.map { ($0.0, .string($0.1.hex)) })
        case .sgx(let report):
            return .object([
                ("sgx_mrenclave", .string(report.mrEnclave.hex)), ("sgx_mrsigner", .string(report.mrSigner.hex)),
                ("sgx_isvprodid", .integer(Int64(report.isvProdID))), ("sgx_isvsvn", .integer(Int64(report.isvSVN))),
                ("sgx_report_data", .string(report.reportData.hex)), ("sgx_config_id", .string(report.configID.hex)),
                ("sgx_is_debuggable", .bool(report.flags.contains(.debug))),
                ("dbgstat", .string(report.flags.contains(.debug) ? "enabled" : "disabled")),
            ])
        }
    }
}
