/// What kind of device it is, as containers name it (devices 2.1).
public enum DeviceClass: String, CaseIterable, Hashable, Sendable {
    case hopper = "HOPPER"
    case blackwell = "BLACKWELL"
    /// NVSwitch of the third generation.
    case ls10 = "LS10"

    /// Letters' case does not matter. ASCII only: no other character is an upper-case letter of these names.
    public init?(named name: String) {
        guard let known = Self.allCases.first(where: { $0.rawValue.utf8.elementsEqual(name.utf8.map(Self.upperCase)) })
        else { return nil }
        self = known
    }

    public var isSwitch: Bool { self == .ls10 }

    package static func upperCase(_ byte: UInt8) -> UInt8 { (0x61...0x7A).contains(byte) ? byte - 0x20 : byte }
}
