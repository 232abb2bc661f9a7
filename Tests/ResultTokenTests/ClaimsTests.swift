import Appraisal
import Crypto
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
        // Nothing was compared with the evidence, so nothing is repeated (wire-formats 2.9 R6).
        #expect(claims["eat_nonce"] == nil)
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
            $0.references = [FixedBytes<32>()]
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

    @Test("cnf and eat_nonce stand there only when report_data was shown to bind them")
    func confirmation() throws {
        let thumbprint = [UInt8](repeating: 9, count: 32)
        let nonce = Array("a nonce of sixteen bytes or more".utf8)
        let expected = ExpectedReportData.assay(
            nonce: nonce, keyThumbprint: FixedBytes<32>(exactly: thumbprint))
        let context = Sample.context { $0.nonce = nonce }
        let unbound = try Sample.claims(.ear, try Sample.verdict(), context)
        #expect(unbound["cnf"] == nil && unbound["eat_nonce"] == nil)
        let bound = try Sample.verdict(expecting: expected) {
            $0.quote.td?.reportData = Binding.assay(nonce: nonce, thumbprint: thumbprint)
        }
        let claims = try Sample.claims(.ear, bound, context)
        #expect(claims.text("cnf", "jkt") == Base64URL.encode(thumbprint))
        #expect(claims.text("eat_nonce") == Base64URL.encode(nonce))
        let appraisal = try #require(claims["submods"]?["tdx"])
        #expect(appraisal.text("eat_nonce") == Base64URL.encode(nonce))
        #expect(appraisal["ear_verifier_claims"]?.text("binding", "scheme") == "assay")
        #expect(appraisal["ear_verifier_claims"]?.text("binding", "outcome") == "passed")
        // Several schemes bind a nonce; a key is confirmed by the verdict, never by the caller's word.
        let raw = try Sample.verdict(expecting: ExpectedReportData(raw: nonce)) {
            $0.quote.td?.reportData = Binding.padded(nonce)
        }
        #expect(try Sample.claims(.ear, raw, context)["cnf"] == nil)
        #expect(try Sample.claims(.ear, raw, context).text("eat_nonce") == Base64URL.encode(nonce))
    }

    /// Federation looks at `iss`, `aud` and `sub`, and any caller may ask for the laxest policy in force (wire-formats 3.4).
    @Test("sub names an image in affirming tokens alone", arguments: [QuoteKind.tdx15V5, .tdxV4, .sgxV4])
    func subject(_ kind: QuoteKind) throws {
        let verdict = try Sample.verdict(kind)
        #expect(verdict.status == .warning)
        let quote = try #require(verdict.verification.verified)
        let names: (affirming: String, other: String, hash: String) =
            switch quote.quote.body {
            case .td(let report):
                (
                    "tdx:image:", "tdx:unproven:",
                    Hex.encode(
                        Array(SHA384.hash(data: report.mrTD.bytes + report.rtmr1.bytes + report.rtmr2.bytes)))
                )
            case .sgx(let report): ("sgx:enclave:", "sgx:unproven:", report.mrEnclave.hex)
            }
        #expect(try Sample.claims(.ear, verdict).text("sub") == names.other + names.hash)
        let affirming = try Sample.affirming(kind)
        #expect(try Sample.claims(.ear, affirming).text("sub") == names.affirming + names.hash)
    }

    @Test("A debug TD has the measurements of the real one, and another subject")
    func subjectOfDebug() throws {
        func subject(_ edit: (inout EvidenceRecipe) -> Void) throws -> String {
            let verdict = try Sample.compared(under: #","allow_debug":true"#, edit: edit)
            return try #require(try Sample.claims(.ear, verdict).text("sub"))
        }
        let real = try subject { _ in }
        #expect(real.hasPrefix("tdx:image:"))
        #expect(try subject { $0.quote.td?.tdAttributes |= 1 } == "tdx:unproven:" + real.dropFirst(10))
    }

    @Test(
        "The reference sets that were read are named by hash, sorted; none where none was",
        arguments: TokenProfile.allCases)
    func references(_ profile: TokenProfile) throws {
        let hashes = try [UInt8(9), 1].map { byte in
            try #require(FixedBytes<32>(exactly: [UInt8](repeating: byte, count: 32)))
        }
        let verdict = try Sample.verdict()
        func references(_ context: TokenContext) throws -> JSON? {
            let claims = try Sample.claims(profile, verdict, context)
            return switch profile {
            case .ear: claims["submods"]?["tdx"]?["ear_verifier_claims"]?["references"]
            case .earDotted: claims["submods"]?["cpu0"]?["ear.veraison.policy-claims"]?["references"]
            case .simple: claims["references"]
            }
        }
        #expect(
            try references(Sample.context { $0.references = hashes })
                == .array(hashes.reversed().map { .string("sha256:" + $0.hex) }))
        #expect(try references(Sample.context()) == nil)
    }

    @Test("Service TDs and the module of now, where the body has them and they say something")
    func serviceTDs() throws {
        let lax = try Policy(parsing: Array(#"{"id":"lab","version":1,"allow_service_td":true}"#.utf8))
        let set = try Sample.verdict(under: lax) {
            $0.quote.td?.version15?.mrServiceTD = [UInt8](repeating: 5, count: 48)
        }
        let claims = try Sample.claims(.ear, set)["submods"]?["tdx"]?["ear_attester_claims"]
        #expect(claims?.text("tdx_mrservicetd") == String(repeating: "05", count: 48))
        #expect(claims?.text("tdx_tee_tcb_svn2")?.count == 32)
        #expect(claims?["tdx_init_servtd_hash"] == nil && claims?["tdx_cur_servtd_hash"] == nil)
        let extended = try Sample.verdict(.tdx15ExV5, under: lax) {
            $0.quote.td?.extended?.initServTDHash = [UInt8](repeating: 6, count: 48)
            $0.quote.td?.extended?.curServTDHash = [UInt8](repeating: 7, count: 48)
        }
        let migrated = try Sample.claims(.ear, extended)["submods"]?["tdx"]?["ear_attester_claims"]
        #expect(migrated?.text("tdx_init_servtd_hash") == String(repeating: "06", count: 48))
        #expect(migrated?.text("tdx_cur_servtd_hash") == String(repeating: "07", count: 48))
        let plain = try Sample.claims(.ear, try Sample.verdict())["submods"]?["tdx"]?["ear_attester_claims"]
        #expect(plain?["tdx_mrservicetd"] == nil)
        let old = try Sample.claims(.ear, try Sample.verdict(.tdxV4))["submods"]?["tdx"]?["ear_attester_claims"]
        #expect(old?["tdx_tee_tcb_svn2"] == nil)
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
        let quote = try #require(verdict.verification.verified)
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

extension Verification {
    fileprivate var verified: VerifiedQuote? { if case .verified(let quote) = self { quote } else { nil } }
}
