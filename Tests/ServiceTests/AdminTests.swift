import Appraisal
import Foundation
import MerkleLog
import PlatformSimulator
import ProcessSupport
import ServiceSupport
import Testing
import Wire

@testable import AuditStore
@testable import assay

/// The admin listener on a real port: who may do what, what each step needs, and that the log tells of every act.
@Suite("Administration")
struct AdminTests {
    private static let lab = #"{"id":"lab","version":1,"allow_debug":true}"#

    @Test("Without a token, or with a stranger's, 401, and nothing is done; no page may read an answer")
    func credentials() async throws {
        try await Administration.run { admin in
            let version = "/versions/" + String(repeating: "a", count: 64)
            for (method, path) in [
                ("GET", "/admin/v1/policies"), ("PUT", "/admin/v1/policies/lab"), ("GET", "/admin/v1/policies/strict"),
                ("GET", "/admin/v1/policies/lab" + version), ("POST", "/admin/v1/policies/lab\(version)/test"),
                ("POST", "/admin/v1/policies/lab\(version)/activate"),
                ("POST", "/admin/v1/policies/lab\(version)/retire"),
                ("GET", "/admin/v1/reference-sets"), ("PUT", "/admin/v1/reference-sets/x"), ("GET", "/admin/v1/keys"),
                ("POST", "/admin/v1/keys/ES256/rotate"), ("POST", "/admin/v1/evidence/purge"),
                ("POST", "/admin/v1/policies:simulate"),
                ("DELETE", "/admin/v1/evidence/x"), ("PUT", "/admin/v1/evidence/x/hold"),
            ] {
                let body = method == "PUT" ? Array(Self.lab.utf8) : nil
                for token in [nil, "", "another"] {
                    let answer = try await admin.send(method, path, body, token: token)
                    #expect(try answer.problem(401) == "CREDENTIALS_MISSING", "\(method) \(path)")
                }
            }
            let size = admin.live.service.auditLog.tree.size
            let answer = try await admin.live.client.get(
                admin.base + "/admin/v1/policies",
                headers: ["Authorization: Bearer \(Administration.token)", "Origin: https://a.example"])
            #expect(answer.status == 200)
            #expect(answer.header("access-control-allow-origin") == nil)
            #expect(answer.header("cache-control") == "no-store")
            #expect(admin.live.service.auditLog.tree.size == size)
            // And none of it is on the public listener.
            for path in ["/admin/v1/policies", "/admin/v1/keys"] {
                #expect(try await admin.live.client.get(admin.live.base + path).problem(404) == "NOT_FOUND")
            }
        }
    }

