public import Wire

/// Everything Intel publishes about one platform, as it came and with nothing verified (dcap 3.1). CRLs may be DER, hex
/// or PEM; chains are PEM.
public struct Collateral: Hashable, Sendable {
    /// A signed document and who claims to have signed it.
    public struct SignedResponse: Hashable, Sendable {
        public let document: SignedDocument.Source
        public let issuerChain: [UInt8]

        public init(document: SignedDocument.Source, issuerChain: [UInt8]) {
            self.document = document
            self.issuerChain = issuerChain
        }
    }

    public let pckCRL: [UInt8]
    /// What came beside the PCK CRL, if anything: no trust input, but it must not contradict (dcap 2.6 rule 4).
    public let pckCRLIssuerChain: [UInt8]?
    public let rootCRL: [UInt8]
    public let tcbInfo: SignedResponse
    public let qeIdentity: SignedResponse

    public init(
        pckCRL: [UInt8], pckCRLIssuerChain: [UInt8]?, rootCRL: [UInt8], tcbInfo: SignedResponse,
        qeIdentity: SignedResponse
    ) {
        self.pckCRL = pckCRL
        self.pckCRLIssuerChain = pckCRLIssuerChain
        self.rootCRL = rootCRL
        self.tcbInfo = tcbInfo
        self.qeIdentity = qeIdentity
    }

    /// SHA-256 of each document, to name in a verdict what it rests on: of the signed object, of a CRL's DER, of a chain's
    /// text, however they came.
    public var digests: [(name: String, sha256: FixedBytes<32>)] {
        [
            ("tcb_info", tcbInfo.document.signedBytes), ("qe_identity", qeIdentity.document.signedBytes),
            ("pck_crl", (CRLEncoding.decode(pckCRL) ?? pckCRL)[...]),
            ("root_crl", (CRLEncoding.decode(rootCRL) ?? rootCRL)[...]),
            ("tcb_info_issuer_chain", tcbInfo.issuerChain[...]),
            ("qe_identity_issuer_chain", qeIdentity.issuerChain[...]),
        ].map { name, bytes in (name, FixedBytes(sha256: bytes)) }
    }
}

/// Why collateral that somebody keeps cannot be taken in: which member or file, and what it should be.
public struct CollateralError: Error, Hashable, Sendable {
    public let member: String
    /// One sentence a person can act on.
    public let sentence: String

    init(_ member: String, _ sentence: String) {
        self.member = member
        self.sentence = sentence
    }
}
