// A Hummingbird server that answers only to callers with a good, fresh attestation token:
//
//     guarded-server SERVICE [STATUS]
//
// SERVICE is the attestation service's URL, STATUS the worst status that is good enough (affirming). Each token is shown to the
// service (RFC 7662); when it does not answer, no request is let in.
import AttestationMiddleware
import Foundation
import Hummingbird

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

@main
struct GuardedServer {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard let service = arguments.first, let address = URL(string: "\(service)/v1/tokens/introspect") else {
            print("usage: guarded-server SERVICE [STATUS]")
            exit(64)
        }
        var demands = AttestationMiddleware<BasicRequestContext>.Demands()
        demands.minimumStatus = arguments.dropFirst().first ?? "affirming"
        demands.maximumAge = 120

        let router = Router(context: BasicRequestContext.self)
        router.get("/health") { _, _ in "up" }
        try router.group("/private")
            .add(middleware: AttestationMiddleware(demanding: demands) { try await introspect($0, at: address) })
            .get("/secret") { _, _ in "told to attested callers only" }
        try await Application(router: router, configuration: .init(address: .hostname("127.0.0.1", port: 8090)))
            .runService()
    }

    private static func introspect(_ token: String, at address: URL) async throws -> AttestationIntrospection {
        var request = URLRequest(url: address, timeoutInterval: 5)
        request.httpMethod = "POST"
        request.setValue("application/x-www-form-urlencoded", forHTTPHeaderField: "Content-Type")
        // A token is base64url and dots; whatever else the caller sent is escaped.
        let escaped = token.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        request.httpBody = Data("token=\(escaped)".utf8)
        let (answer, _) = try await URLSession.shared.data(for: request)
        return try JSONDecoder().decode(AttestationIntrospection.self, from: answer)
    }
}
