import Appraisal
import Hummingbird
import HTTPTypes
import Wire

/// `POST /v1/verdicts`, in either form: a JSON object, or the raw quote with the rest as query parameters.
struct VerdictRequest: Sendable {
    var quote: [UInt8]
    /// `nil`: the service's default.
    var policy: String?
    var binding: BindingRequest
    /// For the token's `aud`.
    var audience: String?

    private static let members = ["quote", "event_log"] + VerdictParameter.all.map(\.name)

    /// A quote in base64 takes four thirds; the rest are nonces, data and names.
    static let jsonLimit = 2 * Limits.quoteBytes

    static func read(_ request: Request) async throws(HTTPProblem) -> VerdictRequest {
        switch BodyReader.mediaType(request) {
        case "application/json":
            return try VerdictRequest(json: try await BodyReader.read(request, limit: jsonLimit))
        case "application/octet-stream":
            return try VerdictRequest(
                raw: try await BodyReader.read(request, limit: Limits.quoteBytes), query: request.uri.query)
        default:
            throw HTTPProblem(
                .mediaType, "wanted application/json or application/octet-stream", field: "Content-Type",
                fix: "Send the quote's bytes as application/octet-stream, or a JSON object with the member quote.")
        }
    }

    init(json bytes: [UInt8]) throws(HTTPProblem) {
        let body = try JSONBody(bytes, limit: Self.jsonLimit, members: Self.members)
        if let log = body.root.member("event_log"), log.kind != .null {
            throw HTTPProblem(
                .unsupported, "event logs are not judged by this version, and a verdict without them would mislead",
                field: "event_log", offset: log.range.lowerBound, fix: "Leave the member out.")
        }
        guard let quote = try body.bytes("quote") else {
            throw HTTPProblem(.memberMissing, "found nothing, wanted the quote in base64", field: "quote")
        }
        self.quote = quote
        policy = try body.string("policy")
        audience = try body.string("audience")
        binding = BindingRequest(
            nonce: try body.bytes("nonce"), challenge: try body.string("challenge"),
            runtimeData: try body.bytes("runtime_data"), scheme: try body.string("scheme"), key: try body.bytes("key"),
            nonceIssued: try body.bytes("nonce_issued"))
    }

    init(raw quote: [UInt8], query: String?) throws(HTTPProblem) {
        self.quote = quote
        binding = BindingRequest()
        guard let query else { return }
        var seen: Set<Substring> = []
        for pair in query.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = parts[0]
            guard parts.count == 2, seen.insert(name).inserted else {
                throw HTTPProblem(
                    .memberInvalid, "found a parameter without value, or twice", field: String(name.prefix(64)))
            }
            guard let value = parts[1].removingPercentEncoding else {
                throw HTTPProblem(.memberInvalid, "found a malformed escape", field: String(name.prefix(64)))
            }
            func bytes() throws(HTTPProblem) -> [UInt8] {
                guard let bytes = AnyBase64.decode(Array(value.utf8)[...]) else {
                    throw HTTPProblem(.memberInvalid, "found text that is not base64url", field: String(name))
                }
                return bytes
            }
            switch name {
            case "policy": policy = value
            case "audience": audience = value
            case "scheme": binding.scheme = value
            case "challenge": binding.challenge = value
            case "nonce": binding.nonce = try bytes()
            case "nonce_issued": binding.nonceIssued = try bytes()
            case "runtime_data": binding.runtimeData = try bytes()
            case "key": binding.key = try bytes()
            default:
                throw HTTPProblem(
                    .memberUnknown, "found a parameter that has no meaning here", field: String(name.prefix(64)),
                    fix: "Remove it, or correct its name.")
            }
        }
    }
}

extension Substring {
    /// `%XX` decoded, as UTF-8; `nil` for a malformed escape or malformed text.
    var removingPercentEncoding: String? {
        var bytes: [UInt8] = []
        var rest = utf8
        while let byte = rest.popFirst() {
            guard byte == 0x25 else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst(), let low = rest.popFirst(),
                let decoded = Hex.decode([high, low])?.first
            else { return nil }
            bytes.append(decoded)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
