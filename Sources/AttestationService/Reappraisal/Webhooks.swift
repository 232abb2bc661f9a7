package import AuditStore
import Crypto
import Foundation
package import HTTPClient
package import Logging
import MerkleLog
package import StateStore
import Synchronization
import Wire

/// Tells other systems of every re-appraisal, one POST each, signed as Standard Webhooks has it. At least once: how far
/// each of them has been told is kept, and what one does not take is tried again, less and less often, for as long as
/// it is configured. What waits is in the log, so nothing grows meanwhile.
package final class Webhooks: Sendable {
    package struct Secret: Sendable {
        private let key: SymmetricKey

        /// - Parameter text: `whsec_` and base64 of 24 to 64 bytes.
        package init?(_ text: some StringProtocol) {
            guard text.hasPrefix("whsec_"), let bytes = Base64.decode(Array(text.dropFirst(6).utf8)[...]),
                (24...64).contains(bytes.count)
            else { return nil }
            key = SymmetricKey(data: bytes)
        }

        /// `webhook-signature`.
        func signature(_ identifier: String, _ timestamp: Int64, _ body: [UInt8]) -> String {
            let content = Array("\(identifier).\(timestamp).".utf8) + body
            return "v1," + Base64.encode(Array(HMAC<SHA256>.authenticationCode(for: content, using: key)))
        }
    }

    private struct Counts: Sendable {
        var delivered: Int64 = 0
        var failed: Int64 = 0
        var waiting: Set<String> = []
    }

    private let urls: [String]
    private let secret: Secret
    private let feed: ReappraisalFeed
    private let origin: String
    private let cursors: WebhookCursors
    private let transport: HTTPTransport
    private let clocks: Clocks
    private let logger: Logger
    private let counts = Mutex(Counts())
    private let signals = Mutex<[AsyncStream<Void>.Continuation]>([])
    private let tasks = Mutex<[Task<Void, Never>]>([])

    private static let firstDelay = Duration.seconds(1)
    private static let longestDelay = Duration.seconds(300)

    package init(
        urls: [String], secret: Secret, log: AuditLog, index: QueryIndex, cursors: WebhookCursors,
        clocks: Clocks, logger: Logger
    ) throws(TransportFailure) {
        transport = try HTTPTransport()
        self.urls = urls
        self.secret = secret
        feed = ReappraisalFeed(log: log, index: index)
        origin = log.origin.description
        self.cursors = cursors
        self.clocks = clocks
        self.logger = logger
    }

    package func start() {
        for url in urls {
            let (signal, poke) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
            signals.withLock { $0.append(poke) }
            poke.yield()
            let task = Task { await self.follow(url, signal) }
            tasks.withLock { $0.append(task) }
        }
    }

    /// There is another re-appraisal in the log.
    package func announce() { for signal in signals.withLock({ $0 }) { signal.yield() } }

    package func stop() async {
        let tasks = tasks.withLock { $0 }
        for task in tasks { task.cancel() }
        transport.stop()
        for task in tasks { await task.value }
    }

    private func follow(_ url: String, _ signal: AsyncStream<Void>) async {
        var position: UInt64?
        for await _ in signal {
            var delay = Self.firstDelay
            // Until everything is told, or the service ends.
            while !Task.isCancelled {
                do {
                    let start: UInt64
                    if let position { start = position } else { start = try await beginning(of: url) }
                    position = start
                    position = try await tell(url, from: start) { position = $0 }
                    counts.withLock { _ = $0.waiting.remove(url) }
                    break
                } catch {
                    guard !Task.isCancelled else { return }
                    counts.withLock { counts in
                        counts.failed += 1
                        counts.waiting.insert(url)
                    }
                    logger.warning(
                        "a webhook does not take a re-appraisal", metadata: ["url": "\(url)", "reason": "\(error)"])
                    try? await clocks.sleep(delay)
                    delay = min(delay * 2, Self.longestDelay)
                }
            }
        }
    }

    /// Who is new is told from now on.
    private func beginning(of url: String) async throws -> UInt64 {
        if let known = try await cursors.position(of: url, origin: origin) { return known }
        let end = feed.end
        try await cursors.set(end, of: url, origin: origin)
        return end
    }

    private func tell(_ url: String, from start: UInt64, _ advance: (UInt64) -> Void) async throws -> UInt64 {
        var position = start
        while position < feed.end {
            let part = try await feed.part(from: position, limit: 16)
            for (index, entry) in part.entries {
                guard case .reappraisal(let body) = entry.body else { continue }
                try await post(
                    ReappraisalDocument(body, index: index, timeMilliseconds: entry.timeMilliseconds), index, to: url)
                try await cursors.set(index + 1, of: url, origin: origin)
                advance(index + 1)
                counts.withLock { $0.delivered += 1 }
            }
            position = part.next
        }
        return position
    }

    struct Refused: Error, CustomStringConvertible {
        let description: String
    }

    private func post(_ document: ReappraisalDocument, _ index: UInt64, to url: String) async throws {
        let body = JSON.object([
            ("type", .string("verdict.reappraised")), ("timestamp", document.json["time"] ?? .null),
            ("data", document.json),
        ]).compactBytes
        // The same at every try, and another for every re-appraisal of every log.
        let identifier = "msg_" + MerkleHashing.sha256("\(origin) \(index)".utf8).hex.prefix(32)
        let timestamp = clocks.wall() / 1_000
        let response = try await transport.send(
            HTTPRequest(
                url: url, allowsHTTP: url.hasPrefix("http://"), certificateAuthorityFile: nil,
                connectTimeoutMilliseconds: 5_000, totalTimeoutMilliseconds: 15_000, bodyLimit: 65_536,
                content: HTTPRequest.Content(
                    type: "application/json",
                    headers: [
                        ("webhook-id", identifier), ("webhook-timestamp", "\(timestamp)"),
                        ("webhook-signature", secret.signature(identifier, timestamp, body)),
                    ], body: body)))
        guard (200..<300).contains(response.status) else { throw Refused(description: "status \(response.status)") }
    }

    /// For `/metrics`.
    package var gauges: [Gauge] {
        let counts = counts.withLock { $0 }
        return [
            Gauge("webhooks_delivered", "Messages that webhooks took since the start.", counts.delivered),
            Gauge("webhooks_failed", "Tries that they did not take.", counts.failed),
            Gauge("webhooks_waiting", "Webhooks that are tried again now.", Int64(counts.waiting.count)),
        ]
    }
}
