import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// What a connection owes its peer besides answers: leave to send a body for which leave was asked (`Expect: 100-continue`),
/// and in HTTP/2 no header field that speaks of the connection, where none may be.
final class ConnectionManners: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private var isStream = false
    private static let host = HTTPField.Name("Host")

    func handlerAdded(context: ChannelHandlerContext) {
        // Above a connection is the listener; above a stream of HTTP/2, its connection, and above that the listener.
        isStream = context.channel.parent?.parent != nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(var head) = Self.unwrapInboundIn(data) else {
            context.fireChannelRead(data)
            return
        }
        if Self.isLeaveAsked(head) {
            context.writeAndFlush(Self.wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
        }
        // There a Host may repeat the authority (RFC 9113 8.3.1), and says nothing then.
        if isStream, let name = Self.host, head.headerFields[values: name] == [head.authority] {
            head.headerFields[name] = nil
        }
        context.fireChannelRead(Self.wrapInboundOut(.head(head)))
    }

    /// A body that is refused for its length alone is better not sent: the refusal is the answer.
    private static func isLeaveAsked(_ head: HTTPRequest) -> Bool {
        guard head.headerFields[.expect]?.lowercased() == "100-continue" else { return false }
        let length = head.headerFields[.contentLength].flatMap { Int($0) } ?? 0
        return length <= BodyReader.largest
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard isStream, case .head(var head) = Self.unwrapOutboundIn(data), head.headerFields[.connection] != nil else {
            context.write(data, promise: promise)
            return
        }
        head.headerFields[.connection] = nil
        context.write(Self.wrapOutboundOut(.head(head)), promise: promise)
    }
}
