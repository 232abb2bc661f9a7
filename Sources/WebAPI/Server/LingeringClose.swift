import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Of a body that is answered before it was read, nobody wants the rest: it is taken and thrown away, 64 kB of it or for two
/// seconds, and then its connection is closed; of HTTP/2, its stream. Closing at once would take the answer from a peer that
/// is still sending, and taking it all would let one peer send for ever.
///
/// The same after an answer that ends its connection.
final class LingeringClose: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private static let patience = TimeAmount.seconds(2)
    private static let limit = 65_536

    /// Requests that are complete, and answers that are.
    private var (arrived, answered) = (0, 0)
    private var drained = 0
    private var isLast = false
    /// The last answer is given.
    private var isOver = false

    /// Whoever reads was told that no more will come: there is no next request.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        isLast = true
        context.fireErrorCaught(error)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch Self.unwrapOutboundIn(data) {
        case .head(var head):
            if head.headerFields[.connection] == "close" { isLast = true }
            // HTTP/2 knows no such field, and refuses to send it. Only a stream's connection has a parent.
            if context.channel.parent?.parent != nil { head.headerFields[.connection] = nil }
            context.write(Self.wrapOutboundOut(.head(head)), promise: promise)
        case .body: context.write(data, promise: promise)
        case .end:
            context.write(data, promise: promise)
            answered += 1
            guard isLast || arrived < answered, !isOver else { return }
            isOver = isLast
            let (channel, number) = (context.channel, answered)
            context.eventLoop.assumeIsolated().scheduleTask(in: Self.patience) { [self] in
                if isOver || arrived < number { channel.close(promise: nil) }
            }
            context.read()
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch Self.unwrapInboundIn(data) {
        case .head: break
        case .body(let part):
            guard isOver || arrived < answered else { break }
            drained += part.readableBytes
            if drained > Self.limit { context.close(promise: nil) }
            return
        case .end:
            arrived += 1
            drained = 0
        }
        if !isOver { context.fireChannelRead(data) }
    }

    /// Nobody behind this asks for more, so it is asked for here.
    func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        if isOver { context.read() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        context.fireUserInboundEventTriggered(event)
        if isOver, case .inputClosed? = event as? ChannelEvent { context.close(promise: nil) }
    }
}
