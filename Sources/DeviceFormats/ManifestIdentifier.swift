/// Which manifests speak about a device (devices 7.1), as NVIDIA's service names them. All of it comes from the report,
/// whose texts are letters, digits, `.`, `_` and `-`.
public struct ManifestIdentifiers: Hashable, Sendable {
    /// Driver and VBIOS of a GPU; the BIOS of a switch alone.
    public let driver: String?
    public let firmware: String
    /// What `Meta/@product` must be.
    public let product: String

    public init?(of deviceClass: DeviceClass, _ identity: DeviceReport.Identity) {
        func plain(_ version: String) -> String {
            String(decoding: version.utf8.filter { $0 != 0x2E }.map(DeviceClass.upperCase), as: UTF8.self)
        }
        func upper(_ text: String) -> String { String(decoding: text.utf8.map(DeviceClass.upperCase), as: UTF8.self) }
        switch (deviceClass, identity) {
        case (.hopper, .gpu(let gpu)):
            product = "GH100"
            driver = "NV_GPU_DRIVER_GH100_\(gpu.driver)"
            firmware = "NV_GPU_VBIOS_\(upper(gpu.board))_\(plain(gpu.vbios))"
        case (.blackwell, .gpu(let gpu)):
            product = gpu.chip ?? "GB100"
            driver = "NV_GPU_CC_DRIVER_\(product)_\(gpu.driver)"
            firmware = "NV_GPU_VBIOS_\(upper(gpu.board))_\(plain(gpu.vbios))"
        case (.ls10, .nvswitch(let device)):
            product = "LS10"
            driver = nil
            firmware = "NV_SWITCH_BIOS_5612_0002_890_\(plain(device.bios))"
        default: return nil
        }
    }

    public var all: [String] { (driver.map { [$0] } ?? []) + [firmware] }
}
