import Appraisal
import Crypto
import HTTPTypes
import Hummingbird
import Wire
import Words

/// `POST /v1/verdicts`, in either form: a JSON object, or the raw quote with the rest as query parameters.
struct VerdictRequest: Sendable {
    var quote: [UInt8]
    /// None: the service's default.
    var policies: [String] = []
    /// The boot's event log.
    var eventLog: [UInt8]?
    var binding: BindingRequest
    /// For the token's `aud`.
    var audience: String?
    /// Of everything that was sent.
    var digest: [UInt8] = []

    private static let members = ["quote", "event_log"] + VerdictParameter.all.map(\.name)

    /// Quote and event log in base64 take four thirds; the rest are nonces, data and names.
    static let jsonLimit = 2 * Limits.quoteBytes + Limits.eventLogBytes / 3 * 4

    /// As it came, and not looked into.
    enum Received: Sendable {
        case json([UInt8])
        case raw([UInt8], query: String?)
    }

    static func receive(_ request: Request) async throws(HTTPProblem) -> Received {
        switch BodyReader.mediaType(request) {
        case "application/json": return .json(try await BodyReader.read(request, limit: jsonLimit))
        case "application/octet-stream":
            return .raw(try await BodyReader.read(request, limit: Limits.quoteBytes), query: request.uri.query)
        default:
            throw HTTPProblem(
                .mediaType, "wanted application/json or application/octet-stream", field: "Content-Type",
                fix: "Send the quote's bytes as application/octet-stream, or a JSON object with the member quote.")
        }
    }

    init(_ received: Received) throws(HTTPProblem) {
        switch received {
        case .json(let body):
            self = try VerdictRequest(json: body)
            digest = Array(SHA256.hash(data: body))
        case .raw(let body, let query):
            self = try VerdictRequest(raw: body, query: query)
            digest = Array(SHA256.hash(data: Array((query ?? "").utf8) + [0] + body))
        }
    }

    init(json bytes: [UInt8]) throws(HTTPProblem) {
        let body = try JSONBody(bytes, limit: Self.jsonLimit, members: Self.members)
        guard let quote = try body.bytes("quote") else {
            throw HTTPProblem(.memberMissing, "found nothing, wanted the quote in base64", field: "quote")
        }
        self.quote = quote
        policies = try Self.policies(body.root)
        eventLog = Self.unlessEmpty(try body.bytes("event_log"))
        audience = Self.unlessEmpty(try body.string("audience"))
        binding = BindingRequest(
            input: BoundInput(
                nonce: try body.bytes("nonce"), runtimeData: try body.bytes("runtime_data"),
                scheme: try body.string("scheme"), key: try body.bytes("key"),
                nonceIssued: try body.bytes("nonce_issued")),
            challenge: try body.string("challenge"), nonceInHex: try body.hex("nonce_hex"))
    }

    /// What is empty was not sent (wire-formats 2.13). Of what is bound, its reader says.
    private static func unlessEmpty<Value: Collection>(_ value: Value?) -> Value? {
        value.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// One name, or an array of several, all of which must hold. An empty name is no choice, and not the default either.
    private static func policies(_ root: JSONValue) throws(HTTPProblem) -> [String] {
        guard let value = root.member("policy") else { return [] }
        if let name = value.string, !name.isEmpty { return [name] }
        func refusal(_ value: JSONValue, wanted: Sentence) -> HTTPProblem {
            let found = value.string == nil ? Sentence(value: value.kind.rawValue) : "an empty name"
            return HTTPProblem(
                .memberInvalid, "found \(found), wanted \(wanted)", field: "policy", offset: value.range.lowerBound,
                fix: noPolicy)
        }
        var names: [String] = []
        for element in value.elements {
            guard let name = element.string, !name.isEmpty else {
                throw refusal(element, wanted: "a policy's id")
            }
            names.append(name)
        }
        guard !names.isEmpty else { throw refusal(value, wanted: "a policy's id or an array of ids") }
        return names
    }

    private static let noPolicy: Sentence = "Name a policy, or leave policy out for the default one."

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
            func hex() throws(HTTPProblem) -> [UInt8] {
                guard let bytes = JSONBody.hexBytes(Array(value.utf8)[...]) else {
                    throw HTTPProblem(.memberInvalid, "found text that is not hex", field: String(name))
                }
                return bytes
            }
            func bytes() throws(HTTPProblem) -> [UInt8] {
                guard let bytes = AnyBase64.decode(Array(value.utf8)[...]) else {
                    throw HTTPProblem(.memberInvalid, "found text that is not base64url", field: String(name))
                }
                return bytes
            }
            switch name {
            case "policy":
                policies = value.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
                guard policies.allSatisfy({ !$0.isEmpty }) else {
                    throw HTTPProblem(
                        .memberInvalid, "found an empty name, wanted a policy's id", field: "policy",
                        fix: Self.noPolicy)
                }
            case "audience": audience = Self.unlessEmpty(value)
            case "scheme": binding.input.scheme = value
            case "challenge": binding.challenge = value
            case "nonce": binding.input.nonce = try bytes()
            case "nonce_hex": binding.nonceInHex = try hex()
            case "nonce_issued": binding.input.nonceIssued = try bytes()
            case "runtime_data": binding.input.runtimeData = try bytes()
            case "key": binding.input.key = try bytes()
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
