import AuditStore
import HTTPTypes
package import Hummingbird
import HummingbirdCore
import HummingbirdHTTP2
package import NIOSSL
import StateStore
import Wire

/// The admin listener: what changes the service, on a port of its own, for whoever has a token. No page may read it.
package struct AdminListener: Sendable {
    /// - Parameters:
    ///   - port: 0: any that is free.
    ///   - tls: `nil`: plain HTTP.
    ///   - onRunning: Called once, with the port that is bound.
    package static func application(
        _ context: ServiceContext, _ surface: AdminSurface, host: String, port: Int, tls: TLSConfiguration?,
        observation: ServiceMetrics, onRunning: @escaping @Sendable (Int) async -> Void = { _ in }
    ) throws -> Application<PublicResponder> {
        Application(
            responder: PublicResponder(
                routes: RouteTable(routes(context, surface)), crossOrigin: nil,
                identity: CallerIdentity(
                    callers: Callers(), auditors: surface.administrators, proxies: TrustedProxies(addresses: [])),
                issuer: context.issuer, observation: observation, memory: context.memory, logger: context.logger),
            server: HTTPServerBuilder.assay(
                tls: tls, idleSeconds: 30, issuer: context.issuer, observation: observation,
                gate: ConnectionGate(
                    connections: 64, perClient: 0, memory: context.memory, proxies: TrustedProxies(addresses: []))),
            configuration: ApplicationConfiguration(address: .hostname(host, port: port), serverName: "assay"),
            onServerRunning: { channel in await onRunning(channel.localAddress?.port ?? 0) },
            logger: context.logger)
    }

    /// Every path there is. The OpenAPI document lists the same, and a test compares them.
    static func routes(
        _ context: ServiceContext, _ surface: AdminSurface
    ) -> [String: [HTTPRequest.Method: Handler]] {
        let policies = DocumentRoutes(context: context, surface: surface, kind: .policy)
        let sets = DocumentRoutes(context: context, surface: surface, kind: .referenceSet)
        let other = AdminRoutes(context: context, surface: surface)
        return [
            "/admin/v1/policies": [.get: policies.list],
            "/admin/v1/policies/{id}": [.get: policies.one, .put: policies.put],
            "/admin/v1/policies/{id}/versions/{sha256}": [.get: policies.version],
            "/admin/v1/policies/{id}/versions/{sha256}/test": [.post: policies.test],
            "/admin/v1/policies/{id}/versions/{sha256}/activate": [.post: policies.activate],
            "/admin/v1/policies/{id}/versions/{sha256}/retire": [.post: policies.retire],
            "/admin/v1/policies:simulate": [
                .post: SimulationRoute(context: context, surface: surface).callAsFunction
            ],
            "/admin/v1/reference-sets": [.get: sets.list],
            "/admin/v1/reference-sets/{id}": [.get: sets.one, .put: sets.put],
            "/admin/v1/reference-sets/{id}/versions/{sha256}": [.get: sets.version],
            "/admin/v1/reference-sets/{id}/versions/{sha256}/activate": [.post: sets.activate],
            "/admin/v1/reference-sets/{id}/versions/{sha256}/retire": [.post: sets.retire],
            "/admin/v1/keys": [.get: other.keys],
            "/admin/v1/keys/{algorithm}/rotate": [.post: other.rotate],
            "/admin/v1/evidence/purge": [.post: other.purge],
            "/admin/v1/evidence/{jti}": [.delete: other.erase],
            "/admin/v1/evidence/{jti}/hold": [.put: other.hold, .delete: other.release],
            "/openapi.json": [.get: other.openAPI],
        ]
    }
}
