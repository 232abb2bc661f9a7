import ProcessSupport
import ResultToken
import ServiceSupport
import Testing
import Wire

@testable import assay

/// `assay token verify` asks the issuer whether the token still stands, where it asks the issuer at all.
@Suite("The status list, from the command line")
struct TokenStatusTests {
    private static func token(_ issuer: SimulatedIssuer, _ base: String, list: String) throws -> String {
        let now = Service.now.seconds
        return try issuer.sign(
            .object([
                ("eat_profile", .string("tag:ietf.org,2026:rats/ear#04")), ("iss", .string(base)),
                ("iat", .integer(now)), ("exp", .integer(now + 300)), ("ear_status", .string("affirming")),
                ("status", .object([("status_list", .object([("idx", .integer(9)), ("uri", .string(list))]))])),
            ]), type: "eat+jwt")
    }

    private static func list(_ issuer: SimulatedIssuer, _ base: String, _ withdrawn: [Int64]) throws -> String {
        try issuer.sign(
            StatusList(withdrawn: withdrawn).claims(uri: base + "/list", issuer: base, at: Service.now),
            type: "statuslist+jwt")
    }

    private static func outcome(_ result: ProgramRun.Result) throws -> (outcome: String?, text: String) {
        let root = try JSONDocument(parsing: Array(result.output.utf8)).root
        let check = root.member("checks")?.elements.first { $0.member("id")?.string == "token.revocation" }
        return (
            check?.member("outcome")?.string,
            (check?.member("found")?.string ?? "") + (check?.member("reason")?.string ?? "")
        )
    }

    /// The issuer of these tests says nothing about quotes and policies.
    private static let lax = ["--freshness", "any", "--policy", "any"]

    @Test("Fetched with the keys: stands, withdrawn, signed by a stranger, not to be had, elsewhere")
    func fetched() async throws {
        let (issuer, stranger) = (SimulatedIssuer(), SimulatedIssuer())
        try await issuer.serve { base in
            let token = try Self.token(issuer, base, list: base + "/list")
            let arguments = ["token", "verify", token, "--issuer", base, "--allow-http", "--format", "json"] + Self.lax
            for (list, outcome, text, code) in [
                (try Self.list(issuer, base, []), "passed", "place 9", Int32(0)),
                (try Self.list(issuer, base, [9]), "failed", "withdrawn", 1),
                (try Self.list(stranger, base, []), "failed", "did not sign", 1),
                ("<html>", "failed", "parts", 1), (nil, "not_performed", "status 503", 0),
                (String(repeating: "a", count: 2_000_000), "not_performed", "cannot be fetched", 0),
            ] {
                issuer.answer(list)
                let result = try await ProgramRun.run("assay", arguments)
                let found = try Self.outcome(result)
                #expect(found.outcome == outcome && found.text.contains(text), "\(found)")
                #expect(result.exitCode == code, "\(text)")
            }
            let count = issuer.requests
            let elsewhere = try Self.token(issuer, base, list: "http://127.0.0.1:1/list")
            let result = try await ProgramRun.run(
                "assay",
                ["token", "verify", elsewhere, "--issuer", base, "--allow-http", "--format", "json"] + Self.lax)
            #expect(try Self.outcome(result).outcome == "failed")
            #expect(result.exitCode == 1)
            // Neither a token that fails anyway nor one that is judged at another time is asked about.
            for more in [["--nonce", "AAAA"], ["--at", "2026-01-15T00:00:00Z"]] {
                let result = try await ProgramRun.run("assay", arguments + more)
                #expect(try Self.outcome(result).outcome == "not_performed")
                #expect(result.exitCode == 1)
            }
            #expect(issuer.requests == count)
        }
    }

    @Test("From a file, without a network; without either it is said that nobody was asked")
    func file() async throws {
        let (issuer, scratch) = (SimulatedIssuer(), try ScratchFolder())
        let (token, keys) = try await issuer.serve { base in
            for (name, withdrawn) in [("good", [Int64(8)]), ("bad", [9])] {
                try scratch.write(Array((try Self.list(issuer, base, withdrawn) + "\n").utf8), to: name)
            }
            return (
                try Self.token(issuer, base, list: base + "/list"),
                try await WebClient().get(base + "/jwks.json").body
            )
        }
        let arguments = [
            "token", "verify", token, "--freshness", "any", "--policy", "any", "--jwks",
            try scratch.write(keys, to: "jwks.json"), "--format", "json",
        ]
        for (more, outcome, code) in [
            (["--status-list", scratch.path + "/good"], "passed", Int32(0)),
            (["--status-list", scratch.path + "/bad"], "failed", 1),
            (["--status-list", scratch.path + "/jwks.json"], "failed", 1), ([], "not_performed", 0),
        ] {
            let result = try await ProgramRun.run("assay", arguments + more)
            #expect(try Self.outcome(result).outcome == outcome, "\(more)")
            #expect(result.exitCode == code, "\(more)")
        }
        let absent = try await ProgramRun.run("assay", arguments + ["--status-list", scratch.path + "/absent"])
        #expect(absent.exitCode == 64)
        let text = try await ProgramRun.run("assay", Array(arguments.dropLast(2)))
        #expect(text.output.contains("--  token.revocation"))
        #expect(text.output.contains("the issuer is not asked"))
    }
}
