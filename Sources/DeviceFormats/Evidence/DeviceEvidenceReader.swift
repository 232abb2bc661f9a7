import Wire

/// JSON → `DeviceEvidenceList`, by the shapes of devices 2.1. Members that no shape has are passed over: a container is the
/// output of a tool, and nothing in it is a caller's wish.
enum DeviceEvidenceReader {
    static func read(_ bytes: [UInt8]) throws(DeviceFailure) -> DeviceEvidenceList {
        try read(bytes, nesting: 0)
    }

    /// - Parameter nesting: Containers around this one: a text that holds a container may not hold another.
    private static func read(_ bytes: [UInt8], nesting: Int) throws(DeviceFailure) -> DeviceEvidenceList {
        guard bytes.count <= Limits.deviceEvidenceBytes else {
            throw DeviceFailure(
                .evidenceTooLarge, field: "evidence", found: "\(bytes.count) bytes",
                wanted: "at most \(Limits.deviceEvidenceBytes)")
        }
        let root: JSONValue
        do throws(JSONError) {
            root = try JSONDocument(parsing: bytes).root
        } catch {
            throw DeviceFailure(
                .evidenceMalformed, field: "evidence", offset: error.offset, found: error.reason.rawValue,
                wanted: "JSON")
        }
        if root.kind == .array { return try list(root, .sdk, root) }
        if let inner = root.member("nvidia_payload") {
            guard nesting == 0, let text = inner.string else { throw malformed(inner, "a text with one container") }
            return try read(Array(text.utf8), nesting: nesting + 1)
        }
        if root.member("vendor") != nil || root.member("bundles") != nil { return try dstack(root, nesting) }
        if let evidences = root.member("evidences") { return try list(evidences, .sdk, root) }
        if let nvidia = root.member("nvidia"), nvidia.kind == .object { return try trustee(nvidia) }
        if root.member("device_evidence_list") != nil { return try trustee(root) }
        if let nvgpu = root.member("nvgpu"), let entries = nvgpu.member("evidence_list") {
            return try list(entries, .intelTrustAuthority, nvgpu)
        }
        if let gpu = root.member("gpu_evidence"), let entries = gpu.member("evidence_list") {
            return try list(entries, .anolis, gpu)
        }
        if let entries = root.member("evidence_list") {
            let isAnolis = entries.elements.contains { $0.member("attestation_report") != nil }
            return try list(entries, isAnolis ? .anolis : .nras, root)
        }
        throw malformed(root, "one of the containers of devices 2.1")
    }

    private static func malformed(_ value: JSONValue, _ wanted: String) -> DeviceFailure {
        DeviceFailure(
            .evidenceMalformed, field: "evidence" + value.path, offset: value.range.lowerBound,
            found: excerpt(value.bytes.prefix(40)), wanted: wanted)
    }

    private static func trustee(_ object: JSONValue) throws(DeviceFailure) -> DeviceEvidenceList {
        guard let entries = object.member("device_evidence_list") else {
            throw malformed(object, "device_evidence_list")
        }
        return try list(entries, .trustee, object)
    }

    /// One bundle of a vendor, or a list with one: its evidence is the text of an SDK array, in hex or base64.
    private static func dstack(_ root: JSONValue, _ nesting: Int) throws(DeviceFailure) -> DeviceEvidenceList {
        var bundle = root
        if let bundles = root.member("bundles") {
            guard bundles.kind == .array else { throw malformed(bundles, "a list") }
            let all = Array(bundles.elements)
            guard let first = all.first else { throw empty }
            guard all.count == 1 else { throw malformed(bundles, "one bundle") }
            bundle = first
        }
        guard bundle.member("vendor")?.string.hasSameBytes(as: "nvidia") == true,
            bundle.member("format")?.string.hasSameBytes(as: "nvidia-nvattest-collect-evidence-json-v1") == true
        else {
            throw DeviceFailure(
                .formatUnsupported, field: "evidence.format",
                found: excerpt((bundle.member("format") ?? bundle).bytes.prefix(60)),
                wanted: "nvidia-nvattest-collect-evidence-json-v1 of nvidia")
        }
        guard nesting == 0, let member = bundle.member("evidence"), let bytes = hexOrBase64(member) else {
            throw malformed(bundle, "evidence in hex or base64")
        }
        return DeviceEvidenceList(shape: .dstack, devices: try read(bytes, nesting: nesting + 1).devices)
    }

