import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// After an answer that ends its connection, takes what the peer still sends and throws it away, until the peer has closed
/// or two seconds have passed.
///
/// Of a body that is refused unread, nobody reads the rest: the connection and what it has buffered would stay until the
/// idle limit, hundreds of kilobytes each. Closing at once would take the answer from a peer that is still sending.
final class LingeringClose: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private var isLast = false
    private var isDraining = false
    private static let patience = TimeAmount.seconds(2)

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let part = Self.unwrapOutboundIn(data)
        if case .head(let head) = part, head.headerFields[.connection] == "close" { isLast = true }
        context.write(data, promise: promise)
        guard isLast, case .end = part, !isDraining else { return }
        isDraining = true
        let channel = context.channel
        context.eventLoop.scheduleTask(in: Self.patience) { channel.close(promise: nil) }
        context.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if !isDraining { context.fireChannelRead(data) }
    }

    /// Nobody behind this asks for more, so it is asked for here.
    func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        if isDraining { context.read() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        context.fireUserInboundEventTriggered(event)
        if isDraining, case .inputClosed? = event as? ChannelEvent { context.close(promise: nil) }
    }
}
