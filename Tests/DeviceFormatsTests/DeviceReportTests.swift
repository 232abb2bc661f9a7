import CorpusSupport
import Crypto
import DeviceFormats
import Testing
import Wire

/// Reports as the corpus has them, byte for byte, and every defect of devices 17 that needs no new signature.
@Suite struct DeviceReportTests {
    private static func hash(_ bytes: some Collection<UInt8>) -> String {
        Hex.encode(Array(SHA384.hash(data: Array(bytes))))
    }

    @Test(.enabled(if: DeviceCorpus.isAvailable, "\(Corpus.absence)"))
    func fieldsOfTheCorpus() throws {
        let corpus = try DeviceCorpus.open()
        for vector in corpus.vectors.reports {
            let report = try DeviceReport(parsing: corpus.report(vector.input))
            #expect(report.nonce.hex == vector.requestNonce, "\(vector)")
            #expect(report.responderNonce.hex == vector.responderNonce, "\(vector)")
            #expect(report.measurements.count == vector.blocks, "\(vector)")
            #expect(report.signedCount == vector.signatureOffset, "\(vector)")
            #expect(report.paddingCount == vector.trailingBytes.count / 2, "\(vector)")
            #expect(Self.hash(report.signedBytes) == vector.signedSha384, "\(vector)")
            #expect(Self.hash(report.measurements.flatMap { $0.bytes }) == vector.measurementsSha384, "\(vector)")
            #expect(report.opaque.entries.map(\.type) == vector.opaque.map(\.type), "\(vector)")
            #expect(report.opaque.entries.map { Hex.encode($0.data) } == vector.opaque.map(\.hex), "\(vector)")
            switch report.identity {
            case .gpu(let gpu):
                #expect(gpu.driver == vector.driverVersion && gpu.vbios == vector.vbiosVersion, "\(vector)")
            case .nvswitch(let device): #expect(device.bios.hasPrefix("96.10."), "\(vector)")
            case .unread: Issue.record("\(vector) was not read")
            }
        }
        print("reports with the fields of the vectors: \(corpus.vectors.reports.count)")
        #expect(corpus.vectors.reports.count >= 24)
    }

    // A report made here: signed by nobody, because reading asks nobody.

    struct Parts {
        var request: [UInt8] = [0x11, 0xE0, 0x01, 0xFF] + [UInt8](repeating: 7, count: 32) + [0]
        var response: [UInt8] = [0x11, 0x60, 0, 0]
        var indices: [UInt8] = Array(1...64)
        var block: [UInt8] = [1, 51, 0, 1, 48, 0] + [UInt8](repeating: 9, count: 48)
        var numberOfBlocks: UInt8?
        var recordLength: Int?
        var opaqueLength: Int?
        var header: [UInt8] = []
        var opaque: [(type: UInt16, data: [UInt8])] = Self.gpu
        var opaqueTail: [UInt8] = []
        var signature = [UInt8](repeating: 1, count: 96)
        var tail: [UInt8] = []

        static let gpu: [(type: UInt16, data: [UInt8])] = [
            (6, [0, 0x9F, 0, 0x96, 1, 0, 0, 0]), (15, text("882")), (17, text("1010")), (18, text("0200")),
            (3, text("550.90.07")), (11, [0x55]), (20, [UInt8](repeating: 3, count: 48)), (21, [0x55]),
        ]

        static func text(_ text: String) -> [UInt8] { Array(text.utf8) + [0] }

        mutating func set(_ type: UInt16, _ data: [UInt8]?) {
            opaque.removeAll { $0.type == type }
            if let data { opaque.append((type, data)) }
        }

