import Foundation
import PlatformSimulator
import ProcessSupport
import Testing
import Wire

/// Bad input costs the caller a connection, and the service nothing that stays.
@Suite("The service under bad input", .waiting, .timeLimit(.minutes(5)))
struct BadInputTests {
    private static let seed = "bad-input"

    /// Every kind of refusal that reads a body, as large as each may be.
    private static func bodies(_ quote: [UInt8]) -> [(method: String, path: String, type: String, body: [UInt8])] {
        let (json, raw) = ("application/json", "application/octet-stream")
        func text(_ text: String) -> [UInt8] { Array(text.utf8) }
        let long = String(repeating: "x", count: 60_000)
        return [
            ("POST", "/v1/verdicts", json, text("{\"quote\":\"" + long)),
            ("POST", "/v1/verdicts", json, text("{\"quote\":\"\(long)\"}")),
            ("POST", "/v1/verdicts", json, text(String(repeating: "[", count: 60_000))),
            ("POST", "/v1/verdicts", json, text("{\"\(long)\":1}")),
            ("POST", "/v1/verdicts", raw, Array(quote.dropLast(100))),
            ("POST", "/v1/verdicts", raw, [UInt8](repeating: 0xFF, count: 60_000)),
            ("POST", "/v1/verdicts", raw, [UInt8](repeating: 0, count: 1_500_000)),
            ("POST", "/v1/verdicts", raw, [UInt8](repeating: 0, count: 4 << 20)),
            ("POST", "/v1/verdicts", "text/plain", text(long)),
            ("POST", "/v1/attestation", json, text("{\"tee\":\"tdx\",\"evidence\":\"\(long)\"}")),
            ("POST", "/v1/tokens/introspect", "application/x-www-form-urlencoded", text("token=\(long)")),
            ("POST", "/nowhere/\(long.prefix(2_000))", json, text("{}")),
            ("BREW", "/v1/verdicts", json, text("{}")),
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
                // What is refused before its end may find the connection gone; everything else has its answer.
                let answer = try? service.request(bad.method, bad.path, ["Content-Type": bad.type], bad.body)
                if let answer { #expect((400..<500).contains(answer.status) || answer.text.contains("false")) }
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
