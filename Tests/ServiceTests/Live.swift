import CollateralService
import DCAPFormats
import Foundation
import Hummingbird
import KeyCustody
import PlatformSimulator
import ServiceConfiguration
import ServiceSupport
import Testing
import WebAPI
import Wire

@testable import assay

/// The whole service on a real port, with its data in a folder of its own, beside a simulated PCCS.
struct Live: Sendable {
    /// `http://127.0.0.1:port`
    let base: String
    let port: Int
    let pccs: SimulatedPCCS
    let folder: ScratchFolder
    let service: assay.Service
    var client = WebClient()

    static let issuer = "https://attest.example.cn"

    /// The disk may be slow, and so may whoever is asked for collateral.
    static var patience: Patience {
        var patience = Patience()
        patience.disk = .seconds(120)
        patience.work = .seconds(120)
        patience.fetches.connectMilliseconds = 20_000
        patience.fetches.requestMilliseconds = 60_000
        patience.fetches.setMilliseconds = 90_000
        return patience
    }

    /// Keys take long to make; each service gets these files, old enough for every clock.
    private static let keys = Result { () throws -> [String: [UInt8]] in
        let folder = try ScratchFolder()
        _ = try KeyStore(path: folder.path + "/keys").open(at: Instant(seconds: 1_577_836_800))
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/keys")
        return try Dictionary(uniqueKeysWithValues: names.map { ($0, try folder.read("keys/\($0)")) })
    }

    /// - Parameters:
    ///   - settings: As flags; they win over the test's own.
    ///   - now: The clock, in milliseconds.
    ///   - patience: As a busy machine needs it.
    static func run<Value: Sendable>(
        _ settings: [String: String] = [:], pccs: SimulatedPCCS? = nil, folder: ScratchFolder? = nil,
        now: @escaping @Sendable () -> Int64 = assay.Service.clock, patience: Patience = Self.patience,
        _ body: @escaping @Sendable (Live) async throws -> Value
    ) async throws -> Value {
        let pccs = try pccs ?? SimulatedPCCS(try TestWorld.catalogue)
        let folder = try folder ?? ScratchFolder()
        return try await pccs.serve { pccsBase in
            let service = try await make(settings, pccsBase, folder, now, patience)
            let result: Result<Value, any Error>
            do {
                result = .success(
                    try await ScopedServer.run { onRunning in
                        try service.application { port in onRunning(port) }
                    } _: { port in
                        let scheme = settings["tls.cert"] == nil ? "http" : "https"
                        return try await body(
                            Live(
                                base: "\(scheme)://127.0.0.1:\(port)", port: port, pccs: pccs, folder: folder,
                                service: service))
                    })
            } catch {
                result = .failure(error)
            }
            await service.stop()
            return try result.get()
        }
    }

