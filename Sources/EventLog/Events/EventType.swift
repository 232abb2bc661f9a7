/// A TCG event type (event-logs 1.7). Whoever sends a log can change it unseen: no digest covers it.
public struct EventType: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    private init(_ rawValue: UInt32) { self.rawValue = rawValue }

    public static let noAction = EventType(0x3)
    public static let separator = EventType(0x4)
    public static let action = EventType(0x5)
    public static let tag = EventType(0x6)
    public static let bootLoader = EventType(0xD)
    public static let variableDriverConfiguration = EventType(0x8000_0001)
    public static let variableBoot = EventType(0x8000_0002)
    public static let bootServicesApplication = EventType(0x8000_0003)
    public static let bootServicesDriver = EventType(0x8000_0004)
    public static let runtimeServicesDriver = EventType(0x8000_0005)
    public static let partitionTable = EventType(0x8000_0006)
    public static let firmwareAction = EventType(0x8000_0007)
    static let firmwareBlob2 = EventType(0x8000_000A)
    static let handOffTables2 = EventType(0x8000_000B)
    public static let variableBoot2 = EventType(0x8000_000C)
    public static let partitionTable2 = EventType(0x8000_000D)
    public static let variableAuthority = EventType(0x8000_00E0)
    /// dstack's own events of RTMR3.
    public static let dstackRuntime = EventType(0x0800_0001)

    /// The data is UEFI_VARIABLE_DATA.
    var isVariable: Bool {
        [.variableDriverConfiguration, .variableBoot, .variableBoot2, .variableAuthority].contains(self)
    }

    /// The data is UEFI_IMAGE_LOAD_EVENT and the digest that of a PE image.
    var isImage: Bool { [.bootServicesApplication, .bootServicesDriver, .runtimeServicesDriver].contains(self) }

    /// The TCG's name, or the number in hexadecimal for what has none.
    public var name: String { Self.names[rawValue] ?? "0x" + String(rawValue, radix: 16) }

    private static let names: [UInt32: String] = [
        0x0: "EV_PREBOOT_CERT", 0x1: "EV_POST_CODE", 0x2: "EV_UNUSED", 0x3: "EV_NO_ACTION", 0x4: "EV_SEPARATOR",
        0x5: "EV_ACTION", 0x6: "EV_EVENT_TAG", 0x7: "EV_S_CRTM_CONTENTS", 0x8: "EV_S_CRTM_VERSION",
        0x9: "EV_CPU_MICROCODE", 0xA: "EV_PLATFORM_CONFIG_FLAGS", 0xB: "EV_TABLE_OF_DEVICES", 0xC: "EV_COMPACT_HASH",
        0xD: "EV_IPL", 0xE: "EV_IPL_PARTITION_DATA", 0xF: "EV_NONHOST_CODE", 0x10: "EV_NONHOST_CONFIG",
        0x11: "EV_NONHOST_INFO", 0x12: "EV_OMIT_BOOT_DEVICE_EVENTS", 0x13: "EV_POST_CODE2",
        0x8000_0001: "EV_EFI_VARIABLE_DRIVER_CONFIG", 0x8000_0002: "EV_EFI_VARIABLE_BOOT",
        0x8000_0003: "EV_EFI_BOOT_SERVICES_APPLICATION", 0x8000_0004: "EV_EFI_BOOT_SERVICES_DRIVER",
        0x8000_0005: "EV_EFI_RUNTIME_SERVICES_DRIVER", 0x8000_0006: "EV_EFI_GPT_EVENT", 0x8000_0007: "EV_EFI_ACTION",
        0x8000_0008: "EV_EFI_PLATFORM_FIRMWARE_BLOB", 0x8000_0009: "EV_EFI_HANDOFF_TABLES",
        0x8000_000A: "EV_EFI_PLATFORM_FIRMWARE_BLOB2", 0x8000_000B: "EV_EFI_HANDOFF_TABLES2",
        0x8000_000C: "EV_EFI_VARIABLE_BOOT2", 0x8000_000D: "EV_EFI_GPT_EVENT2", 0x8000_0010: "EV_EFI_HCRTM_EVENT",
        0x8000_00E0: "EV_EFI_VARIABLE_AUTHORITY", 0x8000_00E1: "EV_EFI_SPDM_FIRMWARE_BLOB",
        0x8000_00E2: "EV_EFI_SPDM_FIRMWARE_CONFIG", 0x8000_00E3: "EV_EFI_SPDM_DEVICE_POLICY",
        0x8000_00E4: "EV_EFI_SPDM_DEVICE_AUTHORITY", 0x0800_0001: "DSTACK_RUNTIME_EVENT",
    ]
}
