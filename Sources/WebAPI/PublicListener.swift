import HTTPTypes
package import Hummingbird
import HummingbirdCore
import HummingbirdHTTP2
import Logging
import NIOCore
package import NIOSSL
import Wire

/// The public listener as a service: routes in front of a `ServiceContext`, over HTTP/1.1, or over TLS with HTTP/2.
package struct PublicListener: Sendable {
    package struct Settings: Sendable {
        package var host: String
        /// 0: any that is free.
        package var port: Int
        /// `nil`: plain HTTP.
        package var tls: TLSConfiguration?
        package var crossOrigin: CrossOriginPolicy
        package var trustedProxies: TrustedProxies
        /// Who has a budget of their own.
        package var callers = Callers()
        /// A connection on which nothing happens for so long is closed.
        package var idleSeconds: Int64 = 30
        package var connections: Int = 4_096
        /// Of one client address; 0: as many as there may be.
        package var connectionsPerClient: Int = 0

        package init(
            host: String, port: Int, tls: TLSConfiguration? = nil,
            crossOrigin: CrossOriginPolicy = CrossOriginPolicy(origins: .any),
            trustedProxies: TrustedProxies = TrustedProxies(addresses: [])
        ) {
            self.host = host
            self.port = port
            self.tls = tls
            self.crossOrigin = crossOrigin
            self.trustedProxies = trustedProxies
        }
    }

    /// - Parameter onRunning: Called once, with the port that is bound.
    package static func application(
        _ context: ServiceContext, _ settings: Settings, observation: ServiceMetrics,
        onRunning: @escaping @Sendable (Int) async -> Void = { _ in }
    ) throws -> Application<PublicResponder> {
        let gate = ConnectionGate(
            connections: settings.connections, perClient: settings.connectionsPerClient, memory: context.memory,
            proxies: settings.trustedProxies)
        return Application(
            responder: PublicResponder(
                routes: RouteTable(routes(context, observation)), crossOrigin: settings.crossOrigin,
                identity: CallerIdentity(
                    callers: settings.callers, auditors: context.audit.auditors, proxies: settings.trustedProxies),
                issuer: context.issuer, observation: observation,
                memory: context.memory, logger: context.logger),
            server: HTTPServerBuilder.assay(
                tls: settings.tls, idleSeconds: settings.idleSeconds, issuer: context.issuer,
                observation: observation, gate: gate),
            configuration: ApplicationConfiguration(
                address: .hostname(settings.host, port: settings.port), serverName: "assay",
                // A thousand browsers that come back at once do not fit into the usual 256: who is dropped here knocks
                // again after one second, three, seven and so on, and takes us to be slow. The kernel's own limit holds.
                backlog: settings.connections,
                // The gate lets nobody wait outside who could come in; this is for those on their way out.
                availableConnectionsDelegate: MaximumAvailableConnections(
                    settings.connections + 256, logger: context.logger)),
            onServerRunning: { channel in
                // Four at a time, between the work of those that are in, lets the last of a thousand wait for half a minute.
                try? await channel.setOption(.maxMessagesPerRead, value: 256).get()
                await onRunning(channel.localAddress?.port ?? 0)
            },
            logger: context.logger)
    }

    /// Every path there is. The OpenAPI document lists the same, and a test compares them.
    static func routes(
        _ context: ServiceContext, _ observation: ServiceMetrics
    ) -> [String: [HTTPRequest.Method: Handler]] {
        let verdicts = VerdictRoute(context: context, observation: observation)
        let small = SmallRoutes(context: context, observation: observation)
        let keys = KeyRoutes(context: context)
        let policies = PolicyRoutes(context: context)
        let trustee = TrusteeAdapters(context: context, observation: observation)
        let cczoo = CCZooAdapter(context: context, observation: observation)
        let routes: [String: [HTTPRequest.Method: Handler]] = [
            "/v1/verdicts": [.post: verdicts.callAsFunction],
            "/v1/policies": [.get: policies.list],
            "/v1/policies/{id}/requirements": [.get: policies.requirements],
            "/v1/challenges": [.post: small.challenge],
            "/v1/quotes/decode": [.post: small.decode],
            "/v1/collateral": [.post: CollateralRelay(context: context).callAsFunction],
            "/v1/tokens/introspect": [.post: small.introspect],
            "/v1/tokens/check": [.get: TokenGate(context: context).callAsFunction],
            "/v1/status-list": [.get: small.statusList],
            "/v1/status-list/{list}": [.get: small.statusList],
            "/.well-known/openid-configuration": [.get: keys.discovery],
            "/.well-known/jwks.json": [.get: keys.keySet],
            "/jwks.json": [.get: keys.keySet],
            "/jwks": [.get: keys.keySet],
            "/certs": [.get: keys.keySet],
            "/jwks-history.json": [.get: keys.history],
            "/healthz": [.get: small.health],
            "/readyz": [.get: small.readiness],
            "/metrics": [.get: small.metrics],
            "/openapi.json": [.get: small.openAPI],
            "/v1/attestation": [.post: trustee.alibaba],
            "/attestation": [.post: trustee.trustee],
            "/challenge": [.post: trustee.challenge],
            "/tdx_attest": [.post: cczoo.attest],
        ]
        let pages = Page.all.map { ($0.path, [HTTPRequest.Method.get: $0.answer]) }
        return routes.merging(pages) { route, _ in route }
            .merging(AuditRoutes.all(context, context.audit)) { route, _ in route }
    }
}

extension HTTPServerBuilder {
    /// HTTP/1.1, or with a certificate TLS and HTTP/2 as well.
    ///
    /// - Parameters:
    ///   - issuer: The base of problems' types.
    ///   - observation: Counts what is no HTTP.
    ///   - gate: What connections may take.
    static func assay(
        tls: TLSConfiguration?, idleSeconds: Int64, issuer: String, observation: ServiceMetrics, gate: ConnectionGate
    ) -> HTTPServerBuilder {
        let http1 = HTTP1Channel.Configuration(
            // In order of what comes in: an answer passes the malformed request's handler first, and the guard last.
            additionalChannelHandlers: [
                RequestGuard(gate), ConnectionManners(), LingeringClose(),
                MalformedRequestHandler(issuer: issuer, observation: observation),
            ],
            idleTimeout: .seconds(idleSeconds),
            httpDecoderConfiguration: HTTP1Channel.Configuration.DecoderConfiguration(
                maxHeaderFieldSize: Limits.requestHeadBytes, maxHeaderListSize: Limits.requestHeadBytes,
                maxHeaderFieldCount: Limits.requestHeadFields))
        guard var tls else {
            return HTTPServerBuilder { responder in
                GuardedChannel(base: HTTP1Channel(responder: responder, configuration: http1), gate: gate)
            }
        }
        // A peer that keeps its connection open must not hold a shutdown up.
        tls.shutdownTimeout = .seconds(1)
        let (settings, http2) = (
            tls,
            HTTP2UpgradeChannel.Configuration(idleTimeout: .seconds(idleSeconds), streamConfiguration: http1)
        )
        return HTTPServerBuilder { responder in
            GuardedChannel(
                base: try HTTP2UpgradeChannel(
                    tlsConfiguration: settings, configuration: http2, responder: responder),
                gate: gate)
        }
    }
}