    static func make(
        _ settings: [String: String], _ pccsBase: String, _ folder: ScratchFolder,
        _ now: @escaping @Sendable () -> Int64, _ patience: Patience = Self.patience
    ) async throws -> assay.Service {
        let data = folder.path + "/data"
        if !FileManager.default.fileExists(atPath: data) {
            try FileManager.default.createDirectory(
                atPath: data + "/keys", withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            for (name, bytes) in try keys.get() {
                let file = try folder.write(bytes, to: "data/keys/\(name)")
                try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
            }
        }
        let root = try folder.write(try TestWorld.evidence().rootPEM, to: "root.pem")
        let flags = [
            "listen": "127.0.0.1:0", "data": data, "issuer": issuer, "pccs": pccsBase, "pccs_allow_http": "true",
            "trust_root": root, "log.level": "error",
            // Every test is one caller.
            "limits.caller_per_minute": "0", "limits.connections_per_client": "0",
            // Tests ask the same more than once, and mean several verdicts.
            "limits.repeats": "0",
        ].merging(settings) { $1 }.filter { !$0.value.isEmpty }
        return try await assay.Service(ServiceConfiguration(flags: flags), now: now, patience: patience)
    }

    /// What `/metrics` says of a gauge without labels.
    func gauge(_ name: String) async throws -> Int64 {
        let lines = try await client.get(base + "/metrics").text.split(separator: "\n")
        let line = try #require(lines.first { $0.hasPrefix(name + " ") }, "\(name)")
        return try #require(Int64(line.dropFirst(name.count + 1)))
    }

    /// A quote for a verdict, with further members.
    func verdict(_ quote: [UInt8], _ more: [(String, JSON)] = []) async throws -> WebAnswer {
        try await client.post(base + "/v1/verdicts", .object([("quote", .string(Base64.encode(quote)))] + more))
    }

    func raw(_ quote: [UInt8], query: String = "") async throws -> WebAnswer {
        try await client.post(base + "/v1/verdicts" + query, "application/octet-stream", quote)
    }

    /// Alibaba's shape.
    func alibaba(_ quote: [UInt8], tee: String = "tdx", _ more: [(String, JSON)] = []) async throws -> WebAnswer {
        try await client.post(
            base + "/v1/attestation",
            .object(
                [
                    ("evidence", .string(Self.evidence(quote))), ("tee", .string(tee)), ("policy_ids", .array([])),
                ] + more))
    }

    /// Trustee's shape.
    func trustee(
        _ quote: [UInt8], tee: String = "tdx", eventLog: [UInt8]? = nil, policies: [String] = [],
        _ more: [(String, JSON)] = []
    ) async throws -> WebAnswer {
        let evidence = JSON.string(Self.evidence(quote, eventLog: eventLog))
        return try await client.post(
            base + "/attestation",
            .object([
                (
                    "verification_requests",
                    .array([.object([("tee", .string(tee)), ("evidence", evidence)] + more)])
                ), ("policy_ids", .array(policies.map { .string($0) })),
            ]))
    }

    /// CCZoo's shape: hex, byte by byte.
    func cczoo(_ quote: [UInt8]) async throws -> WebAnswer {
        let hex = quote.map { Hex.encode([$0]) }.joined(separator: " ")
        return try await client.post(base + "/tdx_attest", .object([("raw_quote_data", .string(hex))]))
    }

    static func evidence(_ quote: [UInt8], eventLog: [UInt8]? = nil) -> String {
        Base64URL.encode(
            JSON.object([
                ("quote", .string(Base64.encode(quote))), ("aa_eventlog", .null),
                ("cc_eventlog", eventLog.map { .string(Base64.encode($0)) } ?? .null),
            ]).compactBytes)
    }
}

extension WebAnswer {
    /// The code of a problem, for which the answer must be one in every respect.
    func problem(_ status: Int) throws -> String {
        #expect(self.status == status, "\(text.prefix(300))")
        #expect(header("content-type") == "application/problem+json")
        #expect(header("x-request-id") != nil)
        let root = try json()
        #expect(root.member("status")?.integer == .value(UInt64(status)))
        for name in ["title", "detail"] as [StaticString] {
            #expect(root.member(name)?.string?.isEmpty == false, "\(name)")
        }
        let code = root.member("code")?.string ?? ""
        #expect(root.member("type")?.string == "\(Live.issuer)/problems/\(code.lowercased())")
        #expect(root.member("retryable")?.boolean != nil)
        #expect(root.member("request_id")?.string == header("x-request-id"))
        #expect(!text.contains("/tmp"), "a path of the host")
        return code
    }

    /// The value behind a path of names, as text.
    func value(_ names: String...) throws -> String? {
        var value: JSON? = JSON(document: try json())
        for name in names { value = value?[name] }
        return switch value {
        case .string(let text)?: text
        case .integer(let number)?: "\(number)"
        case .bool(let flag)?: "\(flag)"
        case .array(let elements)?:
            elements.map { if case .string(let text) = $0 { text } else { $0.compactText } }.joined(separator: ",")
        case let other?: other.compactText
        case nil: nil
        }
    }
}
