import CorpusSupport
import DCAPFormats
import EventLog
import Testing
import Wire

/// Every event log of the corpus: to its quote's registers, or to the difference that is named (event-logs 10).
@Suite("Event logs of the corpus", .enabled(if: Corpus.isAvailable, "\(Corpus.absence)"))
struct EventLogCorpusTests {
    private static let letters: [RegisterReplay.Status: Character] = [
        .replayed: "M", .differs: "D", .untouched: "0", .reported: "R", .startsElsewhere: "S",
    ]

    private func registers(ofQuote name: String, _ corpus: Corpus) throws -> QuotedRegisters {
        guard case .td(let report) = try Quote(parsing: try corpus.bytes(of: name)).body else {
            throw CorpusError("\(name) is no TDX quote")
        }
        return QuotedRegisters(report.rtmr0, report.rtmr1, report.rtmr2, report.rtmr3)
    }

    private func logs(_ corpus: Corpus) -> [CorpusItem] {
        [CorpusItem.Kind.ccel, .dstackLog, .aael, .badEventLog].flatMap(corpus.items(ofKind:))
    }

    @Test("Each log replays to the values that the manifest gives, event by event")
    func values() throws {
        let corpus = try #require(Corpus.available)
        let items = logs(corpus)
        #expect(items.count == 34)
        for item in items {
            let bytes = try corpus.bytes(of: item.name)
            let findings = EventLogFindings(of: bytes, against: .zero)
            let expected = try #require(item.replayedRTMR)
            for register in findings.registers {
                let value = expected[register.register.name] ?? String(repeating: "0", count: 96)
                #expect(register.replayed.hex == value, "\(item) \(register.register.name)")
            }
            #expect(findings.registers.count == 4, "\(item): \(findings.error?.detail ?? "")")
            if let count = item.eventCount { #expect(findings.events.count == count, "\(item)") }
            if let end = item.logEndOffset {
                #expect(try EventLog(parsing: bytes).endOffset == end, "\(item)")
            }
        }
    }

    @Test("Beside its quote each register has the status of the table", arguments: EventLogTable.rows)
    func statuses(log: String, statuses: String, quote: String) throws {
        let corpus = try #require(Corpus.available)
        let findings = EventLogFindings(
            of: try corpus.bytes(of: log), against: try registers(ofQuote: quote, corpus))
        #expect(String(findings.registers.compactMap { Self.letters[$0.status] }) == statuses)
        // A register that differs, or has no events, gives no facts; one that replays gives its digests.
        for register in findings.registers {
            #expect((findings.facts?.digests[register.register] != nil) == (register.status == .replayed))
            #expect((register.hint != nil) == (register.status == .differs))
        }
        // Section 10: no RTMR3 of a real log hides an event.
        let isKnown = statuses.hasSuffix("M") || statuses.hasSuffix("0")
        #expect(try #require(findings.registers.last).isAccounted == isKnown)
        #expect((findings.facts?.llm != nil) == isKnown)
        // What was extended is evidence where its register replays, and nothing else is.
        for event in findings.events {
            let status = event.event.register.map { findings.registers[$0.rawValue].status }
            #expect((event.authentication != .none) == (event.running != nil && status == .replayed))
        }
    }

    @Test("The table has every status but one, also for RTMR3, and each log once")
    func table() {
        #expect(Set(EventLogTable.rows.flatMap(\.statuses)) == ["M", "D", "0", "R"])
        #expect(Set(EventLogTable.rows.compactMap(\.statuses.last)) == ["M", "D", "0", "R"])
        #expect(Set(EventLogTable.rows.map(\.log)).count == EventLogTable.rows.count)
    }

    @Test("Every quote that the manifest calls matching matches in every register")
    func matches() throws {
        let corpus = try #require(Corpus.available)
        var pairs = 0
        for item in logs(corpus) {
            for quote in item.matchingQuotes ?? [] {
                let findings = EventLogFindings(
                    of: try corpus.bytes(of: item.name), against: try registers(ofQuote: quote, corpus))
                #expect(findings.registers.allSatisfy({ $0.status.isUsable }), "\(item) beside \(quote)")
                pairs += 1
            }
            for quote in item.matchingQuotesRTMR3 ?? [] {
                let findings = EventLogFindings(
                    of: try corpus.bytes(of: item.name), against: try registers(ofQuote: quote, corpus))
                #expect(findings.registers[3].status == .replayed, "\(item) beside \(quote)")
                pairs += 1
            }
        }
        #expect(pairs >= 20)
    }

    @Test("Logs of TPMs are refused, each for its reason")
    func tpmLogs() throws {
        let corpus = try #require(Corpus.available)
        let items = corpus.items(ofKind: .tpmLog)
        #expect(items.count == EventLogTable.tpm.count)
        for item in items {
            let findings = EventLogFindings(of: try corpus.bytes(of: item.name), against: .zero)
            #expect(findings.error?.code.rawValue == EventLogTable.tpm[item.name], "\(item)")
        }
    }

    @Test("A kernel command line that a signed quote confirms")
    func commandLine() throws {
        let corpus = try #require(Corpus.available)
        let findings = EventLogFindings(
            of: try corpus.bytes(of: "dstack-dstack-85ff7fea"),
            against: try registers(ofQuote: "tdx-v4-b0c06f000000-dstack-e1f54b3d", corpus))
        let reference = """
            console=ttyS0 init=/init panic=1 systemd.unified_cgroup_hierarchy=0 pnpacpi=off dstack.fde=1 \
            dstack.rootfs_hash=0d51f07efbbdc35b9f97b65655171e5679df26daa7e247280a91b439f1104035 initrd=initrd
            """
        let commandLine = try #require(findings.facts?.kernelCommandLine)
        #expect(commandLine.form(matching: reference) == .utf16LENUL)
        #expect(commandLine.form(matching: reference + " init=/bin/sh") == nil)
        #expect(findings.facts?.secureBoot == false)
        #expect(findings.facts?.dstack?.composeHash?.count == 32)
        #expect(findings.facts?.dstack?.appID?.count == 20)
    }

    @Test("An Alibaba Cloud guest: GRUB's texts without the stray byte, AAEL events at the end")
    func alibabaCloud() throws {
        let corpus = try #require(Corpus.available)
        let log = try corpus.bytes(of: "ccel-coco-ccel-aael-alibabacloud-ebc70a")
        let replayed = EventLogFindings(of: log, against: .zero).registers.map(\.replayed)
        let findings = EventLogFindings(
            of: log, against: QuotedRegisters(replayed[0], replayed[1], replayed[2], replayed[3]))
        #expect(findings.facts?.applicationEvents.count == 2)
        let commandLine = try #require(findings.facts?.kernelCommandLine)
        #expect(commandLine.text?.contains("vmlinuz") == true)
        #expect(commandLine.form == .utf8)
        #expect(findings.facts?.kernelDigest != nil)
        #expect(findings.facts?.initrdDigest != nil)
        #expect(findings.events.contains { $0.authentication.rule == .bootLoaderTextNUL })
        #expect(findings.notes.filter { $0.kind == .noExitBootServices }.isEmpty)
    }
}
