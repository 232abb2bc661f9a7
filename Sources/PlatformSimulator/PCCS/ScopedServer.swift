import Logging
package import ServiceLifecycle

/// Runs a server for as long as a body takes, and ends it in good order: connections that were accepted and not yet
/// handled must not be dropped, which NIO takes for a programming error.
package enum ScopedServer {
    /// - Parameters:
    ///   - make: The server; tells the port once it listens.
    ///   - body: Gets the port.
    package static func run<Value: Sendable>(
        _ make: (@escaping @Sendable (Int) -> Void) throws -> any Service,
        _ body: @escaping @Sendable (Int) async throws -> Value
    ) async throws -> Value {
        let (ports, continuation) = AsyncStream<Int>.makeStream()
        let server = try make { port in
            continuation.yield(port)
            continuation.finish()
        }
        var configuration = ServiceGroupConfiguration(
            services: [server], logger: Logger(label: "simulated") { _ in SwiftLogNoOpLogHandler() })
        // What hangs on purpose is not waited for.
        configuration.maximumGracefulShutdownDuration = .seconds(1)
        let group = ServiceGroup(configuration: configuration)
        async let end: Void = {
            defer { continuation.finish() }
            try await group.run()
        }()
        let result: Result<Value, any Error>
        do {
            var value: Value?
            for await port in ports { value = try await body(port) }
            result = value.map { .success($0) } ?? .failure(SimulatorError.unusable("the server ended before it began"))
        } catch {
            result = .failure(error)
        }
        await group.triggerGracefulShutdown()
        _ = try? await end
        return try result.get()
    }
}
