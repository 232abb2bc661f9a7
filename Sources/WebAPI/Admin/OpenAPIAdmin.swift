import Wire

/// OpenAPI 3.1 of the admin listener.
extension OpenAPIDocument {
    var admin: JSON {
        .object([
            ("openapi", .string("3.1.0")),
            (
                "info",
                .object([
                    ("title", .string("Assay administration")), ("version", .string(version)),
                    (
                        "description",
                        .string(
                            "What a running service judges by, its keys and its evidence. Every act is an entry in the "
                                + "audit log before it has any effect.")
                    ),
                ])
            ),
            ("security", .array([.object([("token", .array([]))])])), ("paths", .object(adminPaths)),
            (
                "components",
                .object([
                    ("schemas", schemas),
                    (
                        "securitySchemes",
                        .object([
                            ("token", .object([("type", .string("http")), ("scheme", .string("bearer"))]))
                        ])
                    ),
                ])
            ),
        ])
    }

    private var adminPaths: [(String, JSON)] {
        documentPaths("/admin/v1/policies", "policy", isTested: true)
            + documentPaths("/admin/v1/reference-sets", "reference set", isTested: false) + [
                path(
                    "/admin/v1/policies:simulate", "post",
                    "Try a policy on recorded verdicts: how many would flip, which, why, and what was left; nothing changes",
                    body: [("application/json", Self.anyObject)],
                    parameters: [
                        VerdictParameter(name: "since", text: "milliseconds, or a date; verdicts from then on"),
                        VerdictParameter(name: "from_index", text: "where the run before ended: its next_index"),
                        VerdictParameter(name: "limit", text: "verdicts to look at, 1 to 10000; default 1000"),
                    ], answer: Self.object),
                path("/admin/v1/keys", "get", "Token keys, with the dates of their use", answer: Self.object),
                path(
                    "/admin/v1/keys/{algorithm}/rotate", "post",
                    "Make the next key for an algorithm; it signs after its notice",
                    parameters: [VerdictParameter(name: "algorithm", text: "ES256, RS256, RS384, PS384 or EdDSA")],
                    answer: (201, "application/json", Self.anyObject)),
                path(
                    "/admin/v1/evidence/purge", "post", "Delete the evidence whose time is over, now",
                    answer: Self.object),
                path(
                    "/admin/v1/evidence/{jti}", "delete", "Delete the evidence of one verdict, whatever its age",
                    parameters: [Self.identifier], answer: Self.object),
                joined(
                    path(
                        "/admin/v1/evidence/{jti}/hold", "put", "Keep the evidence of one verdict, whatever its age",
                        parameters: [Self.identifier], answer: Self.object),
                    path(
                        "/admin/v1/evidence/{jti}/hold", "delete", "Keep it no longer than others",
                        parameters: [Self.identifier], answer: Self.object)),
                path("/openapi.json", "get", "This document; it needs no token", answer: Self.object),
            ]
    }

    private func documentPaths(_ base: String, _ what: String, isTested: Bool) -> [(String, JSON)] {
        let id = VerdictParameter(name: "id", text: "the \(what)'s id")
        let version = [id, VerdictParameter(name: "sha256", text: "SHA-256 of the document, in hex")]
        let json = [("application/json", Self.anyObject)]
        let tested =
            isTested
            ? [
                path(
                    base + "/{id}/versions/{sha256}/test", "post", "Try a draft on cases: {\"cases\": […]}", body: json,
                    parameters: version, answer: Self.object)
            ] : []
        return [
            path(base, "get", "What is in force, and every version", answer: Self.object),
            joined(
                path(
                    base + "/{id}", "get", "One \(what): what is in force, and every version", parameters: [id],
                    answer: Self.object),
                path(
                    base + "/{id}", "put", "Hand a \(what) in, as a draft (201), or what is known already (200)",
                    body: json, parameters: [id], answer: (201, "application/json", Self.anyObject))),
            path(
                base + "/{id}/versions/{sha256}", "get", "A document as it was handed in, byte for byte",
                parameters: version, answer: Self.object),
        ] + tested + [
            path(
                base + "/{id}/versions/{sha256}/activate", "post",
                "Put a version in force, in place of its predecessor",
                parameters: version, answer: Self.object),
            path(
                base + "/{id}/versions/{sha256}/retire", "post", "Take a version out of force", parameters: version,
                answer: Self.object),
        ]
    }

    private static let object = (200, "application/json", anyObject)
    private static let identifier = VerdictParameter(name: "jti", text: "the verdict's id")

    /// Two methods of one path.
    private func joined(_ first: (String, JSON), _ second: (String, JSON)) -> (String, JSON) {
        (first.0, first.1.adding(second.1.members))
    }
}