        var bytes: [UInt8] {
            func le(_ value: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(value >> (8 * $0) & 0xFF) } }
            let record = indices.flatMap { [$0] + block }
            let entries =
                header
                + opaque.flatMap { entry in
                    le(Int(entry.type), 2) + (header.isEmpty ? [] : le(0x82, 2)) + le(entry.data.count, 2) + entry.data
                } + opaqueTail
            var bytes = request + response
            bytes += [numberOfBlocks ?? UInt8(indices.count)] + le(recordLength ?? record.count, 3) + record
            bytes += [UInt8](repeating: 5, count: 32)
            bytes += le(opaqueLength ?? entries.count, 2) + entries + signature + tail
            return bytes
        }
    }

    struct Row: Sendable, CustomStringConvertible {
        let number: Int
        let edit: @Sendable (inout Parts) -> Void
        var description: String { "row \(number)" }
        init(_ number: Int, _ edit: @escaping @Sendable (inout Parts) -> Void) {
            self.number = number
            self.edit = edit
        }
    }

    static let rows: [Row] = [
        Row(17) { $0.request[0] = 0x12 }, Row(18) { $0.request[1] = 0x84 }, Row(19) { $0.request[2] = 0 },
        Row(20) { $0.request[3] = 1 }, Row(21) { $0.request[36] = 1 }, Row(22) { $0.response[0] = 0x10 },
        Row(23) { $0.response[1] = 0x7F }, Row(24) { $0.response[3] = 1 }, Row(25) { $0.numberOfBlocks = 65 },
        Row(26) { $0.recordLength = 3_521 }, Row(27) { $0.recordLength = 0xFF_FFFF },
        Row(28) { $0.opaqueLength = 200 }, Row(29) { $0.opaqueLength = 0xFFFF }, Row(30) { $0.indices[9] = 9 },
        Row(31) { $0.indices[0] = 0 }, Row(32) { $0.indices[63] = 65 }, Row(33) { $0.block[0] = 2 },
        Row(34) { $0.block[3] = 0x81 }, Row(35) { $0.block[1] = 52 },
        Row(36) {
            $0.block = [1, 35, 0, 1, 32, 0] + [UInt8](repeating: 9, count: 32)
        }, Row(37) { $0.indices = [] }, Row(39) { $0.tail = [1] },
        Row(40) { $0.tail = [UInt8](repeating: 0, count: 17) }, Row(41) { $0.signature.removeLast() },
        Row(42) { $0.opaque.append((3, Parts.text("550"))) }, Row(43) { $0.opaqueTail = [99, 0, 9, 0, 1] },
        Row(44) { $0.opaqueTail = [0, 0, 0] }, Row(45) { $0.set(3, nil) },
        Row(46) { $0.set(6, [0, 0x9F, 0, 0x96, 1, 0, 0]) }, Row(47) { $0.set(3, Parts.text("../../x")) },
        Row(48) { $0.set(3, [0]) }, Row(49) { $0.set(17, Parts.text("10 10")) }, Row(50) { $0.set(17, nil) },
        Row(51) { $0.set(15, Parts.text(String(repeating: "8", count: 65))) },
        Row(52) { $0.header = Array("NVDAOD".utf8) + [1, 0, 2, 0, 0, 0] },
        Row(53) {
            $0.header = Array("NVDAOD".utf8) + [0, 0, 2, 0, 0]
            $0.opaque = []
        },
        // Further refusals of devices 17, and of its kinds.
        Row(0) { $0.set(34, [UInt8](repeating: 0, count: 9)) }, Row(0) { $0.set(36, [UInt8](repeating: 0, count: 9)) },
        Row(0) { $0.set(35, Parts.text("GB20X")) }, Row(0) { $0.set(35, Parts.text("../..")) },
        Row(0) { for type in UInt16(100)..<230 { $0.opaque.append((type, [])) } },
    ]

    @Test(arguments: rows)
    func refusedRow(_ row: Row) {
        var parts = Parts()
        row.edit(&parts)
        expectMalformed(parts.bytes, "\(row)")
    }

    private func expectMalformed(_ bytes: [UInt8], _ comment: Comment) {
        let failure = #expect(throws: DeviceFailure.self, comment) { try DeviceReport(parsing: bytes) }
        #expect(failure?.code == .reportMalformed, comment)
    }

    @Test func lengths() {
        expectMalformed([], "row 14")
        expectMalformed(Array(Parts().bytes.prefix(44)), "row 15")
        expectMalformed(Parts().bytes + [UInt8](repeating: 0, count: 8_193 - Parts().bytes.count), "row 16")
    }

    @Test func read() throws {
        let report = try DeviceReport(parsing: Parts().bytes)
        guard case .gpu(let gpu) = report.identity else {
            Issue.record("no GPU")
            return
        }
        #expect(gpu.vbios == "96.00.9F.00.01" && gpu.board == "1010_0200_882" && gpu.driver == "550.90.07")
        // devices 4.3, the second example.
        var second = Parts()
        second.set(6, [0, 0xD9, 0, 0x96, 0x0F, 0, 0, 0])
        guard case .gpu(let other) = try DeviceReport(parsing: second.bytes).identity else {
            Issue.record("no GPU")
            return
        }
        #expect(other.vbios == "96.00.D9.00.0F")
        var padded = Parts()
        padded.tail = [UInt8](repeating: 0, count: 16)
        let trimmed = try DeviceReport(parsing: padded.bytes)
        #expect(trimmed.paddingCount == 16 && trimmed.bytes == report.bytes)
        var shuffled = Parts()
        shuffled.indices.reverse()
        #expect(try DeviceReport(parsing: shuffled.bytes).measurements.count == 64)
        var unknown = Parts()
        unknown.set(77, [1, 2])
        #expect(try DeviceReport(parsing: unknown.bytes).opaque.entry(77)?.data == [1, 2])
    }

    @Test(arguments: [0, 1, 2, 3, 255] as [UInt8])
    func header(_ major: UInt8) throws {
        var parts = Parts()
        parts.header = Array("NVDAOD".utf8) + [0, 0, major, 9, 9, 9]
        parts.set(34, [0, 2])
        let report = try DeviceReport(parsing: parts.bytes)
        #expect(report.opaque.hasHeader && report.opaque.version == UInt64(major))
        #expect((report.identity == .unread) == (major > 2))
        if major <= 2 { #expect(report.opaque.entry(3)?.valueType == 0x82) }
    }

    @Test func legacyVersion() throws {
        var parts = Parts()
        #expect(try DeviceReport(parsing: parts.bytes).opaque.version == 0)
        parts.set(34, [3, 0])
        #expect(try DeviceReport(parsing: parts.bytes).opaque.version == 3)
    }

    @Test func cutAtEveryLength() {
        let bytes = Parts().bytes
        for count in bytes.indices { expectMalformed(Array(bytes[..<count]), "\(count) bytes") }
    }

    @Test func everyByteFlippedIsReadOrRefused() {
        var parts = Parts()
        parts.header = Array("NVDAOD".utf8) + [0, 0, 2, 0, 0, 0]
        for good in [Parts().bytes, parts.bytes] {
            for position in good.indices {
                for bit in UInt8(0)..<8 {
                    var bytes = good
                    bytes[position] ^= 1 << bit
                    _ = try? DeviceReport(parsing: bytes)
                }
            }
        }
    }

    @Test func identifiers() throws {
        let report = try DeviceReport(parsing: Parts().bytes)
        let hopper = ManifestIdentifiers(of: .hopper, report.identity)
        #expect(
            hopper?.all == ["NV_GPU_DRIVER_GH100_550.90.07", "NV_GPU_VBIOS_1010_0200_882_96009F0001"])
        let blackwell = ManifestIdentifiers(of: .blackwell, report.identity)
        #expect(blackwell?.driver == "NV_GPU_CC_DRIVER_GB100_550.90.07")
        #expect(ManifestIdentifiers(of: .ls10, report.identity) == nil)
        let bios = ManifestIdentifiers(of: .ls10, .nvswitch(DeviceReport.Switch(bios: "96.10.6d.00.01")))
        #expect(bios?.all == ["NV_SWITCH_BIOS_5612_0002_890_96106D0001"])
    }
}
