import DCAPFormats
import Wire
import X509Formats

/// Phases D and E: TCB info and QE identity, opened. The signature is checked before any field is interpreted.
struct SignedCollateral: Sendable {
    let tcbInfo: TCBInfo
    let tcbInfoChain: SigningChain
    let qeIdentity: EnclaveIdentity
    let qeIdentityChain: SigningChain

    init(
        _ collateral: Collateral, trusting anchor: TrustAnchor, revokedBy rootCRL: CertificateRevocationList,
        at time: NotYetValidLimit, options: VerificationOptions
    ) throws(Refusal) {
        let tcbInfoChain = try check(.tcbInfoIssuer) { () throws(VerificationFailure) in
            try SigningChain(
                collateral.tcbInfo.issuerChain, .tcbInfo, trusting: anchor, revokedBy: rootCRL, at: time)
        }
        let tcbInfoDocument = try check(.tcbInfoSignature) { () throws(VerificationFailure) in
            try Self.open(collateral.tcbInfo, .tcbInfo, signedBy: tcbInfoChain)
        }
        tcbInfo = try check(.tcbInfoContent) { () throws(VerificationFailure) in
            let tcbInfo = try DocumentCodes.tcbInfo.mapping { () throws(CollateralFormatError) in
                try TCBInfo(reading: tcbInfoDocument, acceptVersion2: options.acceptTCBInfoV2)
            }
            try time.check(tcbInfo.issueDate, .tcbInfoNotYetValid, "tcbInfo.issueDate")
            return tcbInfo
        }
        self.tcbInfoChain = tcbInfoChain

        let qeIdentityChain = try check(.qeIdentityIssuer) { () throws(VerificationFailure) in
            // The same text, already established for the TCB info, needs no second look.
            collateral.qeIdentity.issuerChain == collateral.tcbInfo.issuerChain
                ? tcbInfoChain
                : try SigningChain(
                    collateral.qeIdentity.issuerChain, .qeIdentity, trusting: anchor, revokedBy: rootCRL, at: time)
        }
        let qeIdentityDocument = try check(.qeIdentitySignature) { () throws(VerificationFailure) in
            try Self.open(collateral.qeIdentity, .qeIdentity, signedBy: qeIdentityChain)
        }
        qeIdentity = try check(.qeIdentityContent) { () throws(VerificationFailure) in
            let identity = try DocumentCodes.qeIdentity.mapping { () throws(CollateralFormatError) in
                try EnclaveIdentity(reading: qeIdentityDocument)
            }
            try time.check(identity.issueDate, .qeIdentityNotYetValid, "enclaveIdentity.issueDate")
            return identity
        }
        self.qeIdentityChain = qeIdentityChain
    }

    /// D6 and D7.
    private static func open(
        _ response: Collateral.SignedResponse, _ codes: DocumentCodes, signedBy chain: SigningChain
    ) throws(VerificationFailure) -> SignedDocument {
        let document = try codes.mapping { () throws(CollateralFormatError) in
            try SignedDocument(opening: response.document, member: codes.member)
        }
        try require(
            Signatures.verify(document.signature, over: document.signedBytes, by: chain.key),
            VerificationFailure(
                codes.signature, field: "\(codes.member).signature", found: "a signature that does not verify",
                wanted: "a signature by \(CertificateRole.tcbSigning.rawValue) over the bytes as received"))
        return document
    }
}

/// The codes that phases D and E give the same defects.
struct DocumentCodes {
    let member: String
    let unsupportedFormat: ErrorCode
    let unsupportedVersion: ErrorCode
    let invalid: ErrorCode
    let signature: ErrorCode

    static let tcbInfo = DocumentCodes(
        member: "tcbInfo", unsupportedFormat: .tcbInfoUnsupportedFormat,
        unsupportedVersion: .tcbInfoUnsupportedVersion, invalid: .tcbInfoInvalid, signature: .tcbInfoSignatureInvalid)
    static let qeIdentity = DocumentCodes(
        member: "enclaveIdentity", unsupportedFormat: .qeIdentityUnsupportedFormat,
        unsupportedVersion: .qeIdentityUnsupportedVersion, invalid: .qeIdentityInvalid,
        signature: .qeIdentitySignatureInvalid)

    func mapping<Value>(
        _ body: () throws(CollateralFormatError) -> Value
    ) throws(VerificationFailure) -> Value {
        do throws(CollateralFormatError) {
            return try body()
        } catch {
            let code =
                switch error.kind {
                case .unsupportedFormat: unsupportedFormat
                case .unsupportedVersion: unsupportedVersion
                case .invalid: invalid
                }
            throw VerificationFailure(
                code, field: error.field, offset: error.offset, found: error.found, wanted: error.wanted)
        }
    }
}
