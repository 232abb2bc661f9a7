import Appraisal
import DCAPFormats
import DCAPVerification
import KeyCustody
import PlatformSimulator
import ResultToken
import ServiceSupport
import Testing
import Wire

/// What a token says about an event log that was given and replayed (event-logs 7, wire-formats 3.4).
@Suite("Claims of an event log")
struct EventLogClaimsTests {
    private static func trustee(_ verdict: Verdict, _ context: TokenContext = Sample.context()) throws -> JSON {
        let claims = try Sample.claims(.earDotted, verdict, context)
        return try #require(claims["submods"]?["cpu0"]?["ear.veraison.annotated-evidence"]?["tdx"])
    }

    /// RTMR2 of a boot, which a policy must pin before a label of it counts (event-logs 7.1).
    private static func rtmr2(_ log: EventLogRecipe) throws -> String {
        guard case .verified(let quote) = try Sample.verdict(eventLog: log).verification,
            case .td(let report) = quote.quote.body
        else { throw TestFailure("no TD") }
        return report.rtmr2.hex
    }

    private static func pinning(_ log: EventLogRecipe, _ rules: String = "") throws -> Policy {
        try Policy(
            parsing: Array(
                """
                {"id":"kernel","version":1,"claims":[
                 {"id":"pin","claim":"rtmr2","operator":"equals","value":"\(try rtmr2(log))"}\(rules)]}
                """.utf8))
    }

    @Test("Trustee's names where a log was given, and none where not; the kernel's where RTMR2 is pinned")
    func given() throws {
        let log = BootVariation.healthy.log(seed: "claims")
        #expect(try Self.trustee(try Sample.verdict(eventLog: log))["ccel"] == nil)
        let claims = try Self.trustee(try Sample.verdict(eventLog: log, under: try Self.pinning(log)))
        guard case .array(let events)? = claims["uefi_event_logs"] else {
            Issue.record("no events")
            return
        }
        #expect(events.count == log.events.count)
        #expect(claims["uefi_event_logs_left_out"] == nil)
        #expect(claims["ccel"]?["kernel_parameters"]?.text("console") == "ttyS0")
        #expect(claims["ccel"]?.text("kernel")?.count == 96)
        #expect(claims["quote"]?["body"]?.text("mr_td") != nil)
        let without = try Self.trustee(try Sample.verdict())
        #expect(without["uefi_event_logs"] == nil && without["ccel"] == nil)
    }

    @Test("The native token says how each register replayed")
    func native() throws {
        let log = BootVariation.healthy.log(seed: "claims")
        let verdict = try Sample.verdict(eventLog: log)
        let claims = try Sample.claims(.ear, verdict)
        #expect(
            claims["submods"]?["tdx"]?["ear_verifier_claims"]?["event_log"]
                == .object([
                    ("rtmr", .array([JSON](repeating: .string("replayed"), count: 4))),
                    ("accounted", .array(try #require(verdict.eventLog).accounted.map { .bool($0 == .yes) })),
                ]))
        #expect(try Sample.token(claims.compactBytes).utf8.count < 4_096)
        let without = try Sample.claims(.ear, try Sample.verdict())
        #expect(without["submods"]?["tdx"]?["ear_verifier_claims"]?["event_log"] == nil)
    }

    @Test("A register that the log does not explain gives no event, where a policy lets that pass")
    func reported() throws {
        var log = BootVariation.healthy.log(seed: "claims")
        for index in log.events.indices where log.events[index].register == 2 { log.events[index].isLogged = false }
        let verdict = try Sample.verdict(eventLog: log)
        #expect(verdict.decision == .accept)
        #expect(verdict.eventLog?.registers[2] == .reported)
        let claims = try Self.trustee(verdict)
        #expect(claims["ccel"] == nil)
        guard case .array(let events)? = claims["uefi_event_logs"] else {
            Issue.record("no events")
            return
        }
        #expect(!events.isEmpty)
        #expect(!events.contains { $0["index"] == .integer(3) })
    }

    /// The Linux EFI stub logs a label; what was measured is the text in UTF-16.
    private static func directBoot(_ commandLine: String) -> EventLogRecipe {
        var log = EventLogRecipe()
        log.add(
            2, 0x6, [0xED, 0x22, 0x3B, 0x8F, 0x1A, 0, 0, 0] + Array("LOADED_IMAGE::LoadOptions".utf8) + [0],
            covering: commandLine.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] } + [0, 0])
        return log
    }

    @Test("A command line that the log holds as a digest is claimed where it is a reference value's")
    func reference() throws {
        let log = Self.directBoot("console=hvc0 quiet")
        func policy(_ values: String) throws -> Policy {
            try Self.pinning(
                log, #",{"id":"line","claim":"event_log.kernel_cmdline","operator":"in","values":\#(values)}"#)
        }
        let known = try Sample.verdict(eventLog: log, under: try policy(#"["console=tty0","console=hvc0 quiet"]"#))
        #expect(known.decision == .accept)
        #expect(known.kernelCommandLine == "console=hvc0 quiet")
        #expect(try Self.trustee(known)["ccel"]?["kernel_parameters"]?.text("console") == "hvc0")
        // The digest alone names no text.
        #expect(try Self.trustee(try Sample.verdict(eventLog: log, under: try Self.pinning(log)))["ccel"] == nil)
        let other = try Sample.verdict(eventLog: log, under: try policy(#"["console=tty0"]"#))
        #expect(other.decision == .reject && other.kernelCommandLine == nil)
    }

    @Test("However long the log, the token can be read, and says what it leaves out")
    func size() throws {
        var long = BootVariation.healthy.log(seed: "claims")
        for number in 0..<5_000 {
            long.add(3, 0x6, Array("event \(number) of many".utf8))
        }
        var heavy = EventLogRecipe()
        for number in 0..<30 { heavy.add(0, 0x8000_0001, [UInt8](repeating: UInt8(number), count: 60_000)) }
        let longest = Sample.context {
            $0.runtimeData = .object([("data", .string(String(repeating: "x", count: Limits.runtimeDataBytes - 20)))])
        }
        let receipt = JSON.object([
            ("origin", .string(String(repeating: "o", count: 255))), ("index", .integer(1 << 50)),
            ("leaf", .string(String(repeating: "a", count: 64))),
        ])
        let key = try Sample.key.publicKey.webKey(for: .es256)
        for (log, events, data) in [(long, true, false), (heavy, false, true)] {
            let verdict = try Sample.verdict(eventLog: log)
            for context in [Sample.context(), longest] {
                let claims = try Sample.claims(.earDotted, verdict, context)
                let token = try Sample.token(claims.adding([("log", receipt)]).compactBytes) {
                    $0.adding([("jwk", key)])
                }
                #expect(token.utf8.count < 65_536, "\(token.utf8.count)")
                #expect(token.utf8.count > 12_000)
                let leftOut = try #require(try Self.trustee(verdict, context)["uefi_event_logs_left_out"])
                #expect((leftOut["events"] != .integer(0)) == events)
                #expect((leftOut["data"] != .integer(0)) == data)
            }
        }
    }
}
