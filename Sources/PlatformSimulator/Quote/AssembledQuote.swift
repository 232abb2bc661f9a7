/// The fields of a quote, each with its place; the names are those of dcap 1.2 to 1.6.
package enum QuoteField: String, Hashable, Sendable, CaseIterable {
    case version, attestationKeyType, teeType, headerReserved, qeVendorID, userData
    case bodyType, bodySize, body
    /// Within `body` of a TD quote.
    case teeTCBSVN, mrSignerSeam, seamAttributes
    case authLength
    case quoteSignature, attestationKey
    case outerCertificationType, outerCertificationSize
    case qeReport, qeReportSignature
    case authDataLength, authData
    case certificationType, certificationSize, certificationData
}

/// A quote in bytes together with the place of every field, so that edits name what they change. Fields after an
/// insertion move with it.
package struct AssembledQuote: Hashable, Sendable {
    package private(set) var bytes: [UInt8] = []
    package private(set) var fields: [QuoteField: Range<Int>] = [:]
    /// Reserved bytes of the SGX enclave reports, the body's and the QE's.
    package private(set) var reserved: [Range<Int>] = []

    /// What the attestation key signs: header, version 5 descriptor and body.
    package var signedPrefix: Range<Int> { 0..<(fields[.authLength]?.lowerBound ?? bytes.count) }

    package func range(of field: QuoteField) throws -> Range<Int> {
        guard let range = fields[field] else { throw SimulatorError.noSuchField(field.rawValue) }
        return range
    }

    package func content(of field: QuoteField) throws -> [UInt8] { Array(bytes[try range(of: field)]) }

    /// Replaces a field by as many bytes.
    package mutating func replace(_ field: QuoteField, with content: [UInt8]) throws {
        let range = try range(of: field)
        guard content.count == range.count else {
            throw SimulatorError.wrongLength(field.rawValue, wanted: range.count, found: content.count)
        }
        bytes.replaceSubrange(range, with: content)
    }

    /// Sets an integer field, little-endian in its own width.
    package mutating func set(_ field: QuoteField, to value: UInt32) throws {
        let width = try range(of: field).count
        try replace(field, with: (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) })
    }

    package func integer(_ field: QuoteField) throws -> UInt32 {
        try content(of: field).reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }

    package mutating func add(_ difference: Int32, to field: QuoteField) throws {
        try set(field, to: try integer(field) &+ UInt32(bitPattern: difference))
    }

    package mutating func flipBit(_ bit: UInt8 = 0, ofByte offset: Int = 0, in field: QuoteField) throws {
        var content = try content(of: field)
        guard content.indices.contains(offset) else {
            throw SimulatorError.wrongLength(field.rawValue, wanted: offset + 1, found: content.count)
        }
        content[offset] ^= 1 << bit
        try replace(field, with: content)
    }

    /// Inserts bytes behind a field; the fields behind it move.
    package mutating func insert(_ content: [UInt8], after field: QuoteField) throws {
        let position = try range(of: field).upperBound
        bytes.insert(contentsOf: content, at: position)
        func moved(_ range: Range<Int>) -> Range<Int> {
            range.lowerBound < position ? range : range.lowerBound + content.count..<range.upperBound + content.count
        }
        fields = fields.mapValues(moved)
        reserved = reserved.map(moved)
    }

    /// Appends bytes that belong to no field.
    package mutating func append(_ content: [UInt8]) { bytes += content }

    package mutating func truncate(to count: Int) { bytes.removeLast(max(0, bytes.count - count)) }

    mutating func append(_ content: [UInt8], as field: QuoteField) {
        fields[field] = bytes.count..<bytes.count + content.count
        bytes += content
    }

    mutating func append(_ value: UInt16, as field: QuoteField) { append(value.littleEndianBytes, as: field) }

    mutating func append(_ value: UInt32, as field: QuoteField) { append(value.littleEndianBytes, as: field) }

    mutating func append(_ report: EnclaveReportRecipe, as field: QuoteField) {
        let start = bytes.count
        append(report.bytes, as: field)
        reserved += EnclaveReportRecipe.reservedRanges.map { start + $0.lowerBound..<start + $0.upperBound }
    }

    mutating func append(_ report: TDReportRecipe, as field: QuoteField) {
        let start = bytes.count
        append(report.bytes, as: field)
        for (part, range) in TDReportRecipe.partRanges {
            fields[part] = start + range.lowerBound..<start + range.upperBound
        }
    }
}

extension FixedWidthInteger {
    var littleEndianBytes: [UInt8] {
        (0..<Self.bitWidth / 8).map { UInt8(truncatingIfNeeded: self >> (8 * $0)) }
    }
}
