public import Wire

/// UEFI_VARIABLE_DATA: a variable as the firmware measured it (event-logs 1.7).
public struct UEFIVariable: Hashable, Sendable {
    /// The vendor GUID as it lies in the log.
    public let guid: FixedBytes<16>
    public let name: String
    /// How many UTF-16 code units the name has.
    public let nameUnits: Int
    public let data: ArraySlice<UInt8>

    /// EFI_GLOBAL_VARIABLE, 8be4df61-93ca-11d2-aa0d-00e098032b8c: `SecureBoot`, `PK`, `KEK` and the boot options.
    static let globalGUID: [UInt8] = [
        0x61, 0xDF, 0xE4, 0x8B, 0xCA, 0x93, 0xD2, 0x11, 0xAA, 0x0D, 0x00, 0xE0, 0x98, 0x03, 0x2B, 0x8C,
    ]

    /// The GUID as it is written: three groups in the other byte order.
    public var guidText: String {
        let bytes = guid.bytes
        let groups = [Array(bytes[0..<4].reversed()), bytes[4..<6].reversed(), bytes[6..<8].reversed()]
        return (groups + [Array(bytes[8..<10]), Array(bytes[10..<16])]).map { Hex.encode($0) }.joined(separator: "-")
    }

    static func details(of data: ArraySlice<UInt8>) -> EventDetails {
        var reader = ByteReader(data)
        guard let guid: FixedBytes<16> = try? reader.fixed("guid"),
            let units = try? reader.integer("nameUnits", as: UInt64.self),
            let size = try? reader.integer("dataLength", as: UInt64.self), units <= Limits.eventVariableNameUnits,
            let name = try? reader.slice(units * 2, "name"), size == UInt64(reader.remaining),
            let content = try? reader.slice(size, "data")
        else { return EventDetails(nil, isMalformed: true) }
        let text = UTF16Text.decode(name)
        let variable = UEFIVariable(guid: guid, name: text.string, nameUnits: Int(units), data: content)
        return EventDetails(.variable(variable), isMalformed: !text.isValid)
    }
}

/// Little-endian UTF-16, as UEFI writes it.
enum UTF16Text {
    /// - Returns: The text, with U+FFFD where a surrogate has no partner, and whether there was none such.
    static func decode(_ bytes: ArraySlice<UInt8>) -> (string: String, isValid: Bool) {
        var units: [UInt16] = []
        units.reserveCapacity(bytes.count / 2)
        var position = bytes.startIndex
        while position + 1 < bytes.endIndex {
            units.append(UInt16(bytes[position]) | UInt16(bytes[position + 1]) << 8)
            position += 2
        }
        return (String(decoding: units, as: UTF16.self), String(validating: units, as: UTF16.self) != nil)
    }

    static func encode(_ text: String) -> [UInt8] {
        text.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
    }
}
