import Hummingbird
import NIOCore
import PlatformSimulator
import ServiceSupport
import Synchronization
import Wire

/// Somebody who is told of re-appraisals, and remembers what was said.
final class WebhookReceiver: Sendable {
    struct Message: Sendable {
        let identifier: String
        let timestamp: String
        let signature: String
        let type: String
        let body: [UInt8]
    }

    private struct State {
        var messages: [Message] = []
        /// Statuses of the next answers; 204 when there are none left.
        var statuses: [Int] = []
    }

    private let state = Mutex(State())

    var messages: [Message] { state.withLock { $0.messages } }

    func answer(_ statuses: [Int]) { state.withLock { $0.statuses = statuses } }

    /// - Parameter body: Gets the URL to post to.
    func serve<Value: Sendable>(_ body: @escaping @Sendable (String) async throws -> Value) async throws -> Value {
        let router = Router(context: BasicRequestContext.self)
        router.post("told") { request, _ -> HTTPResponse.Status in
            var body = try await request.body.collect(upTo: 65_536)
            let bytes = body.readBytes(length: body.readableBytes) ?? []
            func header(_ name: String) -> String {
                request.headers.first { $0.name.canonicalName == name }?.value ?? ""
            }
            let message = Message(
                identifier: header("webhook-id"), timestamp: header("webhook-timestamp"),
                signature: header("webhook-signature"), type: header("content-type"), body: bytes)
            return self.state.withLock { state in
                state.messages.append(message)
                return HTTPResponse.Status(code: state.statuses.isEmpty ? 204 : state.statuses.removeFirst())
            }
        }
        return try await ScopedServer.run { onRunning in
            Application(
                router: router, configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
                onServerRunning: { channel in onRunning(channel.localAddress?.port ?? 0) })
        } _: { port in
            try await body("http://127.0.0.1:\(port)/told")
        }
    }
}
