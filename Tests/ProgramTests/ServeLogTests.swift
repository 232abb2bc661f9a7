import Crypto
import Foundation
import PlatformSimulator
import ProcessSupport
import Synchronization
import Testing
import Wire

/// The service with its log, over real HTTP: what is given is recorded, what is recorded can be asked for, and killing the
/// process changes neither.
@Suite("The service and its log", .serialized, .waiting)
struct ServeLogTests {
    private static let seed = "serve-log"

    private static func world() throws -> SimulatedWorld {
        try SimulatedWorld(seed: seed, time: Instant(seconds: Int64(Date().timeIntervalSince1970) / 86_400 * 86_400))
    }

    private static func quote(_ edit: (inout EvidenceRecipe) -> Void = { _ in }) throws -> [UInt8] {
        var recipe = try world().recipe(for: .tdx15V5)
        edit(&recipe)
        return try recipe.build().quote
    }

    private static func text(_ json: JSON?, _ path: String...) -> String? {
        var value = json
        for name in path { value = value?[name] }
        if case .string(let text)? = value { return text }
        return nil
    }

    private static func number(_ json: JSON?, _ path: String...) -> Int64? {
        var value = json
        for name in path { value = value?[name] }
        if case .integer(let number)? = value { return number }
        return nil
    }

    /// RFC 6962 over whole leaves, with nothing of the product's.
    private static func root(_ leaves: ArraySlice<[UInt8]>) -> [UInt8] {
        guard leaves.count > 1 else { return Array(SHA256.hash(data: [0] + (leaves.first ?? []))) }
        var split = 1
        while split * 2 < leaves.count { split *= 2 }
        let middle = leaves.startIndex + split
        return Array(SHA256.hash(data: [1] + root(leaves[..<middle]) + root(leaves[middle...])))
    }

