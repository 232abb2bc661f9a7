import EventLog
import PlatformSimulator
import Testing
import Wire

@testable import EventLog

/// Trustee's claims about a log (event-logs 7): of what a quote confirms, within a budget, nothing silently left out.
@Suite("Claims of an event log for Trustee's clients")
struct CompatibleClaimsTests {
    private static let roomy = 1 << 20

    private static func replay(_ log: EventLogRecipe, quoting registers: [[UInt8]]? = nil) throws -> ReplayedLog {
        let values = (registers ?? log.registers).compactMap { FixedBytes<48>(exactly: $0) }
        return try #require(
            EventLogFindings(
                of: log.bytes, against: QuotedRegisters(values[0], values[1], values[2], values[3])
            ).log)
    }

    private static func events(_ log: ReplayedLog, within budget: Int = roomy) -> [JSON] {
        guard case .array(let events)? = log.compatibleEvents(within: budget).first?.1 else { return [] }
        return events
    }

    @Test("A boot: every event of a register with its digest, and what of it is genuine")
    func boot() throws {
        let log = BootVariation.healthy.log(seed: "compatible")
        let replayed = try Self.replay(log)
        let events = Self.events(replayed)
        #expect(events.count == log.events.count)
        #expect(replayed.compatibleEvents(within: Self.roomy).count == 1)
        for (event, made) in zip(events, log.events) {
            #expect(event["index"] == .integer(Int64(made.register + 1)))
            #expect(event["event"] == .string(Base64.encode(made.data)))
            #expect(
                event["digests"]
                    == .array([.object([("alg", .string("SHA-384")), ("digest", .string(Hex.encode(made.digest)))])]))
        }
        let kernel = try #require(replayed.compatibleKernel(replayed.facts.kernelCommandLine?.text, isPinned: true))
        #expect(kernel["kernel"] == replayed.facts.kernelDigest.map { .string($0.hex) })
        let parameters = try #require(kernel["kernel_parameters"])
        #expect(parameters["console"] == .string("ttyS0"))
        #expect(parameters["root"] == .string("/dev/mapper/root"))
        #expect(parameters["quiet"] == .null)
        // What the sender labels so is claimed only beside a register that the policy pins.
        #expect(replayed.compatibleKernel(replayed.facts.kernelCommandLine?.text) == nil)
    }

    @Test("A register that does not replay gives no event, and no kernel")
    func mismatch() throws {
        let log = BootVariation.healthy.log(seed: "compatible")
        var registers = log.registers
        registers[2][0] ^= 1
        let replayed = try Self.replay(log, quoting: registers)
        let events = Self.events(replayed)
        #expect(events.count == log.events.filter { $0.register != 2 }.count)
        #expect(!events.contains { $0["index"] == .integer(3) })
        #expect(replayed.compatibleKernel(replayed.facts.kernelCommandLine?.text, isPinned: true) == nil)
        // Of a log that does not fit at all there is nothing to list.
        let foreign = try Self.replay(
            log, quoting: [[UInt8]](repeating: [UInt8](repeating: 9, count: 48), count: 4))
        #expect(Self.events(foreign).isEmpty)
    }

    @Test("A text that somebody changed is shown as what it is: beside a digest that is not its own")
    func changedText() throws {
        let replayed = try Self.replay(BootVariation.textChanged.log(seed: "compatible"))
        let shown = try #require(
            Self.events(replayed).first { event in
                if case .string(let text)? = event["details"]?["string"] { text.contains("fips=1") } else { false }
            })
        #expect(shown["authenticated"] == .string("digest_only"))
        #expect(shown["digest_matches_event"] == .bool(false))
        #expect(replayed.compatibleKernel(replayed.facts.kernelCommandLine?.text, isPinned: true) == nil)
    }

    @Test("An event that extended nothing is not listed, whatever digest it shows")
    func noAction() throws {
        var log = EventLogRecipe()
        log.add(2, 0x4, [0, 0, 0, 0])
        log.add(2, 0x3, Array("grub_kernel_cmdline init=/bin/good".utf8))
        log.events[1].isExtended = false
        let replayed = try Self.replay(log)
        #expect(replayed.registers[2].status == .replayed)
        #expect(Self.events(replayed).count == 1)
    }

    @Test("Data goes first, then the last events, and the claims say how much")
    func budget() throws {
        var log = EventLogRecipe()
        log.add(0, 0x8000_0001, UEFIStructures.variable("db", [UInt8](repeating: 7, count: 6_000)))
        for number in 0..<20 { log.addAgentEvent("config", .object([("name", .string("unit-\(number)"))])) }
        let replayed = try Self.replay(log)
        func claims(_ budget: Int) -> (events: [JSON], leftOut: JSON?) {
            let claims = replayed.compatibleEvents(within: budget)
            #expect(JSON.object(claims).compactBytes.count <= max(budget, 128), "\(budget)")
            return (Self.events(replayed, within: budget), claims.dropFirst().first?.1)
        }
        func leftOut(_ events: Int64, _ data: Int64) -> JSON {
            .object([("events", .integer(events)), ("data", .integer(data))])
        }
        let whole = claims(Self.roomy)
        #expect(whole.events.count == 21 && whole.leftOut == nil)
        let size = JSON.array(whole.events).compactBytes.count + 128
        #expect(claims(size).leftOut == nil)
        let shortened = claims(size - 200)
        #expect(shortened.events.count == 21)
        #expect(shortened.leftOut == leftOut(0, 1))
        #expect(shortened.events[0]["event"] == nil)
        #expect(shortened.events[0]["details"]?["variable_data"] == nil)
        #expect(shortened.events[0]["details"]?["unicode_name"] == .string("db"))
        #expect(shortened.events[0]["digest_matches_event"] == .bool(true))
        #expect(Array(shortened.events.dropFirst()) == Array(whole.events.dropFirst()))
        let cut = claims(4_000)
        #expect((1..<21).contains(cut.events.count))
        #expect(cut.leftOut == leftOut(Int64(21 - cut.events.count), 1))
        #expect(cut.events == Array(shortened.events.prefix(cut.events.count)))
        for nothing in [0, -1, 128] { #expect(claims(nothing).leftOut == leftOut(21, 0)) }
    }

    @Test(
        "Words of a command line",
        arguments: [
            ("root=/dev/vda1 ro  quiet", #"{"root":"/dev/vda1","ro":null,"quiet":null}"#),
            ("console=tty0 console=ttyS0 console", #"{"console":["tty0","ttyS0",null]}"#),
            // What stands in a quoted value is no parameter of its own.
            (#"dm="a init=/bin/good b" init=/bin/bad"#, #"{"dm":"a init=/bin/good b","init":"/bin/bad"}"#),
            (#""module.x=1 2" y="" z=""#, #"{"module.x":"1 2","y":"","z":""}"#),
            ("quiet -- init=/bin/good", #"{"quiet":null}"#),
            ("a=b=c\troot=x\n", #"{"a":"b=c","root":"x"}"#),
            ("", "{}"),
        ])
    func commandLine(text: String, wanted: String) throws {
        let replayed = try Self.replay(EventLogRecipe())
        let claims = try #require(replayed.compatibleKernel(text, isPinned: true))
        #expect(claims["kernel_parameters"]?.compactText == wanted)
    }

    @Test("No kernel where its parameters cannot stand in a token whole", arguments: ["größe=1", #"a\b=1"#, "q\"=1"])
    func unwritable(text: String) throws {
        let replayed = try Self.replay(EventLogRecipe())
        #expect(replayed.compatibleKernel(text, isPinned: true) == nil)
        #expect(replayed.compatibleKernel(String(repeating: "a ", count: 2_049), isPinned: true) == nil)
        #expect(replayed.compatibleKernel(nil, isPinned: true) == nil)
    }

    @Test(
        "An application's content is JSON where that has one canonical form, and its text otherwise",
        arguments: [
            (#"{"image":"a","digest":["b"]}"#, true), ("42", true), ("plain words", false),
            (#"{"größe":1}"#, false), (#"{"a":1.5}"#, false), ("90071992547409930", false),
            (#"{"a":1,"a":2}"#, false), ("[[[[[[[1]]]]]]]", true), ("[[[[[[[[1]]]]]]]]", false),
        ])
    func content(text: String, isParsed: Bool) throws {
        var log = EventLogRecipe()
        let entry = Array("example.com operation \(text)".utf8)
        log.add(3, 0x6, [0x4C, 0x45, 0x41, 0x41, UInt8(entry.count), 0, 0, 0] + entry)
        let event = try #require(Self.events(try Self.replay(log)).first)
        let content = try #require(event["details"]?["data"]?["content"])
        #expect((content != .string(text)) == isParsed)
        #expect(event["details"]?["string"] == .string("example.com operation \(text)"))
        #expect(event["details"]?["unicode_name"] == .string("AAEL"))
    }

    @Test("The other forms of log have no events of a firmware")
    func otherForms() throws {
        let findings = EventLogFindings(
            of: Array("INIT sha384/\(String(repeating: "0", count: 96))".utf8), against: .zero)
        #expect(findings.log?.compatibleEvents(within: Self.roomy).isEmpty == true)
    }
}
