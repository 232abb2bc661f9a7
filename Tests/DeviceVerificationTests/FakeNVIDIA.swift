import Crypto
import DeviceFormats
import DeviceVerification
import Synchronization
import Wire

/// A certificate to be written. Whatever is wrong with it was asked for.
struct FakeCertificate: Sendable {
    var name: String
    var key: String
    var serial: [UInt8]
    var isCA = true
    var pathLength: UInt8?
    /// The first octet of the key usage; `nil` for none.
    var usage: UInt8? = 0x06
    var purposes: [[UInt8]]?
    var extras: [[UInt8]] = []
    var notBefore = Instant(rfc3339: "2022-01-01T00:00:00Z") ?? Instant(seconds: 0)
    var notAfter = Instant(rfc3339: "9999-12-31T23:59:59Z") ?? Instant(seconds: 0)
    /// Whose key signs, where it is not the issuer's.
    var signer: String?
    var authorityKey: String?
    var withSHA256 = false
    var otherCurve = false

    /// What was signed stays as it was signed, although signatures are random: one certificate is the same bytes each time.
    private static let signatures = Mutex<[[UInt8]: [UInt8]]>([:])

    static let ocspSigning: [UInt8] = [0x2B, 6, 1, 5, 5, 7, 3, 9]

    func der(issuer: FakeCertificate) throws -> [UInt8] {
        typealias D = FakeDER
        let algorithm = withSHA256 ? D.sha256WithECDSA : D.sha384WithECDSA
        let constraints = D.sequence(isCA ? D.yes : [], pathLength.map { D.integer([$0]) } ?? [])
        var extensions: [[UInt8]] = []
        extensions.append(D.extended([0x55, 0x1D, 0x13], critical: true, constraints))
        if let usage { extensions.append(D.extended([0x55, 0x1D, 0x0F], critical: true, D.element(3, [0, usage]))) }
        extensions.append(D.extended([0x55, 0x1D, 0x0E], D.octets(try FakeKey(key).keyIdentifier())))
        let authority = try FakeKey(authorityKey ?? issuer.key).keyIdentifier()
        extensions.append(D.extended([0x55, 0x1D, 0x23], D.sequence(D.element(0x80, authority))))
        if let purposes {
            var list: [UInt8] = []
            for purpose in purposes { list += D.identifier(purpose) }
            extensions.append(D.extended([0x55, 0x1D, 0x25], D.element(0x30, list)))
        }
        extensions += extras
        var info = try FakeKey(key).info()
        if otherCurve {
            let point = Array(P256.Signing.PrivateKey().publicKey.x963Representation)
            info = D.sequence(
                D.sequence(
                    D.identifier([0x2A, 0x86, 0x48, 0xCE, 0x3D, 2, 1]),
                    D.identifier([0x2A, 0x86, 0x48, 0xCE, 0x3D, 3, 1, 7])), D.bits(point))
        }
        let tbs = D.sequence(
            D.context(0, D.integer([2])), D.integer(serial), algorithm, D.name(issuer.name),
            D.sequence(D.time(notBefore), D.time(notAfter)), D.name(name), info,
            D.context(3, D.element(0x30, extensions.flatMap { $0 })))
        let id = tbs + Array((signer ?? issuer.key).utf8)
        if let known = Self.signatures.withLock({ $0[id] }) { return known }
        let signature = try FakeKey(signer ?? issuer.key).sign(tbs, withSHA256: withSHA256)
        let der = D.sequence(tbs, algorithm, D.bits(Array(signature.derRepresentation)))
        return Self.signatures.withLock { known in
            if let first = known[id] { return first }
            known[id] = der
            return der
        }
    }
}

/// A report to be written and signed.
struct FakeReport: Sendable {
    var nonce = [UInt8](repeating: 7, count: 32)
    var values: [[UInt8]] = (0..<64).map { FakeReport.value($0) }
    var header: [UInt8] = []
    var opaque: [(type: UInt16, valueType: UInt16, data: [UInt8])] = []
    var signer: String
    /// The first byte that is signed.
    var signedFrom = 0
    var tail: [UInt8] = []

