import AttestationService
import HummingbirdCore
import Logging
import NIOCore

/// What a listener's connections share: who is connected, and the memory that they may take.
package struct ConnectionGate: Sendable {
    let ledger: ConnectionLedger
    let memory: MemoryBudget
    let proxies: TrustedProxies

    /// What one connection takes, with its pipeline, its task and its buffers; with TLS it is more.
    static let connectionBytes = 16_384
    /// From the first byte to the end of a head, a TLS handshake before it included.
    static let headTime = TimeAmount.seconds(10)
    /// A peer that takes nothing of its answer for so long is let go.
    static let answerTime = TimeAmount.seconds(30)

    init(connections: Int, perClient: Int, memory: MemoryBudget, proxies: TrustedProxies) {
        ledger = ConnectionLedger(capacity: connections, perClient: perClient)
        self.memory = memory
        self.proxies = proxies
    }
}

/// A server's connections, each with a guard in front of everything else.
struct GuardedChannel<Base: ServerChildChannel>: ServerChildChannel {
    let base: Base
    let gate: ConnectionGate

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Base.Value> {
        do {
            // Buffers of 64 kB for each connection would be most of what a connection takes.
            try channel.syncOptions?.setOption(
                .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 1_024, initial: 2_048, maximum: 16_384))
            try channel.pipeline.syncOperations.addHandler(ConnectionGuard(gate))
        } catch {
            channel.close(promise: nil)
            return channel.eventLoop.makeFailedFuture(error)
        }
        return base.setup(channel: channel, logger: logger)
    }

    func handle(value: Base.Value, logger: Logger) async { await base.handle(value: value, logger: logger) }
}

/// Sees a connection's bytes before anything is made of them: lets it in or not, counts an unfinished head, and ends what
/// takes too long. `RequestGuard` tells it what it has understood.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum Phase {
        /// Nothing has come since the last answer.
        case idle
        /// A head has begun.
        case head
        /// A request is being read or answered; of HTTP/2, several.
        case requests
    }

    private let gate: ConnectionGate
    private var connection: UInt64?
    private var phase = Phase.idle
    private var headBytes = 0
    private var isMultiplexed = false
    /// Begun, and not answered yet.
    private var requests = 0
    private var headTimer: Scheduled<Void>?
    private var answerTimer: Scheduled<Void>?

    init(_ gate: ConnectionGate) { self.gate = gate }

    func channelActive(context: ChannelHandlerContext) {
        let channel = context.channel
        let address = channel.remoteAddress?.ipAddress ?? "local"
        let client = gate.proxies.addresses.contains(address) ? nil : Principal.client(address)
        if gate.memory.reserve(ConnectionGate.connectionBytes, for: .head) {
            connection = gate.ledger.open(client) { channel.close(promise: nil) }
            if connection == nil { gate.memory.giveBack(ConnectionGate.connectionBytes, of: .head) }
        } else {
            gate.ledger.evictLongestWaiting()
        }
        context.fireChannelActive()
        if connection == nil { context.close(promise: nil) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = Self.unwrapInboundIn(data).readableBytes
        if phase == .idle {
            phase = .head
            headTimer = context.eventLoop.assumeIsolated().scheduleTask(in: ConnectionGate.headTime) {
                context.close(promise: nil)
            }
        }
        if phase == .head {
            guard gate.memory.reserve(bytes, for: .head) else {
                gate.ledger.evictLongestWaiting()
                context.close(promise: nil)
                return
            }
            headBytes += bytes
        }
        context.fireChannelRead(data)
    }

    /// What an answer is written faster than is taken waits in memory.
    func channelWritabilityChanged(context: ChannelHandlerContext) {
        answerTimer?.cancel()
        answerTimer =
            context.channel.isWritable
            ? nil
            : context.eventLoop.assumeIsolated().scheduleTask(in: ConnectionGate.answerTime) {
                context.close(promise: nil)
            }
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        leave()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { leave() }

    private func leave() {
        headTimer?.cancel()
        answerTimer?.cancel()
        giveHeadBack()
        guard let connection else { return }
        self.connection = nil
        gate.ledger.closed(connection)
        gate.memory.giveBack(ConnectionGate.connectionBytes, of: .head)
    }

    private func giveHeadBack() {
        gate.memory.giveBack(headBytes, of: .head)
        headBytes = 0
    }

    // MARK: What is understood

    /// - Parameter isStream: Of HTTP/2: from now on there is no telling by its bytes when a head begins.
    func headArrived(isStream: Bool) {
        headTimer?.cancel()
        headTimer = nil
        phase = .requests
        isMultiplexed = isMultiplexed || isStream
        requests += 1
    }

    func requestArrived() {
        if let connection { gate.ledger.works(connection) }
    }

    func answered() {
        requests -= 1
        guard requests == 0 else { return }
        giveHeadBack()
        if !isMultiplexed { phase = .idle }
        if let connection { gate.ledger.waits(connection) }
    }
}
