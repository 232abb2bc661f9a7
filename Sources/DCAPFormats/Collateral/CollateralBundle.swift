public import Wire

/// The JSON bundle people exchange (dcap 3.10): nine string members; CRLs in hex or PEM, documents as inner
/// object text with their signature apart, or as the complete response. A `pck_certificate_chain` is never used in place
/// of the quote's own.
extension Collateral {
    public init(bundle bytes: [UInt8]) throws(CollateralError) {
        let root: JSONValue
        do throws(JSONError) {
            root = try JSONDocument(parsing: bytes, limit: Limits.bundleBytes).root
        } catch {
            throw CollateralError(
                "bundle",
                "not a collateral bundle: \(error.reason.rawValue), at byte \(error.offset); a JSON object is needed")
        }
        guard root.kind == .object else {
            throw CollateralError("bundle", "not a collateral bundle: the JSON is no object")
        }
        func text(_ name: StaticString) throws(CollateralError) -> [UInt8] {
            guard let value = root.member(name) else {
                throw CollateralError("\(name)", "the bundle has no member \(name)")
            }
            guard let text = value.string else { throw CollateralError("\(name)", "the member \(name) is no string") }
            return Array(text.utf8)
        }
        func optional(_ name: StaticString) throws(CollateralError) -> [UInt8]? {
            guard let value = root.member(name), value.kind != .null else { return nil }
            let bytes = try text(name)
            return bytes.isEmpty ? nil : bytes
        }
        func response(
            _ name: StaticString, _ signature: StaticString, _ chain: StaticString, _ member: StaticString
        ) throws(CollateralError) -> SignedResponse {
            let document = try text(name)
            let isComplete = (try? JSONDocument(parsing: document))?.root.member(member) != nil
            return SignedResponse(
                document: isComplete
                    ? .response(document) : .detached(object: document, signature: try text(signature)),
                issuerChain: try text(chain))
        }
        self.init(
            pckCRL: try text("pck_crl"), pckCRLIssuerChain: try optional("pck_crl_issuer_chain"),
            rootCRL: try text("root_ca_crl"),
            tcbInfo: try response("tcb_info", "tcb_info_signature", "tcb_info_issuer_chain", "tcbInfo"),
            qeIdentity: try response(
                "qe_identity", "qe_identity_signature", "qe_identity_issuer_chain", "enclaveIdentity"))
    }

    /// The bundle of this collateral, CRLs in hex of their DER.
    public var bundle: JSON {
        func text(_ bytes: [UInt8]) -> JSON { .string(String(decoding: bytes, as: UTF8.self)) }
        func members(_ name: String, _ response: SignedResponse) -> [(String, JSON)] {
            let chain = ("\(name)_issuer_chain", text(response.issuerChain))
            switch response.document {
            case .response(let bytes):
                // Peers' readers want object and signature apart; a response that is not these two stays whole.
                guard let root = try? JSONDocument(parsing: bytes).root, root.members.count == 2,
                    let signature = root.member("signature")?.plainString,
                    let object = root.members.first(where: { $0.value.kind == .object })?.value
                else { return [chain, (name, text(bytes))] }
                return [chain, (name, text(Array(object.bytes))), ("\(name)_signature", text(Array(signature)))]
            case .detached(let object, let signature):
                return [chain, (name, text(object)), ("\(name)_signature", text(signature))]
            }
        }
        func list(_ bytes: [UInt8]) -> JSON { .string(Hex.encode(CRLEncoding.decode(bytes) ?? bytes)) }
        return .object(
            [
                ("pck_crl_issuer_chain", text(pckCRLIssuerChain ?? [])), ("root_ca_crl", list(rootCRL)),
                ("pck_crl", list(pckCRL)),
            ] + members("tcb_info", tcbInfo) + members("qe_identity", qeIdentity))
    }
}