    static func value(_ index: Int, _ text: String = "") -> [UInt8] {
        Array(SHA384.hash(data: Array("measurement \(index) \(text)".utf8)))
    }

    mutating func set(_ type: UInt16, _ data: [UInt8]?, valueType: UInt16 = 0x82) {
        opaque.removeAll { $0.type == type }
        if let data { opaque.append((type, valueType, data)) }
    }

    func data(_ type: UInt16) -> [UInt8] {
        for entry in opaque where entry.type == type { return entry.data }
        return []
    }

    func bytes() throws -> [UInt8] {
        func le(_ value: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(value >> (8 * $0) & 0xFF) } }
        var record: [UInt8] = []
        for (position, value) in values.enumerated() {
            record += [UInt8(position + 1), 1, 51, 0, 1, 48, 0]
            record += value
        }
        var entries = header
        for entry in opaque {
            entries += le(Int(entry.type), 2)
            if !header.isEmpty { entries += le(Int(entry.valueType), 2) }
            entries += le(entry.data.count, 2)
            entries += entry.data
        }
        var bytes: [UInt8] = [0x11, 0xE0, 0x01, 0xFF]
        bytes += nonce
        bytes += [0, 0x11, 0x60, 0, 0, UInt8(values.count)]
        bytes += le(record.count, 3)
        bytes += record
        bytes += [UInt8](repeating: 5, count: 32)
        bytes += le(entries.count, 2)
        bytes += entries
        let signature = try FakeKey(signer).sign(Array(bytes[signedFrom...]))
        return bytes + Array(signature.rawRepresentation) + tail
    }
}

/// A device: its chain, leaf first, and its report.
struct FakeDevice: Sendable {
    var declared: DeviceClass?
    var declaredNonce: FixedBytes<32>?
    var chain: [FakeCertificate]
    var report: FakeReport
    /// The certificates that are sent, by position; all by default.
    var sent: [Int]?
    static let fwid = Array(SHA384.hash(data: Array("firmware".utf8)))

    static func name(_ chip: String) -> (core: String, ica: String, identity: String) {
        chip == "LS_10"
            ? ("FSP", "NVIDIA LS_10 Provisioner ICA 1", "NVIDIA GH100 Identity")
            : ("GSP", "NVIDIA \(chip) Provisioner ICA 1", "NVIDIA \(chip) Identity")
    }

    static func info(_ chip: String) -> [UInt8] {
        let other =
            FakeDER.identifier([0x2B, 6, 1, 4, 1, 0x83, 0x1C, 0x82, 0x12, 1])
            + FakeDER.context(0, FakeDER.utf8("NVIDIA:\(chip):48B02D92494BADF4"))
        return FakeDER.extended([0x55, 0x1D, 0x11], FakeDER.sequence(FakeDER.context(0, other)))
    }

    static func composite(_ info: [UInt8], _ fwid: [UInt8], _ hash: [UInt8] = FakeDER.sha384) -> [UInt8] {
        FakeDER.extended(
            [0x67, 0x81, 5, 5, 4, 1],
            FakeDER.sequence(FakeDER.integer([1]), info, FakeDER.sequence(hash, FakeDER.octets(fwid))))
    }

    static func tcbInfo(_ fwids: [[UInt8]]) -> [UInt8] {
        let list = fwids.flatMap { FakeDER.sequence(FakeDER.sha384, FakeDER.octets($0)) }
        return FakeDER.extended(
            [0x67, 0x81, 5, 5, 4, 1, 1],
            FakeDER.sequence(
                FakeDER.element(0x80, Array("NVIDIA".utf8)), FakeDER.element(0x83, [1]), FakeDER.context(6, list),
                FakeDER.element(0x87, [5, 0, 0, 0, 0])))
    }

