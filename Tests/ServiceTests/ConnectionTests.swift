import AttestationService
import Foundation
import PlatformSimulator
import ProcessSupport
import ServiceSupport
import Synchronization
import Testing
import Wire

@testable import WebAPI

/// Connections that say little, nothing, or far too much: they take what they may, and who speaks is answered.
@Suite("Connections and their memory")
struct ConnectionTests {
    private final class Closed: Sendable {
        private let names = Mutex<[String]>([])
        var all: [String] { names.withLock { $0 } }
        func close(_ name: String) -> @Sendable () -> Void {
            { [self] in names.withLock { $0.append(name) } }
        }
    }

    @Test("A full ledger: who has waited longest makes room, who is being served never does")
    func ledger() throws {
        let (ledger, closed) = (ConnectionLedger(capacity: 3, perClient: 0), Closed())
        let a = try #require(ledger.open(nil, close: closed.close("a")))
        let b = try #require(ledger.open(nil, close: closed.close("b")))
        let c = try #require(ledger.open(nil, close: closed.close("c")))
        ledger.works(a)
        let d = try #require(ledger.open(nil, close: closed.close("d")))
        #expect(closed.all == ["b"] && ledger.count == 3)
        // It answered a, which waits from now on: behind c and d.
        ledger.waits(a)
        ledger.closed(b)
        ledger.evictLongestWaiting()
        ledger.evictLongestWaiting()
        #expect(closed.all == ["b", "c", "d"])
        for number in [a, c, d] { ledger.works(number) }
        ledger.evictLongestWaiting()
        #expect(closed.all == ["b", "c", "d"] && ledger.count == 1)
        let others = (0..<2).compactMap { _ in ledger.open(nil, close: closed.close("e")) }
        for number in others { ledger.works(number) }
        // Everybody is being served: then there is no room.
        #expect(others.count == 2 && ledger.open(nil, close: closed.close("f")) == nil)
        ledger.closed(a)
        #expect(ledger.open(nil, close: closed.close("f")) != nil && closed.all == ["b", "c", "d"])
    }

    @Test("One client has so many and no more; a proxy's are not counted; however often it answers, nothing grows")
    func clients() throws {
        let (ledger, closed) = (ConnectionLedger(capacity: 100, perClient: 2), Closed())
        let (anna, bert) = (Principal.client("2001:db8::1"), Principal.client("2001:db8:0:1::1"))
        let first = try #require(ledger.open(anna, close: closed.close("anna")))
        #expect(ledger.open(.client("2001:db8::2"), close: closed.close("anna")) != nil)
        #expect(ledger.open(anna, close: closed.close("anna")) == nil)
        #expect(ledger.open(bert, close: closed.close("bert")) != nil)
        #expect((0..<20).allSatisfy { _ in ledger.open(nil, close: closed.close("proxy")) != nil })
        for _ in 0..<10_000 {
            ledger.works(first)
            ledger.waits(first)
        }
        ledger.closed(first)
        ledger.closed(first)
        #expect(ledger.open(anna, close: closed.close("anna")) != nil)
        #expect(ledger.open(anna, close: closed.close("anna")) == nil && closed.all.isEmpty)
    }

    private static func head(_ length: Int, _ more: String = "") -> String {
        "POST /v1/verdicts HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n\(more)Content-Length: \(length)\r\n\r\n"
    }

