import AttestationService
import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Why the rest of a body is not taken.
enum BodyRefusal: Error, Hashable, Sendable {
    /// As many bytes as may be are in memory already.
    case noRoom
    /// It was not complete in time.
    case tooSlow
}

/// Counts what a request takes while it arrives, until it is answered: of a body that has no room, and of one that takes too
/// long, the rest is not taken, and whoever reads it is told why.
final class RequestGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private struct Holding {
        var body = 0
        var small = 0
        var large = 0
    }

    private let memory: MemoryBudget
    private let ledger: ConnectionLedger
    private var connection: ConnectionGuard?
    /// A stream of HTTP/2 is no connection, and counts for itself.
    private var streamBytes = 0
    /// Of each request that is not answered yet, the oldest first.
    private var holdings: [Holding] = []
    private var isOpen = false
    private var isRefused = false
    private var timer: Scheduled<Void>?

    /// The bytes, their copy in one piece, and what is decoded of them.
    private static let factor = 3
    /// A quote in JSON has about 12 kB.
    private static let smallBody = 65_536

    init(_ gate: ConnectionGate) { (memory, ledger) = (gate.memory, gate.ledger) }

    func handlerAdded(context: ChannelHandlerContext) {
        let own = try? context.pipeline.syncOperations.handler(type: ConnectionGuard.self)
        connection =
            own
            ?? context.channel.parent.flatMap { parent in
                guard parent.eventLoop.inEventLoop else { return nil }
                return try? parent.pipeline.syncOperations.handler(type: ConnectionGuard.self)
            }
        guard own == nil else { return }
        guard memory.reserve(ConnectionGate.connectionBytes, for: .head) else {
            ledger.evictLongestWaiting()
            context.close(promise: nil)
            return
        }
        streamBytes = ConnectionGate.connectionBytes
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch Self.unwrapInboundIn(data) {
        case .head:
            isOpen = true
            holdings.append(Holding())
            connection?.headArrived(isStream: streamBytes > 0)
        case .body(let part):
            guard !isRefused else { return }
            guard take(part.readableBytes) else { return refuse(.noRoom, context) }
        case .end:
            isOpen = false
            timer?.cancel()
            timer = nil
            connection?.requestArrived()
        }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if isOpen, !isRefused, timer == nil {
            timer = context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(BodyReader.seconds)) { [self] in
                timer = nil
                if isOpen { refuse(.tooSlow, context) }
            }
        }
        context.fireChannelReadComplete()
    }

    private func refuse(_ why: BodyRefusal, _ context: ChannelHandlerContext) {
        isRefused = true
        context.fireErrorCaught(why)
    }

    /// What comes when its request is answered already is thrown away, and takes nothing.
    private func take(_ bytes: Int) -> Bool {
        guard let last = holdings.indices.last else { return true }
        let (use, wanted): (MemoryBudget.Use, Int) = (
            holdings[last].body + bytes > Self.smallBody ? .large : .smallBody, bytes * Self.factor
        )
        guard memory.reserve(wanted, for: use) else {
            // Where there is no room for a quote, somebody holds it who says nothing.
            if use == .smallBody { ledger.evictLongestWaiting() }
            return false
        }
        holdings[last].body += bytes
        if use == .large { holdings[last].large += wanted } else { holdings[last].small += wanted }
        return true
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let part = Self.unwrapOutboundIn(data)
        context.write(data, promise: promise)
        // What is no request is answered too.
        guard case .end = part, !holdings.isEmpty else { return }
        giveBack(holdings.removeFirst())
        connection?.answered()
    }

    func channelInactive(context: ChannelHandlerContext) {
        leave()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { leave() }

    private func leave() {
        timer?.cancel()
        timer = nil
        for holding in holdings {
            giveBack(holding)
            // Of a connection that is gone nothing is left to wait for; of a stream, the connection goes on.
            connection?.answered()
        }
        holdings = []
        connection = nil
        memory.giveBack(streamBytes, of: .head)
        streamBytes = 0
    }

    private func giveBack(_ holding: Holding) {
        memory.giveBack(holding.small, of: .smallBody)
        memory.giveBack(holding.large, of: .large)
    }
}