    init(_ chip: String = "GH100", number: UInt8 = 1, world: String = "one") throws {
        let (core, ica, identity) = Self.name(chip)
        let id = "\(world) \(chip) \(number)"
        var leaf = FakeCertificate(
            name: "\(chip) A01 \(core) FMC LF", key: "\(id) leaf", serial: [0x53, number, chip.utf8.reduce(0, &+)])
        leaf.isCA = false
        leaf.usage = 0x80
        let isBlackwell = chip.hasPrefix("GB")
        leaf.extras = [
            Self.info(chip),
            isBlackwell
                ? Self.tcbInfo([Self.fwid, [UInt8](repeating: 9, count: 48)])
                : Self.composite(try FakeKey("\(id) BROM").info(), Self.fwid),
        ]
        var brom = FakeCertificate(name: "\(chip) A01 \(core) BROM", key: "\(id) BROM", serial: [0x41, number])
        brom.usage = 0x04
        chain = [
            leaf, brom, FakeCertificate(name: ica, key: "\(world) \(ica)", serial: [0x31]),
            FakeCertificate(name: identity, key: "\(world) \(identity)", serial: [0x21]),
            FakeCertificate(name: "NVIDIA Device Identity CA", key: "\(world) device root", serial: [0x11]),
        ]
        report = FakeReport(signer: "\(id) leaf")
        func text(_ text: String) -> [UInt8] { Array(text.utf8) + [0] }
        if chip == "LS_10" {
            report.values = Array(report.values.prefix(31))
            report.set(6, Array("96.10.55.00.01".utf8))
        } else {
            report.set(6, isBlackwell ? [0, 0x88, 0, 0x97, 0x0F, 0, 0, 0] : [0, 0x9F, 0, 0x96, 1, 0, 0, 0])
            report.set(15, text("882"))
            report.set(17, text("1010"))
            report.set(18, text("0200"))
            report.set(3, text("550.90.07"))
            report.set(11, [0x55])
            report.set(20, Self.fwid)
            if isBlackwell { report.set(36, [1, 0]) } else { report.set(21, [0x55]) }
        }
    }

    func certificates() throws -> [[UInt8]] {
        try chain.indices.map { try chain[$0].der(issuer: chain[min($0 + 1, chain.count - 1)]) }
    }

    func evidence() throws -> DeviceEvidence {
        let all = try certificates()
        let text = (sent ?? Array(all.indices)).map { PEM.encode(all[$0], label: "CERTIFICATE") }.joined()
        return DeviceEvidence(
            declaredClass: declared, declaredNonce: declaredNonce, report: try report.bytes(), chain: Array(text.utf8))
    }
}

/// A manifest to be written and signed.
struct FakeManifest: Sendable {
    var id: String
    var product = "GH100"
    var version: String
    var active: [Int]
    var values: [Int: [[UInt8]]] = [:]
    /// Further resources, as text.
    var more = ""
    /// What the whole payload becomes, before it is signed.
    var edit: @Sendable (String) -> String = { $0 }
    var chain: [FakeCertificate]
    var signer: String?
    var origin = DeviceCollateral.Origin.own

    static let driverIndices = [7] + Array(21...40)
    static let vbiosIndices = Array(0...6) + Array(8...12)

    static func chain(_ token: String = "GH100", world: String = "one") -> [FakeCertificate] {
        var leaf = FakeCertificate(name: "HCC RIM L4 Signer", key: "\(world) \(token) L4", serial: [0x71])
        leaf.isCA = false
        leaf.usage = 0x80
        leaf.notBefore = Instant(rfc3339: "2025-06-01T00:00:00Z") ?? Instant(seconds: 0)
        leaf.notAfter = Instant(rfc3339: "2027-06-01T00:00:00Z") ?? Instant(seconds: 0)
        var upper = FakeCertificate(
            name: "NVIDIA Reference Value L3 \(token) 003", key: "\(world) \(token) L3", serial: [0x61])
        upper.pathLength = 0
        return [
            leaf, upper,
            FakeCertificate(name: "NVIDIA Reference Value \(token) CA", key: "\(world) \(token) CA", serial: [0x51]),
            FakeCertificate(name: "NVIDIA CoRIM signing Root CA", key: "\(world) RIM root", serial: [0x45]),
        ]
    }

