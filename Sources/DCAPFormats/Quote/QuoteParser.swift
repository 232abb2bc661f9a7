import Wire

/// Bytes → `Quote`, step by step as dcap 1.10 numbers them.
enum QuoteParser {
    static func parse(_ input: [UInt8]) throws(VerificationFailure) -> Quote {
        try checkSize(input)
        do {
            return try read(input)
        } catch let error as FormatError {
            throw failure(error)
        } catch let failure as VerificationFailure {
            throw failure
        } catch {
            throw VerificationFailure(.internal, field: "quote", found: "an unforeseen error", wanted: "none")
        }
    }

    /// Step 1, with an unsupported version preferred to a short input.
    private static func checkSize(_ input: [UInt8]) throws(VerificationFailure) {
        guard !input.isEmpty else {
            throw VerificationFailure(.quoteEmpty, field: "quote", found: "0 bytes", wanted: "a quote")
        }
        guard input.count <= Limits.quoteBytes else {
            throw VerificationFailure(
                .quoteTooLarge, field: "quote", found: "\(input.count) bytes", wanted: "at most \(Limits.quoteBytes)")
        }
        guard input.count < Limits.quoteMinimumBytes else { return }
        if input.count >= 2 { try checkVersion(UInt16(input[0]) | UInt16(input[1]) << 8) }
        throw VerificationFailure(
            .quoteTruncated, field: "quote", offset: input.count, found: "\(input.count) bytes",
            wanted: "at least \(Limits.quoteMinimumBytes)")
    }

    private static func checkVersion(_ version: UInt16) throws(VerificationFailure) {
        guard (3...5).contains(version) else {
            throw VerificationFailure(
                .quoteVersionUnsupported, field: "header.version", offset: 0, found: "\(version)", wanted: "3, 4 or 5")
        }
    }

    private static func read(_ input: [UInt8]) throws -> Quote {
        var reader = ByteReader(input)
        let header = try header(&reader)
        let bodyType = try bodyType(header, &reader)
        let body: Quote.Body =
            bodyType == .sgx
            ? .sgx(try EnclaveReport(from: &reader)) : .td(try TDReport(from: &reader, bodyType))
        let signedEnd = reader.offset
        let signatureLength: UInt32 = try reader.integer("signatureDataLength")
        var signature = try reader.nested(signatureLength, "signatureData")
        let signatureData = try self.signatureData(header.version, &signature)
        try checkPadding(input, from: reader.offset)
        let quote = Quote(
            bytes: reader.remaining == 0 ? input : Array(input[..<reader.offset]), header: header, bodyType: bodyType,
            body: body, signatureData: signatureData, paddingCount: reader.remaining, signedPrefix: 0..<signedEnd)
        try checkReserved(quote)
        return quote
    }

    /// Steps 2 to 5.
    private static func header(_ reader: inout ByteReader) throws -> QuoteHeader {
        let version: UInt16 = try reader.integer("header.version")
        try checkVersion(version)
        let keyType: UInt16 = try reader.integer("header.attestationKeyType")
        guard keyType == 2 else {
            throw VerificationFailure(
                .quoteKeyTypeUnsupported, field: "header.attestationKeyType", offset: 2, found: "\(keyType)",
                wanted: "2 (ECDSA-256 with P-256)")
        }
        let teeType: UInt32 = try reader.integer("header.teeType")
        guard let tee = TEE(rawValue: teeType), version > 3 || tee == .sgx else {
            throw VerificationFailure(
                .quoteTEETypeUnsupported, field: "header.teeType", offset: 4, found: "0x" + String(teeType, radix: 16),
                wanted: version == 3 ? "0 (SGX)" : "0 (SGX) or 0x81 (TDX)")
        }
        let qeSVN: UInt16 = try reader.integer("header.qeSvn")
        let pceSVN: UInt16 = try reader.integer("header.pceSvn")
        let vendor: FixedBytes<16> = try reader.fixed("header.qeVendorId")
        guard vendor.bytes == QuoteHeader.intelVendorID else {
            throw VerificationFailure(
                .quoteVendorUnknown, field: "header.qeVendorId", offset: 12, found: vendor.hex,
                wanted: Hex.encode(QuoteHeader.intelVendorID) + " (Intel)")
        }
        return QuoteHeader(
            version: version, attestationKeyType: keyType, tee: tee, qeSVN: qeSVN, pceSVN: pceSVN,
            qeVendorID: vendor, userData: try reader.fixed("header.userData"))
    }

