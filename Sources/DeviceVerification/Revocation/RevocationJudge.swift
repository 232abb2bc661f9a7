import DeviceFormats
import Wire
import X509Formats

/// Judges what is said about one certificate, under its issuer's key (devices 9.2, 9.4, 9.5).
struct RevocationJudge {
    let certificate: Certificate
    let issuer: Certificate
    let issuerKey: DeviceSignatures.Key
    let time: Instant
    let options: DeviceOptions

    /// How far clocks may differ.
    static let skew: Int64 = 300
    private static let day: Int64 = 86_400
    /// Whatever an answer says of its own end.
    private static let longest = 8 * day
    private static let hold = 6

    // MARK: Which answers

    /// The worst of what an answer says about this certificate; `nil` where it says nothing (devices 9.2 (4)).
    func statement(in response: OCSPResponse) -> OCSPResponse.Statement? {
        response.statements.filter { isAbout($0, response.der) }
            .max { Revocation.severity(status($0)) < Revocation.severity(status($1)) }
    }

    private func isAbout(_ statement: OCSPResponse.Statement, _ der: [UInt8]) -> Bool {
        guard der[statement.serialNumber].elementsEqual(certificate.der[certificate.serialNumber]),
            let hash = Self.hash(der[statement.hashAlgorithm]), let key = DevicePublicKeyInfo.keyBits(issuer)
        else { return false }
        return der[statement.issuerNameHash].elementsEqual(hash(issuer.der[issuer.subject]))
            && der[statement.issuerKeyHash].elementsEqual(hash(key))
    }

    private static func hash(_ identifier: ArraySlice<UInt8>) -> ((ArraySlice<UInt8>) -> [UInt8])? {
        if identifier.elementsEqual(ObjectIdentifier.sha384) { return DeviceSignatures.sha384 }
        if identifier.elementsEqual(ObjectIdentifier.sha256) { return DeviceSignatures.sha256 }
        if identifier.elementsEqual(ObjectIdentifier.sha1) { return DeviceSignatures.sha1 }
        return nil
    }

    private func status(_ statement: OCSPResponse.Statement) -> RevocationFacts.Status {
        switch statement.status {
        case .good: .good
        case .unknown: .unknown
        case .revoked(let reason): reason == Self.hold ? .hold : .revoked(reason: reason)
        }
    }

    private var name: String { certificate.subjectText }

    private func isAsked(_ answer: DeviceCollateral.Answer) -> Bool {
        answer.question.map { $0.certificateSHA256 == DeviceSignatures.sha256(certificate.der[...]) } == true
    }

    /// An answer that was asked about this certificate and speaks of another.
    func noteForeign(_ answer: DeviceCollateral.Answer, in found: inout Revocation) {
        guard isAsked(answer) else { return }
        found.refusals.append(
            failure(.ocspCertIDMismatch, "certID", "an answer about another certificate", "one about \(name)"))
    }

    private func failure(_ code: DeviceErrorCode, _ field: String, _ found: String, _ wanted: String) -> DeviceFailure {
        DeviceFailure(code, field: "ocsp.\(field)", found: found, wanted: wanted)
    }

    // MARK: Is it to be believed

    func judge(
        _ answer: DeviceCollateral.Answer, _ response: OCSPResponse, _ statement: OCSPResponse.Statement,
        into found: inout Revocation
    ) {
        do throws(DeviceFailure) {
            try checkSignature(of: response)
            let status = status(statement)
            // A revocation that is held does not end by itself, and no nonce makes it truer (devices 9.4).
            let isHeld =
                answer.origin == .own && answer.question == nil && (status == .hold || Revocation.isFinal(status))
            if options.revocationMode == .live, !isHeld, !Revocation.isFinal(status) {
                try checkNonce(of: response, answer)
            }
            let isStale = try checkTimes(of: response, statement, isHeld: isHeld)
            found.take(
                Revocation.Accepted(
                    status: status, thisUpdate: statement.thisUpdate, producedAt: response.producedAt,
                    nextUpdate: statement.nextUpdate, isStale: isStale))
        } catch {
            found.refusals.append(error)
        }
    }

