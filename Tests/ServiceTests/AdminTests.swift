import Appraisal
import Foundation
import LogAudit
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
    /// Accepts nothing that binds nothing.
    private static let bound = #"{"id":"house","version":2,"require_report_data":true}"#
    /// The default of a house, in its folder; what the program comes with keeps its names to itself.
    private static let house = #"{"id":"house","version":1}"#
    private static let houseSHA256 = MerkleHashing.sha256(house.utf8).hex

    /// A service whose default is `house`.
    private static func houseSettings(_ folder: ScratchFolder) throws -> [String: String] {
        let policies = folder.path + "/policies"
        try FileManager.default.createDirectory(atPath: policies, withIntermediateDirectories: true)
        _ = try folder.write(house, to: "policies/house.json")
        return ["policies": policies, "policy": "house"]
    }

    private static let lab = #"{"id":"lab","version":1,"allow_debug":true}"#
    /// Allows everything that a policy can allow.
    private static let everything = """
        {"id":"everything","version":1,"accepted_tcb_statuses":["UpToDate","SWHardeningNeeded","ConfigurationNeeded",\
        "ConfigurationAndSWHardeningNeeded","OutOfDate","OutOfDateConfigurationNeeded"],"accept_relaunch_advised":true,\
        "collateral_grace_seconds":315360000,"allow_debug":true,"allow_td_profiling":true,"allow_td_reserved_bits":true,\
        "allow_service_td":true,"accept_undefined_flags":true,"allow_event_log_mismatch":true}
        """

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
            #expect(try await admin.step("policies", "lab", sha256, "activate").problem(409) == "VERSION_STATE")
            #expect(try await admin.step("policies", "lab", sha256, "test").problem(409) == "VERSION_STATE")
            let debug = try TestWorld.quote { $0.quote.td?.tdAttributes |= 1 }
            let verdict = try await admin.live.verdict(debug, [("policy", .string("lab"))])
            #expect(try verdict.value("verdict") == "accept", "\(verdict.text.prefix(300))")
            #expect(try verdict.value("policy", "sha256") == sha256)
            #expect(try await admin.step("policies", "lab", sha256, "retire").value("state") == "retired")
            #expect(try await admin.step("policies", "lab", sha256, "retire").problem(409) == "VERSION_STATE")
            #expect(try await admin.live.verdict(debug, [("policy", .string("lab"))]).problem(400) == "POLICY_UNKNOWN")
            let short = sha256.prefix(8)
            #expect(try await admin.acts("admin") == ["ada policy.put \(short)", "ada policy.test \(short)"])
            #expect(try await admin.acts("policy").suffix(2) == ["activate lab \(short)", "retire lab \(short)"])
        }
    }

    @Test("A new version of the default: verdicts before and after carry their own hash, over a restart as well")
    func replacement() async throws {
        let folder = try ScratchFolder()
        let quote = try TestWorld.evidence().quote
        let settings = try Self.houseSettings(folder)
        let sha256 = try await Administration.run(settings, folder: folder) { admin in
            let before = try await admin.live.verdict(quote)
            #expect(try before.value("verdict") == "accept")
            #expect(try before.value("policy", "sha256") == Self.houseSHA256)
            let sha256 = try await admin.enforce("house", Self.bound, try Administration.cases())
            let after = try await admin.live.verdict(quote)
            #expect(try after.value("policy", "sha256") == sha256)
            #expect(try after.value("reasons") == "POLICY_REPORT_DATA", "\(after.text.prefix(300))")
            let house = String(Self.houseSHA256.prefix(8))
            #expect(
                try await admin.acts("policy").suffix(2) == [
                    "activate house \(sha256.prefix(8))", "retire house \(house)",
                ])
            let list = try await admin.live.client.get(admin.live.base + "/v1/policies")
            #expect(list.text.contains(sha256) && !list.text.contains(Self.houseSHA256))
            return sha256
        }
        let trust = try await Administration.run(settings, folder: folder) { admin async throws in
            #expect(try await admin.live.verdict(quote).value("policy", "sha256") == sha256)
            // Nothing else has the default's name but what lies in the folder, and that takes its place.
            #expect(try await admin.step("policies", "house", sha256, "retire").value("state") == "retired")
            #expect(try await admin.live.verdict(quote).value("policy", "sha256") == Self.houseSHA256)
            return TrustPolicy(log: admin.live.service.auditLog.key)
        }
        // Everything was in force when it was used, as somebody from outside sees it.
        let database = try DatabaseSource(path: folder.path + "/data/log.db")
        #expect(try await FileSystemCheck(database, trusting: trust).run().findings == [])
    }

    @Test("A token that a new version of its policy would refuse is told to be no longer good")
    func reappraised() async throws {
        let folder = try ScratchFolder()
        try await Administration.run(try Self.houseSettings(folder), folder: folder) { admin in
            let token = try #require(try await admin.live.raw(try TestWorld.evidence().quote).value("token"))
            func introspect() async throws -> WebAnswer {
                try await admin.live.client.post(
                    admin.live.base + "/v1/tokens/introspect", "application/x-www-form-urlencoded",
                    Array("token=\(token)".utf8))
            }
            #expect(try await introspect().value("active") == "true")
            _ = try await admin.enforce("house", Self.bound, try Administration.cases())
            let answer = try await eventually(
                "the token is not active",
                finding: {
                    let answer = try await introspect()
                    return try answer.value("active") == "true" ? nil : answer
                })
            #expect(try answer.value("active") == "false", "\(answer.text)")
            #expect(answer.text.contains("POLICY_REPORT_DATA"), "\(answer.text)")
        }
    }

    @Test("The default policy is never without a version")
    func standard() async throws {
        let folder = try ScratchFolder()
        let sha256 = try await Administration.run(folder: folder) { admin in
            try await admin.enforce("lab", Self.lab, try Administration.cases())
        }
        try await Administration.run(["policy": "lab"], folder: folder) { admin in
            #expect(try await admin.step("policies", "lab", sha256, "retire").problem(409) == "POLICY_IS_DEFAULT")
            let answer = try await admin.live.verdict(try TestWorld.evidence().quote)
            #expect(try answer.value("policy", "sha256") == sha256)
            let second = try await admin.enforce(
                "lab", #"{"id":"lab","version":2,"allow_debug":true}"#, try Administration.cases())
            #expect(try await admin.live.verdict(try TestWorld.evidence().quote).value("policy", "sha256") == second)
            let list = try await admin.send("GET", "/admin/v1/policies/lab")
            #expect(try list.value("in_force", "sha256") == second)
            #expect(try list.value("versions")?.contains("\"state\":\"retired\"") == true)
        }
        await #expect(throws: Problem.self) { try await Live.run(["policy": "lab"]) { _ in } }
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

    @Test(
        "While versions change, everybody gets a verdict under the one or the other, and the log is closed under causes"
    )
    func meanwhile() async throws {
        let folder = try ScratchFolder()
        let quote = try TestWorld.evidence().quote
        let trust = try await Administration.run(try Self.houseSettings(folder), folder: folder) { admin in
            #expect(try await admin.live.verdict(quote).status == 200)
            let hashes = try await withThrowingTaskGroup(of: [String].self) { group in
                for number in 0..<4 {
                    group.addTask {
                        var hashes: [String] = []
                        for _ in 0..<25 {
                            // One policy, and two that must hold together.
                            let names =
                                number % 2 == 0
                                ? JSON.string("house") : .array([.string("house"), .string("tdx-cloud")])
                            let answer = try await admin.live.verdict(quote, [("policy", names)])
                            #expect(answer.status == 200, "\(answer.text.prefix(300))")
                            hashes.append(try answer.value("policy", "sha256") ?? "")
                        }
                        return hashes
                    }
                }
                group.addTask {
                    var hashes: [String] = []
                    for version in 2..<6 {
                        hashes.append(
                            try await admin.enforce(
                                "house", #"{"id":"house","version":\#(version)}"#, try Administration.cases()))
                    }
                    return hashes
                }
                return try await group.reduce(into: Set<String>()) { $0.formUnion($1) }
            }
            let versions = (1...5).map { MerkleHashing.sha256(#"{"id":"house","version":\#($0)}"#.utf8).hex }
            // The first may have been replaced before anybody asked; the others are what those who replaced it say.
            #expect(hashes.union(versions.prefix(1)) == Set(versions))
            let answer = try await admin.live.verdict(quote)
            #expect(try answer.value("policy", "sha256") == versions[4])
            return TrustPolicy(log: admin.live.service.auditLog.key)
        }
        let database = try DatabaseSource(path: folder.path + "/data/log.db")
        #expect(try await FileSystemCheck(database, trusting: trust).run().findings == [])
    }

    @Test("What the log does not take does not happen, and is not there after a restart")
    func unrecorded() async throws {
        let folder = try ScratchFolder()
        let sha256 = try await Administration.run(folder: folder) { admin in
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
            return sha256
        }
        try await Administration.run(folder: folder) { admin in
            let answer = try await admin.live.verdict(try TestWorld.evidence().quote, [("policy", .string("lab"))])
            #expect(try answer.problem(400) == "POLICY_UNKNOWN")
            #expect(try await admin.step("policies", "lab", sha256, "activate").value("state") == "active")
        }
    }

    @Test("dcap row 253: no policy, whatever it allows, makes anything of a refusal")
    func terminal() async throws {
        try await Administration.run { admin in
            let sha256 = try await admin.enforce("everything", Self.everything, try Administration.cases())
            let name = [("policy", JSON.string("everything"))]
            let debug = try TestWorld.quote { $0.quote.td?.tdAttributes |= 1 }
            #expect(try await admin.live.verdict(debug, name).value("verdict") == "accept")
            var forged = try TestWorld.evidence().quote
            forged[700] ^= 1
            let foreign = try SimulatedWorld(seed: "somebody", time: TestWorld.today).evidence(.tdx15V5).quote
            for quote in [forged, foreign] {
                let answer = try await admin.live.verdict(quote, name)
                #expect(try answer.value("verdict") == "reject", "\(answer.text.prefix(300))")
                #expect(try answer.value("status") == "contraindicated")
                #expect(try answer.value("token") == nil)
                #expect(try answer.value("policy", "sha256") == sha256)
            }
        }
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
