import DeviceFormats
import Wire
import X509Formats

/// Validates a path from a leaf to a pinned root (devices 5.2, 7.5): names, keys, algorithms, signatures and use. The time
/// is another question.
struct CertificatePath {
    let code: DeviceErrorCode
    /// How messages call the chain: `chain`, `rim.chain`.
    let name: String
    let anchors: [DeviceAnchor]
    /// Extensions of the leaf that somebody else judges, so that they may be critical.
    let judgedOfLeaf: [[UInt8]]

    /// - Parameter certificates: The leaf first, the root last.
    /// - Returns: the keys, in the same order.
    func keys(of certificates: [Certificate]) throws(DeviceFailure) -> [DeviceSignatures.Key] {
        guard let root = certificates.last else { throw failure(0, "length", "0", "at least a root") }
        let last = certificates.count - 1
        guard anchors.contains(where: { $0.matches(root) }) else {
            throw failure(
                last, "subjectPublicKeyInfo",
                "\(root.subjectText), key \(Hex.encode(DeviceSignatures.sha256(root.der[root.subjectPublicKeyInfo])))",
                "the name and key of " + anchors.map(\.text).joined(separator: " or "))
        }
        var keys: [DeviceSignatures.Key] = []
        for (position, certificate) in certificates.enumerated() {
            keys.append(try form(of: certificate, position))
            do throws(DERError) {
                try use(of: certificate, position, in: certificates)
                try link(certificate, to: certificates[min(position + 1, last)], position, isRoot: position == last)
            } catch {
                throw failure(position, "extensions", "\(error.reason)", "well-made extensions that fit the role")
            }
        }
        // Signatures last: they are what costs.
        for (position, certificate) in certificates.enumerated().reversed() {
            guard DeviceSignatures.verify(certificate, by: keys[min(position + 1, last)]) else {
                throw failure(position, "signature", "a signature that does not verify", "a signature by the issuer")
            }
        }
        return keys
    }

    func failure(_ position: Int, _ field: String, _ found: String, _ wanted: String) -> DeviceFailure {
        DeviceFailure(code, field: "\(name)[\(position)].\(field)", found: found, wanted: wanted)
    }

    private func form(of certificate: Certificate, _ position: Int) throws(DeviceFailure) -> DeviceSignatures.Key {
        guard certificate.version == 3 else { throw failure(position, "version", "v\(certificate.version)", "v3") }
        for algorithm in [certificate.tbsSignatureAlgorithm, certificate.signatureAlgorithm] {
            guard certificate.der[algorithm].elementsEqual(AlgorithmIdentifier.ecdsaWithSHA384) else {
                throw failure(
                    position, "signatureAlgorithm", Hex.encode(certificate.der[algorithm].prefix(32)),
                    "ecdsa-with-SHA384")
            }
        }
        guard let key = DeviceSignatures.key(of: certificate) else {
            throw failure(
                position, "subjectPublicKeyInfo", "another kind of key, or a point off the curve", "a key on P-384")
        }
        guard certificate.der[certificate.serialNumber].first.map({ $0 < 0x80 }) == true else {
            throw failure(position, "serialNumber", "a negative number", "a positive one")
        }
        return key
    }

    /// Basic constraints, key usage, path length, and no critical extension that nobody judges.
    private func use(
        of certificate: Certificate, _ position: Int, in certificates: [Certificate]
    ) throws(DERError) {
        let isLeaf = position == 0
        let constraints = try certificate.basicConstraints()
        let usage = try certificate.keyUsage()
        if isLeaf {
            guard constraints?.isCA != true else { throw DERError(.badValue("a leaf that is no CA"), at: 0) }
            guard usage?.contains(.digitalSignature) == true else {
                throw DERError(.badValue("a leaf with keyUsage digitalSignature"), at: 0)
            }
        } else {
            guard let constraints, constraints.isCA else { throw DERError(.badValue("a CA"), at: 0) }
            guard usage?.contains(.keyCertSign) == true else {
                throw DERError(.badValue("a CA with keyUsage keyCertSign"), at: 0)
            }
            guard try certificate.subjectKeyIdentifier() != nil else {
                throw DERError(.badValue("a CA with a subject key identifier"), at: 0)
            }
            // CAs between this one and the leaf (RFC 5280 4.2.1.9).
            if let limit = constraints.pathLength, position - 1 > limit {
                throw DERError(.badValue("at most \(limit) CAs below this one"), at: 0)
            }
        }
        let judged = [ObjectIdentifier.basicConstraints, ObjectIdentifier.keyUsage] + (isLeaf ? judgedOfLeaf : [])
        for found in certificate.extensions where found.critical {
            guard judged.contains(where: { certificate.der[found.identifier].elementsEqual($0) }) else {
                throw DERError(
                    .badValue(
                        "no critical extension \(ObjectIdentifier.dotted(certificate.der[found.identifier]))"),
                    at: found.identifier.lowerBound)
            }
        }
    }

    private func link(
        _ certificate: Certificate, to issuer: Certificate, _ position: Int, isRoot: Bool
    ) throws(DERError) {
        guard certificate.der[certificate.issuer] == issuer.der[issuer.subject] else {
            throw DERError(.badValue("\(issuer.subjectText) as its issuer"), at: certificate.issuer.lowerBound)
        }
        guard let authority = try certificate.authorityKeyIdentifier() else {
            guard isRoot else { throw DERError(.badValue("an authority key identifier"), at: 0) }
            return
        }
        guard try issuer.subjectKeyIdentifier() == authority else {
            throw DERError(.badValue("the issuer's key as authority key identifier"), at: 0)
        }
    }
}
