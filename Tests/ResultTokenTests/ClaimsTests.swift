import Appraisal
import DCAPFormats
import DCAPVerification
import KeyCustody
import PlatformSimulator
import ResultToken
import ServiceSupport
import Testing
import Wire

/// What stands in tokens (wire-formats 2.1, 2.4, 3.1, 3.4).
@Suite("Claims")
struct ClaimsTests {
    @Test(
        "The native token: EAR draft-04 with integers, the policy by its hash, and at best a warning",
        arguments: QuoteKind.allCases)
    func native(_ kind: QuoteKind) throws {
        let verdict = try Sample.verdict(kind)
        let claims = try Sample.claims(.ear, verdict)
        let tee = kind.isTDX ? "tdx" : "sgx"
        #expect(claims.text("eat_profile") == "tag:ietf.org,2026:rats/ear#04")
        #expect(claims.text("iss") == Sample.issuer)
        #expect(claims.text("aud") == "https://chat.example.cn")
        #expect(claims.text("eat_nonce") == "bm9uY2Utb2YtbWluZQ")
        #expect(claims.text("ear_status") == "warning")
        #expect(claims.text("submods", tee, "ear_status") == "warning")
        #expect(claims.number("iat") == TestWorld.today.seconds)
        #expect(claims.number("exp") == TestWorld.today.seconds + 300)
        #expect(claims.text("submods", tee, "eat_profile") == "tag:attest.example.cn,2026:\(tee)#1")
        let submodule = try #require(claims["submods"]?[tee])
        #expect(
            submodule["ear_appraisal_policy_ids"]
                == .array([.string("ni:///sha-256;" + Base64URL.encode(try #require(Hex.decode(Policy.strict.sha256))))]
                ))
        #expect(
            submodule["ear_trustworthiness_vector"]
                == .object([
                    ("configuration", .integer(3)), ("hardware", .integer(2)), ("runtime-opaque", .integer(2)),
                ]))
        let found = try #require(submodule["ear_verifier_claims"])
        #expect(found["tcb"]?.text("status") == "UpToDate")
        #expect(found["tcb"]?.text("forecast", "status") == "OutOfDate")
        #expect(found.text("binding", "outcome") == "not_performed")
        #expect(claims["cnf"] == nil)
        // The nonce of the evidence is only there where the evidence was shown to hold it.
        #expect(submodule["eat_nonce"] == nil)
        #expect(submodule["ear_attester_claims"]?.text("dbgstat") == "disabled")
        #expect(claims["ear_raw_evidence"] == nil)
    }

    @Test("Slim: below 4 KiB signed, whatever the quote", arguments: QuoteKind.allCases)
    func size(_ kind: QuoteKind) throws {
        let verdict = try Sample.verdict(kind)
        let context = Sample.context {
            $0.confirmation = [UInt8](repeating: 7, count: 32)
            $0.log = .object([
                ("origin", .string("attest.example.cn/log/2026")), ("index", .integer(1_234_567)),
                ("leaf", .string(String(repeating: "a", count: 64))),
            ])
        }
        let token = try Sample.token(try Sample.claims(.ear, verdict, context).compactBytes)
        #expect(token.utf8.count < 4_096, "\(token.utf8.count)")
        // What a guest does set is there, however rarely that is.
        guard kind.isTDX else { return }
        let set = try Sample.verdict(kind) { $0.quote.td?.mrConfigID = [UInt8](repeating: 3, count: 48) }
        let claims = try Sample.claims(.ear, set)["submods"]?["tdx"]?["ear_attester_claims"]
        #expect(claims?.text("tdx_mrconfigid") == String(repeating: "03", count: 48))
        #expect(claims?["tdx_mrowner"] == nil)
    }

    @Test("exp is the earlier of lifetime and the end of the collateral; a token that would be born dead is not born")
    func expiry() throws {
        let end = TestWorld.today.advanced(bySeconds: 16 * 86_400)
        for profile in TokenProfile.allCases {
            for (before, lifetime, wanted) in [
                (1_000, 300, 300), (100, 300, 100), (1, 300, 1), (86_400, 86_400, 86_400),
            ] {
                let time = end.advanced(bySeconds: -Int64(before))
                let claims = try Sample.claims(
                    profile, try Sample.verdict(at: time), Sample.context { $0.lifetimeSeconds = Int64(lifetime) })
                #expect(claims.number("exp") == time.seconds + Int64(wanted))
                #expect(claims.number("iat") == time.seconds)
            }
        }
        // At its end the strict policy rejects, and a reject has no token.
        #expect(AcceptedVerdict(try Sample.verdict(at: end)) == nil)
    }

    @Test("No token for anything but an accept")
    func rejects() throws {
        let rejects = [
            try Sample.verdict { $0.quote.td?.tdAttributes |= 1 },
            try Sample.verdict(expecting: ExpectedReportData(raw: [1, 2, 3])),
            try Sample.verdict { $0.tcbInfo.levels[0].status = "Revoked" },
            try Sample.verdict { $0.tcbInfo.levels[0].status = "OutOfDate" },
            try Sample.verdict { $0.intermediate.subject = $0.leaf.subject },
        ]
        for verdict in rejects {
            #expect(verdict.decision == .reject)
            #expect(verdict.status != .affirming)
            #expect(AcceptedVerdict(verdict) == nil)
        }
    }

    @Test("cnf stands there only when report_data was shown to bind the key")
    func confirmation() throws {
        let thumbprint = [UInt8](repeating: 9, count: 32)
        let nonce = Array("a nonce of mine!".utf8)
        let expected = ExpectedReportData.assay(
            nonce: nonce, keyThumbprint: FixedBytes<32>(exactly: thumbprint))
        let context = Sample.context { $0.confirmation = thumbprint }
        #expect(try Sample.claims(.ear, try Sample.verdict(), context)["cnf"] == nil)
        let bound = try Sample.verdict(expecting: expected) {
            $0.quote.td?.reportData = Binding.assay(nonce: nonce, thumbprint: thumbprint)
        }
        let claims = try Sample.claims(.ear, bound, context)
        #expect(claims.text("cnf", "jkt") == Base64URL.encode(thumbprint))
        #expect(claims["submods"]?["tdx"]?.text("eat_nonce") == "bm9uY2Utb2YtbWluZQ")
        #expect(claims["submods"]?["tdx"]?["ear_verifier_claims"]?.text("binding", "scheme") == "assay")
        #expect(claims["submods"]?["tdx"]?["ear_verifier_claims"]?.text("binding", "outcome") == "passed")
    }

    @Test("Trustee's dotted names: nested claims, one appraisal, and what was bound")
    func dotted() throws {
        let verdict = try Sample.verdict()
        let claims = try Sample.claims(
            .earDotted, verdict, Sample.context { $0.runtimeData = .object([("nonce", .string("n"))]) })
        #expect(claims.text("eat_profile") == "tag:github.com,2024:confidential-containers/Trustee")
        let appraisal = try #require(claims["submods"]?["cpu0"])
        #expect(appraisal.text("ear.status") == "warning")
        #expect(appraisal.text("ear.appraisal-policy-id") == "strict")
        guard case .object(let vector)? = appraisal["ear.trustworthiness-vector"] else {
            Issue.record("no vector")
            return
        }
        #expect(vector.count == 8)
        let evidence = try #require(appraisal["ear.veraison.annotated-evidence"])
        guard case .verified(let quote) = verdict.verification, case .td(let report) = quote.quote.body else {
            Issue.record("no TD")
            return
        }
        #expect(evidence["tdx"]?["quote"]?["body"]?.text("mr_td") == report.mrTD.hex)
        #expect(evidence["tdx"]?["quote"]?["header"]?.text("version") == "0500")
        #expect(evidence["tdx"]?.text("tcb_status") == "UpToDate")
        #expect(evidence["tdx"]?.text("collateral_expiration_status") == "0")
        #expect(evidence.text("report_data") == report.reportData.hex)
        #expect(evidence["runtime_data_claims"]?.text("nonce") == "n")
    }

    @Test(
        "The simple shape: tcb-status is a string of flat JSON, as CCZoo's page parses it",
        arguments: [QuoteKind.tdxV4, .tdx15V5, .sgxV4])
    func simple(_ kind: QuoteKind) throws {
        let verdict = try Sample.verdict(kind)
        let claims = try Sample.claims(.simple, verdict)
        for name in ["jti", "tee", "iss", "aud", "tcb-status"] { #expect(claims.text(name) != nil, "\(name)") }
        #expect(claims.text("intuse") == "generic")
        let status = try #require(claims.text("tcb-status"))
        let flat = try JSONDocument(parsing: Array(status.utf8)).root
        for (name, value) in flat.members { #expect(value.kind == .string || value.kind == .boolean, "\(name)") }
        guard case .verified(let quote) = verdict.verification else { return }
        switch quote.quote.body {
        case .td(let report):
            #expect(flat.member("tdx.quote.body.mr_td")?.string == report.mrTD.hex)
            #expect(flat.member("tdx.quote.body.rtmr_3")?.string == report.rtmr3.hex)
            #expect(flat.member("tdx.quote.header.version")?.string == (kind == .tdxV4 ? "0400" : "0500"))
            #expect(flat.member("tdx.td_attributes.debug")?.boolean == false)
        case .sgx(let report):
            #expect(flat.member("sgx.body.mr_enclave")?.string == report.mrEnclave.hex)
        }
        #expect(flat.member("report_data")?.string == quote.quote.reportData.hex)
        #expect(claims.text("ear_status") == "warning")
    }
}
