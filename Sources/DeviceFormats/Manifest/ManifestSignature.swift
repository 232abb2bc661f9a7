package import Wire

/// The one signature of a manifest, in the one profile that there is (devices 7.4): every algorithm is compared and none is
/// chosen by the document.
package struct ManifestSignature: Sendable {
    package let digest: FixedBytes<48>
    /// r ‖ s.
    package let value: FixedBytes<96>
    /// DER, the signer first. Not parsed yet.
    package let certificates: [[UInt8]]
    /// `SignedInfo` as it was signed: canonical, in its context.
    package let signedInfo: [UInt8]
}

extension ReferenceManifest {
    private static let canonicalization: StaticString = "http://www.w3.org/2006/12/xml-c14n11"
    private static let enveloped: StaticString = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
    private static let ecdsaSHA384: StaticString = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384"
    private static let sha384: StaticString = "http://www.w3.org/2001/04/xmldsig-more#sha384"

    package func signatureParts() throws(DeviceFailure) -> ManifestSignature {
        let all = document.elements.indices.filter {
            document.isElement($0, "Signature", in: Self.signatureNamespace)
        }
        guard all.count == 1 else { throw profile("Signature", "\(all.count) of them", "one") }
        let parts = try children(of: signature, ["SignedInfo", "SignatureValue", "KeyInfo"])
        let signedInfo = parts[0]
        let digest = try digest(in: signedInfo)
        guard let value = FixedBytes<96>(exactly: try base64(parts[1], "SignatureValue")) else {
            throw profile("SignatureValue", "another length", "96 bytes")
        }
        return ManifestSignature(
            digest: digest, value: value, certificates: try certificates(in: parts[2]),
            signedInfo: document.canonicalBytes(of: signedInfo))
    }

    private func profile(_ field: String, _ found: String, _ wanted: String) -> DeviceFailure {
        DeviceFailure(
            .rimSignatureProfile, field: "rim.\(field)", offset: document.elements[signature].offset, found: found,
            wanted: wanted)
    }

    private func digest(in signedInfo: Int) throws(DeviceFailure) -> FixedBytes<48> {
        let info = try children(of: signedInfo, ["CanonicalizationMethod", "SignatureMethod", "Reference"])
        try algorithm(info[0], Self.canonicalization)
        try algorithm(info[1], Self.ecdsaSHA384)
        let reference = document.elements[info[2]]
        guard reference.attributes.count == 1, reference.attribute("URI")?.isEmpty == true else {
            throw profile("Reference.URI", excerpt(reference.attribute("URI") ?? []), "an empty URI and nothing else")
        }
        let parts = try children(of: info[2], ["Transforms", "DigestMethod", "DigestValue"], attributes: 1)
        let transforms = try children(of: parts[0], ["Transform", "Transform"])
        try algorithm(transforms[0], Self.enveloped)
        try algorithm(transforms[1], Self.canonicalization)
        try algorithm(parts[1], Self.sha384)
        guard let digest = FixedBytes<48>(exactly: try base64(parts[2], "DigestValue")) else {
            throw profile("DigestValue", "another length", "48 bytes")
        }
        return digest
    }

    private func certificates(in keyInfo: Int) throws(DeviceFailure) -> [[UInt8]] {
        let data = try children(of: keyInfo, ["X509Data"])[0]
        guard document.hasOnlyElements(data), document.elements[data].attributes.isEmpty else {
            throw profile("X509Data", "text or attributes", "certificates alone")
        }
        let elements = document.childElements(of: data)
        guard !elements.isEmpty, elements.count <= Limits.pemBlocks else {
            throw profile("X509Data", "\(elements.count) certificates", "1 to \(Limits.pemBlocks)")
        }
        var certificates: [[UInt8]] = []
        for position in elements {
            guard document.isElement(position, "X509Certificate", in: Self.signatureNamespace) else {
                throw profile("X509Data", excerpt(document.elements[position].name), "X509Certificate")
            }
            certificates.append(try base64(position, "X509Certificate"))
        }
        return certificates
    }

    /// The children of an element, which must be exactly these, of the signature's namespace, and have nothing beside them.
    private func children(
        of position: Int, _ names: [StaticString], attributes: Int = 0
    ) throws(DeviceFailure) -> [Int] {
        let found = document.childElements(of: position)
        let isProfile =
            found.count == names.count && document.hasOnlyElements(position)
            && document.elements[position].attributes.count == attributes
            && zip(found, names).allSatisfy { document.isElement($0, $1, in: Self.signatureNamespace) }
        guard isProfile else {
            throw profile(
                excerpt(document.elements[position].name),
                found.prefix(6).map { excerpt(document.elements[$0].name) }.joined(separator: ", "),
                names.map { "\($0)" }.joined(separator: ", ") + " and nothing else")
        }
        return found
    }

    private func algorithm(_ position: Int, _ wanted: StaticString) throws(DeviceFailure) {
        let element = document.elements[position]
        guard element.attributes.count == 1, element.children.isEmpty,
            element.attribute("Algorithm")?.isSame(as: wanted) == true
        else { throw profile(excerpt(element.name), excerpt(element.attribute("Algorithm") ?? []), "\(wanted)") }
    }

    private func base64(_ position: Int, _ name: String) throws(DeviceFailure) -> [UInt8] {
        guard document.elements[position].attributes.isEmpty, let text = document.text(of: position), !text.isEmpty,
            let bytes = Base64.decode(text, allowingLineBreaks: true)
        else { throw profile(name, "something else", "base64 and nothing beside it") }
        return bytes
    }
}