    @Test(
        "Bodies that never end take what they may: beyond it 503 at once, a quote is still judged, and all comes back")
    func bodies() async throws {
        try await Live.run(["limits.memory": "32"]) { live in
            let port = live.port
            let rest = try await live.gauge("assay_memory_reserved_bytes")
            try await OwnThread.run {
                let connections = try (0..<12).map { _ in try RawConnection(port: port) }
                for connection in connections {
                    connection.send(Self.head(2_900_000))
                    connection.send([UInt8](repeating: 0x20, count: 2_000_000))
                }
                let answers = connections.filter { $0.hears(withinMilliseconds: 2_000) }.map { $0.readToEnd() }
                let refused = answers.filter { $0.contains("OVERLOADED") }
                #expect(!refused.isEmpty, "\(answers)")
                for answer in refused {
                    #expect(
                        answer.hasPrefix("HTTP/1.1 503") && answer.lowercased().contains("retry-after: 2"), "\(answer)")
                }
            }
            #expect(try await live.raw(try TestWorld.evidence().quote).value("verdict") == "accept")
            try await eventually("everything is given back") {
                try await live.gauge("assay_memory_reserved_bytes") <= rest
            }
        }
    }

    @Test("A listener full of silence, and of heads that never end: who speaks comes in, and the longest silence ends")
    func silence() async throws {
        try await Live.run(["limits.connections": "8"]) { live in
            let port = live.port
            let silent = try await OwnThread.run {
                let connections = try (0..<40).map { _ in try RawConnection(port: port) }
                for connection in connections { connection.send("GET /healthz HTTP/1.1\r\nX-Slow: ") }
                return connections
            }
            for _ in 0..<3 { #expect(try await live.raw(try TestWorld.evidence().quote).status == 200) }
            #expect(try await OwnThread.run { silent[0].hears(withinMilliseconds: 5_000) })
            #expect(try await OwnThread.run { silent[0].readToEnd() }.isEmpty)
        }
    }

    @Test("One address has so many connections; the next is closed at once, and a trusted proxy is not counted")
    func perClient() async throws {
        try await Live.run(["limits.connections_per_client": "3"]) { live in
            let port = live.port
            try await OwnThread.run {
                let connections = try (0..<3).map { _ in try RawConnection(port: port) }
                for connection in connections {
                    connection.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
                    #expect(connection.read(until: "ok").contains("200"))
                }
                let next = try RawConnection(port: port)
                next.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(next.readToEnd().isEmpty)
            }
        }
        try await Live.run(["limits.connections_per_client": "1", "trusted_proxies": "127.0.0.1"]) { live in
            let port = live.port
            try await OwnThread.run {
                let connections = try (0..<9).map { _ in try RawConnection(port: port) }
                for connection in connections {
                    connection.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
                    #expect(connection.read(until: "ok").contains("200"))
                }
            }
        }
    }

    /// There is nothing here that would read it.
    private static func unwanted(_ length: Int) -> String {
        "POST /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: \(length)\r\n\r\n"
    }

    @Test("A body that nobody wants: 64 kB of it are taken and the connection goes on; more ends it, the answer given")
    func unread() async throws {
        try await Live.run { live in
            let port = live.port
            try await OwnThread.run {
                let polite = try RawConnection(port: port)
                for _ in 0..<3 {
                    polite.send(Self.unwanted(60_000))
                    polite.send([UInt8](repeating: 0x20, count: 60_000))
                    #expect(polite.read(until: "request_id").contains("NOT_FOUND"))
                }
                let deaf = try RawConnection(port: port)
                deaf.send(Self.unwanted(100_000_000))
                let isSent = deaf.send([UInt8](repeating: 0x20, count: 100_000_000))
                #expect(!isSent, "all of it was taken")
                #expect(deaf.readToEnd().contains("NOT_FOUND"))
                let slow = try RawConnection(port: port)
                slow.send(Self.unwanted(1_000) + "{")
                // Closed after two seconds, with the answer before.
                #expect(slow.readToEnd().contains("NOT_FOUND"))
            }
        }
    }

    @Test("Who asks for the same again is told whether it will be the same")
    func idempotency() async throws {
        try await Live.run { live in
            let quote = try TestWorld.evidence().quote
            func ask(_ key: String, _ body: [UInt8]) async throws -> WebAnswer {
                try await live.client.send(
                    "POST", live.base + "/v1/verdicts",
                    headers: ["Content-Type: application/octet-stream", "Idempotency-Key: \(key)"], body: body)
            }
            let (first, again) = (try await ask("a", quote), try await ask("a", quote))
            #expect(first.header("assay-idempotency") == "kept" && again.header("assay-idempotency") == "kept")
            #expect(first.body == again.body)
            let wrong = try await ask("b", [1])
            #expect(wrong.status == 400 && wrong.header("assay-idempotency") == "not-kept")
            // It was not kept: the key is free for what was meant.
            #expect(try await ask("b", quote).status == 200)
            #expect(try await live.raw(quote).header("assay-idempotency") == nil)
        }
    }
}
