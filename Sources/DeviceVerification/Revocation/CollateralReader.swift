import DeviceFormats
import Wire
import X509Formats

/// What was published, read at most once per document, whatever number of devices asks. Nothing is verified that no device
/// asks for (devices 18.1).
struct CollateralReader {
    let collateral: DeviceCollateral
    let anchors: DeviceTrustAnchors
    let time: Instant
    let options: DeviceOptions
    private var manifests: [[UInt8]: Result<VerifiedManifest, VerifiedManifest.Refusal>] = [:]
    private var answers: [(answer: DeviceCollateral.Answer, parsed: Result<OCSPResponse, DeviceFailure>)]?
    private var lists: [CertificateRevocationList]?
    private var statuses: [Certificate: Revocation] = [:]
    /// Signatures of answers that were verified.
    private(set) var verifiedAnswers = 0

    init(_ collateral: DeviceCollateral, anchors: DeviceTrustAnchors, at time: Instant, options: DeviceOptions) {
        self.collateral = collateral
        self.anchors = anchors
        self.time = time
        self.options = options
    }

    mutating func manifest(_ bytes: [UInt8]) throws(VerifiedManifest.Refusal) -> VerifiedManifest {
        if let known = manifests[bytes] { return try known.get() }
        let result: Result<VerifiedManifest, VerifiedManifest.Refusal>
        do throws(VerifiedManifest.Refusal) {
            result = .success(try VerifiedManifest(bytes, anchors: anchors.manifest))
        } catch {
            result = .failure(error)
        }
        manifests[bytes] = result
        return try result.get()
    }

    /// Answers that are no answer at all, whichever certificate they may be about.
    mutating func unreadableAnswers() -> [DeviceFailure] {
        readAnswers().compactMap { entry in
            if case .failure(let failure) = entry.parsed { return failure }
            return nil
        }
    }

    private mutating func readAnswers()
        -> [(answer: DeviceCollateral.Answer, parsed: Result<OCSPResponse, DeviceFailure>)]
    {
        if let answers { return answers }
        let read = collateral.answers.map {
            answer -> (answer: DeviceCollateral.Answer, parsed: Result<OCSPResponse, DeviceFailure>) in
            do throws(DeviceFailure) {
                return (answer, .success(try OCSPResponse(parsing: answer.der)))
            } catch {
                return (answer, .failure(error))
            }
        }
        answers = read
        return read
    }

    /// Whether a certificate is revoked, by everything that speaks about it.
    mutating func revocation(
        of certificate: Certificate, issuer: Certificate, issuerKey: DeviceSignatures.Key
    ) -> Revocation {
        if let known = statuses[certificate] { return known }
        let judge = RevocationJudge(
            certificate: certificate, issuer: issuer, issuerKey: issuerKey, time: time, options: options)
        var found = Revocation()
        for (answer, parsed) in readAnswers() {
            guard case .success(let response) = parsed else { continue }
            guard let statement = judge.statement(in: response) else {
                judge.noteForeign(answer, in: &found)
                continue
            }
            verifiedAnswers += 1
            judge.judge(answer, response, statement, into: &found)
        }
        if lists == nil { lists = collateral.crls.compactMap { try? CertificateRevocationList(device: $0) } }
        for list in lists ?? [] { judge.judge(list, into: &found) }
        statuses[certificate] = found
        return found
    }
}

/// What is said about one certificate, and what was not used.
struct Revocation {
    struct Accepted {
        let status: RevocationFacts.Status
        let thisUpdate: Instant
        let producedAt: Instant
        let nextUpdate: Instant?
        let isStale: Bool
    }

    var accepted: Accepted?
    var refusals: [DeviceFailure] = []
    var isListed = false
    /// A genuine list of the issuer, in date, does not name the certificate.
    var isClearedByList = false

    /// The later word counts, of equally late ones the worse; but a revocation is for ever (devices 9.4).
    mutating func take(_ next: Accepted) {
        guard let held = accepted else {
            accepted = next
            return
        }
        if Self.isFinal(held.status) { return }
        let isWorse = Self.severity(next.status) > Self.severity(held.status)
        if Self.isFinal(next.status) || next.thisUpdate > held.thisUpdate
            || next.thisUpdate == held.thisUpdate && isWorse
        {
            accepted = next
        }
    }

    static func isFinal(_ status: RevocationFacts.Status) -> Bool {
        if case .revoked = status { return true }
        return false
    }

    static func severity(_ status: RevocationFacts.Status) -> Int {
        switch status {
        case .undefined: 0
        case .good: 1
        case .unknown: 2
        case .hold: 3
        case .revoked: 4
        }
    }

    func status(_ mode: DeviceOptions.RevocationMode) -> RevocationFacts.Status {
        if isListed { return .revoked(reason: nil) }
        if let accepted { return accepted.status }
        return mode == .crl && isClearedByList ? .good : .undefined
    }
}