    /// devices 9.2 (2, 3).
    private func checkSignature(of response: OCSPResponse) throws(DeviceFailure) {
        let key = try signer(of: response)
        guard response.der[response.signatureAlgorithm].elementsEqual(AlgorithmIdentifier.ecdsaWithSHA384),
            DeviceSignatures.verify(
                der: response.der[response.signature], over: response.der[response.tbs], by: key)
        else {
            throw failure(
                .ocspSignatureInvalid, "signature", "a signature that does not verify",
                "ecdsa-with-SHA384 by the responder")
        }
    }

    private func signer(of response: OCSPResponse) throws(DeviceFailure) -> DeviceSignatures.Key {
        if isResponder(issuer, of: response) { return issuerKey }
        guard let delegate = response.certificates.first(where: { isResponder($0, of: response) }) else {
            throw untrusted("a responder whose certificate is not there", "the issuer, or one that it certified")
        }
        do throws(DERError) {
            return try self.delegate(delegate, at: response.producedAt)
        } catch {
            throw untrusted("\(delegate.subjectText): \(error.reason)", "a responder that the issuer certified")
        }
    }

    private func untrusted(_ found: String, _ wanted: String) -> DeviceFailure {
        failure(.ocspSignerUntrusted, "responder", found, wanted)
    }

    private func isResponder(_ candidate: Certificate, of response: OCSPResponse) -> Bool {
        switch response.responder {
        case .name(let name): return response.der[name] == candidate.der[candidate.subject]
        case .key(let hash):
            guard let key = DevicePublicKeyInfo.keyBits(candidate) else { return false }
            return response.der[hash].elementsEqual(DeviceSignatures.sha1(key))
        }
    }

    /// 1.3.6.1.5.5.7.48.1.5: neither required nor refused, wherever it stands.
    private static let noCheck: [UInt8] = [0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x05]

    private func delegate(
        _ delegate: Certificate, at produced: Instant
    ) throws(DERError) -> DeviceSignatures.Key {
        func require(_ condition: Bool, _ wanted: String) throws(DERError) {
            if !condition { throw DERError(.badValue(wanted), at: 0) }
        }
        try require(delegate.version == 3, "version 3")
        try require(delegate.der[delegate.issuer] == issuer.der[issuer.subject], "one that the issuer itself certified")
        for algorithm in [delegate.tbsSignatureAlgorithm, delegate.signatureAlgorithm] {
            try require(delegate.der[algorithm].elementsEqual(AlgorithmIdentifier.ecdsaWithSHA384), "ecdsa-with-SHA384")
        }
        try require(try delegate.basicConstraints()?.isCA != true, "no CA")
        if let usage = try delegate.keyUsage() {
            try require(usage.contains(.digitalSignature), "keyUsage digitalSignature")
        }
        let purposes = try delegate.extendedKeyUsage() ?? []
        try require(purposes.contains { $0.elementsEqual(ObjectIdentifier.ocspSigning) }, "the purpose OCSPSigning")
        let known = [
            ObjectIdentifier.basicConstraints, ObjectIdentifier.keyUsage, ObjectIdentifier.extendedKeyUsage,
            Self.noCheck,
        ]
        for found in delegate.extensions where found.critical {
            try require(
                known.contains { delegate.der[found.identifier].elementsEqual($0) }, "no unknown critical extension")
        }
        // At producedAt: all genuine responders' certificates have expired since, and answers are judged again later.
        try require(delegate.notBefore <= produced && produced <= delegate.notAfter, "one in date when it answered")
        guard let key = DeviceSignatures.key(of: delegate) else { throw DERError(.badValue("a P-384 key"), at: 0) }
        try require(DeviceSignatures.verify(delegate, by: issuerKey), "a signature by the issuer")
        return key
    }