    static func driver() -> FakeManifest {
        FakeManifest(
            id: "NV_GPU_DRIVER_GH100_550.90.07", version: "550.90.07", active: driverIndices, chain: chain())
    }

    static func vbios() -> FakeManifest {
        FakeManifest(
            id: "NV_GPU_VBIOS_1010_0200_882_96009F0001", version: "96.00.9F.00.01", active: vbiosIndices, chain: chain()
        )
    }

    func certificates() throws -> [[UInt8]] {
        try chain.indices.map { try chain[$0].der(issuer: chain[min($0 + 1, chain.count - 1)]) }
    }

    func document() throws -> [UInt8] {
        let zero = [[UInt8](repeating: 0, count: 48)]
        let resources = (0..<64).map { index in
            let alternatives = active.contains(index) ? values[index] ?? [FakeReport.value(index)] : zero
            let hashes = alternatives.enumerated().map { " ns2:Hash\($0)=\"\(Hex.encode($1))\"" }.joined()
            return
                "        <ns0:Resource type=\"Measurement\" index=\"\(index)\" active=\"\(active.contains(index) ? "True" : "False")\" "
                + "alternatives=\"\(alternatives.count)\"\(hashes) name=\"Measurement_\(index)\" size=\"48\"/>\n"
        }.joined()
        let swid = "http://standards.iso.org/iso/19770/-2/2015/schema.xsd"
        let tcg = "https://trustedcomputinggroup.org/resource/tcg-reference-integrity-manifest-rim-information-model/"
        let body = edit(
            "<SoftwareIdentity xmlns=\"\(swid)\" xmlns:ns0=\"\(swid)\" xmlns:ns2=\"http://www.w3.org/2001/04/xmlenc#sha384\" "
                + "name=\"\(product)\" version=\"1.0\">\n    <ns0:Entity name=\"SIMULATED\" role=\"tagCreator\"/>\n"
                + "    <ns0:Meta xmlns:ns1=\"\(tcg)\" colloquialVersion=\"\(version)\" product=\"\(product)\" "
                + "ns1:FirmwareManufacturerId=\"5703\"/>\n    <ns0:Payload>\n\(resources)\(more)    </ns0:Payload>\n")
        let certificates = try certificates().map {
            "<ds:X509Certificate>\(Base64.encode($0, lineLength: 64))\n</ds:X509Certificate>"
        }.joined()
        func text(_ digest: [UInt8], _ signature: [UInt8]) -> [UInt8] {
            let c14n = "http://www.w3.org/2006/12/xml-c14n11"
            return Array(
                (body + "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:SignedInfo>"
                    + "<ds:CanonicalizationMethod Algorithm=\"\(c14n)\"/>"
                    + "<ds:SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384\"/>"
                    + "<ds:Reference URI=\"\"><ds:Transforms>"
                    + "<ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"/>"
                    + "<ds:Transform Algorithm=\"\(c14n)\"/></ds:Transforms>"
                    + "<ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#sha384\"/>"
                    + "<ds:DigestValue>\(Base64.encode(digest))</ds:DigestValue></ds:Reference></ds:SignedInfo>"
                    + "<ds:SignatureValue>\(Base64.encode(signature, lineLength: 64))</ds:SignatureValue>"
                    + "<ds:KeyInfo><ds:X509Data>\(certificates)</ds:X509Data></ds:KeyInfo></ds:Signature>"
                    + "</SoftwareIdentity>").utf8)
        }
        // The canonical form is the product's: its own tests hold it to libxml2's.
        let none = [UInt8](repeating: 0, count: 96)
        let unsigned = try ReferenceManifest(parsing: text([UInt8](repeating: 0, count: 48), none))
        let digest = Array(SHA384.hash(data: unsigned.canonicalBytes))
        let info = try ReferenceManifest(parsing: text(digest, none)).signatureParts().signedInfo
        return text(digest, Array(try FakeKey(signer ?? chain[0].key).sign(info).rawRepresentation))
    }
}

