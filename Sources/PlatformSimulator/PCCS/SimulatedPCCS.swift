package import DCAPFormats
import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOCore
import NIOSSL
import Synchronization
import Wire

/// A caching service, or Intel's own, over real HTTP or HTTPS on loopback, with the quirks of dcap 3.3 and any fault on
/// demand. Content and faults may change while it runs; every request is kept for the test to count.
package final class SimulatedPCCS: Sendable {
    package struct RecordedRequest: Hashable, Sendable {
        package let item: PCCSItem?
        /// Path and query as asked.
        package let target: String
    }

    private struct State {
        var catalogue: PCCSCatalogue
        var faults: [(items: Set<PCCSItem>, fault: PCCSFault, left: Int?)] = []
        var requests: [RecordedRequest] = []
        var clientPorts: Set<Int> = []
    }

    private let state: Mutex<State>
    package let kind: CollateralAddress.Kind

    package init(_ catalogue: PCCSCatalogue, kind: CollateralAddress.Kind = .pccs) {
        state = Mutex(State(catalogue: catalogue))
        self.kind = kind
    }

    package func replace(_ catalogue: PCCSCatalogue) { state.withLock { $0.catalogue = catalogue } }

    /// - Parameter count: For so many requests; `nil` until it is lifted.
    package func fail(_ fault: PCCSFault, for items: Set<PCCSItem> = Set(PCCSItem.allCases), count: Int? = nil) {
        state.withLock { $0.faults.append((items, fault, count)) }
    }

    /// Until it is lifted.
    func waitForHeld() async throws {
        while state.withLock({ $0.faults.contains { $0.fault == .held } }) {
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    package func heal() { state.withLock { $0.faults = [] } }

    package var requests: [RecordedRequest] { state.withLock { $0.requests } }

    /// How many connections the requests came on.
    package var connectionCount: Int { state.withLock { $0.clientPorts.count } }

    /// Serves until `body` returns.
    ///
    /// - Parameters:
    ///   - host: The address that is bound.
    ///   - port: 0 takes any that is free.
    ///   - certificate: For HTTPS.
    ///   - body: Gets the base URL of the SGX interface.
    package func serve<Result: Sendable>(
        host: String = "127.0.0.1", port: Int = 0, certificate: LoopbackCertificate? = nil,
        _ body: @escaping @Sendable (String) async throws -> Result
    ) async throws -> Result {
        let server: HTTPServerBuilder =
            if let certificate { try .tls(tlsConfiguration: certificate.serverConfiguration()) } else { .http1() }
        var logger = Logger(label: "simulated-pccs") { _ in SwiftLogNoOpLogHandler() }
        logger.logLevel = .critical
        let scheme = certificate == nil ? "http" : "https"
        return try await ScopedServer.run { onRunning in
            Application(
                responder: PCCSResponder(service: self), server: server,
                configuration: ApplicationConfiguration(address: .hostname(host, port: port)),
                onServerRunning: { channel in onRunning(channel.localAddress?.port ?? 0) }, logger: logger)
        } _: { bound in
            try await body("\(scheme)://\(host):\(bound)/sgx/certification/v4/")
        }
    }

    /// Records a request, and says what is to go wrong with it.
    func begin(_ item: PCCSItem?, _ target: String, clientPort: Int?) -> (PCCSCatalogue, PCCSFault?) {
        state.withLock { state in
            state.requests.append(RecordedRequest(item: item, target: target))
            if let clientPort { state.clientPorts.insert(clientPort) }
            guard let item, let index = state.faults.firstIndex(where: { $0.items.contains(item) }) else {
                return (state.catalogue, nil)
            }
            let fault = state.faults[index].fault
            if let left = state.faults[index].left {
                state.faults[index].left = left - 1
                if left <= 1 { state.faults.remove(at: index) }
            }
            return (state.catalogue, fault)
        }
    }
}

struct PCCSContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let clientPort: Int?

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        clientPort = source.channel.remoteAddress?.port
    }
}

struct PCCSResponder: HTTPResponder {
    let service: SimulatedPCCS

    func respond(to request: Request, context: PCCSContext) async throws -> Response {
        let question = PCCSQuestion(request, kind: service.kind)
        let (catalogue, fault) = service.begin(
            question.item, request.head.path ?? "", clientPort: context.clientPort)
        let answer = question.answer(from: catalogue, kind: service.kind)
        guard let fault else { return answer.response }
        if fault == .held { try await service.waitForHeld() }
        return try await answer.spoiled(by: fault)
    }
}