    /// devices 9.2 (5).
    private func checkNonce(
        of response: OCSPResponse, _ answer: DeviceCollateral.Answer
    ) throws(DeviceFailure) {
        guard let question = answer.question, let nonce = response.nonce,
            response.der[nonce].elementsEqual(question.nonce)
        else {
            throw failure(
                .ocspNonceMismatch, "nonce", response.nonce.map { Hex.encode(response.der[$0]) } ?? "none",
                answer.question.map { Hex.encode($0.nonce) } ?? "an answer that was asked for now")
        }
    }

    // MARK: Is it of now

    /// devices 9.2 (6, 7) and 9.4.
    ///
    /// - Returns: whether the answer is past its own end, and used because the policy says how old it may be.
    private func checkTimes(
        of response: OCSPResponse, _ statement: OCSPResponse.Statement, isHeld: Bool
    ) throws(DeviceFailure) -> Bool {
        let begin = statement.thisUpdate
        guard begin <= time.advanced(bySeconds: Self.skew) else {
            throw failure(.ocspNotYetValid, "thisUpdate", "\(begin)", "at most \(Self.skew) s after \(time)")
        }
        guard begin.advanced(bySeconds: -Self.skew) <= response.producedAt,
            response.producedAt <= time.advanced(bySeconds: Self.skew)
        else {
            throw untrusted(
                "an answer produced \(response.producedAt) that begins \(begin)", "one produced when it begins")
        }
        if isHeld { return false }
        let end = statement.nextUpdate ?? begin.advanced(bySeconds: 3_600)
        let limit = self.limit(from: begin, to: end)
        guard time <= limit.advanced(bySeconds: Self.skew) else {
            throw failure(
                .ocspExpired, "nextUpdate", "an answer of \(begin), whose time ended \(limit)",
                "one that is good at \(time)")
        }
        return time > end.advanced(bySeconds: Self.skew)
    }

    private func limit(from begin: Instant, to end: Instant) -> Instant {
        let longest = begin.advanced(bySeconds: Self.longest)
        guard options.revocationMode != .live else { return min(end, longest) }
        let age = min(max(options.maximumAnswerAge, 0), Self.longest)
        let oldest = begin.advanced(bySeconds: age)
        // More than a day is the leave to pass an answer's own end.
        return age > Self.day ? min(end.advanced(bySeconds: 7 * Self.day), longest, oldest) : min(end, longest, oldest)
    }

    // MARK: Lists

    /// devices 9.5. An expired list that names a certificate still revokes it.
    func judge(_ list: CertificateRevocationList, into found: inout Revocation) {
        guard list.der[list.issuer] == issuer.der[issuer.subject], isGenuine(list) else { return }
        if list.revokes(certificate.serial) { found.isListed = true }
        if let next = list.nextUpdate, time <= next { found.isClearedByList = true }
    }

    private func isGenuine(_ list: CertificateRevocationList) -> Bool {
        let identifiers = list.extensions.map { list.der[$0.identifier] }
        let known = [ObjectIdentifier.authorityKeyIdentifier, ObjectIdentifier.crlNumber]
        guard list.version == 2, list.nextUpdate != nil, list.thisUpdate <= time.advanced(bySeconds: Self.skew),
            list.der[list.tbsSignatureAlgorithm] == list.der[list.signatureAlgorithm],
            known.allSatisfy({ wanted in identifiers.contains { $0.elementsEqual(wanted) } }),
            list.extensions.allSatisfy({ found in
                !found.critical || known.contains { list.der[found.identifier].elementsEqual($0) }
            }),
            list.criticalEntryExtension == nil,
            (try? issuer.keyUsage())??.contains(.crlSign) == true
        else { return false }
        let algorithm = list.der[list.signatureAlgorithm]
        let (signature, message) = (list.der[list.signature], list.der[list.tbs])
        if algorithm.elementsEqual(AlgorithmIdentifier.ecdsaWithSHA384) {
            return DeviceSignatures.verify(der: signature, over: message, by: issuerKey)
        }
        return algorithm.elementsEqual(AlgorithmIdentifier.ecdsaWithSHA256)
            && DeviceSignatures.verifySHA256(der: signature, over: message, by: issuerKey)
    }
}
