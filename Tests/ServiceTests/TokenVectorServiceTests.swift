import AttestationMiddleware
import Foundation
import Hummingbird
import PlatformSimulator
import ProcessSupport
import ServiceSupport
import Synchronization
import Testing
import TokenVectors
import Wire

@testable import assay

/// The table that all checkers of tokens pass (wire-formats 3.8), asked of those that need a program or a service: a shell,
/// nginx's endpoint, and the middlewares for ASGI and Hummingbird. The service has the table's issuer, keys and time.
@Suite("Token vectors, programs and gates", .waiting)
struct TokenVectorServiceTests {
    private typealias Gate = AttestationMiddleware<BasicRequestContext>
    private static let vectors = Result { try TokenVectors.read() }

    @Test("assay token verify agrees on every row that it can be asked")
    func program() async throws {
        let vectors = try Self.vectors.get()
        let scratch = try ScratchFolder()
        for name in Set(vectors.rows.map(\.keys)) {
            try scratch.write(try vectors.keySet(named: name), to: "\(name).json")
        }
        let rows = Array(vectors.rows(of: "program").enumerated())
        let said = try await withThrowingTaskGroup(of: (String, String, String).self) { group in
            var results: [(name: String, said: String, expected: String)] = []
            for (number, row) in rows {
                if number >= 4, let result = try await group.next() { results.append(result) }
                group.addTask {
                    let standard = vectors.defaultPolicy.sha256
                    return (
                        row.name, try await Self.outcome(row, number, vectors.time, standard, scratch), row.expected
                    )
                }
            }
            for try await result in group { results.append(result) }
            return results
        }
        #expect(said.count == rows.count)
        for row in said { #expect(row.said == row.expected, "\(row.name)") }
    }

    private static func outcome(
        _ row: TokenVectors.Row, _ number: Int, _ time: Int64, _ standard: String, _ scratch: ScratchFolder
    ) async throws -> String {
        let token = try scratch.write(Array(row.token.utf8), to: "token-\(number)")
        let demand = try row.demand(of: [
            .issuer, .audience, .nonce, .minimumStatus, .minimum, .freshness, .policies, .references, .measurements,
            .confirmation, .keySetURL, .statusList,
        ])
        var arguments = ["token", "verify", token, "--jwks", "\(scratch.path)/\(row.keys).json", "--format", "json"]
        arguments += ["--at", Instant(seconds: time).description]
        func add(_ option: String, _ value: String?) { if let value { arguments += ["--\(option)", value] } }
        add("issuer", demand.issuer)
        add("audience", demand.audience)
        add("nonce", demand.nonce)
        add("minimum-status", demand.minimumStatus)
        add("key-thumbprint", demand.confirmation)
        add("jwks-url", demand.keySetURL)
        for (category, tier) in demand.minimum ?? [:] { add("minimum", "\(category)=\(tier)") }
        add("freshness", demand.freshness)
        // With keys from a file nobody is asked what the default is.
        for policy in demand.policies ?? [standard] { add("policy", policy) }
        for (name, values) in demand.measurements ?? [:] {
            for value in values { add("measurement", "\(name)=\(value)") }
        }
        for reference in demand.references ?? [] { add("reference-set", reference) }
        for (option, value) in row.options ?? [:] { add(option, value.spelling) }
        if let list = demand.statusList {
            add("status-list", try scratch.write(Array(list.utf8), to: "list-\(number)"))
        }
        let result = try await ProgramRun.run("assay", arguments)
        switch result.exitCode {
        case 0: return "accepted"
        case 64: return "throws"
        case 1:
            let checks = try JSONDocument(parsing: Array(result.output.utf8)).root.member("checks")?.elements
            let failed = checks?.first { $0.member("outcome")?.string == "failed" }
            return failed?.member("id")?.string ?? "no check failed"
        default: return "exit \(result.exitCode): \(result.error)"
        }
    }

    @Test("assay audit verify-token agrees on every row about the log")
    func audit() async throws {
        let vectors = try Self.vectors.get()
        let scratch = try ScratchFolder()
        let rows = vectors.rowsAboutTheLog
        print("audit: \(rows.count) of \(vectors.rows.count) rows of the table of tokens: those about the log")
        #expect(rows.contains { $0.expected == "accepted" } && rows.count > 12)
        for (number, row) in rows.enumerated() {
            let demand = try row.demand(of: [
                .issuer, .audience, .nonce, .minimumStatus, .log, .proof,
            ])
            let trust = (demand.logKeys ?? []).map { "log \($0)\n" }.joined() + "quorum none\n"
            var arguments = [
                "audit", "verify-token", try scratch.write(Array(row.token.utf8), to: "token-\(number)"), "--jwks",
                try scratch.write(try vectors.keySet(row), to: "keys.json"), "--trust-policy",
                try scratch.write(Array(trust.utf8), to: "trust-\(number)"), "--at",
                Instant(seconds: vectors.time).description,
            ]
            if let proof = demand.proof {
                arguments += ["--proof", try scratch.write(Array(proof.utf8), to: "proof-\(number)")]
            }
            let result = try await ProgramRun.run("assay", arguments)
            // What cannot be decided is no yes.
            let said = [0: "accepted", 2: "token.inclusion", 4: "token.inclusion"][result.exitCode]
            #expect(said == row.expected, "\(row.name): \(result.exitCode) \(result.output)\(result.error)")
        }
    }

    /// A service that has the table's keys: the public halves are enough to check tokens.
    private static func live(_ body: @escaping @Sendable (TokenVectors, Live) async throws -> Void) async throws {
        let vectors = try vectors.get()
        let folder = try ScratchFolder()
        try FileManager.default.createDirectory(
            atPath: folder.path + "/data/keys", withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        func write(_ bytes: [UInt8], _ name: String) throws {
            let file = try folder.write(bytes, to: "data/keys/\(name)")
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
        }
        var records: [JSON] = []
        for key in try JSONDocument(parsing: try vectors.keySet(named: "published")).root.member("keys")?.elements.map({
            $0
        })
            ?? []
        {
            func text(_ name: StaticString) -> String { key.member(name)?.string ?? "" }
            let kind = ["EC": "P-256", "OKP": "Ed25519"][text("kty")] ?? "RSA"
            try write(Array(key.bytes), text("kid") + ".jwk")
            records.append(
                .object([
                    ("kid", .string(text("kid"))), ("kind", .string(kind)), ("alg", .string(text("alg"))),
                    ("file", .string(text("kid") + ".pem")), ("created", .string("2025-01-01T00:00:00Z")),
                    ("signs_from", .string("2025-01-01T00:00:00Z")), ("signs_until", .string("2025-01-02T00:00:00Z")),
                    ("published_until", .string("2099-01-01T00:00:00Z")),
                ]))
        }
        try write(JSON.object([("keys", .array(records))]).compactBytes, "keys.json")
        let milliseconds = vectors.time * 1_000
        let clock: @Sendable () -> Int64 = { milliseconds }
        let policies = folder.path + "/policies"
        try FileManager.default.createDirectory(atPath: policies, withIntermediateDirectories: true)
        try folder.write(Array(vectors.defaultPolicy.document.utf8), to: "policies/\(vectors.defaultPolicy.id).json")
        let settings = ["issuer": vectors.issuer, "policies": policies, "policy": vectors.defaultPolicy.id]
        try await Live.run(settings, folder: folder, now: clock) { live in
            try await body(vectors, live)
        }
    }

    private static func escaped(_ text: String) -> String {
        text.utf8.map { byte in
            let isPlain = (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            return isPlain ? String(decoding: [byte], as: UTF8.self) : "%" + Hex.encode([byte])
        }.joined()
    }

    /// The issuer and the key set's URL are the service's own.
    private static let gateDemands: Set<TokenVectors.Demand.Name> = [
        .issuer, .keySetURL, .audience, .nonce, .minimumStatus, .minimum, .freshness, .policies, .references,
        .measurements, .confirmation, .maximumAge,
    ]

    @Test("The endpoint that nginx asks agrees on every row that it can be asked")
    func gate() async throws {
        try await Self.live { vectors, live in
            for row in vectors.rows(of: "gate") {
                let demand = try row.demand(of: Self.gateDemands)
                var query: [(String, String)] = []
                func add(_ name: String, _ value: String?) { if let value { query.append((name, value)) } }
                add("audience", demand.audience)
                add("nonce", demand.nonce)
                add("status", demand.minimumStatus)
                add("key_thumbprint", demand.confirmation)
                add("max_age", demand.maximumAge?.spelling)
                for (category, tier) in demand.minimum ?? [:] { add("minimum", "\(category):\(tier)") }
                add("freshness", demand.freshness)
                // A name would be the service's own to understand, and no demand of the table's.
                for policy in demand.policies ?? [] {
                    add(["any", "default"].contains(policy) ? "policy" : "policy_sha256", policy)
                }
                for (name, values) in demand.measurements ?? [:] { for value in values { add(name, value) } }
                for reference in demand.references ?? [] { add("reference_set", reference) }
                for (option, value) in row.options ?? [:] { add(option, value.spelling) }
                let text = query.map { "\($0.0)=\(Self.escaped($0.1))" }.joined(separator: "&")
                let answer = try await live.client.get(
                    "\(live.base)/v1/tokens/check?\(text)", headers: ["Authorization: Bearer \(row.token)"])
                let said: String
                switch answer.status {
                case 204: said = "accepted"
                case 400: said = "throws"
                case 401:
                    let step = answer.text.split(separator: "(token.").last?.prefix { $0 != ")" } ?? ""
                    said = "token.\(step)"
                default: said = "\(answer.status): \(answer.text)"
                }
                #expect(said == row.expected, "\(row.name): \(answer.text)")
            }
        }
    }

    @Test("The Hummingbird middleware agrees on every row that it can be asked")
    func hummingbird() async throws {
        try await Self.live { vectors, live in
            let rows = vectors.rows(of: "hummingbird")
            let gates = rows.map { row in Result { try Self.middleware(row, vectors.time, live) } }
            let router = Router(context: BasicRequestContext.self)
            router.get("rows/{number}") { request, context -> Response in
                let number = try context.parameters.require("number", as: Int.self)
                return try await gates[number].get().handle(request, context: context) { _, _ in Response(status: .ok) }
            }
            try await ScopedServer.run { onRunning in
                Application(
                    router: router, configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
                    onServerRunning: { channel in onRunning(channel.localAddress?.port ?? 0) })
            } _: { port in
                for (number, row) in rows.enumerated() {
                    if case .failure(let error) = gates[number] {
                        #expect(error is AttestationDemandError)
                        #expect(row.expected == "throws", "\(row.name)")
                        continue
                    }
                    let answer = try await live.client.get(
                        "http://127.0.0.1:\(port)/rows/\(number)", headers: ["Authorization: Bearer \(row.token)"])
                    let said = [200: "accepted", 401: "refused"][answer.status] ?? "\(answer.status)"
                    #expect(
                        said == (row.expected.hasPrefix("token.") ? "refused" : row.expected),
                        "\(row.name): \(answer.text)")
                }
            }
        }
    }

    private static func middleware(_ row: TokenVectors.Row, _ time: Int64, _ live: Live) throws -> Gate {
        let demand = try row.demand(of: gateDemands)
        var demands = Gate.Demands()
        demands.minimumStatus = demand.minimumStatus ?? "affirming"
        demands.minimum = demand.minimum ?? [:]
        demands.audience = demand.audience
        demands.maximumAge = 1 << 40
        if let age = demand.maximumAge { demands.maximumAge = try #require(age.integer, "\(row.name)") }
        if let freshness = demand.freshness { demands.freshness = try #require(Gate.Freshness(rawValue: freshness)) }
        demands.policies = demand.policies
        demands.measurements = demand.measurements ?? [:]
        demands.references = demand.references
        if let nonce = demand.nonce { demands.nonce = { _ in nonce } }
        if let key = demand.confirmation {
            demands.confirmation = .require
            demands.clientKey = { _, _ in key }
        }
        let (client, base) = (live.client, live.base)
        let clock: @Sendable () -> Int64 = { time }
        return try Gate(demanding: demands, now: clock) { token in
            let answer = try await client.post(
                base + "/v1/tokens/introspect", "application/x-www-form-urlencoded",
                Array("token=\(escaped(token))".utf8))
            return try JSONDecoder().decode(Gate.Introspection.self, from: Data(answer.body))
        }
    }

    @Test(
        "The ASGI middleware agrees on every row that it can be asked",
        .needs(.python))
    func asgi() async throws {
        let script = TokenVectors.file.deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "integrations/vectors_asgi.py").path
        try await Self.live { _, live in
            let base = live.base
            let result = try await OwnThread.run { try ChildProcess.run(["python3", script, base]) }
            print(result.output)
            #expect(result.exitCode == 0, "\(result.output)\(result.error)")
        }
    }
}
