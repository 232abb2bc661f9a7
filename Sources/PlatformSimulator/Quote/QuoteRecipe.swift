import Crypto

/// Everything that goes into one quote but the certificate chain (dcap 1.2 to 1.8).
package struct QuoteRecipe: Sendable {
    package struct Header: Hashable, Sendable {
        package var version: UInt16
        package var attestationKeyType: UInt16 = 2
        package var teeType: UInt32
        /// Bytes 8..12: QE and PCE SVN in version 3, reserved after.
        package var reserved: [UInt8] = [0, 0, 0, 0]
        package var qeVendorID: [UInt8] = [
            0x93, 0x9A, 0x72, 0x33, 0xF7, 0x9C, 0x4C, 0xA9, 0x94, 0x0A, 0x0D, 0xB3, 0x95, 0x7F, 0x06, 0x07,
        ]
        /// 16 bytes QE identifier, 4 zero bytes.
        package var userData: [UInt8]
    }

    package enum Body: Hashable, Sendable {
        case enclave(EnclaveReportRecipe)
        case td(TDReportRecipe)
    }

    /// What the attestation key is made to sign; all but the first are mistakes.
    package enum SignedMessage: Hashable, Sendable {
        case prefix
        /// Also the length of the signature data.
        case prefixAndLength
        /// Without the version 5 descriptor.
        case headerAndBody
        case body
    }

    package var header: Header
    /// Whether the QE report stands inside certification data of type 6, as from version 4 on.
    package let isNested: Bool
    package var bodyType: UInt16?
    package var body: Body
    /// Bytes behind the report that still count as body.
    package var bodyTrailing: [UInt8] = []
    package var qeReport: EnclaveReportRecipe
    package var authData: [UInt8] = Array(0..<32)
    package var attestationKey: SimulatedKey
    /// The key as written, where it is not that of `attestationKey`; 64 bytes.
    package var attestationKeyOverride: [UInt8]?
    /// The QE report data, where it is not the binding of key and authentication data; 64 bytes.
    package var qeReportDataOverride: [UInt8]?
    /// Signs the QE report: the PCK key.
    package var qeReportSigner: SimulatedKey
    package var signedMessage = SignedMessage.prefix
    package var outerCertificationType: UInt16 = 6
    package var certificationType: UInt16 = 5
    /// Changes the certificate chain's bytes (PEM, one trailing NUL) before they go in.
    package var editCertificationData: (@Sendable (inout [UInt8]) throws -> Void)?
    /// Changes the finished quote; nothing is signed again.
    package var edit: (@Sendable (inout AssembledQuote) throws -> Void)?

    /// The SGX report of the body, for edits; setting has no effect on a TD quote.
    package var enclave: EnclaveReportRecipe? {
        get { if case .enclave(let report) = body { report } else { nil } }
        set { if case .enclave = body, let newValue { body = .enclave(newValue) } }
    }

    /// The TD report of the body, for edits; setting has no effect on an SGX quote.
    package var td: TDReportRecipe? {
        get { if case .td(let report) = body { report } else { nil } }
        set { if case .td = body, let newValue { body = .td(newValue) } }
    }

    /// - Parameter chain: The PEM text of the certificate chain.
    func assemble(chain: [UInt8]) throws -> AssembledQuote {
        var quote = AssembledQuote()
        writeSignedPart(into: &quote)

        let publicKey = attestationKeyOverride ?? attestationKey.publicKey
        var report = qeReport
        report.reportData =
            qeReportDataOverride
            ?? Array(SHA256.hash(data: publicKey + authData)) + [UInt8](repeating: 0, count: 32)
        let reportSignature = try qeReportSigner.sign(report.bytes)
        var certificationData = chain + [0]
        try editCertificationData?(&certificationData)

        // Lengths are known before anything is signed, since one of the mistakes signs a length.
        let innerSize = 384 + 64 + 2 + authData.count + 6 + certificationData.count
        let authLength = UInt32(128 + (isNested ? 6 : 0) + innerSize)
        let signature = try attestationKey.sign(message(of: quote, authLength: authLength))
        quote.append(authLength, as: .authLength)
        quote.append(signature, as: .quoteSignature)
        quote.append(publicKey, as: .attestationKey)
        if isNested {
            quote.append(outerCertificationType, as: .outerCertificationType)
            quote.append(UInt32(innerSize), as: .outerCertificationSize)
        }
        quote.append(report, as: .qeReport)
        quote.append(reportSignature, as: .qeReportSignature)
        quote.append(UInt16(authData.count), as: .authDataLength)
        quote.append(authData, as: .authData)
        quote.append(certificationType, as: .certificationType)
        quote.append(UInt32(certificationData.count), as: .certificationSize)
        quote.append(certificationData, as: .certificationData)
        try edit?(&quote)
        return quote
    }

    private func writeSignedPart(into quote: inout AssembledQuote) {
        quote.append(header.version, as: .version)
        quote.append(header.attestationKeyType, as: .attestationKeyType)
        quote.append(header.teeType, as: .teeType)
        quote.append(header.reserved, as: .headerReserved)
        quote.append(header.qeVendorID, as: .qeVendorID)
        quote.append(header.userData, as: .userData)
        if let bodyType {
            quote.append(bodyType, as: .bodyType)
            quote.append(UInt32(bodyBytes.count), as: .bodySize)
        }
        switch body {
        case .enclave(let report): quote.append(report, as: .body)
        case .td(let report): quote.append(report, as: .body)
        }
        quote.append(bodyTrailing)
    }

    private var bodyBytes: [UInt8] {
        switch body {
        case .enclave(let report): report.bytes + bodyTrailing
        case .td(let report): report.bytes + bodyTrailing
        }
    }

    private func message(of quote: AssembledQuote, authLength: UInt32) -> [UInt8] {
        switch signedMessage {
        case .prefix: quote.bytes
        case .prefixAndLength: quote.bytes + authLength.littleEndianBytes
        case .headerAndBody: Array(quote.bytes.prefix(48)) + bodyBytes
        case .body: bodyBytes
        }
    }
}
