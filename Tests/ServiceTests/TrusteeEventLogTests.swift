import AuditStore
import CorpusSupport
import DCAPFormats
import Foundation
import MerkleLog
import PlatformSimulator
import ServiceSupport
import Testing
import Wire

@testable import assay

/// An event log sent as Trustee's clients send it: claims of it in the token where the quote confirms it, no token where it
/// does not.
@Suite("Trustee's shape with an event log")
struct TrusteeEventLogTests {
    private static func evidence(_ answer: WebAnswer) throws -> JSON {
        let claims = try TokenParts(answer.text).claims
        return try #require(claims["submods"]?["cpu0"]?["ear.veraison.annotated-evidence"]?["tdx"])
    }

    private static func events(_ evidence: JSON) -> [JSON] {
        guard case .array(let events)? = evidence["uefi_event_logs"] else { return [] }
        return events
    }

    @Test("Claims of a log that replays; the token is one that introspection reads")
    func accepted() async throws {
        // Five thousand events take a sanitizer longer than the usual token lives.
        try await Live.run(["token.lifetime": "3600"]) { live in
            let log = BootVariation.healthy.log(seed: "trustee")
            let quote = try TestWorld.quote { $0.setRegisters(after: log) }
            let answer = try await live.trustee(quote, eventLog: log.bytes)
            #expect(answer.status == 200, "\(answer.text.prefix(400))")
            let evidence = try Self.evidence(answer)
            #expect(Self.events(evidence).count == log.events.count)
            #expect(Self.events(evidence).last?["details"]?.text("unicode_name") == "AAEL")
            // Which text is the command line is the sender's word, and the default policy compares no register.
            #expect(evidence["ccel"] == nil)
            #expect(evidence["uefi_event_logs_left_out"] == nil)
            // Without the log the same quote has no such claims.
            let bare = try Self.evidence(try await live.trustee(quote))
            #expect(bare["uefi_event_logs"] == nil && bare["ccel"] == nil)

            var long = log
            for number in 0..<5_000 { long.add(3, 0x6, Array("event \(number) of many".utf8)) }
            let registers = long
            let many = try await live.trustee(
                try TestWorld.quote { $0.setRegisters(after: registers) }, eventLog: long.bytes)
            #expect(many.status == 200, "\(many.text.prefix(400))")
            #expect(many.text.utf8.count < 65_536)
            let shortened = try Self.evidence(many)
            let listed = Self.events(shortened).count
            #expect(listed > log.events.count && listed < long.events.count)
            #expect(
                shortened["uefi_event_logs_left_out"]
                    == .object([
                        ("events", .integer(Int64(long.events.count - listed))), ("data", .integer(0)),
                    ]))
            for token in [answer.text, many.text] {
                let introspected = try await live.client.post(
                    live.base + "/v1/tokens/introspect", "application/x-www-form-urlencoded",
                    Array("token=\(token)".utf8))
                #expect(try introspected.value("active") == "true", "\(introspected.text.prefix(300))")
            }
        }
    }

    @Test(
        "A log that the quote does not confirm is a refusal: no token, and no claim",
        arguments: [
            BootVariation.eventAfterQuote, .eventDropped, .applicationsHidden, .eventsSwapped,
        ])
    func refused(_ variation: BootVariation) async throws {
        try await Live.run { live in
            let log = variation.log(seed: "trustee")
            let answer = try await live.trustee(
                try TestWorld.quote { $0.setRegisters(after: log) }, eventLog: log.bytes)
            #expect(try answer.problem(422) == "AS.EVIDENCE.VERIFICATION_FAILED")
            #expect(!answer.text.contains("uefi_event_logs"))
        }
    }

    @Test("Where their protocol refuses what our policy accepts, nobody was given a verdict, and none is in the log")
    func openRegister() async throws {
        try await Live.run { live in
            // The account of RTMR3 is missing: without a rule about it, that is open and no fault.
            let log = BootVariation.applicationsHidden.log(seed: "trustee")
            let quote = try TestWorld.quote { $0.setRegisters(after: log) }
            let native = try await live.verdict(quote, [("event_log", .string(Base64.encode(log.bytes)))])
            #expect(try native.value("verdict") == "accept", "\(native.text.prefix(300))")
            let size = live.service.auditLog.tree.size
            let answer = try await live.trustee(quote, eventLog: log.bytes)
            #expect(try answer.problem(422) == "AS.EVIDENCE.VERIFICATION_FAILED")
            #expect(answer.text.contains("does not lead to rtmr3"))
            #expect(live.service.auditLog.tree.size == size)
        }
    }

    @Test("What the token could not repeat is refused with the request")
    func runtimeData() async throws {
        try await Live.run { live in
            let quote = try TestWorld.evidence().quote
            let long = String(repeating: "x", count: Limits.runtimeDataBytes)
            for (data, limit) in [
                (JSON.object([("structured", .object([("nonce", .string(long))]))]), "\(Limits.runtimeDataBytes)"),
                (.object([("raw", .string(Base64URL.encode(Array(long.utf8))))]), "64"),
            ] {
                let answer = try await live.trustee(quote, [("runtime_data", data)])
                #expect(try answer.problem(400) == "AS.REQUEST.INVALID_ARGUMENT")
                #expect(answer.text.contains("at most \(limit)") || answer.text.contains("at most the \(limit)"))
            }
        }
    }

    @Test(
        "A real guest's quote and log of the corpus",
        .enabled(if: Corpus.isAvailable, "\(Corpus.absence)"))
    func corpus() async throws {
        let corpus = try #require(Corpus.available)
        let testCase = try #require(
            corpus.cases.first { $0.quote == "tdx-v5-td15-00806f050000-anolis-3ff8b59c" && $0.now < 1_770_000_000 })
        var catalogue = PCCSCatalogue()
        try catalogue.add(try Collateral(bundle: try corpus.bundle(of: testCase)), update: .standard)
        let quote = try corpus.quote(of: testCase)
        let log = try corpus.bytes(of: "ccel-anolis-0001-add-unit-tests-patch-1749d5")
        let other = try corpus.bytes(of: "ccel-coco-ccel-aael-alibabacloud-ebc70a")
        let folder = try ScratchFolder()
        try FileManager.default.createDirectory(
            atPath: folder.path + "/policies", withIntermediateDirectories: true)
        guard case .td(let report) = try Quote(parsing: quote).body else { throw TestFailure("no trust domain") }
        _ = try folder.write(
            #"{"id":"old","version":1,"accepted_tcb_statuses":["UpToDate","OutOfDate"],"allow_service_td":true,"td_identity":{"rtmr2":["\#(report.rtmr2.hex)"]}}"#,
            to: "policies/old.json")
        let milliseconds = testCase.now * 1_000
        let now: @Sendable () -> Int64 = { milliseconds }
        try await Live.run(
            ["trust_root": "", "policies": folder.path + "/policies"], pccs: SimulatedPCCS(catalogue), folder: folder,
            now: now
        ) { live in
            let answer = try await live.trustee(quote, eventLog: log, policies: ["old"])
            #expect(answer.status == 200, "\(answer.text.prefix(900))")
            let evidence = try Self.evidence(answer)
            #expect(Self.events(evidence).count == 83)
            #expect(evidence["ccel"]?["kernel_parameters"]?.text("root")?.hasPrefix("UUID=") == true)
            #expect(evidence["ccel"]?.text("kernel")?.count == 96)
            // The log of another guest.
            let foreign = try await live.trustee(quote, eventLog: other, policies: ["old"])
            #expect(try foreign.problem(422) == "AS.EVIDENCE.VERIFICATION_FAILED")
        }
    }
}
