import Crypto
import Hummingbird
import PlatformSimulator
import ServiceSupport
import Synchronization
import Wire

/// An issuer of tokens that says of its status lists what a test wants, with a key of its own.
final class SimulatedIssuer: Sendable {
    private struct State {
        var list: String?
        var requests = 0
    }

    private let key = P256.Signing.PrivateKey()
    private let state = Mutex(State())

    /// How often the list was asked for.
    var requests: Int { state.withLock { $0.requests } }

    /// - Parameter list: What is answered; `nil` is a 503.
    func answer(_ list: String?) { state.withLock { $0.list = list } }

    func sign(_ claims: JSON, type: String) throws -> String {
        let header = JSON.object([("alg", .string("ES256")), ("kid", .string("one")), ("typ", .string(type))])
        let input = Base64URL.encode(header.compactBytes) + "." + Base64URL.encode(claims.compactBytes)
        let signature = try key.signature(for: Array(input.utf8)).rawRepresentation
        return input + "." + Base64URL.encode(Array(signature))
    }

    /// - Parameter body: Gets the issuer's URL.
    func serve<Value: Sendable>(_ body: @escaping @Sendable (String) async throws -> Value) async throws -> Value {
        let base = Mutex("")
        let point = Array(key.publicKey.rawRepresentation)
        let router = Router(context: BasicRequestContext.self)
        router.get(".well-known/openid-configuration") { _, _ in
            let base = base.withLock { $0 }
            return JSON.object([("issuer", .string(base)), ("jwks_uri", .string(base + "/jwks.json"))]).compactText
        }
        router.get("jwks.json") { _, _ in
            JSON.object([
                ("kty", .string("EC")), ("crv", .string("P-256")), ("kid", .string("one")), ("alg", .string("ES256")),
                ("x", .string(Base64URL.encode(Array(point[..<32])))),
                ("y", .string(Base64URL.encode(Array(point[32...])))),
            ]).compactText
        }
        router.get("list") { _, _ in
            let list = self.state.withLock { state in
                state.requests += 1
                return state.list
            }
            guard let list else { throw HTTPError(.serviceUnavailable) }
            return list
        }
        return try await ScopedServer.run { onRunning in
            Application(
                router: router, configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
                onServerRunning: { channel in onRunning(channel.localAddress?.port ?? 0) })
        } _: { port in
            base.withLock { $0 = "http://127.0.0.1:\(port)" }
            return try await body("http://127.0.0.1:\(port)")
        }
    }
}
