import Appraisal
import AttestationService
import CollateralService
import Crypto
import DCAPFormats
import DCAPVerification
import Foundation
import LogAudit
import MerkleLog
import PlatformSimulator
import ProcessSupport
import Records
import ServiceSupport
import Synchronization
import Testing
import WebAPI
import Wire

@testable import assay

/// Live tokens after what their verdicts rest on has changed: refused with the reason, everywhere, and in the log first.
@Suite("Re-appraisal")
struct ReappraisalTests {
    private static let secret = [UInt8]((1...32).map { UInt8($0) })
    private static let auditor = "an auditor's token"

    /// A clock that only the test moves.
    private final class Clock: Sendable {
        private let milliseconds = Atomic<Int64>(TestWorld.now.seconds * 1_000)
        var now: @Sendable () -> Int64 { { self.milliseconds.load(ordering: .relaxed) } }
        func advance(seconds: Int64) { milliseconds.add(seconds * 1_000, ordering: .relaxed) }
    }

    static func key(_ kind: QuoteKind = .tdx15V5) throws -> CollateralKey {
        let quote = try Quote(parsing: try TestWorld.evidence(kind).quote)
        return CollateralKey(try #require(ClaimedPlatform(of: quote)))
    }

    /// Intel's next recovery: the platform is out of date from now on.
    static func recovery() throws -> PCCSCatalogue {
        var catalogue = try TestWorld.catalogue
        try catalogue.add(try TestWorld.world.recipe(for: .tdx15V5).earlyEdition, update: .standard)
        return catalogue
    }

    private static func introspect(_ live: Live, _ token: String) async throws -> WebAnswer {
        try await live.client.post(
            live.base + "/v1/tokens/introspect", "application/x-www-form-urlencoded", Array("token=\(token)".utf8))
    }

    /// Asks until the token is (not) active: the background takes its time.
    @discardableResult
    private static func wait(_ live: Live, _ token: String, active: Bool) async throws -> WebAnswer {
        try await eventually(
            "the token is \(active ? "" : "not ")active",
            finding: {
                let answer = try await introspect(live, token)
                return try answer.value("active") == "\(active)" ? answer : nil
            })
    }

    /// The token's bit, as an independent reader of the list finds it.
    private static func bit(_ live: Live, _ token: String) async throws -> String {
        let reference = try #require(try TokenParts(token).claims["status"]?["status_list"])
        let uri = try #require(reference.text("uri"))
        #expect(uri.hasPrefix(Live.issuer + "/v1/status-list/"))
        let answer = try await live.client.get(
            live.base + uri.dropFirst(Live.issuer.count), headers: ["Origin: https://chat.example"])
        #expect(answer.status == 200)
        #expect(answer.header("content-type") == "application/statuslist+jwt")
        #expect(answer.header("cache-control") == "public, max-age=60")
        #expect(answer.header("access-control-allow-origin") == "*")
        let list = try TokenParts(answer.text)
        #expect(list.header.text("typ") == "statuslist+jwt")
        #expect(list.claims.text("sub") == uri)
        #expect(list.claims["ttl"] == .integer(60))
        try await verify(live, list)
        guard case .integer(let index)? = reference["idx"], let data = list.claims["status_list"]?.text("lst") else {
            throw TestFailure("no list: \(answer.text)")
        }
        let program =
            "import base64, sys, zlib; data = zlib.decompress(base64.urlsafe_b64decode(sys.argv[1] + '=='));"
            + "place = int(sys.argv[2]); print(data[place // 8] >> place % 8 & 1, len(data))"
        let read = try await ProgramRun.run("/usr/bin/env", ["python3", "-c", program, data, "\(index)"])
        #expect(read.exitCode == 0, "\(read.error)")
        let words = read.output.split { $0 == " " || $0 == "\n" }
        #expect(words.last == "16384")
        return String(words.first ?? "")
    }

    /// What a relying party on the command line finds about the token, from the list as the service gives it now.
    private static func refuses(_ live: Live, _ token: String, at time: Int64) async throws {
        let uri = try #require(try TokenParts(token).claims["status"]?["status_list"]?.text("uri"))
        let list = try await live.client.get(live.base + uri.dropFirst(Live.issuer.count)).body
        let keys = try await live.client.get(live.base + "/jwks.json").body
        let result = try await ProgramRun.run(
            "assay",
            [
                "token", "verify", token, "--jwks", try live.folder.write(keys, to: "jwks.json"), "--status-list",
                try live.folder.write(list, to: "list"), "--at", "\(Instant(seconds: time))", "--minimum-status",
                "warning",
            ])
        #expect(result.exitCode == 1, "\(result.output)\(result.error)")
        #expect(result.output.contains("NO  token.revocation"))
        #expect(result.output.contains("withdrawn: status 1"))
    }

    /// With a key of the published set, and cryptography of its own.
    private static func verify(_ live: Live, _ list: TokenParts) async throws {
        let keys = try await live.client.get(live.base + "/jwks.json").json()
        let key = try #require(
            keys.member("keys")?.elements.first { $0.member("kid")?.string == list.header.text("kid") })
        let point = try ["x", "y"].flatMap { name in
            try #require(Base64URL.decode(Array((JSON(document: key)?.text(name) ?? "").utf8)[...]))
        }
        let publicKey = try P256.Signing.PublicKey(rawRepresentation: point)
        let signature = try P256.Signing.ECDSASignature(rawRepresentation: list.signature)
        #expect(publicKey.isValidSignature(signature, for: list.signingInput))
    }

