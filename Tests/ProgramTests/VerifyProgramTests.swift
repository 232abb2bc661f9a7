import Foundation
import PlatformSimulator
import ProcessSupport
import Testing
import Wire

/// `assay verify` and `assay decode` as processes: exit codes, messages, both forms.
@Suite("The program assay", .waiting)
struct VerifyProgramTests {
    /// A quote, its bundle and its root as files.
    private struct Files {
        let scratch: Scratch
        let quote: String
        let bundle: String
        let root: String

        init(_ kind: QuoteKind = .tdx15V5, edit: (inout EvidenceRecipe) -> Void = { _ in }) throws {
            var recipe = try SimulatedWorld(seed: "program").recipe(for: kind)
            edit(&recipe)
            let evidence = try recipe.build()
            scratch = try Scratch()
            quote = try scratch.write(evidence.quote, to: "quote.bin")
            bundle = try scratch.write(evidence.collateral.bundleJSON, to: "bundle.json")
            root = try scratch.write(Array(evidence.rootPEM.utf8), to: "root.pem")
        }

        func verify(_ more: String..., quote other: String? = nil) throws -> Program.Result {
            try Program.run(
                "assay",
                [
                    "verify", other ?? quote, "--collateral", bundle, "--trust-root", root, "--at",
                    "2026-01-15T00:00:00Z",
                ]
                    + more)
        }
    }

    @Test("Accepts a healthy quote, says what is open, and exits with 0", arguments: QuoteKind.allCases)
    func accepts(_ kind: QuoteKind) throws {
        let result = try Files(kind).verify()
        #expect(result.exitCode == 0)
        #expect(result.output.hasPrefix("ACCEPT  a genuine \(kind.isTDX ? "TDX" : "SGX") quote, UpToDate\n"))
        #expect(result.output.contains("NOT Intel's"))
        #expect(result.output.contains("NO_REFERENCE_VALUES"))
        #expect(result.output.contains("NOT_FRESH"))
        #expect(!result.output.contains("\u{1B}"), "colour where no terminal reads")
        #expect(result.error.isEmpty)
    }

