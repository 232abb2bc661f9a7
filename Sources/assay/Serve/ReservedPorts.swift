import Foundation
import NIOCore
import NIOPosix
import ServiceConfiguration

/// The service's ports, bound before anything is written: where another program has one, the start fails and nothing
/// remembers it. Nobody is let in before the listeners take over, which is the moment between `release` and their own bind.
final class ReservedPorts: Sendable {
    private let channels: [any Channel]

    /// - Throws: a `Problem` that names the setting.
    init(_ configuration: ServiceConfiguration) async throws {
        var wanted = [(setting: "listen", address: configuration.listen)]
        if let admin = configuration.adminListen { wanted.append(("admin.listen", admin)) }
        var channels: [any Channel] = []
        for (setting, address) in wanted {
            do {
                channels.append(
                    try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                        // Who connects meanwhile waits in the kernel, and is told by its end.
                        .serverChannelOption(.autoRead, value: false)
                        .bind(host: address.host, port: address.port).get())
            } catch {
                for channel in channels { try? await channel.close() }
                throw Problem.serving(.port, "\(setting) \(address.text): \(Self.sentence(error))")
            }
        }
        self.channels = channels
    }

    /// The listeners bind now.
    func release() async {
        for channel in channels { try? await channel.close() }
    }

    deinit {
        for channel in channels { channel.close(promise: nil) }
    }

    private static func sentence(_ error: any Error) -> String {
        guard let error = error as? IOError else {
            return "no address of that name on this machine; name one that it has, or 0.0.0.0 for all"
        }
        return switch error.errnoCode {
        case EADDRINUSE:
            "another program listens there, perhaps this service, which runs already; end that one, or name another port"
        case EACCES:
            "this user may not bind it; a port below 1024 is for the proxy in front, or needs CAP_NET_BIND_SERVICE"
        case EADDRNOTAVAIL: "this machine has no such address; name one that it has, or 0.0.0.0 for all"
        case let code: "it cannot be bound: \(String(cString: strerror(code)))"
        }
    }
}
