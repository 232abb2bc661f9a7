import DeviceFormats
import Wire
import X509Formats

/// A device's chain, validated, and what follows from its names (devices 5).
struct DeviceChain: Sendable {
    /// The signer of reports, its BROM, the provisioner, the identity CA, the root.
    let certificates: [Certificate]
    let keys: [DeviceSignatures.Key]
    let deviceClass: DeviceClass
    /// `GH100`, `GB100`, `LS_10`.
    let chip: String
    let model: String

    static let length = 5

    init(_ certificates: [Certificate], anchors: [DeviceAnchor]) throws(DeviceFailure) {
        guard certificates.count == Self.length else {
            throw DeviceFailure(
                .chainInvalid, field: "chain", found: "\(certificates.count) certificates", wanted: "\(Self.length)")
        }
        let path = CertificatePath(
            code: .chainInvalid, name: "chain", anchors: anchors,
            judgedOfLeaf: [
                ObjectIdentifier.subjectAlternativeName, ObjectIdentifier.compositeDeviceID, ObjectIdentifier.tcbInfo,
            ])
        let (chip, deviceClass) = try Self.names(certificates, path)
        try Self.checkDeviceInfo(certificates[0], chip, path)
        keys = try path.keys(of: certificates)
        self.certificates = certificates
        self.chip = chip
        self.deviceClass = deviceClass
        model = certificates[1].commonName ?? ""
    }

    /// devices 5.2 (5). The names of the upper two may be of another chip: a switch shares Hopper's identity CA.
    private static func names(
        _ certificates: [Certificate], _ path: CertificatePath
    ) throws(DeviceFailure) -> (chip: String, deviceClass: DeviceClass) {
        let words = certificates.map { ($0.commonName ?? "").split(separator: " ", omittingEmptySubsequences: false) }
        func wrong(_ position: Int, _ wanted: String) -> DeviceFailure {
            path.failure(
                position, "subject", excerpt((certificates[position].commonName ?? "no common name").utf8), wanted)
        }
        guard words[0].count > 3, words[0].suffix(2).elementsEqual(["FMC", "LF"]) else {
            throw wrong(0, "a name that ends in FMC LF")
        }
        guard words[1].count > 2, words[1].last == "BROM", words[0][0].hasSameBytes(as: words[1][0]) else {
            throw wrong(1, "a name that begins with \(excerpt(words[0][0].utf8)) and ends in BROM")
        }
        guard words[2].count == 5, words[2][0] == "NVIDIA", isToken(words[2][1]), words[2][2] == "Provisioner",
            words[2][3] == "ICA", !words[2][4].isEmpty, words[2][4].utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { throw wrong(2, "NVIDIA <chip> Provisioner ICA <number>") }
        guard words[3].count == 3, words[3][0] == "NVIDIA", isToken(words[3][1]), words[3][2] == "Identity" else {
            throw wrong(3, "NVIDIA <chip> Identity")
        }
        guard let deviceClass = deviceClass(of: words[0][0]) else {
            throw wrong(0, "a chip that is known: GH100, GB1xx, GB2xx or LS_10")
        }
        return (String(words[0][0]), deviceClass)
    }

    private static func isToken(_ word: Substring) -> Bool {
        (1...16).contains(word.utf8.count)
            && word.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || $0 == 0x5F }
    }

    private static func deviceClass(of chip: Substring) -> DeviceClass? {
        if chip.hasSameBytes(as: "GH100") { return .hopper }
        if chip.hasSameBytes(as: "LS_10") { return .ls10 }
        let letters = Array(chip.utf8)
        guard letters.count == 5, letters.starts(with: [0x47, 0x42]), letters[2] == 0x31 || letters[2] == 0x32,
            letters[3...].allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x58 })
        else { return nil }
        return .blackwell
    }

    /// devices 5.2 (4a): `NVIDIA:<chip>:<sixteen upper-case hexadecimal digits>`, where there is such a name.
    private static func checkDeviceInfo(
        _ leaf: Certificate, _ chip: String, _ path: CertificatePath
    ) throws(DeviceFailure) {
        let found: String?
        do throws(DERError) {
            found = try leaf.deviceInfo()
        } catch {
            throw path.failure(0, "subjectAltName", "\(error.reason)", "a well-made name of the device")
        }
        guard let info = found else { return }
        let prefix = Array("NVIDIA:\(chip):".utf8)
        let text = Array(info.utf8)
        guard text.starts(with: prefix), text.count == prefix.count + 16,
            text.dropFirst(prefix.count).allSatisfy({ (0x30...0x39).contains($0) || (0x41...0x46).contains($0) })
        else { throw path.failure(0, "subjectAltName", excerpt(text), "NVIDIA:\(chip):<16 hexadecimal digits>") }
    }

    /// devices 5.4: the firmware that the leaf was issued for.
    ///
    /// - Returns: `nil` where the certificate has no such extension.
    func fwid() throws(DeviceFailure) -> ArraySlice<UInt8>? {
        do throws(DERError) {
            guard deviceClass != .blackwell else { return try certificates[0].firstFWIDOfTCBInfo() }
            guard let identity = try certificates[0].compositeDeviceID() else { return nil }
            guard identity.subjectPublicKeyInfo.elementsEqual(certificates[1].der[certificates[1].subjectPublicKeyInfo])
            else { throw DERError(.badValue("the key of the BROM certificate"), at: 0) }
            return identity.fwid
        } catch {
            throw DeviceFailure(
                .fwidMalformed, field: "chain[0].fwid", found: "\(error.reason)",
                wanted: "SHA-384 of the firmware under the device's own key")
        }
    }
}
