import Wire

/// A signed JSON document as a service answers with it: the exact bytes that were signed, and the text around them.
package struct SimulatedDocument: Hashable, Sendable {
    /// `tcbInfo` or `enclaveIdentity`.
    package var memberName: String
    /// The value of that member: what the signature covers.
    package var body: [UInt8]
    /// The signature as it stands in the response, 128 hexadecimal digits unless spoiled.
    package var signature: String
    /// The issuer chain as PEM.
    package var issuerChain: [UInt8]
    /// The complete response where it is not simply body and signature; such a document exists in this form only.
    package var responseOverride: [UInt8]?

    /// `{"tcbInfo":…,"signature":"…"}`, the PCS wire form.
    package var response: [UInt8] {
        responseOverride
            ?? Array("{\"\(memberName)\":".utf8) + body + Array(",\"signature\":\"\(signature)\"}".utf8)
    }
}

/// How a document is signed: by whom, under which chain, and what is changed before and after.
package struct SealingRecipe: Sendable {
    package var signer: SimulatedKey
    /// Child first, as Intel sends it.
    package var chain: [CertificateRecipe]
    /// Changes the document before it is signed, beyond what its recipe can express.
    package var editDocument: (@Sendable (inout JSONRecipe) throws -> Void)?
    /// Changes what was signed, leaving the signature as it is.
    package var editSealed: (@Sendable (inout SimulatedDocument) throws -> Void)?

    func seal(_ document: JSONRecipe, as memberName: String) throws -> SimulatedDocument {
        var document = document
        try editDocument?(&document)
        let body = document.encoded
        var sealed = SimulatedDocument(
            memberName: memberName, body: body, signature: Hex.encode(try signer.sign(body)),
            issuerChain: try PEMChain.encode(chain))
        try editSealed?(&sealed)
        return sealed
    }
}

enum PEMChain {
    static func encode(_ certificates: [CertificateRecipe]) throws -> [UInt8] {
        try certificates.flatMap { Array(PEM.encode(try $0.der(), label: "CERTIFICATE").utf8) }
    }
}
