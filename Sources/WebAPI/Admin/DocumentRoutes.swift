import Appraisal
import AttestationService
import HTTPTypes
import Hummingbird
import MerkleLog
import StateStore
import Wire
import Words

/// Policies and reference sets on their way: handed in, tried, put in force, taken out of it.
struct DocumentRoutes: Sendable {
    let context: ServiceContext
    let surface: AdminSurface
    let kind: DocumentVersion.Kind

    private var administration: PolicyAdministration { surface.policies }

    /// A policy and its cases; each case holds the facts of one verdict, some kilobytes.
    private static let casesBytes = 4 * 1_048_576
    private static let mostCases = 256

    /// Everything by name: what is in force, and every version that was handed in.
    func list(_ request: Request, _ exchange: Exchange) async throws(HTTPProblem) -> Response {
        _ = try surface.administrators.auditor(of: request, for: .admin)
        let versions = try await versions()
        let names = Set(versions.map(\.id) + inForce.map(\.id)).sorted()
        return .json(
            .object([
                (
                    kind == .policy ? "policies" : "reference_sets",
                    .array(names.map { name in document(name, versions.filter { $0.id == name }) })
                )
            ]))
    }

    func one(_ request: Request, _ exchange: Exchange) async throws(HTTPProblem) -> Response {
        _ = try surface.administrators.auditor(of: request, for: .admin)
        let id = exchange.parameters["id"] ?? ""
        let versions = try await versions().filter { $0.id == id }
        guard !versions.isEmpty || inForce.contains(where: { $0.id == id }) else {
            throw HTTPProblem(.notFound, "nothing of that name is here", field: "id")
        }
        return .json(document(id, versions))
    }

    private func versions() async throws(HTTPProblem) -> [DocumentVersion] {
        try await answering { () async throws(ServiceFailure) in try await administration.versions(kind) }
    }

    private var inForce: [Document] {
        let registry = context.service.policies.current
        return switch kind {
        case .policy: registry.all.map { .policy($0) }
        case .referenceSet: registry.references.sets.map { .set($0) }
        }
    }

    private func document(_ id: String, _ versions: [DocumentVersion]) -> JSON {
        var members: [(String, JSON)] = [("id", .string(id))]
        if let document = inForce.first(where: { $0.id == id }) {
            let isStored = versions.contains { $0.isActive && $0.sha256 == document.sha256 }
            members.append(
                (
                    "in_force",
                    .object([
                        ("version", .integer(document.version)), ("sha256", .string(document.sha256.hex)),
                        ("source", .string(isStored ? "stored" : "configured")),
                    ])
                ))
        }
        if let aside = context.service.policies.current.setAside.first(where: { $0.kind == kind && $0.id == id }) {
            members.append(("set_aside", aside.document))
        }
        if kind == .policy { members.append(("default", .bool(context.service.policies.current.standard == id))) }
        members.append(("versions", .array(versions.map(\.document))))
        return .object(members)
    }

    /// The document as it was handed in, byte for byte.
    func version(_ request: Request, _ exchange: Exchange) async throws(HTTPProblem) -> Response {
        _ = try surface.administrators.auditor(of: request, for: .admin)
        let (id, sha256) = try Self.name(exchange)
        if let document = inForce.first(where: { $0.id == id && $0.sha256 == sha256 }) { return .json(document.bytes) }
        return .json(
            try await answering { () async throws(ServiceFailure) in
                try await administration.version(kind, id: id, sha256).bytes
            })
    }

    func put(_ request: Request, _ exchange: Exchange) async throws(HTTPProblem) -> Response {
        let who = try surface.administrators.auditor(of: request, for: .admin).name
        try Self.checkType(request)
        let bytes = try await BodyReader.read(request, limit: Limits.policyBytes)
        let (version, isNew) = try await answering { () async throws(ServiceFailure) in
            try await administration.put(kind, id: exchange.parameters["id"] ?? "", bytes, who: who)
        }
        return .json(version.document, status: isNew ? .created : .ok)
    }

