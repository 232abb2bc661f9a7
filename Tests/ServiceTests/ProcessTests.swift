import Crypto
import DCAPFormats
import Foundation
import PlatformSimulator
import ProcessSupport
import ServiceSupport
import Testing
import Wire

/// The program: commands that ask services, and `assay serve` from its first start to its end.
@Suite("The program as a service")
struct ProcessTests {
    /// A simulated PCCS, and the flags and files that go with it.
    private static func world<Value: Sendable>(
        _ body:
            @escaping @Sendable (_ pccs: SimulatedPCCS, _ flags: [String], _ scratch: ScratchFolder) async throws ->
            Value
    ) async throws -> Value {
        let pccs = SimulatedPCCS(try TestWorld.catalogue)
        let scratch = try ScratchFolder()
        try scratch.write(try TestWorld.evidence().quote, to: "quote.bin")
        try scratch.write(Array(try TestWorld.evidence().rootPEM.utf8), to: "root.pem")
        return try await pccs.serve { base in
            try await body(
                pccs, ["--pccs", base, "--pccs-allow-http", "--trust-root", scratch.path + "/root.pem"], scratch)
        }
    }

    @Test("verify --pccs judges as the service does, with the forecast; what could not be had is exit 2")
    func verify() async throws {
        try await Self.world { pccs, flags, scratch in
            let command = ["verify", scratch.path + "/quote.bin", "--format", "json"]
            let good = try await ProgramRun.run("assay", command + flags)
            #expect(good.exitCode == 0, "\(good.error)")
            let document = try #require(JSON(document: try JSONDocument(parsing: Array(good.output.utf8)).root))
            #expect(document.text("verdict") == "accept")
            #expect(document.text("tcb", "forecast", "status") == "OutOfDate")
            #expect(document.text("collateral", "source")?.hasPrefix("http://127.0.0.1:") == true)
            let asked = pccs.requests
            #expect(asked.count == 6)
            let foreign = try scratch.write(
                try SimulatedWorld(seed: "somebody", time: TestWorld.today).evidence(.tdx15V5).quote, to: "foreign.bin")
            #expect(try await ProgramRun.run("assay", ["verify", foreign] + flags).exitCode == 1)
            #expect(pccs.requests == asked, "nothing is fetched for a chain that does not lead to the root")
            pccs.fail(.status(404, retryAfterSeconds: nil))
            let none = try await ProgramRun.run("assay", command + flags)
            #expect(none.exitCode == 2)
            #expect(none.output.contains("COLLATERAL_NOT_FOUND"))
            let both = try await ProgramRun.run("assay", command + flags + ["--collateral", "x.json"])
            #expect(both.exitCode == 64)
            let http = try await ProgramRun.run(
                "assay", command + ["--pccs", "http://127.0.0.1:1/sgx/certification/v4/"])
            #expect(http.exitCode == 64)
            #expect(http.error.contains("pccs_allow_http"))
        }
    }

