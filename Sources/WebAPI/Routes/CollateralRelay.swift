import AttestationService
import DCAPFormats
import DCAPVerification
import Hummingbird
import Wire
import Words

/// Hands out what Intel signed about a quote's platform, so that a browser can judge for itself. Whoever relays it cannot
/// forge it; and since only what is held is handed out, a stranger's quote makes nobody fetch anything.
struct CollateralRelay: Sendable {
    let context: ServiceContext

    func callAsFunction(_ request: Request, _ exchange: Exchange) async throws(HTTPProblem) -> Response {
        try context.charge(.query, to: exchange)
        guard BodyReader.mediaType(request) == "application/octet-stream" else {
            throw HTTPProblem(
                .mediaType, "wanted application/octet-stream", field: "Content-Type", fix: "Send the quote's bytes.")
        }
        let bytes = try await BodyReader.read(request, limit: Limits.quoteBytes)
        return try await context.working { () async throws(HTTPProblem) in try bundle(bytes) }
    }

    private func bundle(_ bytes: [UInt8]) throws(HTTPProblem) -> Response {
        // What a quote says of itself, checked or not: a key opens a drawer and proves nothing.
        guard let quote = try? Quote(parsing: bytes), let platform = ClaimedPlatform(of: quote),
            let collateral = context.service.endorsing.held(platform)
        else {
            throw HTTPProblem(
                .notFound, "nothing is held for a platform that this quote names",
                fix: "Have the quote judged first: /v1/verdicts fetches what it needs.")
        }
        return .json(collateral.bundle)
    }
}