    func test(_ request: Request, _ exchange: Exchange) async throws(HTTPProblem) -> Response {
        let who = try surface.administrators.auditor(of: request, for: .admin).name
        let (id, sha256) = try Self.name(exchange)
        try Self.checkType(request)
        let body = try JSONBody(
            try await BodyReader.read(request, limit: Self.casesBytes), limit: Self.casesBytes, members: ["cases"])
        guard let list = body.root.member("cases"), list.kind == .array else {
            throw HTTPProblem(.memberMissing, "wanted an array of cases", field: "cases")
        }
        var cases: [PolicyCase] = []
        for element in list.elements {
            guard cases.count < Self.mostCases else {
                throw HTTPProblem(.memberInvalid, "found more than \(Self.mostCases) cases", field: "cases")
            }
            do throws(PolicyError) {
                cases.append(try PolicyCase(parsing: Array(element.bytes)))
            } catch {
                var problem = HTTPProblem(error)
                problem.field = "cases[\(cases.count)]" + (error.field.isEmpty ? "" : ".\(error.field)")
                problem.offset = error.offset.map { $0 + element.range.lowerBound }
                throw problem
            }
        }
        return .json(
            try await answering { () async throws(ServiceFailure) in
                try await administration.test(id: id, sha256, cases, who: who).document
            })
    }

    func activate(_ request: Request, _ exchange: Exchange) async throws(HTTPProblem) -> Response {
        _ = try surface.administrators.auditor(of: request, for: .admin)
        let (id, sha256) = try Self.name(exchange)
        return .json(
            try await answering { () async throws(ServiceFailure) in
                try await administration.activate(kind, id: id, sha256).document
            })
    }

    /// For a reference set also the policies that name it: without it they accept nothing.
    func retire(_ request: Request, _ exchange: Exchange) async throws(HTTPProblem) -> Response {
        let who = try surface.administrators.auditor(of: request, for: .admin).name
        let (id, sha256) = try Self.name(exchange)
        let document = try await answering { () async throws(ServiceFailure) in
            try await administration.retire(kind, id: id, sha256, who: who).document
        }
        let registry = context.service.policies.current
        guard kind == .referenceSet, registry.references[id] == nil else { return .json(document) }
        let affected = registry.all.filter { $0.referenceSets.contains(id) }.map { JSON.string($0.id) }
        return .json(document.adding([("named_by", .array(affected))]))
    }

    private static func name(_ exchange: Exchange) throws(HTTPProblem) -> (id: String, sha256: MerkleHash) {
        let text = exchange.parameters["sha256"] ?? ""
        guard let sha256 = Hex.decode(text).flatMap({ MerkleHash(exactly: $0) }) else {
            throw HTTPProblem(
                .parameterInvalid, "found \(text.prefix(80)), wanted 64 hexadecimal digits", field: "sha256")
        }
        return (exchange.parameters["id"] ?? "", sha256)
    }

    static func checkType(_ request: Request) throws(HTTPProblem) {
        guard BodyReader.mediaType(request) == "application/json" else {
            throw HTTPProblem(.mediaType, "wanted application/json", field: "Content-Type")
        }
    }
}

extension DocumentVersion {
    fileprivate var isActive: Bool { if case .active = state { true } else { false } }

    fileprivate var document: JSON {
        var members: [(String, JSON)] = [
            ("id", .string(id)), ("version", .integer(version)), ("sha256", .string(sha256.hex)),
            ("state", .string(state.name)), ("created", .string(created.description)),
        ]
        switch state {
        case .draft: break
        case .tested(let time, let cases):
            members += [("since", .string(time.description)), ("cases", .integer(Int64(cases)))]
        case .active(let time), .retired(let time): members.append(("since", .string(time.description)))
        }
        return .object(members)
    }
}
