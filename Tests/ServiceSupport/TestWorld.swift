package import DCAPVerification
import Foundation
package import PlatformSimulator
import Synchronization
package import Wire

/// One simulated world for every test that needs the present: made once, because its signatures take their time.
package enum TestWorld {
    /// Midnight of today: evidence of the whole run is the same.
    package static let today = Instant(seconds: Int64(Date().timeIntervalSince1970) / 86_400 * 86_400)

    package static var now: Instant { Instant(seconds: Int64(Date().timeIntervalSince1970)) }

    private static let made = Result { try SimulatedWorld(seed: "service", time: today) }
    private static let catalogues = Result { try PCCSCatalogue(of: made.get()) }
    private static let evidences = Mutex<[QuoteKind: SimulatedEvidence]>([:])

    package static var world: SimulatedWorld { get throws { try made.get() } }
    /// Healthy documents for every kind of quote, in both editions.
    package static var catalogue: PCCSCatalogue { get throws { try catalogues.get() } }

    package static func evidence(_ kind: QuoteKind = .tdx15V5) throws -> SimulatedEvidence {
        if let known = evidences.withLock({ $0[kind] }) { return known }
        let evidence = try world.evidence(kind)
        evidences.withLock { $0[kind] = evidence }
        return evidence
    }

    /// A quote of the healthy machine with something changed, signed as its quoting enclave signs.
    package static func quote(
        _ kind: QuoteKind = .tdx15V5, _ edit: (inout EvidenceRecipe) -> Void
    ) throws -> [UInt8] {
        var recipe = try world.recipe(for: kind)
        edit(&recipe)
        return try recipe.build().quote
    }

    /// A quote that binds up to 64 bytes.
    package static func quote(_ kind: QuoteKind = .tdx15V5, binding bytes: [UInt8]) throws -> [UInt8] {
        let data = bytes + [UInt8](repeating: 0, count: 64 - bytes.count)
        return try quote(kind) { recipe in
            switch recipe.quote.body {
            case .td: recipe.quote.td?.reportData = data
            case .enclave: recipe.quote.enclave?.reportData = data
            }
        }
    }

    package static var verifier: Verifier {
        get throws { Verifier(trusting: try TrustAnchor(certificate: try evidence().rootCertificate)) }
    }
}

/// Several simulated services at once.
package enum ServedPCCS {
    /// - Parameter body: Gets the base URLs in the same order.
    package static func run<Value: Sendable>(
        _ services: [SimulatedPCCS], bases: [String] = [], _ body: @escaping @Sendable ([String]) async throws -> Value
    ) async throws -> Value {
        guard let first = services.first else { return try await body(bases) }
        return try await first.serve { base in
            try await run(Array(services.dropFirst()), bases: bases + [base], body)
        }
    }
}