    @Test("collateral: fetched, shown, exported, and the export is good for verify; rolled back it is refused")
    func collateral() async throws {
        try await Self.world { pccs, flags, scratch in
            let store = ["--data", scratch.path + "/data"]
            let root = ["--trust-root", scratch.path + "/root.pem"]
            let quote = ["--quote", scratch.path + "/quote.bin"]
            let empty = try await ProgramRun.run("assay", ["collateral", "show"] + store + root)
            #expect(empty.exitCode == 2)
            #expect(empty.error.contains("no state.db"))
            #expect(try await ProgramRun.run("assay", ["collateral", "fetch"] + store + flags).exitCode == 64)
            let fetched = try await ProgramRun.run("assay", ["collateral", "fetch"] + quote + store + flags)
            #expect(fetched.exitCode == 0, "\(fetched.error)")
            #expect(fetched.output.hasPrefix("tdx 90c06f000000 platform  evaluation "))
            let named = ["--tee", "sgx", "--fmspc", "00606A000000"]
            #expect(try await ProgramRun.run("assay", ["collateral", "fetch"] + named + store + flags).exitCode == 0)
            let shown = try await ProgramRun.run("assay", ["collateral", "show", "--format", "json"] + store + root)
            let sets = try JSONDocument(parsing: Array(shown.output.utf8)).root.member("collateral")
            #expect(sets?.elements.map { $0.member("tee")?.string } == ["sgx", "tdx"])
            #expect(sets?.elements.allSatisfy { $0.member("verified")?.boolean == true } == true)
            // Under Intel's root nothing of it is worth anything.
            let foreign = try await ProgramRun.run("assay", ["collateral", "show"] + store)
            #expect(foreign.output.contains("does not verify under this root"))
            let exported = try await ProgramRun.run("assay", ["collateral", "export"] + quote + store + root)
            #expect(exported.exitCode == 0, "\(exported.error)")
            #expect(exported.output.contains("\"tcb_info_signature\""))
            let bundle = try scratch.write(exported.output, to: "bundle.json")
            let verified = try await ProgramRun.run(
                "assay", ["verify", scratch.path + "/quote.bin", "--collateral", bundle] + root)
            #expect(verified.exitCode == 0, "\(verified.error)")
            let early = try await ProgramRun.run("assay", ["collateral", "export", "--early"] + quote + store + root)
            #expect(early.output != exported.output && early.exitCode == 0)
            let absent = try await ProgramRun.run(
                "assay", ["collateral", "export", "--tee", "tdx", "--fmspc", "010203040506"] + store + root)
            #expect(absent.exitCode == 2)
            var catalogue = try TestWorld.catalogue
            try catalogue.add(
                try TestWorld.world.recipe(for: .tdx15V5).aged(days: 5, evaluationNumber: 1), update: .standard)
            pccs.replace(catalogue)
            let again = try await ProgramRun.run("assay", ["collateral", "fetch"] + store + flags)
            #expect(again.exitCode == 2)
            #expect(again.error.contains("COLLATERAL_ROLLBACK"))
            // The marks were raised by a service that lied: one after the other is lowered, and each act waits for the log.
            let listed = try await ProgramRun.run("assay", ["collateral", "lower-mark"] + store)
            let marks = listed.output.split(separator: "\n").compactMap {
                $0.split(separator: " ").first.map(String.init)
            }
            #expect(marks.contains("tcb_info/tdx/90c06f000000/standard") && marks.contains("root_crl"))
            #expect(listed.output.contains("raised by ") && !listed.output.contains("unknown"))
            #expect(try await ProgramRun.run("assay", ["collateral", "lower-mark", "none"] + store).exitCode == 64)
            for mark in marks {
                let lowered = try await ProgramRun.run("assay", ["collateral", "lower-mark", mark] + store)
                #expect(lowered.exitCode == 0 && lowered.output.hasPrefix("lowered: \(mark)"), "\(lowered.error)")
            }
            let older = try await ProgramRun.run("assay", ["collateral", "fetch"] + quote + store + flags)
            #expect(older.exitCode == 0, "\(older.error)")
            for wrong in [
                ["--tee", "snp", "--fmspc", "00"], ["--tee", "tdx", "--fmspc", "zz"], ["--fmspc", "010203040506"],
            ] {
                #expect(
                    try await ProgramRun.run("assay", ["collateral", "fetch"] + wrong + store + flags).exitCode == 64)
            }
        }
    }

    /// A running `assay serve` with a known port.
    private static func serve(
        _ flags: [String], _ scratch: ScratchFolder, _ more: [String: String] = [:], environment: [String: String] = [:]
    ) async throws -> (program: RunningProgram, base: String) {
        let base = "http://127.0.0.1:\(try TestPort.take())"
        var settings = [
            "listen": String(base.dropFirst(7)), "data": scratch.path + "/data", "pccs": flags[1],
            "pccs_allow_http": "true", "trust_root": scratch.path + "/root.pem", "limits.caller_per_minute": "0",
            "limits.repeats": "0",
        ]
        settings.merge(more) { $1 }
        let arguments = ["serve"] + settings.flatMap { ["--set", "\($0.key)=\($0.value)"] }
        let program = try RunningProgram("assay", arguments, environment: environment)
        _ = try await program.waits(for: "listening")
        return (program, base)
    }

    @Test("serve: first start to last answer; what is under way when SIGTERM comes is finished, and it exits with 0")
    func gracefulShutdown() async throws {
        try await Self.world { pccs, flags, scratch in
            let (program, base) = try await Self.serve(flags, scratch)
            let quote = try TestWorld.evidence().quote
            pccs.fail(.slow(milliseconds: 2_000), for: [.tcbInfo], count: 1)
            async let answer = WebClient().post(base + "/v1/verdicts", "application/octet-stream", quote)
            try await eventually("the TCB info is asked for") { pccs.requests.contains { $0.item == .tcbInfo } }
            program.terminate()
            #expect(try await answer.status == 200)
            #expect(try await answer.value("verdict") == "accept")
            #expect(try await answer.header("connection") == "close")
            let result = try await program.result()
            #expect(result.exitCode == 0, "\(result.error)")
            #expect(result.error.contains("NOT Intel's"))
            await #expect(throws: TestFailure.self) { try await WebClient().get(base + "/healthz") }
        }
    }

    @Test("token verify by discovery alone, and by a file; each demand is reported; inspect believes nothing")
    func tokens() async throws {
        try await Self.world { _, flags, scratch in
            let (program, base) = try await Self.serve(flags, scratch)
            let client = WebClient()
            let answer = try await client.post(
                base + "/v1/verdicts?audience=me", "application/octet-stream", try TestWorld.evidence().quote)
            let nonce = [UInt8](repeating: 5, count: 32)
            let fresh = try #require(
                try await client.post(
                    base + "/v1/verdicts?audience=me&nonce=\(Base64URL.encode(nonce))", "application/octet-stream",
                    try TestWorld.quote(binding: nonce)
                ).value("token"))
            let token = try #require(try answer.value("token"))
            let file = try scratch.write(token + "\n", to: "token.jwt")
            let keys = try scratch.write(try await client.get(base + "/jwks.json").body, to: "jwks.json")
            let warning = ["--minimum-status", "warning"]
            // By default, what may be old is refused, and of the policies all but the issuer's own.
            let discovery = ["--issuer", base, "--allow-http"] + warning
            for (token, more, code, text) in [
                (fresh, [], Int32(0), "ok  token.freshness"), (fresh, ["--policy", "any"], 0, "--  token.policy"),
                (token, [], 1, "NO  token.freshness"), (token, ["--freshness", "any"], 0, "--  token.freshness"),
                (fresh, ["--policy", String(repeating: "ab", count: 32)], 1, "NO  token.policy"),
                (fresh, ["--measurement", "mr_td=" + String(repeating: "ab", count: 48)], 1, "NO  token.measurements"),
            ] {
                let result = try await ProgramRun.run("assay", ["token", "verify", token] + discovery + more)
                #expect(
                    result.exitCode == code && result.output.contains(text), "\(more): \(result.output)\(result.error)")
            }
            let unknown = try await ProgramRun.run("assay", ["token", "verify", fresh, "--jwks", keys] + warning)
            #expect(unknown.exitCode == 1 && unknown.output.contains("default policy, which is not known"))
            let discovered = try await ProgramRun.run(
                "assay", ["token", "verify", fresh, "--issuer", base, "--allow-http", "--audience", "me"] + warning)
            #expect(discovered.exitCode == 0, "\(discovered.output)\(discovered.error)")
            #expect(discovered.output.hasPrefix("GOOD"))
            #expect(discovered.output.contains("--  token.nonce"))
            #expect(discovered.output.contains("ok  token.revocation"))
            let strict = try await ProgramRun.run(
                "assay", ["token", "verify", token, "--jwks", keys, "--issuer", base])
            #expect(strict.exitCode == 1)
            #expect(strict.output.contains("NO  token.status"))
            let chinese = try await ProgramRun.run(
                "assay", ["token", "verify", token, "--jwks", keys, "--issuer", base, "--language", "zh"])
            #expect(chinese.exitCode == 1)
            #expect(chinese.output.contains("不够好  其状态是否足够好？否：实际 warning，期望 affirming"), "\(chinese.output)")
            #expect(chinese.output.contains("--  token.nonce           回应的是否为这次请求？ (未执行：未给出 nonce)"))
            let json = try await ProgramRun.run(
                "assay", ["token", "verify", file, "--jwks", keys, "--nonce", "AAAA", "--format", "json"] + warning)
            #expect(json.exitCode == 1)
            let checks = try JSONDocument(parsing: Array(json.output.utf8)).root.member("checks")
            #expect(
                checks?.elements.first { $0.member("id")?.string == "token.nonce" }?.member("outcome")?.string
                    == "failed")
            #expect(
                checks?.elements.first { $0.member("id")?.string == "token.issuer" }?.member("outcome")?.string
                    == "not_performed")
            let inspected = try await ProgramRun.run("assay", ["token", "inspect", file])
            #expect(inspected.exitCode == 0)
            #expect(inspected.output.hasPrefix("NOT VERIFIED"))
            #expect(inspected.output.contains("submods.tdx.ear_attester_claims.tdx_mrtd"))
            for (arguments, code) in [
                (["token", "verify", file], Int32(64)), (["token", "verify", file, "--issuer", base], 2),
                (["token", "verify", scratch.path + "/absent", "--jwks", keys], 64),
                (["token", "verify", file, "--jwks", file], 2), (["token", "inspect", keys], 1),
                (["token", "verify", file, "--jwks", keys, "--minimum", "hardware"], 64),
                (["token", "verify", file, "--jwks", keys, "--freshness", "Any"], 64),
                (["token", "verify", file, "--jwks", keys, "--policy", "any", "--policy", "default"], 64),
                (["token", "verify", file, "--jwks", keys, "--measurement", "mrtd=00"], 64),
                (
                    [
                        "token", "verify", file, "--jwks", keys, "--minimum", "hardware=affirming", "--minimum",
                        "hardware=none",
                    ], 64
                ),
            ] {
                #expect(try await ProgramRun.run("assay", arguments).exitCode == code, "\(arguments)")
            }
            program.terminate()
            _ = try await program.result()
        }
    }

    @Test("--check says what is in force and from where, tries a fetch, and ends; what is wrong is said at once")
    func check() async throws {
        try await Self.world { pccs, flags, scratch in
            let arguments = [
                "serve", "--check", "--set", "pccs=\(flags[1])", "--set", "pccs_allow_http=true", "--set",
                "trust_root=\(scratch.path)/root.pem", "--data", scratch.path + "/data",
            ]
            let good = try await ProgramRun.run("assay", arguments, environment: ["ASSAY_LOG_LEVEL": "error"])
            #expect(good.exitCode == 0, "\(good.error)")
            #expect(good.output.contains("collateral for TDX 90c06f000000: from http://127.0.0.1:"))
            #expect(good.output.contains("error  (environment)"))
            pccs.fail(.status(503, retryAfterSeconds: 60))
            let bad = try await ProgramRun.run("assay", arguments)
            #expect(bad.exitCode == 2)
            #expect(bad.error.contains("COLLATERAL_UNAVAILABLE"))
            let wrong = try await ProgramRun.run("assay", ["serve", "--check", "--set", "polcy=x", "--set", "listn=y"])
            #expect(wrong.exitCode == 64)
            #expect(wrong.error.contains("did you mean policy?") && wrong.error.contains("did you mean listen?"))
        }
    }

    @Test(
        "A key in an HSM signs from the first start on: PKCS#11, here SoftHSM behind OpenSSL's engine",
        .needs(.softHSM))
    func hardwareToken() async throws {
        try await Self.world { _, flags, scratch in
            try FileManager.default.createDirectory(atPath: scratch.path + "/tokens", withIntermediateDirectories: true)
            let configuration = try scratch.write(
                "directories.tokendir = \(scratch.path)/tokens\nobjectstore.backend = file\nlog.level = ERROR\n",
                to: "softhsm2.conf")
            let environment = ["SOFTHSM2_CONF": configuration, "PKCS11_MODULE_PATH": TestTool.softHSMModule]
            let key = P256.Signing.PrivateKey()
            let pem = try scratch.write(key.pemRepresentation, to: "key.pem")
            for arguments in [
                ["--init-token", "--free", "--label", "assay", "--pin", "1234", "--so-pin", "5678"],
                ["--import", pem, "--token", "assay", "--label", "tokens", "--id", "a1", "--pin", "1234"],
            ] {
                let made = try await ProgramRun.run("/usr/bin/softhsm2-util", arguments, environment: environment)
                #expect(made.exitCode == 0, "\(made.output)\(made.error)")
            }
            let pin = try scratch.write("1234\n", to: "pin")
            let settings = [
                "keys.token": "pkcs11:token=assay;object=tokens;type=private", "keys.passphrase_file": pin,
            ]
            let (program, base) = try await Self.serve(flags, scratch, settings, environment: environment)
            let answer = try await WebClient().post(
                base + "/v1/verdicts", "application/octet-stream", try TestWorld.evidence().quote)
            let token = try TokenParts(try #require(try answer.value("token")))
            let signature = try P256.Signing.ECDSASignature(rawRepresentation: token.signature)
            #expect(key.publicKey.isValidSignature(signature, for: token.signingInput))
            // No P-256 key lies in a file: only the RSA key of tokens, and the log's own.
            let files = try FileManager.default.contentsOfDirectory(atPath: scratch.path + "/data/keys")
            #expect(files.count { $0.hasSuffix(".pem") } == 2, "\(files)")
            program.terminate()
            #expect(try await program.result().exitCode == 0)
            try await OwnThread.run { try Data("0000\n".utf8).write(to: URL(filePath: pin)) }
            let wrong = try await ProgramRun.run(
                "assay",
                ["serve", "--check", "--set", "data=\(scratch.path)/other"]
                    + settings.flatMap { ["--set", "\($0.key)=\($0.value)"] }, environment: environment)
            #expect(wrong.exitCode == 2)
            #expect(wrong.error.contains("keys in"))
        }
    }
}
