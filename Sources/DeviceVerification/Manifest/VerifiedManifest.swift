import DeviceFormats
import Wire
import X509Formats

/// A manifest whose signer leads to a pinned root and whose signature holds. Whether it is in date, and about which
/// firmware it must be, is asked later.
struct VerifiedManifest: Sendable {
    let sha256: [UInt8]
    let digest: FixedBytes<48>
    let content: ManifestContent
    /// The signer first, the root last.
    let certificates: [Certificate]
    let keys: [DeviceSignatures.Key]

    enum Stage: Hashable, Sendable { case document, chain, signature, subject }

    struct Refusal: Error, Sendable {
        let stage: Stage
        let failure: DeviceFailure
    }

    /// In the order of devices 7.4; the content is read last, from the tree that was digested.
    init(_ bytes: [UInt8], anchors: [DeviceAnchor]) throws(Refusal) {
        let manifest = try Self.stage(.document) { () throws(DeviceFailure) in try ReferenceManifest(parsing: bytes) }
        let parts = try Self.stage(.signature) { () throws(DeviceFailure) in try manifest.signatureParts() }
        let (certificates, keys) = try Self.stage(.chain) { () throws(DeviceFailure) in
            try Self.chain(parts.certificates, anchors: anchors)
        }
        try Self.stage(.signature) { () throws(DeviceFailure) in
            let digest = DeviceSignatures.sha384(manifest.canonicalBytes[...])
            guard digest.elementsEqual(parts.digest.bytes) else {
                throw DeviceFailure(
                    .rimDigestMismatch, field: "rim", found: Hex.encode(digest), wanted: parts.digest.hex)
            }
            guard DeviceSignatures.verify(parts.value, over: parts.signedInfo[...], by: keys[0]) else {
                throw DeviceFailure(
                    .rimSignatureInvalid, field: "rim.SignatureValue", found: "a signature that does not verify",
                    wanted: "a signature by the first certificate")
            }
        }
        content = try Self.stage(.document) { () throws(DeviceFailure) in try manifest.content() }
        digest = parts.digest
        sha256 = DeviceSignatures.sha256(bytes[...])
        self.certificates = certificates
        self.keys = keys
    }

    private static func stage<Value>(
        _ stage: Stage, _ body: () throws(DeviceFailure) -> Value
    ) throws(Refusal) -> Value {
        do throws(DeviceFailure) {
            return try body()
        } catch {
            throw Refusal(stage: stage, failure: error)
        }
    }

    /// devices 7.5.
    private static func chain(
        _ encodings: [[UInt8]], anchors: [DeviceAnchor]
    ) throws(DeviceFailure) -> ([Certificate], [DeviceSignatures.Key]) {
        let path = CertificatePath(
            code: .rimChainInvalid, name: "rim.chain", anchors: anchors,
            judgedOfLeaf: [ObjectIdentifier.extendedKeyUsage])
        guard (3...5).contains(encodings.count) else {
            throw DeviceFailure(
                .rimChainInvalid, field: "rim.chain", found: "\(encodings.count) certificates", wanted: "3 to 5")
        }
        var certificates: [Certificate] = []
        for (position, der) in encodings.enumerated() {
            do throws(DERError) {
                certificates.append(try Certificate(device: der))
            } catch {
                throw path.failure(position, "der", "\(error.reason)", "one complete certificate in DER")
            }
        }
        // devices 7.5.1: responders are issued by the same CA, are no CA themselves, and are on line.
        let purposes: [ArraySlice<UInt8>]?
        do throws(DERError) {
            purposes = try certificates[0].extendedKeyUsage()
        } catch {
            throw path.failure(0, "extendedKeyUsage", "\(error.reason)", "a list of purposes")
        }
        guard purposes?.contains(where: { $0.elementsEqual(ObjectIdentifier.ocspSigning) }) != true else {
            throw path.failure(0, "extendedKeyUsage", "OCSPSigning", "a signer that is no responder")
        }
        return (certificates, try path.keys(of: certificates))
    }

    /// The worst of the chain. There is no skew for certificates.
    func status(at time: Instant) -> ManifestFacts.Status {
        if certificates.contains(where: { time < $0.notBefore }) { return .notYetValid }
        return certificates.contains { $0.notAfter < time } ? .expired : .valid
    }

    var signerExpires: Instant { certificates.map(\.notAfter).min() ?? certificates[0].notAfter }

    /// A6 of devices 10.1 without supersession: is this the product, the version, and what the policy names.
    func checkSubject(
        _ deviceClass: DeviceClass, product: String, version: String, pinned: Set<FixedBytes<48>>?
    ) throws(DeviceFailure) {
        guard content.product.hasSameBytes(as: product) else {
            throw DeviceFailure(
                .rimProductMismatch, field: "rim.Meta.product", found: excerpt(content.product.utf8), wanted: product)
        }
        for certificate in certificates.dropFirst().dropLast() {
            let token = Self.product(of: certificate)
            guard Self.fits(token, deviceClass) else {
                throw DeviceFailure(
                    .rimProductMismatch, field: "rim.chain", found: certificate.subjectText,
                    wanted: "a signer of \(deviceClass == .ls10 ? "LS10" : product)")
            }
        }
        guard content.version.utf8.map(DeviceClass.upperCase) == version.utf8.map(DeviceClass.upperCase) else {
            throw DeviceFailure(
                .rimVersionMismatch, field: "rim.Meta.colloquialVersion", found: excerpt(content.version.utf8),
                wanted: version)
        }
        if let pinned, !pinned.contains(digest) {
            throw DeviceFailure(
                .rimNotPinned, field: "rim", found: digest.hex, wanted: "one of the \(pinned.count) of the policy")
        }
    }

    /// The chip of `NVIDIA Reference Value [L3 ]<chip> <number>` and `… <chip> CA[ <number>]` (devices 7.5.2).
    private static func product(of certificate: Certificate) -> Substring? {
        var words = (certificate.commonName ?? "").split(separator: " ", omittingEmptySubsequences: false)
        guard words.count >= 5, words[..<3].elementsEqual(["NVIDIA", "Reference", "Value"]) else { return nil }
        words.removeFirst(3)
        if words[0] == "L3" { words.removeFirst() }
        func isNumber(_ word: Substring) -> Bool {
            !word.isEmpty && word.utf8.allSatisfy { (0x30...0x39).contains($0) }
        }
        switch words.count {
        case 2 where words[1] == "CA" || isNumber(words[1]): return words[0]
        case 3 where words[1] == "CA" && isNumber(words[2]): return words[0]
        default: return nil
        }
    }

    /// Blackwell's names were not all seen: there, only those of the other classes are refused.
    private static func fits(_ token: Substring?, _ deviceClass: DeviceClass) -> Bool {
        switch deviceClass {
        case .hopper: token.hasSameBytes(as: "GH100")
        case .ls10: token.hasSameBytes(as: "LS10")
        case .blackwell: !token.hasSameBytes(as: "GH100") && !token.hasSameBytes(as: "LS10")
        }
    }
}