    @Test(
        "A body that cannot name a service TD: said among the checks, in both languages", arguments: QuoteKind.allCases)
    func serviceTD(_ kind: QuoteKind) throws {
        let files = try Files(kind)
        for (output, reason) in [
            (try files.verify().output, "(not performed: this body cannot say: "),
            (try files.verify("--language", "zh").output, "（未执行：该报告无法说明："),
        ] {
            let lines = output.split(separator: "\n").filter { $0.hasPrefix("  --  td.service_td ") }
            #expect(lines.count == (kind == .tdxV4 || kind == .tdx10V5 ? 1 : 0), "\(output)")
            for line in lines { #expect(line.contains(reason), "\(line)") }
        }
    }

    @Test(
        "In Chinese every heading, label and check is Chinese; names and values are as they are",
        arguments: [false, true])
    func chinese(_ isDebug: Bool) throws {
        let files = try Files { if isDebug { $0.quote.td?.tdAttributes |= 1 } }
        let (english, chinese) = (try files.verify(), try files.verify("--language", "zh"))
        #expect(chinese.exitCode == english.exitCode)
        for word in [
            "\nWhy", "\nFacts", "\nChecks", "TCB status", "Advisories", "Collateral", "found", "wanted",
        ] {
            #expect(!chinese.output.contains(word), "\(word)")
        }
        for word in ["\n事实\n", "\n检查\n", "TCB 状态", "安全公告", "有效期至", "信任根不是英特尔的"] {
            #expect(chinese.output.contains(word), "\(word)")
        }
        // The same checks in the same order, each with a Chinese title.
        func checks(_ text: String, after heading: String) -> [Substring] {
            guard let start = text.range(of: "\n\(heading)\n") else { return [] }
            return text[start.upperBound...].split(separator: "\n").filter { $0.hasPrefix("  ") }
        }
        let (theirs, ours) = (checks(english.output, after: "Checks"), checks(chinese.output, after: "检查"))
        #expect(ours.count == theirs.count && ours.count > 25)
        for (line, other) in zip(ours, theirs) {
            #expect(line.unicodeScalars.contains { (0x4E00...0x9FFF).contains($0.value) }, "\(line)")
            #expect(line.split(separator: " ").dropFirst().first == other.split(separator: " ").dropFirst().first)
        }
    }

    @Test("A refusal in Chinese counts the checks that were not performed")
    func chineseRefusal() throws {
        let files = try Files()
        let result = try Program.run(
            "assay",
            ["verify", files.quote, "--collateral", files.bundle, "--at", "2026-01-15T00:00:00Z", "--language", "zh"])
        #expect(result.exitCode == 1)
        #expect(result.output.contains("项检查未执行"))
        #expect(!result.output.contains("other checks"))
    }

    @Test("Rejects a debug TD under the strict policy with exit 1")
    func rejectsDebug() throws {
        let files = try Files { $0.quote.td?.tdAttributes |= 1 }
        let result = try files.verify()
        #expect(result.exitCode == 1)
        #expect(result.output.hasPrefix("REJECT  a genuine TDX quote, UpToDate\nstatus contraindicated"))
        #expect(result.output.contains("POLICY_DEBUG"))
    }

    @Test("Refuses a simulated quote under Intel's root with exit 1, and says how to name the other root")
    func refusesForeignRoot() throws {
        let files = try Files()
        let result = try Program.run(
            "assay", ["verify", files.quote, "--collateral", files.bundle, "--at", "2026-01-15T00:00:00Z"])
        #expect(result.exitCode == 1)
        #expect(result.output.hasPrefix("REJECT  PCK_ROOT_UNTRUSTED\n"))
        #expect(result.output.contains("--trust-root"))
    }

    @Test("Takes a quote as raw bytes, hex, base64, base64url and from standard input")
    func encodings() throws {
        let files = try Files()
        let raw = [UInt8](try Data(contentsOf: URL(filePath: files.quote)))
        let base64 = Base64.encode(raw)
        let texts = [
            Hex.encode(raw), "0x" + Hex.encode(raw).uppercased() + "\n", base64,
            Base64.encode(raw, lineLength: 76) + "\n",
            base64.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: ""),
        ]
        for (index, text) in texts.enumerated() {
            let path = try files.scratch.write(Array(text.utf8), to: "quote-\(index)")
            #expect(try files.verify(quote: path).exitCode == 0, "form \(index)")
        }
        let arguments = [
            "verify", "-", "--collateral", files.bundle, "--trust-root", files.root, "--at", "2026-01-15T00:00:00Z",
        ]
        #expect(try Program.run("assay", arguments, input: raw).exitCode == 0)
    }

    @Test("Report data that is asked for must be there")
    func reportData() throws {
        let nonce = "00112233445566778899aabbccddeeff"
        let files = try Files {
            $0.quote.td?.reportData = (Hex.decode(nonce) ?? []) + [UInt8](repeating: 0, count: 48)
        }
        let fresh = try files.verify("--report-data", nonce)
        #expect(fresh.exitCode == 0)
        #expect(!fresh.output.contains("NOT_FRESH"))
        #expect(fresh.output.contains("(fresh if these bytes were chosen for this answer)"))
        #expect(try files.verify("--report-data", nonce, "--language", "zh").output.contains("为本次应答选取"))
        let replayed = try files.verify("--report-data", "ff" + nonce)
        #expect(replayed.exitCode == 1)
        #expect(replayed.output.contains("POLICY_REPORT_DATA"))
    }

