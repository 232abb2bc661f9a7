import Crypto
import DCAPFormats
import PlatformSimulator
import ServiceSupport
import Testing
import Wire

/// Every class of verdict through every door: the native one in JSON and raw, Alibaba's, Trustee's, CCZoo's.
@Suite("Verdicts over HTTP")
struct VerdictTests {
    @Test("Accepts, of every kind of quote: with a token whose jti is the verdict's id, and a forecast")
    func accepts() async throws {
        try await Live.run { live in
            for kind in QuoteKind.allCases {
                let quote = try TestWorld.evidence(kind).quote
                let tee = kind.isTDX ? "tdx" : "sgx"
                for answer in [try await live.verdict(quote), try await live.raw(quote)] {
                    #expect(answer.status == 200)
                    #expect(answer.header("content-type") == "application/json")
                    #expect(answer.header("cache-control") == "no-store")
                    #expect(try answer.value("verdict") == "accept")
                    #expect(try answer.value("status") == "warning")
                    #expect(try answer.value("reasons") == "NO_REFERENCE_VALUES,NOT_FRESH")
                    #expect(try answer.value("tee") == tee)
                    #expect(try answer.value("tcb", "forecast", "status") == "OutOfDate")
                    #expect(try answer.value("trust_root", "intel") == "false")
                    #expect(try answer.value("collateral", "source")?.hasPrefix("http://127.0.0.1:") == true)
                    let token = try TokenParts(try #require(try answer.value("token")))
                    #expect(token.header.text("alg") == "ES256")
                    #expect(token.header["jwk"] == nil)
                    #expect(token.claims.text("jti") == (try answer.value("id")))
                    #expect(token.claims.text("iss") == Live.issuer)
                    #expect(token.claims.text("ear_status") == "warning")
                }
                let alibaba = try await live.alibaba(quote, tee: tee)
                #expect(alibaba.status == 200, "\(alibaba.text)")
                let simple = try TokenParts(alibaba.text)
                #expect(simple.header.text("alg") == "RS256")
                #expect(simple.claims.text("tcb-status")?.contains("report_data") == true)
                #expect(simple.claims.text("ear_status") == "warning")
                let trustee = try await live.trustee(quote, tee: tee)
                let dotted = try TokenParts(trustee.text)
                #expect(dotted.header["jwk"]?.text("kty") == "EC")
                #expect(dotted.claims["submods"]?["cpu0"]?.text("ear.status") == "warning")
                #expect(dotted.claims["submods"]?["cpu0"]?.text("ear.appraisal-policy-id") == "strict")
                #expect(try await live.cczoo(quote).value("attestation_result") == "SUCCESS")
            }
        }
    }

    @Test(
        "Sentences come in the language that the caller prefers; everything else is the same",
        arguments: [
            ("zh", "zh"), ("ZH-cn", "zh"), ("zh-Hant-TW,zh;q=0.9,en;q=0.8", "zh"), ("en;q=0.1, zh ; q=0.2", "zh"),
            ("fr, zh;q=0.1", "zh"), ("en, zh;q=0.5", "en"), ("de", "en"), ("", "en"), ("zh;q=0", "en"),
            ("zh;q=x", "en"), ("zhx", "en"), (",;,=", "en"),
        ])
    func languages(_ preference: String, _ language: String) async throws {
        try await Live.run { live in
            let quote = try TestWorld.quote { $0.quote.td?.tdAttributes |= 1 }
            let answer = try await live.client.post(
                live.base + "/v1/verdicts", "application/octet-stream", quote,
                headers: ["Accept-Language: \(preference)"])
            #expect(answer.status == 200)
            #expect(answer.header("content-language") == language)
            #expect(try answer.value("reasons") == "POLICY_DEBUG")
            #expect(answer.text.contains("这些字节是否为格式正确的 quote？") == (language == "zh"))
            #expect(answer.text.contains("Are the bytes a well-formed quote?") == (language == "en"))
            #expect(answer.text.contains("没有提交事件日志") == (language == "zh"))
        }
    }

    @Test("Problem documents, too; what comes from outside stays in them as it is, and English ones say no language")
    func problems() async throws {
        try await Live.run { live in
            let json = "application/json"
            let requests: [(path: String, type: String, body: String, title: String, detail: String)] = [
                ("/v1/nowhere", json, "{}", "此处没有内容", "本服务没有该路径；/openapi.json 列出了全部路径"),
                ("/v1/verdicts", json, "[", "正文不是所需的 JSON", "值未完即结束"),
                ("/v1/verdicts", json, #"{"quotes":1}"#, "某成员在此没有含义", "该成员在此没有含义，可用的有 "),
                ("/v1/verdicts", json, "{}", "缺少某成员", "没有内容，应为 base64 编码的 quote"),
                ("/v1/verdicts", "text/x", "{}", "该媒体类型", "应为 application/json 或 application/octet-stream"),
                ("/v1/verdicts", "application/octet-stream", "no quote", "这些字节不是 quote", "应为 3、4 或 5"),
                ("/v1/tokens/introspect", json, "{}", "该媒体类型", "应为 application/x-www-form-urlencoded"),
            ]
            for (path, type, body, title, detail) in requests {
                func answer(_ language: String?) async throws -> WebAnswer {
                    try await live.client.post(
                        live.base + path, type, Array(body.utf8),
                        headers: ["X-Request-ID: r"] + (language.map { ["Accept-Language: \($0)"] } ?? []))
                }
                let (english, chinese) = (try await answer(nil), try await answer("zh-CN"))
                #expect(try english.problem(chinese.status) == chinese.problem(english.status))
                #expect(try chinese.value("title")?.contains(title) == true, "\(chinese.text)")
                #expect(try chinese.value("detail")?.contains(detail) == true, "\(chinese.text)")
                #expect(chinese.header("content-language") == "zh")
                #expect(try chinese.value("field") == english.value("field"))
                #expect(chinese.text.firstMatch(of: #/[a-z]{2,} [a-z]{2,}/#) == nil, "\(chinese.text)")
                for language in ["en", "fr", "zh;q=0", "x-zh", ""] {
                    let other = try await answer(language)
                    #expect(other.text == english.text, "\(language)")
                    #expect(other.header("content-language") == nil)
                }
            }
            let gate = try await live.client.get(
                live.base + "/v1/tokens/check", headers: ["Accept-Language: zh", "Authorization: Bearer x.y.z"])
            #expect(try gate.value("title") == "令牌无效")
            #expect(gate.header("www-authenticate")?.contains("error_description=\"token: found ") == true)
        }
    }

    struct Refusal: Sendable {
        let name: String
        let quote: @Sendable () throws -> [UInt8]
        let reason: String
        /// Of Alibaba's and Trustee's clients.
        var code = "AS.EVIDENCE.VERIFICATION_FAILED"
    }

    static let rejects: [Refusal] = [
        Refusal(
            name: "debug TD", quote: { try TestWorld.quote { $0.quote.td?.tdAttributes |= 1 } }, reason: "POLICY_DEBUG"),
        Refusal(
            name: "service TD",
            quote: {
                try TestWorld.quote { $0.quote.td?.version15?.mrServiceTD = [UInt8](repeating: 1, count: 48) }
            }, reason: "POLICY_SERVICE_TD"),
        Refusal(
            name: "quote signature",
            quote: {
                var quote = try TestWorld.evidence().quote
                quote[100] ^= 1
                return quote
            }, reason: "QUOTE_SIGNATURE_INVALID"),
        Refusal(
            name: "a leaf of somebody else",
            quote: { try SimulatedWorld(seed: "somebody", time: TestWorld.today).evidence(.tdx15V5).quote },
            reason: "PCK_ROOT_UNTRUSTED"),
        Refusal(
            name: "an old platform",
            quote: { try TestWorld.quote { $0.setPlatform(toLevel: 1) } }, reason: "POLICY_TCB_STATUS"),
    ]

    @Test(
        "Rejects, of policy and of cryptography: 200 natively, without a token; never a success elsewhere",
        arguments: rejects)
    func reject(_ row: Refusal) async throws {
        try await Live.run { live in
            let quote = try row.quote()
            for answer in [try await live.verdict(quote), try await live.raw(quote)] {
                #expect(answer.status == 200)
                #expect(try answer.value("verdict") == "reject")
                #expect(try answer.value("reasons") == row.reason)
                #expect(["warning", "contraindicated"].contains(try answer.value("status")))
                #expect(try answer.value("token") == nil)
            }
            for answer in [try await live.alibaba(quote), try await live.trustee(quote)] {
                #expect(try answer.problem(422) == row.code)
                #expect(try answer.value("reasons") == row.reason)
                #expect(try answer.value("verdict", "verdict") == "reject")
            }
            let cczoo = try await live.cczoo(quote)
            #expect(cczoo.status == 200)
            #expect(try cczoo.value("attestation_result") == "FAILED")
            #expect(try cczoo.value("reasons") == row.reason)
        }
    }

    @Test("A revoked machine is refused through every door")
    func revoked() async throws {
        var catalogue = try TestWorld.catalogue
        var list = try TestWorld.world.pckCRL(of: .platform)
        list.revoke(try TestWorld.world.recipe(for: .tdx15V5).leaf.serial)
        catalogue.pckCRLs["platform"] = PCCSCatalogue.Item(
            body: try list.der(), issuerChain: try #require(catalogue.pckCRLs["platform"]).issuerChain)
        try await Live.run(pccs: SimulatedPCCS(catalogue)) { live in
            let quote = try TestWorld.evidence().quote
            #expect(try await live.verdict(quote).value("reasons") == "PCK_REVOKED")
            #expect(try await live.alibaba(quote).problem(422) == "AS.EVIDENCE.VERIFICATION_FAILED")
            #expect(try await live.cczoo(quote).value("attestation_result") == "FAILED")
        }
    }

    @Test("What could not be decided: 503 where a later try may help, 502 where not; never a verdict, never a token")
    func errors() async throws {
        let table: [(PCCSFault, Int, String, String)] = [
            (.status(503, retryAfterSeconds: 11), 503, "COLLATERAL_UNAVAILABLE", "AS.DEPENDENCY.UNAVAILABLE"),
            (.status(404, retryAfterSeconds: nil), 502, "COLLATERAL_NOT_FOUND", "AS.DEPENDENCY.BAD_RESPONSE"),
            (.page, 502, "COLLATERAL_BAD_RESPONSE", "AS.DEPENDENCY.BAD_RESPONSE"),
        ]
        for (fault, status, code, theirs) in table {
            let pccs = SimulatedPCCS(try TestWorld.catalogue)
            pccs.fail(fault)
            try await Live.run(pccs: pccs) { live in
                let quote = try TestWorld.evidence().quote
                for answer in [
                    try await live.verdict(quote), try await live.raw(quote), try await live.cczoo(quote),
                ] {
                    #expect(try answer.problem(status) == code)
                    #expect(try answer.value("verdict", "verdict") == "error")
                    #expect(try answer.value("verdict", "status") == "none")
                    #expect(try answer.value("retryable") == (status == 503 ? "true" : "false"))
                    #expect((answer.header("retry-after") != nil) == (status == 503))
                    #expect(!answer.text.contains("\"token\""))
                }
                for answer in [try await live.alibaba(quote), try await live.trustee(quote)] {
                    #expect(try answer.problem(status) == theirs)
                    #expect(try answer.value("assay_code") == code)
                }
            }
        }
    }

    @Test("Bytes that are no quote: 400 with the code, the place and the way out")
    func noQuote() async throws {
        try await Live.run { live in
            let cut = Array(try TestWorld.evidence().quote.prefix(600))
            for answer in [try await live.verdict(cut), try await live.raw(cut), try await live.cczoo(cut)] {
                #expect(try answer.problem(400) == "QUOTE_TRUNCATED")
                #expect(try answer.value("field")?.hasPrefix("quote.") == true)
                #expect(try answer.value("offset") != nil)
                #expect(try answer.value("fix") != nil)
            }
            #expect(try await live.alibaba(cut).problem(422) == "AS.EVIDENCE.INVALID_QUOTE")
            #expect(
                try await live.raw([UInt8](repeating: 0x41, count: 700)).problem(400) == "QUOTE_VERSION_UNSUPPORTED")
        }
    }

    @Test("A policy can be named; none and default mean ours; what does not exist is a mistake, not no policy")
    func policies() async throws {
        try await Live.run { live in
            let debug = try TestWorld.quote { $0.quote.td?.tdAttributes |= 1 }
            func policy(_ names: String...) -> [(String, JSON)] {
                [("policy_ids", .array(names.map { .string($0) }))]
            }
            #expect(try await live.verdict(debug, [("policy", .string("strict"))]).value("verdict") == "reject")
            #expect(try await live.verdict(debug, [("policy", .string("none"))]).problem(400) == "POLICY_UNKNOWN")
            #expect(try await live.raw(debug, query: "?policy=lax").problem(400) == "POLICY_UNKNOWN")
            // No policy_ids at all, an empty list, null, default: all of them strict.
            let body = JSON.object([("evidence", .string(Live.evidence(debug))), ("tee", .string("tdx"))])
            for ids in [nil, JSON.array([]), .null, .array([.string("default")]), .array([.string("strict")])]
                as [JSON?]
            {
                let answer = try await live.client.post(
                    live.base + "/v1/attestation", body.setting("policy_ids", to: ids))
                #expect(try answer.problem(422) == "AS.EVIDENCE.VERIFICATION_FAILED")
            }
            for ids in [["none"], ["strict", "other"]] {
                let answer = try await live.client.post(
                    live.base + "/v1/attestation", body.setting("policy_ids", to: .array(ids.map { .string($0) })))
                #expect(try answer.problem(400) == "AS.REQUEST.INVALID_ARGUMENT")
            }
        }
    }

    @Test("An SGX quote posted as TDX is nobody's success")
    func otherTEE() async throws {
        try await Live.run { live in
            let quote = try TestWorld.evidence(.sgxV4).quote
            #expect(try await live.alibaba(quote, tee: "tdx").problem(400) == "AS.REQUEST.UNSUPPORTED_TEE")
            #expect(try await live.trustee(quote, tee: "snp").problem(400) == "AS.REQUEST.UNSUPPORTED_TEE")
        }
    }
}
