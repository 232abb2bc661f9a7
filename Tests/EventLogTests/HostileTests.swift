import EventLog
import Testing
import Wire

/// The table of hostile input (event-logs 8), by row number. Rows 2 over HTTP and 61 belong to the pipeline.
@Suite("Hostile logs")
struct HostileTests {
    /// What one broken log must answer.
    struct Row: Sendable, CustomTestStringConvertible {
        let number: String
        let bytes: [UInt8]
        let code: EventLogCode
        var format: EventLog.Format?
        var testDescription: String { "\(number): \(code.rawValue)" }

        init(_ number: String, _ code: EventLogCode, _ bytes: [UInt8], as format: EventLog.Format? = nil) {
            self.number = number
            self.bytes = bytes
            self.code = code
            self.format = format
        }

        init(_ number: String, _ code: EventLogCode, json: String) { self.init(number, code, Array(json.utf8)) }

        init(_ number: String, _ code: EventLogCode, _ edit: (inout LogWriter) -> Void) {
            var writer = LogWriter()
            edit(&writer)
            self.init(number, code, writer.bytes)
        }
    }

    private static let digest = String(repeating: "ab", count: 48)
    private static let zeros = String(repeating: "0", count: 96)

    /// One event of dstack's with one member replaced.
    private static func runtime(_ members: String) -> String {
        #"[{"event_type":134217729,"event":"app-id","event_payload":"00",\#(members)}]"#
    }

    private static func firmware(_ members: String) -> String {
        #"[{"imr":0,"event":"","event_payload":"",\#(members)}]"#
    }

