import Wire

/// The opaque data of a report: what the device says beside its measurements (devices 4). Entries of unknown type are kept.
public struct OpaqueData: Hashable, Sendable {
    /// Numbers of entries as NVIDIA gives them; both formats have the same.
    public enum Kind {
        public static let driverVersion: UInt16 = 3
        public static let vbiosVersion: UInt16 = 6
        public static let nvdec0Status: UInt16 = 11
        public static let chipSKU: UInt16 = 15
        public static let project: UInt16 = 17
        public static let projectSKU: UInt16 = 18
        public static let fwid: UInt16 = 20
        public static let protectedPCIeStatus: UInt16 = 21
        public static let switchPDI: UInt16 = 22
        public static let lockSwitchStatus: UInt16 = 25
        public static let gpuPDIs: UInt16 = 26
        public static let version: UInt16 = 34
        public static let chipInfo: UInt16 = 35
        public static let featureFlag: UInt16 = 36
    }

    public struct Entry: Hashable, Sendable {
        public let type: UInt16
        /// Only in the format with a header.
        public let valueType: UInt16?
        public let data: [UInt8]
    }

    /// In order of the report.
    public let entries: [Entry]
    /// Whether the data begins with the header `NVDAOD` (devices 4.2).
    public let hasHeader: Bool
    /// The format's version: the header's major number, else entry 34, else 0.
    public let version: UInt64

    /// The newest version that is understood.
    package static let newestVersion: UInt64 = 2

    private static let magic = [UInt8]("NVDAOD".utf8)

    /// - Parameter start: Where `bytes` stand in the report, for messages.
    init(parsing bytes: ArraySlice<UInt8>, at start: Int) throws {
        var reader = ByteReader(bytes)
        hasHeader = bytes.starts(with: Self.magic)
        var headerVersion: UInt64?
        if hasHeader {
            _ = try reader.range(Self.magic.count, "opaque.magic")
            let profile: UInt16 = try reader.integer("opaque.profile")
            guard profile == 0 else {
                throw DeviceReportParser.malformed("opaque.profile", start + 6, "\(profile)", "0")
            }
            let numbers = try reader.slice(4, "opaque.version")
            headerVersion = numbers.first.map { UInt64($0) }
        }
        if let headerVersion, headerVersion > Self.newestVersion {
            // What stands behind a newer header may have any form.
            entries = []
            version = headerVersion
            return
        }
        entries = try Self.entries(&reader, withValueTypes: hasHeader, at: start)
        version = try headerVersion ?? Self.integer(Kind.version, in: entries) ?? 0
        _ = try Self.integer(Kind.featureFlag, in: entries)
    }

    private static func entries(
        _ reader: inout ByteReader, withValueTypes: Bool, at start: Int
    ) throws -> [Entry] {
        var entries: [Entry] = []
        while reader.remaining > 0 {
            let field = "opaque[\(entries.count)]"
            let offset = start + reader.offset
            guard entries.count < Limits.opaqueEntries else {
                throw DeviceReportParser.malformed(
                    field, offset, "another entry", "at most \(Limits.opaqueEntries) of them")
            }
            let type: UInt16 = try reader.integer("\(field).type")
            let valueType: UInt16? = withValueTypes ? try reader.integer("\(field).valueType") : nil
            let size: UInt16 = try reader.integer("\(field).size")
            let data = try reader.slice(size, field)
            guard !entries.contains(where: { $0.type == type }) else {
                throw DeviceReportParser.malformed("\(field).type", offset, "type \(type) again", "each type once")
            }
            entries.append(Entry(type: type, valueType: valueType, data: Array(data)))
        }
        return entries
    }

    public func entry(_ type: UInt16) -> Entry? { entries.first { $0.type == type } }

    /// The value of an entry that is one byte; `nil` where it is absent or has another size.
    package func byte(_ type: UInt16) -> UInt8? {
        guard let entry = entry(type), entry.data.count == 1 else { return nil }
        return entry.data[0]
    }

