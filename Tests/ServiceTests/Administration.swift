import Appraisal
import AuditStore
import Crypto
import DCAPFormats
import DCAPVerification
import Foundation
import LogAudit
import MerkleLog
import PlatformSimulator
import ServiceSupport
import Testing
import WebAPI
import Wire

@testable import assay

/// A running service with its admin listener, and somebody who has a token for it.
struct Administration: Sendable {
    static let token = "an administrator's token"
    static let stranger = "a token with another scope"

    var live: Live
    /// `http://127.0.0.1:port` of the admin listener.
    let base: String

    static func run<Value: Sendable>(
        _ settings: [String: String] = [:], folder: ScratchFolder? = nil,
        _ body: @escaping @Sendable (Administration) async throws -> Value
    ) async throws -> Value {
        let folder = try folder ?? ScratchFolder()
        let digest = Hex.encode(Array(SHA256.hash(data: Array(token.utf8))))
        let file = try folder.write("ada admin \(digest)\n", to: "administrators")
        let on = ["admin.listen": "127.0.0.1:0", "admin.tokens_file": file]
        return try await Live.run(on.merging(settings) { $1 }, folder: folder) { live in
            try await ScopedServer.run { onRunning in
                guard let application = try live.service.adminApplication(onRunning: { onRunning($0) }) else {
                    throw TestFailure("there is no admin listener")
                }
                return application
            } _: { port in
                let scheme = settings["admin.listen"] == nil ? "http" : "https"
                return try await body(Administration(live: live, base: "\(scheme)://127.0.0.1:\(port)"))
            }
        }
    }

    func send(
        _ method: String, _ path: String, _ body: [UInt8]? = nil, token: String? = Self.token
    ) async throws -> WebAnswer {
        var headers = body == nil ? [] : ["Content-Type: application/json"]
        if let token { headers.append("Authorization: Bearer \(token)") }
        return try await live.client.send(
            method, base + path, headers: headers, body: body ?? (method == "GET" || method == "DELETE" ? nil : []))
    }

    /// Hands a document in; its hash.
    func put(_ collection: String, _ id: String, _ text: String) async throws -> String {
        let answer = try await send("PUT", "/admin/v1/\(collection)/\(id)", Array(text.utf8))
        #expect(answer.status == 201, "\(answer.text)")
        let sha256 = MerkleHashing.sha256(text.utf8).hex
        #expect(try answer.value("sha256") == sha256)
        return sha256
    }

    func step(_ collection: String, _ id: String, _ sha256: String, _ step: String) async throws -> WebAnswer {
        try await send(
            "POST", "/admin/v1/\(collection)/\(id)/versions/\(sha256)/\(step)", step == "test" ? Self.cases() : nil)
    }

    /// A policy from nothing to in force; its hash.
    func enforce(_ id: String, _ text: String, _ cases: [UInt8]) async throws -> String {
        let sha256 = try await put("policies", id, text)
        let path = "/admin/v1/policies/\(id)/versions/\(sha256)/"
        let tested = try await send("POST", path + "test", cases)
        #expect(try tested.value("state") == "tested", "\(tested.text)")
        let active = try await send("POST", path + "activate")
        #expect(try active.value("state") == "active", "\(active.text)")
        return sha256
    }

    /// Facts of a quote of today, and the decision that somebody expects.
    static func cases(expecting decision: String = "accept", _ quote: [UInt8]? = nil) throws -> [UInt8] {
        let evidence = try TestWorld.evidence()
        let verification = try TestWorld.verifier.verify(
            try Quote(parsing: quote ?? evidence.quote),
            using: try Collateral(bundle: evidence.collateral.bundleJSON), at: TestWorld.now)
        guard case .verified(let verified) = verification else { throw TestFailure("the quote does not verify") }
        let facts = RecordedFacts(verified).document()
        return JSON.object([
            ("cases", .array([.object([("facts", facts), ("expect", .string(decision))])]))
        ]).compactBytes
    }

    /// The log's entries of a kind, each as its own JSON.
    func entries(_ kind: String) async throws -> [JSON] {
        // Queries are answered from an index that follows the log.
        let log = live.service.auditLog
        return try await log.reader.leaves(in: 0..<log.tree.size).compactMap { leaf in
            let entry = JSON(document: try JSONDocument(parsing: leaf).root)
            return entry?["kind"] == .string(kind) ? entry : nil
        }
    }

    /// One entry in a word: `activate strict 1234abcd`.
    func acts(_ kind: String) async throws -> [String] {
        let names =
            kind == "admin"
            ? ["who", "action", "subject"] : ["op", "policy_id", "set_id", "policy_sha256", "set_sha256"]
        return try await entries(kind).map { entry in
            names.compactMap { name in
                if case .string(let text)? = entry[name] { String(text.prefix(text.count == 64 ? 8 : 64)) } else { nil }
            }.joined(separator: " ")
        }
    }
}