    /// The whole log by its export, checked against the checkpoint in it.
    private static func leaves(_ service: RunningService) throws -> [[UInt8]] {
        let lines = try service.get("/audit/v1/export").text.split(separator: "\n").map { line in
            try #require(
                (try? JSONDocument(parsing: Array(line.utf8), limit: 1 << 20).root).flatMap { JSON(document: $0) })
        }
        #expect(text(lines.last, "kind") == "trailer")
        let leaves = lines.dropFirst().dropLast().compactMap { text($0, "leaf").map { Array($0.utf8) } }
        let checkpoint = try #require(text(lines.first, "checkpoint")).split(separator: "\n")
        #expect(checkpoint[1] == "\(leaves.count)")
        #expect(Base64.decode(Array(checkpoint[2].utf8)[...]) == root(leaves[...]))
        return leaves
    }

    @Test("A verdict is in the log under its proof, found by every name, and judged again to the same end")
    func recorded() throws {
        let service = try RunningService(seed: Self.seed)
        try service.start()
        defer { service.stop() }
        let accepted = try service.post("/v1/verdicts", Self.quote(), "application/octet-stream")
        #expect(accepted.status == 200)
        let rejected = try service.post(
            "/v1/verdicts", Self.quote { $0.quote.td?.tdAttributes |= 1 }, "application/octet-stream")
        let malformed = try service.post("/v1/verdicts", [1, 2, 3], "application/octet-stream")
        #expect(malformed.status == 400)
        let leaves = try Self.leaves(service)
        for (answer, verdict) in [(accepted, "accept"), (rejected, "reject")] {
            let index = try #require(Self.number(answer.json, "log", "index"))
            let identifier = try #require(Self.text(answer.json, "id"))
            let leaf = String(decoding: leaves[Int(index)], as: UTF8.self)
            #expect(leaf.contains("\"jti\":\"\(identifier)\"") && leaf.contains("\"verdict\":\"\(verdict)\""))
            #expect(try service.get("/v1/verdicts/\(identifier)").json.flatMap { Self.text($0, "verdict") } == verdict)
            let explained = try service.get("/v1/verdicts/\(identifier)/explain", service.auditor)
            #expect(explained.status == 200)
            #expect(explained.json?["agrees_with_log"] == .bool(true), "\(explained.text.prefix(400))")
            let bundle = try service.get("/audit/v1/bundle/\(index)", service.auditor)
            #expect(bundle.status == 200 && bundle.body.count.isMultiple(of: 512))
        }
        let token = try #require(Self.text(accepted.json, "token"))
        #expect(try service.post("/v1/proof", Array(token.utf8), "application/jwt").status == 200)
        // One character of the claims changed: no proof.
        var changed = Array(token.utf8)
        let dot = try #require(changed.firstIndex(of: 0x2E))
        changed[dot + 40] = changed[dot + 40] == 0x41 ? 0x42 : 0x41
        #expect(try service.post("/v1/proof", changed, "application/jwt").status >= 400)
        #expect(Self.text(rejected.json, "token") == nil)
        #expect(
            leaves.count == Int(Self.number(rejected.json, "log", "index") ?? 0) + 1, "what is no quote has no entry")
    }

    struct Question: Sendable, CustomTestStringConvertible {
        let path: String
        let status: Int
        let code: String?
        var testDescription: String { "\(path) → \(status)" }

        init(_ path: String, _ status: Int, _ code: String? = nil) {
            self.path = path
            self.status = status
            self.code = code
        }
    }

    static let questions = [
        Question("/audit/v1/entries?limit=1", 200), Question("/audit/v1/entries?limit=0", 400, "INVALID_PARAMETER"),
        Question("/audit/v1/entries?limit=1001", 400, "INVALID_PARAMETER"),
        Question("/audit/v1/entries?limit=05", 400, "INVALID_PARAMETER"),
        Question("/audit/v1/entries?verdicts=accept", 400, "INVALID_PARAMETER"),
        Question("/audit/v1/entries?verdict=maybe", 400, "INVALID_PARAMETER"),
        Question("/audit/v1/entries?from_ms=5&to_ms=5", 400, "INVALID_PARAMETER"),
        Question("/audit/v1/entries?from_index=5&to_index=4", 400, "INVALID_PARAMETER"),
        Question("/audit/v1/entries?from_ms=yesterday", 400, "INVALID_PARAMETER"),
        Question("/audit/v1/entries?from_ms=2026-01-01T00:00:00Z", 200),
        Question("/audit/v1/entries?measurement=00", 400, "INVALID_PARAMETER"),
        Question("/audit/v1/entries?fmspc=90c06f000000", 200),
        Question("/audit/v1/entries?order=up", 400, "INVALID_PARAMETER"),
        Question("/audit/v1/entries?cursor=abc", 400, "CURSOR_INVALID"),
        Question("/audit/v1/entries?tee=", 400, "INVALID_PARAMETER"),
        Question("/audit/v1/entries?tee", 400, "INVALID_PARAMETER"),
        Question("/audit/v1/entries?tee=%ZZ", 400, "INVALID_PARAMETER"), Question("/audit/v1/entries/0", 200),
        Question("/audit/v1/entries/99999", 404, "NOT_FOUND"),
        Question("/audit/v1/entries/00", 400, "INVALID_PARAMETER"),
        Question("/audit/v1/entries/0?x=1", 400, "INVALID_PARAMETER"),
        Question("/audit/v1/lookup", 400, "INVALID_PARAMETER"),
        Question("/audit/v1/lookup?jti=a&leaf_hash=b", 400, "INVALID_PARAMETER"),
        Question("/audit/v1/lookup?jti=a", 200),
        Question("/audit/v1/proof?index=0", 200), Question("/audit/v1/proof", 400, "INVALID_PARAMETER"),
        Question("/audit/v1/proof?index=99999", 400, "INVALID_PARAMETER"),
        Question("/audit/v1/consistency?from=1", 200),
        Question("/audit/v1/consistency?from=3&to=2", 400, "INVALID_PARAMETER"),
        Question("/audit/v1/consistency?from=0&to=99999", 400, "INVALID_PARAMETER"),
        Question("/audit/v1/checkpoints", 200), Question("/audit/v1/stats?by=tee", 200),
        Question("/audit/v1/stats?by=colour", 400, "INVALID_PARAMETER"), Question("/audit/v1/export?from=0&to=2", 200),
        Question("/audit/v1/export?from=2&to=1", 400, "INVALID_PARAMETER"),
        Question("/audit/v1/export?format=csv", 400, "INVALID_PARAMETER"),
        Question("/audit/v1/bundle/0", 401, "CREDENTIALS_MISSING"), Question("/log/v1/keys", 200),
        Question("/v1/verdicts/none", 404, "NOT_FOUND"),
        Question("/v1/verdicts/none/explain", 401, "CREDENTIALS_MISSING"),
    ]

    @Test("Each question has its answer, and what cannot be answered is refused with the parameter's name")
    func answers() throws {
        let service = try RunningService(seed: Self.seed)
        try service.start(["audit.origin=log.example/log/shard"])
        defer { service.stop() }
        for question in Self.questions {
            let answer = try service.get(question.path)
            #expect(answer.status == question.status, "\(question.path): \(answer.text.prefix(200))")
            if let code = question.code { #expect(Self.text(answer.json, "code") == code, "\(question.path)") }
        }
        for path in ["checkpoint", "tile/0/000.p/1", "tile/entries/000.p/2"] {
            #expect(try service.get("/log/shard/" + path).status == 200, "\(path)")
        }
        for path in [
            "tile/0/000", "tile/0/000.p/0", "tile/0/000.p/99", "tile/0/0", "tile/00/000.p/1", "tile/1/000.p/1",
            "tile/x",
        ] {
            #expect(try service.get("/log/shard/" + path).status == 404, "\(path)")
        }
    }

    @Test("A log for auditors: entries need a token, tiles of hashes and the checkpoint do not")
    func visibility() throws {
        let service = try RunningService(seed: Self.seed)
        try service.start(["audit.visibility=auditors", "audit.origin=log.example/log"])
        defer { service.stop() }
        for path in [
            "/audit/v1/entries", "/audit/v1/entries/0", "/audit/v1/export", "/audit/v1/stats", "/audit/v1/lookup?jti=a",
            "/log/tile/entries/000.p/1",
        ] {
            #expect(try service.get(path).status == 401, "\(path)")
            #expect(try service.get(path, ["Authorization": "Bearer other"]).status == 401, "\(path)")
            #expect(try service.get(path, service.auditor).status == 200, "\(path)")
        }
        for path in [
            "/log/checkpoint", "/log/tile/0/000.p/1", "/audit/v1/proof?index=0", "/audit/v1/consistency?from=1",
        ] {
            let answer = try service.get(path)
            #expect(answer.status == 200, "\(path)")
            #expect(!answer.text.contains("extra "), "\(path)")
        }
    }

    @Test("The same request with the same key gets the same verdict; another request with it is refused")
    func idempotency() throws {
        let service = try RunningService(seed: Self.seed)
        try service.start()
        defer { service.stop() }
        let quote = try Self.quote()
        let first = try service.post("/v1/verdicts", quote, "application/octet-stream", ["Idempotency-Key": "one"])
        let again = try service.post("/v1/verdicts", quote, "application/octet-stream", ["Idempotency-Key": "one"])
        #expect(first.body == again.body)
        let plain = try service.post("/v1/verdicts", quote, "application/octet-stream")
        #expect(Self.text(plain.json, "id") != Self.text(first.json, "id"), "each verdict is an event")
        let other = try service.post(
            "/v1/verdicts?audience=b", quote, "application/octet-stream", ["Idempotency-Key": "one"])
        #expect(other.status == 422)
        #expect(Self.text(other.json, "code") == "IDEMPOTENCY_KEY_REUSED")
    }

    @Test("No service without its log, its guard or its key", arguments: ["log.db", "guard", "keys/log.pem"])
    func missing(_ file: String) throws {
        let service = try RunningService(seed: Self.seed)
        try service.start()
        #expect(service.stop() == 0)
        try FileManager.default.removeItem(atPath: service.scratch.path + "/data/" + file)
        let failure = #expect(throws: RunningService.Failure.self) { try service.start() }
        #expect(
            failure?.description.hasPrefix(file == "log.db" ? "exit 75" : "exit 66") == true,
            "\(failure?.description ?? "")")
    }

    /// `KILLS` in the environment makes it longer; `scripts/kill-test` does that.
    @Test("Killed at any moment: every token that was given has its entry, and the log verifies")
    func killed() throws {
        let kills = ProcessInfo.processInfo.environment["KILLS"].flatMap { Int($0) } ?? 15
        let service = try RunningService(seed: Self.seed)
        let quote = try Self.quote()
        let given = Mutex<[RunningService.Answer]>([])
        var checked = 0
        for round in 0...kills {
            // The start verifies the log, or there is none.
            try service.start()
            for answer in given.withLock({ Array($0[checked...]) }) {
                let identifier = try #require(Self.text(answer.json, "id"))
                let entry = try service.get("/v1/verdicts/\(identifier)")
                #expect(
                    entry.status == 200
                        && Self.number(entry.json, "log", "index") == Self.number(answer.json, "log", "index"),
                    "round \(round): \(identifier) was given, and is not where it was: \(entry.text)")
                checked += 1
            }
            // From outside, whole, and with everything that was ever given: costs more the longer the log is.
            if round.isMultiple(of: 100) || round == kills || kills < 50 {
                let leaves = try Self.leaves(service)
                for answer in given.withLock({ $0 }) {
                    let index = try #require(Self.number(answer.json, "log", "index"))
                    let identifier = try #require(Self.text(answer.json, "id"))
                    #expect(
                        Int(index) < leaves.count
                            && String(decoding: leaves[Int(index)], as: UTF8.self).contains("\"jti\":\"\(identifier)\""),
                        "round \(round): \(identifier) was given, and is not at \(index)")
                }
            }
            if let last = given.withLock({ $0.last }), let token = Self.text(last.json, "token") {
                #expect(try service.post("/v1/proof", Array(token.utf8), "application/jwt").status == 200)
            }
            guard round < kills else { break }
            let isOver = Mutex(false)
            let posters = DispatchGroup()
            for _ in 0..<4 {
                posters.enter()
                Thread.detachNewThread {
                    while !isOver.withLock({ $0 }) {
                        guard let answer = try? service.post("/v1/verdicts", quote, "application/octet-stream"),
                            answer.status == 200
                        else { continue }
                        given.withLock { $0.append(answer) }
                    }
                    posters.leave()
                }
            }
            // At any moment of a commit: each of the four has a verdict under way when the last of these is given.
            let enough = given.withLock { $0.count } + Int.random(in: 0...40)
            try waitUntil("\(enough) verdicts are given") { given.withLock { $0.count } >= enough }
            try service.kill()
            isOver.withLock { $0 = true }
            posters.wait()
        }
        #expect(!given.withLock { $0.isEmpty })
        service.stop()
    }
}
