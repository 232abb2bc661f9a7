import Crypto
import EventLog
import Wire

/// Logs written by hand for tests, well formed or not. Shares nothing with the reader.
struct LogWriter {
    private(set) var bytes: [UInt8]

    /// A header of the usual kind: SHA-384 alone, as OVMF writes it.
    init(header: [UInt8] = LogWriter.header()) { bytes = header }

    static func header(
        signature: String = "Spec ID Event03\0", algorithms: [(id: UInt16, size: UInt16)] = [(0xC, 48)],
        count: UInt32? = nil, eventSize: UInt32? = nil, type: UInt32 = 3, vendor: [UInt8] = []
    ) -> [UInt8] {
        var event = Array(signature.utf8) + littleEndian(UInt32(0)) + [0, 2, 0, 2]
        event += littleEndian(count ?? UInt32(algorithms.count))
        for algorithm in algorithms { event += littleEndian(algorithm.id) + littleEndian(algorithm.size) }
        event += [UInt8(vendor.count)] + vendor
        return littleEndian(UInt32(1)) + littleEndian(type) + [UInt8](repeating: 0, count: 20)
            + littleEndian(eventSize ?? UInt32(event.count)) + event
    }

    /// Adds an event; its digest is SHA-384 of its data unless another is given.
    mutating func add(
        _ index: UInt32, _ type: UInt32, _ data: [UInt8], digest: [UInt8]? = nil, count: UInt32? = nil,
        algorithm: UInt16 = 0xC, size: UInt32? = nil
    ) {
        bytes += Self.littleEndian(index) + Self.littleEndian(type) + Self.littleEndian(count ?? 1)
        if count != 0 { bytes += Self.littleEndian(algorithm) + (digest ?? Self.sha384(data)) }
        bytes += Self.littleEndian(size ?? UInt32(data.count)) + data
    }

    mutating func add(aael text: String, index: UInt32 = 4, type: UInt32 = 6) {
        add(index, type, Self.tag(0x4141_454C, Array(text.utf8)))
    }

    mutating func add(raw: [UInt8]) { bytes += raw }

    /// An AAEL log of an agent without a firmware log: synthetic header, records, eight bytes FF.
    static func aael(_ texts: [String]) -> [UInt8] {
        var writer = LogWriter(header: Vectors.syntheticHeader)
        for text in texts { writer.add(aael: text) }
        return writer.bytes + [UInt8](repeating: 0xFF, count: 8)
    }

    static func tag(_ id: UInt32, _ data: [UInt8]) -> [UInt8] {
        littleEndian(id) + littleEndian(UInt32(data.count)) + data
    }

    static func sha384(_ bytes: [UInt8]) -> [UInt8] { Array(SHA384.hash(data: bytes)) }

    static func littleEndian(_ value: some FixedWidthInteger & UnsignedInteger) -> [UInt8] {
        (0..<value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
}

extension LogWriter {
    /// The digest of the separator event.
    static let separator = sha384([0, 0, 0, 0])

    /// The findings of the log beside a quote of a trust domain that extended these digests.
    func findings(extending extended: [(Int, [UInt8])]) -> EventLogFindings {
        EventLogFindings(of: bytes, against: .extended(by: extended))
    }
}

extension QuotedRegisters {
    /// What a trust domain holds after the log: the ten-line replay that the reader's is compared with. Takes digests as
    /// (register, digest) pairs.
    static func extended(by digests: [(Int, [UInt8])], from start: QuotedRegisters = .zero) -> QuotedRegisters {
        var registers = start
        for (number, digest) in digests {
            guard let register = RuntimeRegister(rawValue: number) else { continue }
            let value = LogWriter.sha384(registers[register].bytes + digest)
            registers[register] = FixedBytes(exactly: value) ?? FixedBytes()
        }
        return registers
    }
}