    private static func settings(_ folder: ScratchFolder, webhook: String? = nil) throws -> [String: String] {
        let digest = Hex.encode(Array(SHA256.hash(data: Array(auditor.utf8))))
        var settings = [
            "token.lifetime": "3600",
            "audit.tokens_file": try folder.write(
                Array("anna audit:read,audit:evidence \(digest)\n".utf8), to: "auditors"),
        ]
        if let webhook {
            settings["webhooks.urls"] = webhook
            settings["webhooks.secret_file"] = try folder.write(
                Array("whsec_\(Base64.encode(secret))\n".utf8), to: "secret")
        }
        return settings
    }

    @Test(
        "A recovery that Intel publishes: inactive with reasons, bit, entry, event, webhook; over a restart too",
        .needs(.python))
    func recovery() async throws {
        let (clock, folder, receiver) = (Clock(), try ScratchFolder(), WebhookReceiver())
        let pccs = SimulatedPCCS(try TestWorld.catalogue)
        // It does not take the first message at once.
        receiver.answer([500, 503])
        try await receiver.serve { url in
            let settings = try Self.settings(folder, webhook: url)
            let token = try await Live.run(settings, pccs: pccs, folder: folder, now: clock.now) { live in
                try await Self.recover(live, pccs, clock, receiver)
            }
            // Another process, with every source of collateral down.
            pccs.fail(.status(503, retryAfterSeconds: 11))
            clock.advance(seconds: 2)
            try await Live.run(settings, pccs: pccs, folder: folder, now: clock.now) { live in
                let answer = try await Self.introspect(live, token)
                #expect(try answer.value("active") == "false")
                #expect(try answer.value("revoked", "reasons")?.contains("POLICY_TCB_STATUS") == true)
                #expect(try await Self.bit(live, token) == "1")
                #expect(receiver.messages.count == 4)
            }
        }
        let database = try DatabaseSource(path: folder.path + "/data/log.db")
        let report = try await FileSystemCheck(database, trusting: nil).run()
        #expect(report.findings == [])
        #expect(report.kinds["reappraisal"] == 2)
    }

    private static func recover(
        _ live: Live, _ pccs: SimulatedPCCS, _ clock: Clock, _ receiver: WebhookReceiver
    ) async throws -> String {
        let verdict = try await live.verdict(try TestWorld.evidence().quote)
        let token = try #require(try verdict.value("token"))
        let identifier = try #require(try verdict.value("id"))
        let first = try #require(try verdict.value("log", "index"))
        let other = try #require(try await live.raw(try TestWorld.evidence(.sgxV4).quote).value("token"))
        let simple = try await live.alibaba(try TestWorld.evidence().quote).text
        #expect(token.utf8.count < 4_096)
        #expect(try await introspect(live, token).value("active") == "true")
        #expect(try await bit(live, token) == "0")
        let port = live.port
        let follower = Task {
            try await OwnThread.run {
                let connection = try RawConnection(port: port)
                connection.send("GET /v1/events HTTP/1.1\r\nHost: a\r\n\r\n")
                return connection.read(until: identifier)
            }
        }
        // The same documents fetched again change nothing.
        clock.advance(seconds: 2)
        _ = try await live.service.collateral.fetch(key(), at: Instant(seconds: clock.now() / 1_000))
        #expect(try await introspect(live, token).value("active") == "true")
        try await eventually("the events are followed") { try await live.gauge("events_followers") > 0 }

        pccs.replace(try recovery())
        clock.advance(seconds: 2)
        _ = try await live.service.collateral.fetch(key(), at: Instant(seconds: clock.now() / 1_000))
        let answer = try await wait(live, token, active: false)
        #expect(try answer.value("revoked", "reasons")?.contains("POLICY_TCB_STATUS") == true)
        let reason = try #require(try answer.value("reason"))
        #expect(reason.hasPrefix("revoked by re-appraisal at "))
        let index = try #require(try answer.value("revoked", "log_index"))
        let gate = try await live.client.get(
            live.base + "/v1/tokens/check?freshness=any", headers: ["Authorization: Bearer \(token)"])
        #expect(try gate.problem(401) == "TOKEN_REFUSED")
        #expect(gate.header("www-authenticate")?.contains(reason) == true)
        #expect(try await bit(live, token) == "1")
        try await refuses(live, token, at: clock.now() / 1_000)
        // A token of a peer's shape has no bit, and is asked about all the same.
        try await wait(live, simple, active: false)
        // What rests on other documents stands.
        #expect(try await introspect(live, other).value("active") == "true")
        #expect(try await bit(live, other) == "0")

        try await history(live, identifier, first, index)
        try await entries(live, identifier, first, index)
        try await events(live, await follower.result.get(), identifier, index)
        try await webhooks(receiver, identifier)
        return token
    }