    /// The value of an entry that is an integer, little endian.
    private static func integer(_ type: UInt16, in entries: [Entry]) throws(DeviceFailure) -> UInt64? {
        guard let entry = entries.first(where: { $0.type == type }) else { return nil }
        guard entry.data.count <= Limits.opaqueIntegerBytes else {
            throw DeviceReportParser.malformed(
                "opaque.\(type)", 0, "\(entry.data.count) bytes",
                "an integer of at most \(Limits.opaqueIntegerBytes) bytes")
        }
        return littleEndian(entry.data)
    }

    package static func littleEndian(_ bytes: [UInt8]) -> UInt64 {
        bytes.prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// `FEATURE_FLAG`: 0 single pass-through, 1 multi pass-through, 2 protected PCIe. Absent from older drivers.
    public var featureFlag: UInt64? { entry(Kind.featureFlag).map { Self.littleEndian($0.data) } }

    /// `PROTECTED_PCIE_STATUS`: 0x55 off, 0xAA on. A value of another size than one byte is one that is not known.
    public var protectedPCIeStatus: UInt64? {
        entry(Kind.protectedPCIeStatus).map { $0.data.count == 1 ? UInt64($0.data[0]) : UInt64.max }
    }
}

/// What goes into the identifiers of manifests, read strictly: it becomes part of a file's name and of a URL.
extension OpaqueData {
    private static let gpuKinds = [Kind.driverVersion, Kind.chipSKU, Kind.project, Kind.projectSKU]

    func identity() throws(DeviceFailure) -> DeviceReport.Identity {
        guard version <= Self.newestVersion || !hasHeader else { return .unread }
        guard entries.contains(where: { Self.gpuKinds.contains($0.type) }) else {
            return .nvswitch(DeviceReport.Switch(bios: try text(Kind.vbiosVersion, "VBIOS_VERSION")))
        }
        return .gpu(
            DeviceReport.GPU(
                driver: try text(Kind.driverVersion, "DRIVER_VERSION"), vbios: try vbiosOfGPU(),
                project: try text(Kind.project, "PROJECT"), projectSKU: try text(Kind.projectSKU, "PROJECT_SKU"),
                chipSKU: try text(Kind.chipSKU, "CHIP_SKU"), chip: try chip()))
    }

    /// Up to the first zero byte.
    private func text(_ type: UInt16, _ name: String) throws(DeviceFailure) -> String {
        guard let entry = entry(type) else {
            throw DeviceReportParser.malformed("opaque.\(name)", 0, "nothing", "a text")
        }
        let text = entry.data.prefix { $0 != 0 }
        guard (1...Limits.opaqueTextBytes).contains(text.count),
            text.allSatisfy({ byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2E, 0x5F, 0x2D: true
                default: false
                }
            })
        else {
            throw DeviceReportParser.malformed(
                "opaque.\(name)", 0, excerpt(text), "1 to \(Limits.opaqueTextBytes) of A-Z, a-z, 0-9, '.', '_' and '-'")
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Two letters and three digits, as they stand in the identifiers of Blackwell's manifests (devices 7.1).
    private func chip() throws(DeviceFailure) -> String? {
        guard entry(Kind.chipInfo) != nil else { return nil }
        let text = try text(Kind.chipInfo, "CHIP_INFO")
        let bytes = Array(text.utf8)
        guard bytes.count == 5, bytes[..<2].allSatisfy({ (0x41...0x5A).contains($0) }),
            bytes[2...].allSatisfy({ (0x30...0x39).contains($0) })
        else { throw DeviceReportParser.malformed("opaque.CHIP_INFO", 0, text, "two letters and three digits") }
        return text
    }

    /// devices 4.3: eight bytes, of which five are the version.
    private func vbiosOfGPU() throws(DeviceFailure) -> String {
        guard let raw = entry(Kind.vbiosVersion)?.data, raw.count == 8 else {
            throw DeviceReportParser.malformed(
                "opaque.VBIOS_VERSION", 0, "\(entry(Kind.vbiosVersion)?.data.count ?? 0) bytes", "8 bytes")
        }
        return [raw[3], raw[2], raw[1], raw[0], raw[4]].map { Hex.encode([$0]).uppercased() }.joined(separator: ".")
    }
}