    @Test("On an address that others reach it speaks TLS and nothing else, by the service's certificate")
    func tls() async throws {
        let certificate = try LoopbackCertificate()
        let folder = try ScratchFolder()
        let authority = try folder.write(certificate.authorityPEM, to: "ca.pem")
        let token = try folder.write(Administration.token + "\n", to: "token")
        let policy = try folder.write(Self.lab, to: "lab.json")
        let settings = [
            "admin.listen": "0.0.0.0:0", "tls.cert": try folder.write(certificate.certificatePEM, to: "cert.pem"),
            "tls.key": try folder.write(certificate.keyPEM, to: "key.pem"),
        ]
        try await Administration.run(settings, folder: folder) { admin in
            // Without the root nobody answers that could be believed.
            await #expect(throws: TestFailure.self) { try await admin.send("GET", "/admin/v1/policies") }
            let plain = "http" + admin.base.dropFirst(5) + "/admin/v1/policies"
            await #expect(throws: TestFailure.self) {
                try await WebClient().get(plain, headers: ["Authorization: Bearer \(Administration.token)"])
            }
            var admin = admin
            admin.live.client = WebClient(authorityFile: authority)
            for isOld in [false, true] {
                admin.live.client.onlyHTTP1 = isOld
                let answer = try await admin.send("GET", "/admin/v1/policies")
                #expect(answer.status == 200)
                #expect(answer.version == (isOld ? "1.1" : "2"))
                let stranger = try await admin.send("GET", "/admin/v1/policies", token: "another")
                #expect(try stranger.problem(401) == "CREDENTIALS_MISSING")
            }
            _ = try await admin.enforce("lab", Self.lab, try Administration.cases())
            #expect(try await admin.acts("policy").last?.hasPrefix("activate lab ") == true)
            let command = ["policy", "simulate", policy, "--url", admin.base, "--token-file", token]
            let asked = try await ProgramRun.run("assay", command + ["--ca", authority])
            #expect(asked.exitCode == 0, "\(asked.error)")
            let untrusted = try await ProgramRun.run("assay", command)
            #expect(untrusted.exitCode == 2, "\(untrusted.error)")
        }
    }

    @Test("A tokens file must be there, hold a token, and give no other scope")
    func tokensFile() async throws {
        let folder = try ScratchFolder()
        let digest = String(repeating: "a", count: 64)
        for text in [
            "", "# nobody\n", "ada audit:read \(digest)\n", "ada admin,audit:evidence \(digest)\n", "ada admin\n",
        ] {
            let file = try folder.write(text, to: "administrators")
            await #expect(throws: Problem.self, "\(text)") {
                try await Administration.run(["admin.tokens_file": file]) { _ in }
            }
        }
        // An auditor cannot become an administrator by the auditors' file.
        let file = try folder.write("anna audit:read,admin \(digest)\n", to: "auditors")
        await #expect(throws: Problem.self) { try await Live.run(["audit.tokens_file": file]) { _ in } }
    }

    @Test("The OpenAPI document lists the paths there are, with their methods")
    func openAPI() async throws {
        try await Administration.run { admin in
            let answer = try await admin.send("GET", "/openapi.json", token: nil)
            let document = try #require(JSON(document: try answer.json()))
            guard case .object(let paths)? = document["paths"] else { return #expect(Bool(false)) }
            #expect(paths.count == 18)
            for (path, operations) in paths {
                guard case .object(let methods) = operations else { continue }
                let allowed = try await admin.live.client.send("OPTIONS", admin.base + path).header("allow") ?? ""
                let found = Set(allowed.split(separator: ",").map { $0.filter { $0 != " " } })
                #expect(found.subtracting(["HEAD", "OPTIONS"]) == Set(methods.map { $0.0.uppercased() }), "\(path)")
            }
        }
    }

    @Test("A policy on its way: every refused step says why and leaves no entry, every accepted one is an entry")
    func way() async throws {
        try await Administration.run { admin in
            let size = admin.live.service.auditLog.tree.size
            for (id, text, code) in [
                ("lab", "{", "POLICY_INVALID"),
                ("lab", #"{"id":"lab","version":1,"allow_debg":true}"#, "POLICY_UNKNOWN_MEMBER"),
                ("other", Self.lab, "REQUEST_MEMBER_INVALID"),
            ] {
                let answer = try await admin.send("PUT", "/admin/v1/policies/\(id)", Array(text.utf8))
                #expect(try answer.problem(400) == code)
            }
            let unknown = String(repeating: "a", count: 64)
            for step in ["test", "activate", "retire"] {
                #expect(try await admin.step("policies", "lab", unknown, step).problem(404) == "NOT_FOUND")
                #expect(try await admin.step("policies", "lab", "xy", step).problem(400) == "INVALID_PARAMETER")
            }
            #expect(admin.live.service.auditLog.tree.size == size)

            let sha256 = try await admin.put("policies", "lab", Self.lab)
            let again = try await admin.send("PUT", "/admin/v1/policies/lab", Array(Self.lab.utf8))
            #expect(again.status == 200)
            #expect(try await admin.step("policies", "lab", sha256, "activate").problem(409) == "VERSION_STATE")
            #expect(try await admin.step("policies", "lab", sha256, "retire").problem(409) == "VERSION_STATE")
            let path = "/admin/v1/policies/lab/versions/\(sha256)"
            for (cases, code) in [
                (try Administration.cases(expecting: "reject"), "POLICY_CASES_FAILED"),
                (Array(#"{"cases":[]}"#.utf8), "POLICY_CASES_FAILED"),
            ] {
                #expect(try await admin.send("POST", path + "/test", cases).problem(422) == code)
            }
            let malformed = try await admin.send("POST", path + "/test", Array(#"{"cases":[{"facts":{}}]}"#.utf8))
            #expect(try malformed.problem(400) == "POLICY_INVALID")
            #expect(try malformed.value("field")?.hasPrefix("cases[0]") == true)
            #expect(admin.live.service.auditLog.tree.size == size + 1)

            #expect(try await admin.send("GET", path).body == Array(Self.lab.utf8))
            #expect(
                try await admin.live.verdict(try TestWorld.evidence().quote, [("policy", .string("lab"))]).problem(400)
                    == "POLICY_UNKNOWN")
            #expect(try await admin.step("policies", "lab", sha256, "test").value("state") == "tested")
            #expect(try await admin.step("policies", "lab", sha256, "activate").value("state") == "active")
            #expect(try await admin.send("GET", "/admin/v1/policies/lab").value("in_force", "sha256") == sha256)
            #expect(try await admin.live.client.get(admin.live.base + "/v1/policies").text.contains(sha256))
            #expect(try await admin.step("policies", "lab", sha256, "activate").problem(409) == "VERSION_STATE")
            #expect(try await admin.step("policies", "lab", sha256, "test").problem(409) == "VERSION_STATE")
            let debug = try TestWorld.quote { $0.quote.td?.tdAttributes |= 1 }
            let verdict = try await admin.live.verdict(debug, [("policy", .string("lab"))])
            #expect(try verdict.value("verdict") == "accept", "\(verdict.text.prefix(300))")
            #expect(try verdict.value("policy", "sha256") == sha256)
            #expect(try await admin.step("policies", "lab", sha256, "retire").value("state") == "retired")
            let versions = try await admin.send("GET", "/admin/v1/policies/lab").value("versions")
            #expect(versions?.contains(#""state":"retired""#) == true)
            #expect(try await !admin.live.client.get(admin.live.base + "/v1/policies").text.contains(sha256))
            #expect(try await admin.step("policies", "lab", sha256, "retire").problem(409) == "VERSION_STATE")
            #expect(try await admin.live.verdict(debug, [("policy", .string("lab"))]).problem(400) == "POLICY_UNKNOWN")
            let short = sha256.prefix(8)
            #expect(try await admin.acts("admin") == ["ada policy.put \(short)", "ada policy.test \(short)"])
            #expect(try await admin.acts("policy").suffix(2) == ["activate lab \(short)", "retire lab \(short)"])
        }
    }

    @Test(
        "A policy that names a set that is not there is refused until it is; a set that goes is named with its policies"
    )
    func references() async throws {
        let mrTD = Hex.encode([UInt8](repeating: 7, count: 48))
        let policy = """
            {"id":"image","version":1,"claims":[{"id":"image","claim":"mr_td","operator":"in","reference_set":"images"}]}
            """
        @Sendable func set(_ end: String) -> String {
            #"{"id":"images","version":1,"provenance":{"source":"us"},"valid_from":"2026-01-01T00:00:00Z","valid_until":"\#(end)","values":{"mr_td":["\#(mrTD)"]}}"#
        }
        try await Administration.run { admin in
            let sha256 = try await admin.put("policies", "image", policy)
            let path = "/admin/v1/policies/image/versions/\(sha256)/"
            let tested = try await admin.send("POST", path + "test", try Administration.cases(expecting: "reject"))
            #expect(tested.status == 200, "\(tested.text)")
            let refused = try await admin.send("POST", path + "activate")
            #expect(try refused.problem(409) == "REFERENCE_SET_MISSING")
            #expect(try refused.value("detail")?.contains("images") == true)
            let needs = try await admin.live.client.get(admin.live.base + "/v1/policies/image/requirements")
            #expect(try needs.problem(404) == "NOT_FOUND")

            let old = try await admin.put("reference-sets", "images", set("2026-02-01T00:00:00Z"))
            #expect(try await admin.step("reference-sets", "images", old, "activate").problem(409) == "VERSION_STATE")
            let new = try await admin.put("reference-sets", "images", set("2099-01-01T00:00:00Z"))
            #expect(try await admin.step("reference-sets", "images", new, "activate").value("state") == "active")
            #expect(try await admin.send("POST", path + "activate").value("state") == "active")
            let answer = try await admin.live.verdict(try TestWorld.evidence().quote, [("policy", .string("image"))])
            #expect(try answer.value("verdict") == "reject", "\(answer.text.prefix(300))")
            let requirements = try await admin.live.client.get(admin.live.base + "/v1/policies/image/requirements")
            #expect(try requirements.value("reference_sets") == "images")
            #expect(try requirements.value("missing_reference_sets") == "")
            let retired = try await admin.step("reference-sets", "images", new, "retire")
            #expect(try retired.value("named_by") == "image", "\(retired.text)")
            #expect(
                try await admin.acts("reference_set") == [
                    "activate images \(new.prefix(8))", "retire images \(new.prefix(8))",
                ])
            // Without the values nothing is accepted, and the reason says so.
            let without = try await admin.live.verdict(try TestWorld.evidence().quote, [("policy", .string("image"))])
            #expect(try without.value("verdict") == "reject", "\(without.text.prefix(300))")
        }
    }

    @Test("What the log does not take does not happen, and the caller is told")
    func unrecorded() async throws {
        try await Administration.run { admin in
            let sha256 = try await admin.put("policies", "lab", Self.lab)
            #expect(try await admin.step("policies", "lab", sha256, "test").value("state") == "tested")
            let key = try await admin.send("GET", "/admin/v1/keys").body
            // For this process there is no way back from it.
            admin.live.service.auditLog.enter(.integrityFault("for a test"))
            for (method, path, body) in [
                ("POST", "/admin/v1/policies/lab/versions/\(sha256)/activate", nil),
                ("PUT", "/admin/v1/policies/other", Array(#"{"id":"other","version":1}"#.utf8)),
                ("POST", "/admin/v1/policies:simulate", Array(Self.lab.utf8)),
                ("POST", "/admin/v1/keys/ES256/rotate", nil), ("POST", "/admin/v1/evidence/purge", nil),
            ] as [(String, String, [UInt8]?)] {
                let answer = try await admin.send(method, path, body)
                #expect(try answer.problem(503) == "LOG_UNAVAILABLE", "\(path)")
            }
            #expect(try await admin.send("GET", "/admin/v1/keys").body == key)
            let list = try await admin.send("GET", "/admin/v1/policies").text
            #expect(
                !list.contains("other") && list.contains(#""state":"tested""#) && !list.contains(#""state":"active""#))
        }
    }

    @Test("A default that is not there keeps the service from starting")
    func standard() async throws {
        await #expect(throws: Problem.self) { try await Live.run(["policy": "lab"]) { _ in } }
    }

    @Test("Keys: listed, followed by the next once, and in the log; evidence: held, released, erased, and said so")
    func keysAndEvidence() async throws {
        try await Administration.run { admin in
            #expect(try await admin.send("GET", "/admin/v1/keys").json().member("keys") != nil)
            #expect(try await admin.send("POST", "/admin/v1/keys/HS256/rotate").problem(400) == "INVALID_PARAMETER")
            let made = try await admin.send("POST", "/admin/v1/keys/ES256/rotate")
            #expect(made.status == 201, "\(made.text)")
            let kid = try #require(try made.value("kid"))
            #expect(try await admin.entries("key").contains { $0["kid"] == .string(kid) })
            #expect(try await admin.live.client.get(admin.live.base + "/jwks.json").text.contains(kid))
            #expect(try await admin.send("POST", "/admin/v1/keys/ES256/rotate").problem(409) == "KEY_ROTATION_PENDING")

            let jti = try #require(try await admin.live.raw(try TestWorld.evidence().quote).value("id"))
            let path = "/admin/v1/evidence/\(jti)"
            #expect(try await admin.send("DELETE", "/admin/v1/evidence/nobody").problem(404) == "NOT_FOUND")
            #expect(try await admin.send("PUT", path + "/hold").value("hold") == "true")
            #expect(try await admin.send("DELETE", path).problem(409) == "EVIDENCE_HELD")
            #expect(try await admin.send("DELETE", path + "/hold").value("hold") == "false")
            let erased = try await admin.send("DELETE", path)
            #expect(try erased.value("quotes") == "1", "\(erased.text)")
            #expect(try await admin.entries("purge").map { $0["basis"] } == [.string("erasure")])
            #expect(try await admin.send("POST", "/admin/v1/evidence/purge").value("quotes") == "0")
            #expect(
                try await admin.acts("admin") == [
                    "ada keys.rotate ES256", "ada evidence.hold \(jti)", "ada evidence.release \(jti)",
                    "ada evidence.erase \(jti)", "ada evidence.purge retention",
                ])
            // The entry stays.
            #expect(try await admin.live.client.get(admin.live.base + "/v1/verdicts/\(jti)").status == 200)
        }
    }
}
