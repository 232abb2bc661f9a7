import DeviceFormats
import Wire

/// The rules about all devices of a submission (devices 10.2, 13).
struct DeviceSet {
    let devices: [VerifiedDevice]
    let options: DeviceOptions

    private var gpus: [VerifiedDevice] { devices.filter { !$0.deviceClass.isSwitch } }
    private var switches: [VerifiedDevice] { devices.filter(\.deviceClass.isSwitch) }

    /// `nil` for values that are not known; whether they fit each other is not asked.
    static func mode(of report: DeviceReport) -> DeviceMode? {
        let flag = report.opaque.featureFlag
        let status = report.opaque.protectedPCIeStatus
        guard flag ?? 0 <= 2, [nil, 0x55, 0xAA].contains(status) else { return nil }
        if status == 0xAA { return .protectedPCIe }
        return flag == 1 ? .multi : .single
    }

    /// The first rule that does not hold is the answer.
    ///
    /// - Returns: the mode of the set; `nil` where only duplicates and nonces are asked about.
    func check() throws(DeviceFailure) -> DeviceMode? {
        for (position, device) in devices.enumerated() {
            if devices[..<position].contains(where: { $0.ueid == device.ueid }) {
                throw failure(.duplicateDevice, "device \(position + 1) is an earlier one", "each device once")
            }
        }
        if let first = devices.first, let other = devices.first(where: { $0.report.nonce != first.report.nonce }) {
            throw failure(.nonceDiffers, other.report.nonce.hex, "\(first.report.nonce.hex), as the first device has")
        }
        guard options.setRules == .all else { return nil }
        guard let first = gpus.first else { throw failure(.setIncomplete, "switches alone", "at least one GPU") }
        guard gpus.allSatisfy({ $0.deviceClass == first.deviceClass }) else {
            throw failure(.modeMixed, "GPUs of several architectures", "one architecture")
        }
        let mode = try mode(first)
        try checkCount(mode)
        return mode
    }

    private func mode(_ first: VerifiedDevice) throws(DeviceFailure) -> DeviceMode {
        for gpu in gpus where Self.mode(of: gpu.report) == nil {
            throw failure(
                .modeUnknown,
                "FEATURE_FLAG \(text(gpu.report.opaque.featureFlag)), "
                    + "PROTECTED_PCIE_STATUS \(text(gpu.report.opaque.protectedPCIeStatus))",
                "flags 0 to 2, status 0x55 or 0xAA")
        }
        let opaque = first.report.opaque
        guard
            gpus.allSatisfy({
                $0.report.opaque.featureFlag == opaque.featureFlag
                    && $0.report.opaque.protectedPCIeStatus == opaque.protectedPCIeStatus
            })
        else { throw failure(.modeMixed, "GPUs in different modes", "one mode") }
        if let flag = opaque.featureFlag, (flag == 2) != (opaque.protectedPCIeStatus == 0xAA) {
            throw failure(
                .modeMixed, "FEATURE_FLAG \(flag), PROTECTED_PCIE_STATUS \(text(opaque.protectedPCIeStatus))",
                "both for protected PCIe, or neither")
        }
        return Self.mode(of: first.report) ?? .single
    }

    private func text(_ value: UInt64?) -> String { value.map { "0x" + String($0, radix: 16) } ?? "absent" }

    private func checkCount(_ mode: DeviceMode) throws(DeviceFailure) {
        if mode == .single, gpus.count > 1 {
            throw failure(
                .setIncomplete, "\(gpus.count) GPUs in single pass-through",
                "one: nothing protects the path between several")
        }
        if mode == .protectedPCIe, gpus.count != 8 || switches.count != 4 {
            throw failure(.setIncomplete, "\(gpus.count) GPUs and \(switches.count) switches", "8 and 4")
        }
        if mode != .protectedPCIe, !switches.isEmpty {
            throw failure(.modeMixed, "a switch beside GPUs in mode \(mode.rawValue)", "no switch")
        }
        if let wanted = options.gpuCount, wanted != gpus.count {
            throw failure(.count, "\(gpus.count) GPUs", "\(wanted), by the policy")
        }
    }

    private func failure(_ code: DeviceErrorCode, _ found: String, _ wanted: String) -> DeviceFailure {
        DeviceFailure(code, field: "devices", found: found, wanted: wanted)
    }

    // MARK: Topology

    private static let links = 18
    private static let gpusOfSwitch = 8

    /// devices 13: the four switches are the ones that the eight GPUs see, and each sees eight GPUs. That these are the same
    /// eight cannot be seen: a GPU does not report its own identifier.
    func checkTopology() throws(DeviceFailure) {
        var seen: Set<[UInt8]> = []
        for (position, gpu) in gpus.enumerated() {
            let links = try identifiers(OpaqueData.Kind.switchPDI, of: gpu, count: Self.links)
            // Each is written back to front; zeros are a link that is off.
            let found = Set(links.filter { $0.contains { $0 != 0 } }.map { Array($0.reversed()) })
            guard found.count == 4, position == 0 || found == seen else {
                throw topology(
                    "GPU \(position + 1) sees \(found.count) switches, or others", "the same four on every GPU")
            }
            seen = found
        }
        var own: Set<[UInt8]> = []
        var gpusSeen: Set<[UInt8]> = []
        for (position, device) in switches.enumerated() {
            own.formUnion(try identifiers(OpaqueData.Kind.switchPDI, of: device, count: 1))
            guard let map = device.report.opaque.entry(OpaqueData.Kind.gpuPDIs)?.data, map.count == 128 else {
                throw topology("a map of GPUs of another size", "128 bytes")
            }
            let found = Set((0..<Self.gpusOfSwitch).map { Array(map[$0 * 8..<$0 * 8 + 8]) })
            guard found.count == Self.gpusOfSwitch, !found.contains(where: { $0.allSatisfy { $0 == 0 } }),
                position == 0 || found == gpusSeen
            else {
                throw topology("switch \(position + 1) sees other GPUs, or not eight", "the same eight on every switch")
            }
            gpusSeen = found
        }
        guard own == seen else {
            throw topology(
                "switches that the GPUs do not see", seen.map { Hex.encode($0) }.sorted().joined(separator: ", "))
        }
        for device in switches {
            let lock = device.report.opaque.entry(OpaqueData.Kind.lockSwitchStatus)?.data
            guard lock.map({ $0.count == 2 && OpaqueData.littleEndian($0) == 1 }) == true else {
                throw failure(.switchUnlocked, "LOCK_SWITCH_STATUS \(lock.map { Hex.encode($0) } ?? "absent")", "1")
            }
        }
    }

    private func topology(_ found: String, _ wanted: String) -> DeviceFailure {
        failure(.topologyMismatch, found, wanted)
    }

    private func identifiers(
        _ type: UInt16, of device: VerifiedDevice, count: Int
    ) throws(DeviceFailure) -> [[UInt8]] {
        guard let data = device.report.opaque.entry(type)?.data, data.count == count * 8 else {
            throw topology("identifiers of links that are absent or of another size", "\(count * 8) bytes")
        }
        return (0..<count).map { Array(data[$0 * 8..<$0 * 8 + 8]) }
    }
}
