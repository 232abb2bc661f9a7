import AttestationService
import AuditStore
import HTTPTypes
import Hummingbird
import MerkleLog
import NIOCore
import ServiceLifecycle
import Wire
import Words

/// `GET /v1/events`: re-appraisals as server-sent events, each under its index in the log, so that a reader who comes back
/// with `Last-Event-ID` misses none.
struct EventStream: Sendable {
    let surface: AuditSurface
    let events: VerdictEvents

    func callAsFunction(_ request: Request, _ exchange: Exchange) async throws(HTTPProblem) -> Response {
        _ = try AuditParameters(request, known: [])
        let feed = ReappraisalFeed(log: surface.log, index: surface.index)
        var start = feed.end
        if let last = request.headers[.known("Last-Event-ID")] {
            guard let index = Decimal.parse(Array(last.utf8)), index < start else {
                throw AuditParameters.invalid("Last-Event-ID", "found what is no index of this log")
            }
            start = index + 1
        }
        guard !events.isFull else {
            var problem = HTTPProblem(.overloaded, "\(VerdictEvents.capacity) follow already", fix: "Come back later.")
            problem.retryAfterSeconds = 30
            throw problem
        }
        guard !events.isFull(for: exchange.caller) else {
            var problem = HTTPProblem(
                .callerBudget,
                "this caller follows \(VerdictEvents.capacityOfCaller) times already, as often as one may",
                fix: "End one of the streams first.")
            problem.retryAfterSeconds = 30
            throw problem
        }
        let (events, first, caller) = (events, start, exchange.caller)
        return Response(
            status: .ok,
            headers: [
                .contentType: "text/event-stream", .cacheControl: "no-store", .known("X-Accel-Buffering"): "no",
            ],
            body: ResponseBody { writer in
                if let subscription = events.subscribe(for: caller) {
                    defer { events.end(subscription) }
                    // A stream must not hold a shutdown up.
                    try await withGracefulShutdownHandler {
                        try await Self.follow(feed, from: first, subscription, events) { text in
                            try await writer.write(ByteBuffer(string: text))
                        }
                    } onGracefulShutdown: {
                        events.end(subscription)
                    }
                }
                try await writer.finish(nil)
            })
    }

    private static func follow(
        _ feed: ReappraisalFeed, from start: UInt64, _ subscription: VerdictEvents.Subscription,
        _ events: VerdictEvents, _ write: (String) async throws -> Void
    ) async throws {
        var position = start
        try await write("retry: 5000\n\n")
        func catchUp() async throws -> Bool {
            let before = position
            repeat {
                let part = try await feed.part(from: position)
                for (index, entry) in part.entries {
                    guard case .reappraisal(let body) = entry.body else { continue }
                    let data = ReappraisalDocument(body, index: index, timeMilliseconds: entry.timeMilliseconds).json
                    try await write("event: reappraisal\nid: \(index)\ndata: \(data.compactText)\n\n")
                    events.progressed(subscription)
                }
                position = part.next
            } while position < feed.end
            return position != before
        }
        _ = try await catchUp()
        for await _ in subscription.wakes {
            let hasMore = try await catchUp()
            // A comment: readers pass it over, and everything between sees that the connection lives.
            if !hasMore { try await write(":\n\n") }
            events.progressed(subscription)
        }
    }
}