    @Test("assay-sim binds nonce and key as assay-v2, and assay verify knows them again; B6 is not B3")
    func bindings() throws {
        let files = try Files()
        let jwk =
            #"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","use":"sig"}"#
        let key = try files.scratch.write(Array(jwk.utf8), to: "key.jwk")
        let thumbprint = "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U"
        let nonce = (0..<32).map { UInt8($0) }
        func quote(_ arguments: String...) throws -> String {
            let path = files.scratch.path + "/bound.quote"
            let made = try Program.run("assay-sim", ["quote", "--seed", "program", "--out", path] + arguments)
            #expect(made.exitCode == 0, "\(made.error)")
            return path
        }
        let bound = try quote("--nonce", Base64URL.encode(nonce), "--key", key)
        for options in [["--nonce", Base64URL.encode(nonce)], ["--nonce-hex", Hex.encode(nonce)]] {
            for name in [key, thumbprint] {
                let result = try files.verify(options[0], options[1], "--key", name, quote: bound)
                #expect(result.exitCode == 0, "\(result.output)\(result.error)")
                #expect(!result.output.contains("NOT_FRESH"))
            }
        }
        let keyless = try files.verify("--nonce-hex", Hex.encode(nonce), "--scheme", "assay", quote: bound)
        #expect(keyless.exitCode == 1 && keyless.output.contains("POLICY_REPORT_DATA"))
        let both = nonce + (Base64URL.decode(Array(thumbprint.utf8)[...]) ?? [])
        let other = try quote("--nonce", Hex.encode(both))
        #expect(try files.verify("--nonce-hex", Hex.encode(nonce), "--key", key, quote: other).exitCode == 1)
        #expect(try files.verify("--nonce-hex", Hex.encode(both), "--scheme", "assay", quote: other).exitCode == 0)
        let short = try files.verify("--nonce-hex", Hex.encode(nonce.prefix(15)), quote: bound)
        #expect(short.exitCode == 64 && short.error.contains("--nonce: found 15 bytes, wanted 16 to 64"))
        for arguments in [["--nonce", "AAAA"], ["--nonce", Hex.encode(nonce), "--key", "AAAA"], ["--key", key]] {
            let refused = try Program.run("assay-sim", ["quote", "--out", files.scratch.path + "/none"] + arguments)
            #expect(refused.exitCode == 64, "\(arguments): \(refused.output)")
        }
    }

    @Test("Report data of fewer than 16 bytes is compared, and shows nothing new")
    func shortReportData() throws {
        let files = try Files { $0.quote.td?.reportData = [1] + [UInt8](repeating: 0, count: 63) }
        let result = try files.verify("--report-data", "01")
        #expect(result.exitCode == 0 && result.output.contains("NOT_FRESH"))
    }