    private static var empty: DeviceFailure {
        DeviceFailure(.evidenceEmpty, field: "evidence", found: "no device", wanted: "1 to \(Limits.devices)")
    }

    /// - Parameter common: Where a nonce and an architecture for all stand, in the shapes that have them.
    private static func list(
        _ entries: JSONValue, _ shape: DeviceEvidenceList.Shape, _ common: JSONValue
    ) throws(DeviceFailure) -> DeviceEvidenceList {
        guard entries.kind == .array else { throw malformed(entries, "a list of devices") }
        var devices: [DeviceEvidence] = []
        for entry in entries.elements {
            guard devices.count < Limits.devices else {
                throw DeviceFailure(
                    .evidenceTooLarge, field: "evidence", found: "more than \(Limits.devices) devices",
                    wanted: "at most \(Limits.devices)")
            }
            devices.append(try device(entry, shape, common))
        }
        guard !devices.isEmpty else { throw empty }
        return DeviceEvidenceList(shape: shape, devices: devices)
    }

    private static func device(
        _ entry: JSONValue, _ shape: DeviceEvidenceList.Shape, _ common: JSONValue
    ) throws(DeviceFailure) -> DeviceEvidence {
        guard entry.kind == .object else { throw malformed(entry, "an object for a device") }
        let isShared = shape == .nras || shape == .intelTrustAuthority
        let declared = isShared ? common : entry
        // What an SDK array declares, it must declare; Trustee and OpenAnolis say less.
        let arch = declared.member("arch")
        guard arch != nil || shape == .trustee || shape == .anolis else { throw malformed(declared, "arch") }
        guard let report = entry.member(shape == .anolis ? "attestation_report" : "evidence"),
            let certificate = entry.member("certificate")
        else { throw malformed(entry, "a report and a certificate chain") }
        let reportBytes = shape == .trustee ? hexOrBase64(report) : base64(report)
        guard let reportBytes else { throw malformed(report, "base64") }
        guard let chain = base64(certificate) else { throw malformed(certificate, "base64 of a PEM text") }
        return DeviceEvidence(
            declaredClass: try deviceClass(arch),
            declaredNonce: try nonce(declared.member(shape == .intelTrustAuthority ? "gpu_nonce" : "nonce")),
            report: reportBytes, chain: chain)
    }

    private static func deviceClass(_ value: JSONValue?) throws(DeviceFailure) -> DeviceClass? {
        guard let value else { return nil }
        guard let name = value.string else { throw malformed(value, "the name of an architecture") }
        guard let known = DeviceClass(named: name) else {
            throw DeviceFailure(
                .archUnsupported, field: "evidence" + value.path, offset: value.range.lowerBound,
                found: excerpt(name.utf8), wanted: DeviceClass.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return known
    }

    private static func nonce(_ value: JSONValue?) throws(DeviceFailure) -> FixedBytes<32>? {
        guard let value, value.kind != .null else { return nil }
        guard var digits = value.string.map({ Array($0.utf8)[...] }) else { throw malformed(value, "a nonce in hex") }
        if digits.starts(with: [0x30, 0x78]) { digits = digits.dropFirst(2) }
        guard let nonce: FixedBytes<32> = Hex.fixed(digits) else { throw malformed(value, "64 hexadecimal digits") }
        return nonce
    }

    private static func base64(_ value: JSONValue) -> [UInt8]? {
        value.string.flatMap { Base64.decode(Array($0.utf8)[...], allowingLineBreaks: true) }
    }

    /// By content: what is nothing but hex digits, an even number of them, is hex.
    private static func hexOrBase64(_ value: JSONValue) -> [UInt8]? {
        guard let text = value.string.map({ Array($0.utf8)[...] }), !text.isEmpty else { return nil }
        return Hex.decode(text) ?? Base64.decode(text, allowingLineBreaks: true)
    }
}