    /// Step 6; versions 3 and 4 have no descriptor, and a v4 TDX quote always carries the 1.0 body.
    private static func bodyType(_ header: QuoteHeader, _ reader: inout ByteReader) throws -> QuoteBodyType {
        guard header.version == 5 else { return header.tee == .sgx ? .sgx : .td10 }
        let rawType: UInt16 = try reader.integer("bodyType")
        let size: UInt32 = try reader.integer("bodySize")
        guard let type = QuoteBodyType(rawValue: rawType) else {
            throw VerificationFailure(
                .quoteBodyTypeUnsupported, field: "bodyType", offset: 48, found: "\(rawType)", wanted: "1, 2, 3 or 4")
        }
        guard size == UInt32(type.byteCount) else {
            throw VerificationFailure(
                .quoteBodySizeInvalid, field: "bodySize", offset: 50, found: "\(size)",
                wanted: "\(type.byteCount) for body type \(rawType)")
        }
        guard type.tee == header.tee else {
            throw VerificationFailure(
                .quoteTEEBodyMismatch, field: "bodyType", offset: 48,
                found: "body type \(rawType) in a quote of \(header.tee.name.uppercased())",
                wanted: header.tee == .sgx ? "1" : "2, 3 or 4")
        }
        return type
    }

    /// Steps 8 and 9.
    private static func signatureData(_ version: UInt16, _ reader: inout ByteReader) throws -> QuoteSignatureData {
        let quoteSignature: FixedBytes<64> = try reader.fixed("quoteSignature")
        let constantStart = reader.offset
        let attestationKey: FixedBytes<64> = try reader.fixed("attestationKey")
        guard version >= 4 else {
            let data = try qeData(quoteSignature, attestationKey, constantStart, &reader)
            try reader.finish("signatureData")
            return data
        }
        try certificationType(6, "outerCertificationDataType", &reader)
        let size: UInt32 = try reader.integer("outerCertificationDataSize")
        var inner = try reader.nested(size, "outerCertificationData")
        let data = try qeData(quoteSignature, attestationKey, constantStart, &inner)
        try inner.finish("outerCertificationData")
        try reader.finish("signatureData")
        return data
    }

    /// QE report, its signature, authentication data and the PCK chain: what v3 has flat and v4 and v5 nest.
    private static func qeData(
        _ quoteSignature: FixedBytes<64>, _ attestationKey: FixedBytes<64>, _ constantStart: Int,
        _ reader: inout ByteReader
    ) throws -> QuoteSignatureData {
        let reportStart = reader.offset
        let qeReport = try EnclaveReport(from: &reader)
        let reportRange = reportStart..<reader.offset
        let qeReportSignature: FixedBytes<64> = try reader.fixed("qeReportSignature")
        let authenticationCount: UInt16 = try reader.integer("qeAuthenticationDataLength")
        let authenticationData = try reader.range(authenticationCount, "qeAuthenticationData")
        try certificationType(5, "certificationDataType", &reader)
        let chainCount: UInt32 = try reader.integer("certificationDataSize")
        let chain = try reader.range(chainCount, "certificationData")
        return QuoteSignatureData(
            quoteSignature: quoteSignature, attestationKey: attestationKey, qeReport: qeReport,
            qeReportSignature: qeReportSignature, certificationDataType: 5, qeReportRange: reportRange,
            authenticationData: authenticationData, pckChain: chain, platformConstant: constantStart..<reader.offset)
    }

    /// A certification data type is judged as soon as it is read, before its size (step 9).
    private static func certificationType(_ wanted: UInt16, _ field: String, _ reader: inout ByteReader) throws {
        let offset = reader.offset
        let found: UInt16 = try reader.integer(field)
        guard found == wanted else {
            throw VerificationFailure(
                .quoteCertTypeUnsupported, field: field, offset: offset, found: "\(found)",
                wanted: wanted == 6 ? "6 (QE report certification data)" : "5 (PCK certificate chain)")
        }
    }

    /// Step 10: drivers pad their buffer with zeros, and nothing else may follow.
    private static func checkPadding(_ input: [UInt8], from end: Int) throws {
        guard let stray = input[end...].firstIndex(where: { $0 != 0 }) else { return }
        throw VerificationFailure(
            .quoteTrailingData, field: "quote", offset: stray,
            found: "byte \(Hex.encode([input[stray]])) after the quote",
            wanted: "the end, or zero padding")
    }

    /// 1.11, after all length checks.
    private static func checkReserved(_ quote: Quote) throws {
        var reports: [(String, EnclaveReport)] = [("qeReport", quote.signatureData.qeReport)]
        if case .sgx(let report) = quote.body { reports.insert(("body", report), at: 0) }
        for (name, report) in reports {
            guard let reserved = report.nonzeroReserved else { continue }
            throw VerificationFailure(
                .quoteReservedNonzero, field: "\(name).\(reserved.field)", offset: reserved.offset,
                found: Hex.encode([quote.bytes[reserved.offset]]), wanted: "zero")
        }
    }

    private static func failure(_ error: FormatError) -> VerificationFailure {
        switch error {
        case .truncated(let field, let offset, let need, let have):
            VerificationFailure(
                .quoteTruncated, field: field, offset: offset, found: "\(have) bytes left", wanted: "\(need) bytes")
        case .trailing(let field, let offset, let count):
            VerificationFailure(
                .quoteTrailingData, field: field, offset: offset, found: "\(count) bytes left over", wanted: "none")
        }
    }
}
