public import Appraisal
import Wire

extension ExpectedReportData {
    /// What report_data had to hold, from what the archive keeps: the inverse of what `Submission.Given` records.
    ///
    /// - Parameter isChallenge: What the entry says: the nonce, or what is inside the user data, was a challenge.
    public init?(recorded scheme: Scheme, nonce: [UInt8]?, userData: [UInt8]?, isChallenge: Bool) {
        guard let bound = Self.bound(scheme, nonce, userData ?? [], hasKey: userData != nil) else { return nil }
        // The nonce of a challenge has 32 bytes (wire-formats 3.9).
        if isChallenge, let nonce, nonce.count != 32 { return nil }
        self = bound.asked(by: isChallenge ? .challenge : nonce == nil ? nil : .nonce)
    }

    private static func bound(
        _ scheme: Scheme, _ nonce: [UInt8]?, _ userData: [UInt8], hasKey: Bool
    ) -> ExpectedReportData? {
        let bound = (nonce ?? []) + userData
        switch scheme {
        case .raw: return ExpectedReportData(raw: bound)
        case .sha256: return ExpectedReportData(.sha256, of: bound)
        case .sha384: return ExpectedReportData(.sha384, of: bound)
        case .sha512: return ExpectedReportData(.sha512, of: bound)
        // Where the time of issue ends and data begins was not kept, and does not matter to the hash.
        case .ita: return .ita(value: nonce ?? [], issued: userData, data: [])
        case .maa: return .maa(bound)
        case .spki: return .spki(bound)
        case .assay:
            guard let nonce else { return nil }
            guard hasKey else { return .assay(nonce: nonce, keyThumbprint: nil) }
            guard let thumbprint = FixedBytes<32>(exactly: userData) else { return nil }
            return .assay(nonce: nonce, keyThumbprint: thumbprint)
        }
    }
}
