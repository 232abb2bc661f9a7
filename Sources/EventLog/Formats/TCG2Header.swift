import Wire

/// The first event of a TCG2 log: which algorithms its digests are of, and how long each is (event-logs 1.3).
struct TCG2Header {
    /// Digest size by algorithm.
    let sizes: [UInt16: Int]
    /// An agent made the header; the firmware left no log.
    let isSynthetic: Bool

    /// The SHA-1 layout has twenty bytes of digest whatever the log's algorithms are.
    init(from reader: inout ByteReader, isForced: Bool) throws {
        _ = try reader.integer("header.mrIndex", as: UInt32.self)
        let type: UInt32 = try reader.integer("header.eventType")
        guard type == EventType.noAction.rawValue else {
            throw EventLogError(
                isForced ? .headerInvalid : .formatUnknown, field: "header.eventType", offset: 4, found: "\(type)",
                wanted: "3 (EV_NO_ACTION)")
        }
        _ = try reader.slice(20, "header.digest")
        let size: UInt32 = try reader.integer("header.eventSize")
        let offset = reader.offset
        var event = try reader.nested(size, "header.event")
        do {
            self = try Self.specification(&event)
        } catch let error as FormatError {
            throw EventLogError(
                .headerInvalid, field: "header.event", offset: offset, found: EventLogError(error).detail,
                wanted: "a size of 29 + 4 × algorithms + vendor bytes")
        }
    }

    private init(sizes: [UInt16: Int], isSynthetic: Bool) {
        self.sizes = sizes
        self.isSynthetic = isSynthetic
    }

    /// TCG_EfiSpecIdEvent.
    private static func specification(_ event: inout ByteReader) throws -> TCG2Header {
        let signature = try event.slice(16, "header.signature")
        let isSynthetic = signature.allSatisfy { $0 == 0 }
        guard isSynthetic || signature.elementsEqual("Spec ID Event03\0".utf8) else {
            throw EventLogError(
                .headerInvalid, field: "header.signature", offset: 32,
                found: "\"" + String(decoding: signature.prefix { $0 != 0 }, as: UTF8.self) + "\"",
                wanted: "\"Spec ID Event03\", as logs with more than SHA-1 have")
        }
        _ = try event.slice(8, "header.platformClass and versions")
        let count: UInt32 = try event.integer("header.numberOfAlgorithms")
        guard (1...UInt32(Limits.eventLogAlgorithms)).contains(count) else {
            throw EventLogError(
                .headerInvalid, field: "header.numberOfAlgorithms", offset: 56, found: "\(count)",
                wanted: "1 to \(Limits.eventLogAlgorithms)")
        }
        var sizes: [UInt16: Int] = [:]
        for _ in 0..<count {
            let offset = event.offset
            let algorithm: UInt16 = try event.integer("header.algorithmId")
            let size = Int(try event.integer("header.digestSize", as: UInt16.self))
            guard sizes[algorithm] == nil, size == AlgorithmDigest.sizes[algorithm] ?? size, (1...64).contains(size)
            else {
                throw EventLogError(
                    .headerInvalid, field: "header.algorithms", offset: offset,
                    found: "algorithm 0x\(String(algorithm, radix: 16)) with digests of \(size) bytes",
                    wanted: "each algorithm once, with its digest size")
            }
            sizes[algorithm] = size
        }
        let vendorSize: UInt8 = try event.integer("header.vendorInfoSize")
        _ = try event.slice(vendorSize, "header.vendorInfo")
        try event.finish("header.event")
        guard sizes[AlgorithmDigest.sha384] != nil else {
            throw EventLogError(
                .noSHA384, field: "header.algorithms", offset: 60,
                found: sizes.keys.sorted().map { "0x" + String($0, radix: 16) }.joined(separator: ", "),
                wanted: "0xc (SHA-384) among them; this is a TPM's log, not a trust domain's")
        }
        return TCG2Header(sizes: sizes, isSynthetic: isSynthetic)
    }
}
