import AuditStore
import Wire

/// The auditors' part of the OpenAPI document.
extension OpenAPIDocument {
    func auditPaths(_ log: String) -> [(String, JSON)] {
        let json = (200, "application/json", Self.anyObject)
        let filters = AuditParameters.filters.map {
            VerdictParameter(
                name: $0, text: "only entries with this; several mean any", shape: AuditParameters.shape(of: $0))
        }
        let index = VerdictParameter(name: "index", text: "the entry's index", shape: .count, isRequired: true)
        let identifier = VerdictParameter(name: "jti", text: "the verdict's id")
        return [
            path("/log/v1/keys", "get", "Logs of this service, and their verifier keys", answer: json),
            path(
                log + "checkpoint", "get", "The newest published checkpoint", answer: (200, "text/plain", Self.string)),
            path(
                log + "tile/{path}", "get", "Tiles of hashes, and bundles of entries (tlog-tiles)",
                parameters: [VerdictParameter(name: "path", text: "0/x001/234, entries/000.p/5")],
                answer: (200, "application/octet-stream", Self.binary)),
            path(
                "/audit/v1/proof", "get", "That an entry is in the log",
                parameters: [
                    index,
                    VerdictParameter(name: "size", text: "of the tree; default: the newest signed", shape: .count),
                ],
                answer: (200, "text/plain", Self.string)),
            path(
                "/audit/v1/consistency", "get", "That the log only grew",
                parameters: [
                    VerdictParameter(name: "from", text: "the smaller size", shape: .count, isRequired: true),
                    VerdictParameter(name: "to", text: "the larger; default: the newest", shape: .count),
                ],
                answer: json),
            path(
                "/audit/v1/checkpoints", "get", "Stored checkpoints",
                parameters: ["from_ms", "to_ms", "cursor"].map {
                    VerdictParameter(
                        name: $0, text: "of the time they were stored", shape: AuditParameters.shape(of: $0))
                },
                answer: json),
            path(
                "/audit/v1/entries", "get", "Entries by filter, in pages",
                parameters: filters + [
                    VerdictParameter(name: "limit", text: "100 where it is left out", shape: .number(1...1_000)),
                    VerdictParameter(name: "cursor", text: "of the page before"),
                    VerdictParameter(name: "order", text: "asc where it is left out", shape: .choice(["asc", "desc"])),
                    VerdictParameter(name: "decode", text: "1: entries parsed as well", shape: .choice(["0", "1"])),
                ], answer: json),
            path(
                "/audit/v1/entries/{index}", "get", "One entry and its inclusion proof", parameters: [index],
                answer: json),
            path(
                "/audit/v1/lookup", "get", "Indices of one name",
                parameters: ["jti", "leaf_hash", "evidence_sha256"].map {
                    VerdictParameter(name: $0, text: "exactly one of them", shape: AuditParameters.shape(of: $0))
                },
                answer: json),
            path(
                "/audit/v1/stats", "get", "Counts of verdicts, unproven",
                parameters: ["from_ms", "to_ms", "by"].map {
                    VerdictParameter(name: $0, text: "time, and what to count by", shape: AuditParameters.shape(of: $0))
                },
                answer: json),
            path(
                "/audit/v1/export", "get", "A range of the log as lines of JSON",
                parameters: ["from", "to", "format"].map {
                    VerdictParameter(name: $0, text: "indices; ndjson", shape: AuditParameters.shape(of: $0))
                }
                    + filters,
                answer: (200, "application/x-ndjson", Self.string)),
            path(
                "/audit/v1/bundle/{index}", "get", "Everything to judge a verdict again; scope audit:evidence",
                parameters: [index], answer: (200, "application/x-tar", Self.binary)),
            path("/v1/verdicts/{jti}", "get", "A logged verdict, slim", parameters: [identifier], answer: json),
            path(
                "/v1/verdicts/{jti}/explain", "get", "A logged verdict judged again; scope audit:evidence",
                parameters: [identifier], answer: json),
            path(
                "/v1/events", "get", "Re-appraisals as server-sent events; Last-Event-ID goes on where it ended",
                answer: (200, "text/event-stream", Self.string)),
            path(
                "/v1/proof", "post", "The log proof of a token", body: [("application/jwt", ValueShape.token.schema)],
                answer: (200, "text/plain", Self.string)),
        ]
    }
}

extension AuditParameters {
    /// As this reader takes it.
    static func shape(of name: String) -> ValueShape {
        switch name {
        case "from_ms", "to_ms": .time
        case "from_index", "to_index", "tcb_eval_lt", "from", "to": .count
        case "verdict": .choice(["accept", "reject", "error"])
        case "policy_sha256", "evidence_sha256", "collateral_sha256", "leaf_hash": .hash
        case "measurement": .hex([32, 48])
        case "fmspc": .hex([6])
        case "by": .choice(QueryIndex.Grouping.allCases.map(\.rawValue))
        case "format": .choice(["ndjson"])
        default: .text
        }
    }
}
