import Appraisal
import AttestationService
import DCAPFormats
import HTTPTypes
import Hummingbird
import Records
import Wire
import Words

/// Alibaba's `/v1/attestation` and Trustee's `/attestation` and `/challenge`: their requests, their success, our policy.
struct TrusteeAdapters: Sendable {
    let context: ServiceContext
    let observation: ServiceMetrics

    /// Event logs ride along in the evidence, in base64 inside base64.
    private static let limit = BodyReader.largest

    /// wire-formats 2.4. The answer is the bare token, as `text/plain`, like theirs.
    func alibaba(_ request: Request, _ exchange: Exchange) async throws(HTTPProblem) -> Response {
        do throws(HTTPProblem) {
            try Attesting(context: context, observation: observation).admit(exchange)
            let received = try await BodyReader.read(request, limit: Self.limit)
            return try await context.working { () async throws(HTTPProblem) in
                let body = try JSONBody(
                    received, limit: Self.limit,
                    members: ["evidence", "tee", "policy_ids", "runtime_data", "init_data"])
                return try await answer(body.root, path: "", policies: body.root, .alibaba, exchange)
            }
        } catch {
            throw error.trustee()
        }
    }

    /// wire-formats 2.1 and 2.3.
    func trustee(_ request: Request, _ exchange: Exchange) async throws(HTTPProblem) -> Response {
        do throws(HTTPProblem) {
            try Attesting(context: context, observation: observation).admit(exchange)
            let received = try await BodyReader.read(request, limit: Self.limit)
            return try await context.working { () async throws(HTTPProblem) in
                let body = try JSONBody(received, limit: Self.limit, members: ["verification_requests", "policy_ids"])
                guard let requests = body.root.member("verification_requests"), requests.kind == .array else {
                    throw HTTPProblem(.memberMissing, "wanted an array", field: "verification_requests")
                }
                let list = Array(requests.elements)
                guard let one = list.first, list.count == 1, one.kind == .object else {
                    throw HTTPProblem(
                        .unsupported, "found \(list.count) requests, wanted one", field: "verification_requests",
                        fix: "Send each piece of evidence by itself.")
                }
                try JSONBody.check(
                    one, at: "verification_requests[0].",
                    members: [
                        "tee", "evidence", "runtime_data", "init_data", "runtime_data_hash_algorithm",
                        "additional_data",
                    ])
                return try await answer(
                    one, path: "verification_requests[0].", policies: body.root, .trustee, exchange)
            }
        } catch {
            throw error.trustee()
        }
    }

    /// A nonce in their shape (wire-formats 2.3); ours are good once.
    func challenge(_ request: Request, _ exchange: Exchange) async throws(HTTPProblem) -> Response {
        let issued = context.service.issueChallenge()
        return .json(
            .object([
                ("nonce", .string(Base64.encode(issued.nonce))),
                ("extra-params", .object([("jwt", .string(issued.token))])),
            ]))
    }

    private func answer(
        _ request: JSONValue, path: String, policies: JSONValue, _ adapter: Adapter, _ exchange: Exchange
    ) async throws(HTTPProblem) -> Response {
        let attesting = Attesting(context: context, observation: observation)
        let evidence = try await attesting.countingRefusals { () async throws(HTTPProblem) in
            try TrusteeEvidence(request, path: path)
        }
        let names = try demanded(policies)
        let service = context.service
        let binding = try evidence.binding { text throws(ServiceFailure) in try service.openChallenge(text) }
        let submission = try attesting.checked { () throws(ServiceFailure) in
            try CheckedSubmission(
                quote: evidence.quote, policies: names, eventLog: evidence.eventLog, binding: binding,
                adapter: adapter, account: .whole, in: service.policies.current)
        }
        // What is judged as neither TEE is not judged, so that no verdict stands in the log that nobody was given.
        try evidence.check(submission.tee)
        let result = try await attesting.attest(submission, for: exchange)
        guard let token = result.token else {
            throw .rejected(result.judgement, result.receipt, version: context.version)
        }
        return Response.text(token).marked(result)
    }

    /// None and `default` mean our default, never no policy. Several must all hold.
    private func demanded(_ root: JSONValue) throws(HTTPProblem) -> [String] {
        guard let list = root.member("policy_ids"), !list.isEmptyValue else { return [] }
        guard list.kind == .array else { throw HTTPProblem(.memberInvalid, "wanted an array", field: "policy_ids") }
        var names: [String] = []
        for element in list.elements {
            guard let name = element.string else {
                throw HTTPProblem(.memberInvalid, "wanted strings", field: "policy_ids")
            }
            names.append(name == "default" ? context.service.policies.current.standard : name)
        }
        return names
    }
}
