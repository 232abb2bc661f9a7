public import Wire

/// A quote as it is written: structure checked, nothing believed. Only verification turns it into a `VerifiedQuote`.
///
/// Versions 3, 4 and 5, SGX and TDX, body types 1 to 4 (dcap 1.3); ranges point into `bytes`, because signatures are
/// computed over the input and never over a re-encoding.
public struct Quote: Sendable {
    public enum Body: Hashable, Sendable {
        case sgx(EnclaveReport)
        case td(TDReport)
    }

    /// The quote from its first byte to the end of its signature data; padding of the driver's buffer is left out
    /// (the canonical quote of dcap 1.10).
    public let bytes: [UInt8]
    public let header: QuoteHeader
    public let bodyType: QuoteBodyType
    public let body: Body
    public let signatureData: QuoteSignatureData
    /// Zero bytes that followed the quote in the input.
    public let paddingCount: Int
    /// Header, v5 descriptor and body: what the quote signature covers (dcap 1.8).
    package let signedPrefix: Range<Int>

    public var tee: TEE { header.tee }

    /// The 64 bytes the attester chose: where a nonce or a key hash is bound.
    public var reportData: FixedBytes<64> {
        switch body {
        case .sgx(let report): report.reportData
        case .td(let report): report.reportData
        }
    }

    /// The PCK chain as PEM, leaf first as Intel writes it, exactly as received.
    package var pckChainText: ArraySlice<UInt8> { bytes[signatureData.pckChain] }
    /// The report: what `body` was read from.
    package var bodyBytes: ArraySlice<UInt8> { bytes[signedPrefix].suffix(bodyType.byteCount) }
    package var qeReportBytes: ArraySlice<UInt8> { bytes[signatureData.qeReportRange] }
    package var authenticationData: ArraySlice<UInt8> { bytes[signatureData.authenticationData] }

    /// Reads a quote by the algorithm of dcap 1.10: at most `Limits.quoteBytes`, every length checked before use,
    /// zero padding allowed after the end and nothing else.
    public init(parsing input: [UInt8]) throws(VerificationFailure) {
        self = try QuoteParser.parse(input)
    }

    init(
        bytes: [UInt8], header: QuoteHeader, bodyType: QuoteBodyType, body: Body, signatureData: QuoteSignatureData,
        paddingCount: Int, signedPrefix: Range<Int>
    ) {
        self.bytes = bytes
        self.header = header
        self.bodyType = bodyType
        self.body = body
        self.signatureData = signatureData
        self.paddingCount = paddingCount
        self.signedPrefix = signedPrefix
    }
}

extension Quote.Body {
    /// Reads a report that was stored by itself.
    ///
    /// - Returns: `nil` unless `bytes` has exactly the size of its type.
    package init?(parsing bytes: [UInt8], _ type: QuoteBodyType) {
        guard bytes.count == type.byteCount else { return nil }
        var reader = ByteReader(bytes)
        do {
            self = type == .sgx ? .sgx(try EnclaveReport(from: &reader)) : .td(try TDReport(from: &reader, type))
        } catch {
            return nil
        }
    }
}

/// Signatures, the attestation key and the quoting enclave's evidence for it (dcap 1.6), the same for all versions.
public struct QuoteSignatureData: Sendable {
    /// r ‖ s, big-endian, by the attestation key over the signed prefix.
    public let quoteSignature: FixedBytes<64>
    /// x ‖ y, big-endian, on P-256 if genuine.
    public let attestationKey: FixedBytes<64>
    public let qeReport: EnclaveReport
    /// r ‖ s by the PCK key over the QE report.
    public let qeReportSignature: FixedBytes<64>
    /// 5: a PCK certificate chain in PEM, the only one accepted.
    public let certificationDataType: UInt16
    package let qeReportRange: Range<Int>
    package let authenticationData: Range<Int>
    package let pckChain: Range<Int>
    /// Attestation key, QE report and signature, authentication data and chain: all that is constant per platform.
    package let platformConstant: Range<Int>
}