    @Test("Prints one JSON object with the members of the contract, the same every time")
    func json() throws {
        let files = try Files()
        let first = try files.verify("--format", "json")
        let second = try files.verify("--format", "json")
        #expect(first.output == second.output)
        let root = try JSONDocument(parsing: Array(first.output.utf8)).root
        #expect(
            root.members.map(\.name) == [
                "verdict", "status", "reasons", "tee", "quote", "tcb", "platform", "collateral", "trust_root", "checks",
                "policy", "binding", "time", "verifier",
            ])
        #expect(root.member("verdict")?.string == "accept")
        #expect(root.member("status")?.string == "warning")
        #expect(root.member("trust_root")?.member("intel")?.boolean == false)
    }

    @Test("Says what is wrong with the command line and exits with 64")
    func usage() throws {
        let files = try Files()
        let absent = files.scratch.path + "/absent"
        let garbage = try files.scratch.write(Array("no certificate".utf8), to: "garbage")
        let table: [([String], String)] = [
            (["verify", files.quote], "no source of collateral; give --collateral"),
            (
                ["verify", absent, "--collateral", files.bundle],
                "absent: there is no such file; give the path of a quote"
            ),
            (["verify", files.quote, "--collateral", absent], "absent: there is no such file"),
            (
                ["verify", files.scratch.path, "--collateral", files.bundle],
                "a folder, where a file of quote is needed"
            ),
            (["verify", files.quote, "--collateral", files.bundle, "--at", "yesterday"], "--at yesterday: not a time"),
            (["verify", files.quote, "--collateral", files.bundle, "--policy", "lax"], "there is no such policy"),
            (
                ["verify", files.quote, "--collateral", files.bundle, "--report-data", "0g"],
                "--report-data: give 1 to 64"
            ),
            (["verify", files.quote, "--collateral", files.bundle, "--report-data", "00"], "not all zero"),
            (["verify", files.quote, "--collateral", files.bundle, "--report-data", ""], "give 1 to 64"),
            (["verify", files.quote, "--collateral", files.bundle, "--nonce", ""], "--nonce: not base64url"),
            (["verify", files.quote, "--collateral", files.bundle, "--scheme", "assay"], "nothing to bind"),
            (
                ["verify", files.quote, "--collateral", files.bundle, "--report-data", "01", "--nonce", "AAAA"],
                "leave --nonce, --scheme and --key out"
            ),
            (["verify", files.quote, "--collateral", files.bundle, "--trust-root", garbage], "not a root certificate"),
            (["verify", files.quote, "--frobnicate"], "Unknown option '--frobnicate'"),
            (["verify"], "Missing expected argument '<quote>'"),
            (["frobnicate"], "Unexpected argument 'frobnicate'"),
        ]
        for (arguments, message) in table {
            let result = try Program.run("assay", arguments)
            #expect(result.exitCode == 64, "\(arguments.joined(separator: " "))")
            #expect(result.error.contains(message), "\(result.error)")
            #expect(result.output.isEmpty)
        }
    }

    @Test("Collateral that cannot be taken in leaves the verdict open: exit 2, with the member named")
    func collateral() throws {
        let files = try Files()
        let table: [(String, String)] = [
            ("[]", "the JSON is no object"), ("{}", "the bundle has no member pck_crl"),
            ("{\"pck_crl\":1}", "the member pck_crl is no string"), ("{\"pck_crl\":\"\",}", "at byte 14"),
            ("", "an end inside a value"),
        ]
        for (text, message) in table {
            let path = try files.scratch.write(Array(text.utf8), to: "bad.json")
            let result = try Program.run("assay", ["verify", files.quote, "--collateral", path])
            #expect(result.exitCode == 2, "\(text)")
            #expect(result.error.contains(message), "\(result.error)")
        }
        let empty = files.scratch.path + "/empty"
        try FileManager.default.createDirectory(atPath: empty, withIntermediateDirectories: true)
        let result = try Program.run("assay", ["verify", files.quote, "--collateral", empty])
        #expect(result.exitCode == 2)
        #expect(result.error.contains("the folder has no file pckcrl"))
    }

    @Test("A file that is no quote is a rejection, with the place of the defect")
    func noQuote() throws {
        let files = try Files()
        let text = try files.scratch.write(Array("this is no quote".utf8), to: "text")
        let result = try files.verify(quote: text)
        #expect(result.exitCode == 1)
        #expect(result.output.hasPrefix("REJECT  QUOTE_VERSION_UNSUPPORTED"))
        let decoded = try Program.run("assay", ["decode", text])
        #expect(decoded.exitCode == 1)
        #expect(decoded.error.contains("header.version at byte 0"))
    }

    @Test("Decodes without claiming anything")
    func decode() throws {
        let files = try Files()
        let text = try Program.run("assay", ["decode", files.quote])
        #expect(text.exitCode == 0)
        #expect(text.output.hasPrefix("NOT VERIFIED"))
        #expect(text.output.contains("body.mr_td"))
        let json = try Program.run("assay", ["decode", files.quote, "--format", "json"])
        #expect(try JSONDocument(parsing: Array(json.output.utf8)).root.member("verified")?.boolean == false)
    }
}
