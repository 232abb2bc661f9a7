import DCAPFormats
import Wire
import X509Formats

/// The latest beginning of validity that is accepted: T plus the allowed skew (dcap 5.0). Ends of validity are
/// freshness, not validity, and are judged without skew.
struct NotYetValidLimit: Sendable {
    let latest: Instant

    init(_ time: Instant, skewSeconds: Int64) { latest = time.advanced(bySeconds: skewSeconds) }

    func check(_ certificate: Certificate, name: String) throws(VerificationFailure) {
        try check(certificate.notBefore, .certNotYetValid, "\(name).notBefore")
    }

    func check(_ instant: Instant, _ code: ErrorCode, _ field: String) throws(VerificationFailure) {
        try require(
            instant <= latest,
            VerificationFailure(code, field: field, found: "\(instant)", wanted: "not after \(latest)"))
    }
}
