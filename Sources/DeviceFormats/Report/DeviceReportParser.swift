import Wire

/// Bytes → `DeviceReport` (devices 3.1, 3.2). The signature's place follows from the lengths before it: it is not "the last
/// 96 bytes", because a genuine report has a byte behind it.
enum DeviceReportParser {
    static func parse(_ input: [UInt8]) throws(DeviceFailure) -> DeviceReport {
        guard input.count <= Limits.deviceReportBytes else {
            throw malformed("report", 0, "\(input.count) bytes", "at most \(Limits.deviceReportBytes)")
        }
        do {
            return try read(input)
        } catch let error as FormatError {
            throw failure(error)
        } catch let failure as DeviceFailure {
            throw failure
        } catch {
            throw malformed("report", 0, "an unforeseen error", "none")
        }
    }

    static func malformed(_ field: String, _ offset: Int, _ found: String, _ wanted: String) -> DeviceFailure {
        DeviceFailure(.reportMalformed, field: field, offset: offset, found: found, wanted: wanted)
    }

    private static func failure(_ error: FormatError) -> DeviceFailure {
        switch error {
        case .truncated(let field, let offset, let need, let have):
            malformed(field, offset, "\(have) bytes left", "\(need) bytes")
        case .trailing(let field, let offset, let count): malformed(field, offset, "\(count) bytes left over", "none")
        }
    }

    private static func read(_ input: [UInt8]) throws -> DeviceReport {
        var reader = ByteReader(input)
        try constants("request", [0x11, 0xE0, 0x01, 0xFF], &reader)
        let nonce: FixedBytes<32> = try reader.fixed("request.nonce")
        try constants("request.slot", [0x00], &reader)
        try constants("response", [0x11, 0x60, 0x00, 0x00], &reader)
        let measurements = try measurements(&reader)
        let responderNonce: FixedBytes<32> = try reader.fixed("response.nonce")
        let opaqueLength: UInt16 = try reader.integer("response.opaqueLength")
        let opaqueStart = reader.offset
        let opaqueRange = try reader.range(opaqueLength, "response.opaque")
        let signedCount = reader.offset
        let signature: FixedBytes<96> = try reader.fixed("signature")
        let end = reader.offset
        try checkPadding(input, from: end)
        let opaque = try OpaqueData(parsing: input[opaqueRange], at: opaqueStart)
        return DeviceReport(
            bytes: end == input.count ? input : Array(input[..<end]), paddingCount: input.count - end, nonce: nonce,
            responderNonce: responderNonce, measurements: measurements, opaque: opaque,
            identity: try opaque.identity(), signature: signature, signedCount: signedCount)
    }

    private static func constants(_ field: String, _ wanted: [UInt8], _ reader: inout ByteReader) throws {
        let offset = reader.offset
        let found = try reader.slice(wanted.count, field)
        guard found.elementsEqual(wanted) else {
            throw malformed(field, offset, Hex.encode(found), Hex.encode(wanted))
        }
    }

    /// The blocks, in order of their index: each index from 1 to N once, in any order, each a SHA-384 value.
    private static func measurements(_ reader: inout ByteReader) throws -> [FixedBytes<48>] {
        let count: UInt8 = try reader.integer("response.numberOfBlocks")
        let lengthStart = reader.offset
        let lengthBytes = try reader.slice(3, "response.measurementRecordLength")
        let length = lengthBytes.reversed().reduce(0) { $0 << 8 | Int($1) }
        guard count > 0 else { throw malformed("response.numberOfBlocks", lengthStart - 1, "0", "at least one block") }
        var record = try reader.nested(length, "response.measurementRecord")
        var values = [FixedBytes<48>?](repeating: nil, count: Int(count))
        for position in 0..<Int(count) {
            let offset = record.offset
            let index: UInt8 = try record.integer("block[\(position)].index")
            guard (1...count).contains(index), values[Int(index) - 1] == nil else {
                throw malformed("block[\(position)].index", offset, "\(index)", "each of 1 to \(count) once")
            }
            try constants("block[\(position)]", [0x01, 51, 0, 0x01, 48, 0], &record)
            values[Int(index) - 1] = try record.fixed("block[\(position)].value")
        }
        try record.finish("response.measurementRecord")
        return values.compactMap { $0 }
    }

    private static func checkPadding(_ input: [UInt8], from end: Int) throws {
        guard input.count - end <= Limits.deviceReportPadding, input[end...].allSatisfy({ $0 == 0 }) else {
            throw malformed(
                "report", end, "\(input.count - end) bytes after the signature",
                "none, or at most \(Limits.deviceReportPadding) zero bytes")
        }
    }
}