/// An answer about revocation to be written and signed.
struct FakeAnswer: Sendable {
    enum Status: Sendable {
        case good
        case revoked(UInt8?)
        case unknown
    }

    var issuer: FakeCertificate
    var serial: [UInt8]
    var statuses: [Status] = [.good]
    var thisUpdate: Instant
    var nextUpdate: Instant?
    var producedAt: Instant?
    var nonce: [UInt8]?
    /// The responder's certificate; `nil` for the issuer itself.
    var delegate: FakeCertificate?
    /// Who certified the responder, where it is not the issuer.
    var delegateIssuer: FakeCertificate?
    var signer: String?
    var withSHA256 = false
    var hashesWithSHA1 = false
    var origin = DeviceCollateral.Origin.own
    /// The certificate that was asked about, DER, and the nonce that was sent.
    var question: (certificate: [UInt8], nonce: [UInt8])?

    static func responder(_ issuer: FakeCertificate) -> FakeCertificate {
        var delegate = FakeCertificate(name: "NVIDIA OCSP Responder", key: "\(issuer.key) responder", serial: [0x99])
        delegate.isCA = false
        delegate.usage = 0x80
        delegate.purposes = [FakeCertificate.ocspSigning]
        return delegate
    }

    init(about certificate: FakeCertificate, by issuer: FakeCertificate, at thisUpdate: Instant) {
        self.issuer = issuer
        serial = certificate.serial
        self.thisUpdate = thisUpdate
        nextUpdate = thisUpdate.advanced(bySeconds: 86_400)
        delegate = Self.responder(issuer)
    }

    func der() throws -> [UInt8] {
        typealias D = FakeDER
        let name = D.name(issuer.name)
        let point = try FakeKey(issuer.key).point()
        let certID =
            hashesWithSHA1
            ? D.sequence(
                D.sequence(D.identifier([0x2B, 0x0E, 3, 2, 0x1A])), D.octets(Array(Insecure.SHA1.hash(data: name))),
                D.octets(Array(Insecure.SHA1.hash(data: point))), D.integer(serial))
            : D.sequence(
                D.sequence(D.sha384, D.element(5, [])), D.octets(Array(SHA384.hash(data: name))),
                D.octets(Array(SHA384.hash(data: point))), D.integer(serial))
        let singles = statuses.flatMap { status -> [UInt8] in
            let text =
                switch status {
                case .good: D.element(0x80, [])
                case .unknown: D.element(0x82, [])
                case .revoked(let reason):
                    D.context(1, D.time(thisUpdate) + (reason.map { D.context(0, D.element(0x0A, [$0])) } ?? []))
                }
            return D.sequence(
                certID, text, D.time(thisUpdate), nextUpdate.map { D.context(0, D.time($0)) } ?? [])
        }
        let responder = delegate ?? issuer
        let nonceExtension = nonce.map {
            D.context(1, D.sequence(D.extended([0x2B, 6, 1, 5, 5, 7, 0x30, 1, 2], D.octets($0))))
        }
        let tbs = D.sequence(
            D.context(2, D.octets(try FakeKey(responder.key).keyIdentifier())), D.time(producedAt ?? thisUpdate),
            D.element(0x30, singles), nonceExtension ?? [])
        let signature = try FakeKey(signer ?? responder.key).sign(tbs, withSHA256: withSHA256)
        let certificate = try delegate.map { try $0.der(issuer: delegateIssuer ?? issuer) }
        let basic = D.sequence(
            tbs, withSHA256 ? D.sha256WithECDSA : D.sha384WithECDSA, D.bits(Array(signature.derRepresentation)),
            certificate.map { D.context(0, D.element(0x30, $0)) } ?? [])
        return D.sequence(
            D.element(0x0A, [0]),
            D.context(0, D.sequence(D.identifier([0x2B, 6, 1, 5, 5, 7, 0x30, 1, 1]), D.octets(basic))))
    }
}