    private static func history(_ live: Live, _ identifier: String, _ first: String, _ index: String) async throws {
        let recorded = try await live.client.get(live.base + "/v1/verdicts/\(identifier)")
        #expect(try recorded.value("verdict") == "accept")
        #expect(try recorded.value("standing") == "reject")
        let again = try #require(try recorded.json().member("reappraisals")?.elements.first { _ in true })
        let document = try #require(JSON(document: again))
        #expect(document["changed"] == .array([.string("collateral")]))
        #expect(document["log"]?["index"]?.compactText == index)
        #expect(document["log"]?["first"]?.compactText == first)
    }

    /// The log holds together, and both verdicts follow from what the archive has.
    private static func entries(_ live: Live, _ identifier: String, _ first: String, _ index: String) async throws {
        let found = try await live.client.get(live.base + "/audit/v1/lookup?jti=\(identifier)")
        #expect(try found.value("indices") == "\(first),\(index)")
        let shard = try #require(
            try await live.client.get(live.base + "/log/v1/keys").json().member("shards")?.elements.first { _ in true })
        let trust = TrustPolicy(log: try NoteKey(parsing: try #require(shard.member("vkey")?.string)))
        let anchor = try TrustAnchor(certificate: try TestWorld.evidence().rootCertificate)
        for (position, wanted) in [(first, VerdictEntry.Decision.accept), (index, .reject)] {
            let bundle = try await live.client.get(
                live.base + "/audit/v1/bundle/\(position)", headers: ["Authorization: Bearer \(auditor)"])
            let result = reverify(
                bundle.body,
                under: ReverificationTrust(
                    logs: trust, anchor: anchor, issuer: Live.issuer, longestTokenSeconds: 3_600))
            guard case .confirmed(let confirmation) = result else {
                Issue.record("bundle \(position): \(result)")
                continue
            }
            #expect(confirmation.entry.verdict == wanted)
            #expect(confirmation.entry.jti == identifier)
            // The later verdict has no token, and so no claims.
            #expect(
                (try EvidenceBundle(parsing: bundle.body).files["claims.json"] != nil) == (wanted == .accept))
        }
    }

    private static func events(_ live: Live, _ seen: String, _ identifier: String, _ index: String) async throws {
        #expect(seen.contains("content-type: text/event-stream") || seen.contains("Content-Type: text/event-stream"))
        #expect(seen.contains("event: reappraisal\nid: \(index)\n"), "\(seen)")
        // Whoever comes back is told what came after, and only that.
        let port = live.port
        let before = try #require(UInt64(index)) - 1
        let resumed = try await OwnThread.run {
            let connection = try RawConnection(port: port)
            connection.send("GET /v1/events HTTP/1.1\r\nHost: a\r\nLast-Event-ID: \(before)\r\n\r\n")
            return connection.read(until: "\"first\":")
        }
        #expect(resumed.contains("id: \(index)\n"))
        #expect(resumed.contains(identifier))
        let later = try await OwnThread.run {
            let connection = try RawConnection(port: port)
            connection.send("GET /v1/events HTTP/1.1\r\nHost: a\r\nLast-Event-ID: \(index)\r\n\r\n")
            return connection.read(until: "retry: 5000\n\n")
        }
        #expect(!later.contains(identifier))
        for bad in ["x", "-1", "99999999"] {
            let answer = try await live.client.get(live.base + "/v1/events", headers: ["Last-Event-ID: \(bad)"])
            #expect(try answer.problem(400) == "INVALID_PARAMETER")
        }
    }

