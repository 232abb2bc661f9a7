import Foundation
import PlatformSimulator
import ProcessSupport
import Testing
import Wire

/// Bad input costs the caller a connection, and the service nothing that stays.
@Suite("The service under bad input", .waiting, .timeLimit(.minutes(5)))
struct BadInputTests {
    private static let seed = "bad-input"

    private struct Bad {
        let method: String
        let path: String
        let type: String
        let body: [UInt8]
        let status: Int
        /// A part of the answer: the code, where there is one.
        let part: String

        init(_ method: String, _ path: String, _ type: String, _ body: [UInt8], _ status: Int, _ part: String) {
            (self.method, self.path, self.type, self.body) = (method, path, type, body)
            (self.status, self.part) = (status, part)
        }
    }

    /// Every kind of refusal that reads a body, as large as each may be.
    private static func bodies(_ quote: [UInt8]) -> [Bad] {
        let (json, raw) = ("application/json", "application/octet-stream")
        func text(_ text: String) -> [UInt8] { Array(text.utf8) }
        let long = String(repeating: "x", count: 60_000)
        return [
            Bad("POST", "/v1/verdicts", json, text("{\"quote\":\"" + long), 400, "REQUEST_JSON_INVALID"),
            Bad("POST", "/v1/verdicts", json, text("{\"quote\":\"\(long)\"}"), 400, "QUOTE_VERSION_UNSUPPORTED"),
            Bad(
                "POST", "/v1/verdicts", json, text(String(repeating: "[", count: 60_000)), 400, "REQUEST_JSON_INVALID"),
            Bad("POST", "/v1/verdicts", json, text("{\"\(long)\":1}"), 400, "REQUEST_MEMBER_UNKNOWN"),
            Bad("POST", "/v1/verdicts", raw, Array(quote.dropLast(100)), 400, "QUOTE_TRUNCATED"),
            Bad(
                "POST", "/v1/verdicts", raw, [UInt8](repeating: 0xFF, count: 60_000), 400, "QUOTE_VERSION_UNSUPPORTED"),
            Bad(
                "POST", "/v1/verdicts", raw, [UInt8](repeating: 0, count: 1_500_000), 413, "REQUEST_BODY_TOO_LARGE"),
            Bad("POST", "/v1/verdicts", raw, [UInt8](repeating: 0, count: 4 << 20), 413, "REQUEST_BODY_TOO_LARGE"),
            Bad("POST", "/v1/verdicts", "text/plain", text(long), 415, "REQUEST_MEDIA_TYPE"),
            Bad(
                "POST", "/v1/attestation", json, text("{\"tee\":\"tdx\",\"evidence\":\"\(long)\"}"), 400,
                "AS.EVIDENCE.INVALID_FORMAT"),
            Bad(
                "POST", "/v1/tokens/introspect", "application/x-www-form-urlencoded", text("token=\(long)"), 200,
                "\"active\":false"),
            Bad("POST", "/nowhere/\(long.prefix(2_000))", json, text("{}"), 404, "NOT_FOUND"),
            Bad("BREW", "/v1/verdicts", json, text("{}"), 400, "REQUEST_MALFORMED"),
        ]
    }

    @Test("Thousands of bad bodies leave the process as large as some did")
    func memory() throws {
        let service = try RunningService(seed: Self.seed)
        try service.start()
        let world = try SimulatedWorld(
            seed: Self.seed, time: Instant(seconds: Int64(Date().timeIntervalSince1970) / 86_400 * 86_400))
        let bodies = Self.bodies(try world.recipe(for: .tdx15V5).build().quote)
        func post(_ count: Int) throws {
            for position in 0..<count {
                let bad = bodies[position % bodies.count]
                let answer: RunningService.Answer
                do {
                    answer = try service.request(bad.method, bad.path, ["Content-Type": bad.type], bad.body)
                } catch let failure as RunningService.Failure {
                    // Of a body that nobody wants 64 kB are taken; who goes on sending may lose the answer.
                    guard bad.status == 413 else { throw failure }
                    continue
                }
                #expect(
                    answer.status == bad.status && answer.text.contains(bad.part),
                    "\(bad.method) \(bad.path.prefix(30)): \(answer.status) \(answer.text.prefix(200))")
            }
        }
        // Allocators and thread stacks settle first.
        try post(240)
        let before = service.residentBytes
        try #require(before > 0)
        try post(2_400)
        let growth = service.residentBytes - before
        #expect(growth < 48 << 20, "\(growth) bytes more than the \(before) before")
        #expect(try service.get("/healthz").status == 200)
        #expect(service.stop() == 0)
    }
}