    static let refused: [Row] = [
        Row("1", .empty, []),
        Row("2", .tooLarge, [UInt8](repeating: 0xFF, count: Limits.eventLogBytes + 1)),
        Row("4", .formatUnknown, Array("hello, world".utf8)),
        Row(
            "5", .formatUnknown,
            Vectors.hex(
                "4343454c380000000184494e54454c2045444b32202020200200000020202020130000010200000000000100000000000090647d00000000"
            )),
        Row("6", .truncated, Array(LogWriter.header().prefix(31))),
        Row("6 (8 bytes)", .truncated, Array(LogWriter.header().prefix(8))),
        Row("7", .formatUnknown, LogWriter.header(type: 4)),
        Row("7 (forced)", .headerInvalid, LogWriter.header(type: 4), as: .tcg2),
        Row("8", .headerInvalid, LogWriter.header(signature: "Spec ID Event00\0")),
        Row("9 (too small)", .headerInvalid, LogWriter.header(eventSize: 32)),
        Row("9 (too large)", .headerInvalid, LogWriter.header(eventSize: 34) + [0, 0]),
        Row("10 (0)", .headerInvalid, LogWriter.header(count: 0)),
        Row("10 (17)", .headerInvalid, LogWriter.header(count: 17)),
        Row("10 (2^32-1)", .headerInvalid, LogWriter.header(count: 0xFFFF_FFFF)),
        Row("11", .headerInvalid, LogWriter.header(algorithms: [(0xC, 32)])),
        Row("11 (unknown, 0)", .headerInvalid, LogWriter.header(algorithms: [(0xC, 48), (0x99, 0)])),
        Row("11 (unknown, 65)", .headerInvalid, LogWriter.header(algorithms: [(0xC, 48), (0x99, 65)])),
        Row("12", .headerInvalid, LogWriter.header(algorithms: [(0xC, 48), (0xC, 48)])),
        Row("13", .noSHA384, LogWriter.header(algorithms: [(0x4, 20), (0xB, 32)])),
        Row("14", .registerInvalid) { $0.add(14, 0xD, [1]) },
        Row("15 (digest)", .truncated, Array(oneEvent.prefix(oneEvent.count - 30))),
        Row("15 (data)", .truncated, Array(oneEvent.dropLast())),
        Row("16 (2^32-1)", .truncated) { $0.add(1, 4, [0, 0, 0, 0], size: 0xFFFF_FFFF) },
        Row("16 (limit)", .limit) {
            $0.add(1, 5, [UInt8](repeating: 1, count: Limits.eventDataBytes + 1))
        },
        Row("17", .noSHA384Digest) { $0.add(1, 4, [0, 0, 0, 0], count: 0) },
        Row("18", .limit) { $0.add(1, 4, [0, 0, 0, 0], count: 0xFFFF_FFFF) },
        Row("18 (9)", .limit) { $0.add(1, 4, [0, 0, 0, 0], count: 9) },
        Row("19", .algorithmUndeclared) { $0.add(1, 4, [0, 0, 0, 0], algorithm: 0xB) },
        Row("20", .digestDuplicate) { writer in
            writer.add(raw: LogWriter.littleEndian(UInt32(1)) + LogWriter.littleEndian(UInt32(4)))
            writer.add(raw: LogWriter.littleEndian(UInt32(2)))
            for _ in 0..<2 { writer.add(raw: LogWriter.littleEndian(UInt16(0xC)) + [UInt8](repeating: 7, count: 48)) }
            writer.add(raw: LogWriter.littleEndian(UInt32(0)))
        },
        Row("21 (5)", .registerInvalid) { $0.add(5, 4, [0, 0, 0, 0]) },
        Row("21 (2^32-2)", .registerInvalid) { $0.add(0xFFFF_FFFE, 4, [0, 0, 0, 0]) },
        Row("31", .limit) { writer in
            for _ in 0...Limits.eventLogEvents { writer.add(4, 5, [0x61]) }
        },
        Row("51", .digestMismatch, json: runtime(#""imr":3,"digest":"\#(digest)""#)),
        Row("52 (odd)", .encoding, json: firmware(#""event_type":4,"digest":"abc""#)),
        Row("52 (no hex)", .encoding, json: firmware(#""event_type":4,"digest":"zz""#)),
        Row("52 (length)", .encoding, json: firmware(#""event_type":4,"digest":"abcd""#)),
        Row("53 (4)", .registerInvalid, json: runtime(#""imr":4,"digest":"""#)),
        Row("53 (-1)", .registerInvalid, json: runtime(#""imr":-1,"digest":"""#)),
        Row("53 (1.0)", .registerInvalid, json: runtime(#""imr":1.0,"digest":"""#)),
        Row("53 (text)", .registerInvalid, json: runtime(#""imr":"3","digest":"""#)),
        Row("53 (none)", .registerInvalid, json: runtime(#""digest":"""#)),
        Row(
            "54", .nameAmbiguous,
            json: #"[{"imr":3,"event_type":134217729,"event":"a:b","event_payload":"00","digest":""}]"#),
        Row("55", .versionUnsupported, json: runtime(#""imr":3,"version":3,"digest":"""#)),
        Row("57", .digestMismatch, json: runtime(#""imr":3,"version":2,"digest":"","preimage":"7b7d""#)),
        Row("58 (INIT not first)", .formatUnknown, Array("image-rs Pull x\nINIT sha384/\(zeros)".utf8)),
        Row("58 (forced)", .aaelInvalid, Array("image-rs Pull x\nINIT sha384/\(zeros)".utf8), as: .aaelText),
        Row("58 (length)", .aaelInvalid, Array("INIT sha384/\(zeros.dropLast())".utf8)),
        Row("58 (no value)", .aaelInvalid, Array("INIT sha384".utf8)),
        Row("58 (CR LF)", .aaelInvalid, Array("INIT sha384/\(zeros)\r\na b c".utf8)),
        Row("58 (empty line)", .aaelInvalid, Array("INIT sha384/\(zeros)\n\na b c".utf8)),
        Row("58 (NUL)", .aaelInvalid, Array("INIT sha384/\(zeros)\na b c\0".utf8)),
        Row("59", .aaelAlgorithm, Array("INIT sha256/\(zeros)".utf8)),
        Row("59 (documented form)", .aaelAlgorithm, Array("INIT/sha256 \(zeros)".utf8)),
        Row("dstack: no JSON", .encoding, json: "[{]"),
        Row("dstack: cut", .truncated, json: "[{"),
        Row("dstack: deep", .limit, json: "[[[[[]]]]]"),
        Row("dstack: twice", .encoding, json: runtime(#""imr":3,"imr":3"#)),
        Row("dstack: no array", .formatUnknown, json: #"{"event_log":5}"#),
        Row("dstack: nothing", .formatUnknown, json: "{}"),
        Row("dstack: element", .formatUnknown, json: "[5]"),
        Row("dstack: text in text", .formatUnknown, json: #"{"event_log":"{\"event_log\":\"[]\"}"}"#),
        Row("dstack: type", .encoding, json: #"[{"imr":3,"event_type":4294967296,"event":"x"}]"#),
        Row("dstack: no digest", .noSHA384Digest, json: firmware(#""event_type":4,"digest":"""#)),
    ]

    private static var oneEvent: [UInt8] {
        var writer = LogWriter()
        writer.add(1, 4, [0, 0, 0, 0])
        return writer.bytes
    }

    @Test("A log that cannot be read has one code, and no facts", arguments: refused)
    func refuses(_ row: Row) throws {
        let findings = EventLogFindings(of: row.bytes, as: row.format, against: .zero)
        let error = try #require(findings.error)
        #expect(error.code == row.code, "\(error.detail)")
        #expect(findings.facts == nil)
        #expect(findings.registers.isEmpty)
        #expect(findings.claims(at: "event_log.facts").isEmpty)
        #expect(findings.document["error"]?["code"] == .string(row.code.rawValue))
        if let offset = error.offset { #expect((0...row.bytes.count).contains(offset)) }
    }

    @Test("Row 3: base64url, and no base64, where standard base64 is due")
    func encodings() throws {
        for text in ["not base64!", "_w==", "AAA"] {
            let document = try JSONDocument(parsing: Array(#""\#(text)""#.utf8))
            #expect(throws: EventLogError.self) { try EventLogSniffing.bytes(of: document.root) }
        }
        let document = try JSONDocument(parsing: Array("5".utf8))
        let error = #expect(throws: EventLogError.self) { try EventLogSniffing.bytes(of: document.root) }
        #expect(error?.code == .encoding)
        let text = try JSONDocument(parsing: Array(#""\#(Base64.encode(Vectors.ccel))""#.utf8))
        #expect(try EventLogSniffing.bytes(of: text.root) == Vectors.ccel)
        #expect(
            try EventLogSniffing.bytes(ofFile: Array(Base64.encode(Vectors.ccel, lineLength: 64).utf8)) == Vectors.ccel)
        #expect(try EventLogSniffing.bytes(ofFile: Vectors.ccel) == Vectors.ccel)
        let large = [UInt8](repeating: 0x41, count: Limits.eventLogBytes / 3 * 4 + 8)
        #expect(throws: EventLogError.self) { try EventLogSniffing.bytes(ofText: large) }
    }

    @Test("Row 60: beside an SGX quote")
    func notApplicable() {
        let findings = EventLogFindings(refusing: Vectors.ccel, because: .notApplicable)
        #expect(findings.error?.code == .notApplicable)
        #expect(findings.facts == nil)
    }

    @Test("Every code of a log that cannot be read has a row")
    func coverage() {
        let rows = Set(Self.refused.map(\.code)).union([.notApplicable, .replayMismatch])
        #expect(rows == Set(EventLogCode.allCases))
    }
}
