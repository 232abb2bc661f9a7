import Appraisal
import AttestationService
import HTTPTypes
import Hummingbird
import Wire
import Words

/// What quotes are judged by here: anybody may know before they send one.
struct PolicyRoutes: Sendable {
    let context: ServiceContext

    func list(_ request: Request, _ exchange: Exchange) async throws(HTTPProblem) -> Response {
        let registry = context.service.policies.current
        return .json(
            .object([
                ("default", .string(registry.standard)),
                (
                    "policies",
                    .array(
                        registry.all.map { policy in
                            var members: [(String, JSON)] = [
                                ("id", .string(policy.id)), ("version", .integer(policy.version)),
                                ("sha256", .string(policy.sha256)),
                            ]
                            if let summary = policy.summary { members.append(("title", .string(summary))) }
                            return .object(members)
                        })
                ),
            ]))
    }

    /// What must be sent, and what is at hand, for a policy to be able to accept.
    func requirements(_ request: Request, _ exchange: Exchange) async throws(HTTPProblem) -> Response {
        let registry = context.service.policies.current
        let id = exchange.parameters["id"] ?? ""
        if let aside = registry.setAside(policy: id) { throw HTTPProblem(.policy(.setAside(aside))) }
        guard let policy = registry.all.first(where: { $0.id == id }) else {
            throw HTTPProblem(.notFound, "there is no such policy; /v1/policies lists them", field: "id")
        }
        let missing = policy.referenceSets.filter { registry.references[$0] == nil }
        return .json(
            Appraisal.requirements(of: policy).document.adding([
                ("sha256", .string(policy.sha256)),
                ("missing_reference_sets", .array(missing.map { .string($0) })),
            ]))
    }
}