    /// The first of two re-appraisals is refused twice and then taken, the second at once; each message is signed, and one
    /// re-appraisal has one identifier.
    private static func webhooks(_ receiver: WebhookReceiver, _ identifier: String) async throws {
        try await eventually("both re-appraisals are told") { receiver.messages.count >= 4 }
        let names = receiver.messages.map(\.identifier)
        #expect(names.count == 4)
        #expect(Set(names[..<3]).count == 1 && names[3] != names[0], "\(names)")
        let ours = receiver.messages.filter { String(decoding: $0.body, as: UTF8.self).contains(identifier) }
        #expect([Array(names[..<3]), [names[3]]].contains(ours.map(\.identifier)), "\(names)")
        for message in receiver.messages {
            #expect(message.type == "application/json")
            let signed = Array("\(message.identifier).\(message.timestamp).".utf8) + message.body
            let tag = HMAC<SHA256>.authenticationCode(for: signed, using: SymmetricKey(data: secret))
            #expect(message.signature == "v1," + Base64.encode(Array(tag)))
            let root = try JSONDocument(parsing: message.body).root
            #expect(root.member("type")?.string == "verdict.reappraised")
            #expect(root.member("data")?.member("verdict")?.string == "reject")
        }
    }

    @Test("A policy withdrawn while the service runs: what it let in falls, and stands again when it is back")
    func withdrawnPolicy() async throws {
        try await Live.run { live in
            let quote = try TestWorld.evidence().quote
            let cloud = try #require(
                try await live.verdict(quote, [("policy", .string("tdx-cloud"))]).value("token"))
            let strict = try #require(try await live.verdict(quote).value("token"))
            let before = live.service.policies.current
            live.service.policies.replace(
                PolicyRegistry(before.all.filter { $0.id != "tdx-cloud" }, standard: before.standard))
            let answer = try await Self.wait(live, cloud, active: false)
            #expect(try answer.value("revoked", "reasons") == "POLICY_RETIRED")
            #expect(try await Self.introspect(live, strict).value("active") == "true")
            live.service.policies.replace(before)
            try await Self.wait(live, cloud, active: true)
            #expect(try await Self.bit(live, cloud) == "0")
            let identifier = try #require(try TokenParts(cloud).claims.text("jti"))
            let recorded = try await live.client.get(live.base + "/v1/verdicts/\(identifier)")
            #expect(try recorded.value("standing") == "accept")
            let history = try #require(try recorded.json().member("reappraisals")).elements.map { JSON(document: $0) }
            #expect(history.map { $0?.text("verdict") } == ["reject", "accept"])
        }
    }

    @Test("A service that stops ends its streams in order")
    func endsStreams() async throws {
        let connection = try await Live.run { live in
            let port = live.port
            return try await OwnThread.run {
                let connection = try RawConnection(port: port)
                connection.send("GET /v1/events HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(connection.read(until: "retry: 5000\n\n").hasPrefix("HTTP/1.1 200"))
                return connection
            }
        }
        let rest = try await OwnThread.run { connection.readToEnd() }
        #expect(rest.hasSuffix("0\r\n\r\n"), "\(rest)")
    }

    @Test("Status lists that nobody was given are not there; events are for auditors where the log is theirs")
    func refusals() async throws {
        let folder = try ScratchFolder()
        let settings = try Self.settings(folder).merging(["audit.visibility": "auditors"]) { $1 }
        try await Live.run(settings, folder: folder) { live in
            for name in ["x", "19bb0000000-1-0123456789abcdef", "-", String(repeating: "a", count: 500)] {
                let answer = try await live.client.get(live.base + "/v1/status-list/\(name)")
                #expect(try answer.problem(404) == "NOT_FOUND")
            }
            let newest = try await live.client.get(live.base + "/v1/status-list")
            #expect(newest.header("content-type") == "application/statuslist+jwt")
            #expect(try await live.client.get(live.base + "/v1/events").problem(401) == "CREDENTIALS_MISSING")
            let port = live.port
            let allowed = try await OwnThread.run {
                let connection = try RawConnection(port: port)
                connection.send(
                    "GET /v1/events HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(Self.auditor)\r\n\r\n")
                return connection.read(until: "retry: 5000\n\n")
            }
            #expect(allowed.hasPrefix("HTTP/1.1 200"))
        }
    }
}