/// A revocation list to be written and signed.
struct FakeList: Sendable {
    var issuer: FakeCertificate
    var serials: [[UInt8]] = []
    var thisUpdate: Instant
    var nextUpdate: Instant
    var withSHA256 = true
    var signer: String?

    func der() throws -> [UInt8] {
        typealias D = FakeDER
        let algorithm = withSHA256 ? D.sha256WithECDSA : D.sha384WithECDSA
        let entries = serials.flatMap { D.sequence(D.integer($0), D.time(thisUpdate)) }
        let extensions =
            D.extended([0x55, 0x1D, 0x23], D.sequence(D.element(0x80, try FakeKey(issuer.key).keyIdentifier())))
            + D.extended([0x55, 0x1D, 0x14], D.integer([1]))
        let tbs = D.sequence(
            D.integer([1]), algorithm, D.name(issuer.name), D.time(thisUpdate), D.time(nextUpdate),
            entries.isEmpty ? [] : D.element(0x30, entries), D.context(0, D.element(0x30, extensions)))
        let signature = try FakeKey(signer ?? issuer.key).sign(tbs, withSHA256: withSHA256)
        return D.sequence(tbs, algorithm, D.bits(Array(signature.derRepresentation)))
    }
}

/// A whole submission in a world of its own: good until somebody edits it.
struct FakeSubmission: Sendable {
    static let noon = Instant(rfc3339: "2026-11-29T12:00:00Z") ?? Instant(seconds: 0)

    var devices: [FakeDevice]
    var manifests: [FakeManifest] = [.driver(), .vbios()]
    var answers: [FakeAnswer] = []
    var lists: [FakeList] = []
    var options = DeviceOptions()
    var time = FakeSubmission.noon
    var edit: @Sendable (inout DeviceCollateral) -> Void = { _ in }

    /// One Hopper, its manifests, and good answers about everybody, an hour old.
    init(_ devices: [FakeDevice]? = nil) throws {
        self.devices = try devices ?? [FakeDevice()]
        options.driverDenied = ["1.0"]
        answers = answersAboutAll()
    }

    func answersAboutAll() -> [FakeAnswer] {
        let hourAgo = time.advanced(bySeconds: -3_600)
        var answers: [FakeAnswer] = []
        var seen: Set<String> = []
        for (chain, first) in devices.map({ ($0.chain, 1) }) + manifests.map({ ($0.chain, 0) }) {
            for position in first..<chain.count - 1 where seen.insert(chain[position].key).inserted {
                answers.append(FakeAnswer(about: chain[position], by: chain[position + 1], at: hourAgo))
            }
        }
        return answers
    }

    static func anchors(world: String = "one") throws -> DeviceTrustAnchors {
        let device = try FakeDevice(world: world).chain[4]
        let manifest = FakeManifest.chain(world: world)[3]
        return DeviceTrustAnchors(
            device: [try DeviceAnchor(certificate: device.der(issuer: device))],
            manifest: [try DeviceAnchor(certificate: manifest.der(issuer: manifest))])
    }

    func judge() throws -> DeviceSetJudgement {
        var collateral = DeviceCollateral(
            manifests: try manifests.map {
                DeviceCollateral.Manifest(id: $0.id, document: try $0.document(), origin: $0.origin)
            },
            answers: try answers.map { answer in
                DeviceCollateral.Answer(
                    der: try answer.der(), origin: answer.origin,
                    question: answer.question.map {
                        DeviceCollateral.Question(
                            certificateSHA256: Array(SHA256.hash(data: $0.certificate)), nonce: $0.nonce)
                    })
            }, crls: try lists.map { try $0.der() })
        edit(&collateral)
        let evidence = DeviceEvidenceList(shape: .sdk, devices: try devices.map { try $0.evidence() })
        return try DeviceVerifier(trusting: Self.anchors(), options: options)
            .judge(evidence, using: collateral, at: time)
    }
}
