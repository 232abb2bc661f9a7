import Wire

extension Verdict {
    /// The thumbprint of the key that a token may confirm (`cnf`), where report_data proves it (wire-formats 2.9 R4). The one
    /// place that decides it: what a request says counts for nothing here.
    ///
    /// A scheme that the caller names is the caller's word. So a bare key (`spki`) is confirmed only where the policies leave
    /// no other scheme: the same bytes may be the hash of a stranger's nonce. And `assay` confirms none where the policies
    /// also take a scheme whose whole input a stranger may choose: that input can be the preimage, or the hash, of `assay-v2`
    /// over his own key.
    public var confirmation: [UInt8]? {
        decision == .accept ? findings.confirmation(of: expectedReportData) : nil
    }
}

extension [PolicyFinding] {
    /// The same for findings on recorded facts, all of which accept.
    package func confirmation(of expected: ExpectedReportData?) -> [UInt8]? {
        guard let expected, let thumbprint = expected.keyThumbprint,
            allSatisfy({ $0.result(.reportData)?.isPassed == true })
        else { return nil }
        let isConfirmed: Bool =
            switch expected.scheme {
            case .spki: acceptedSchemes == [.spki]
            case .assay: acceptedSchemes?.isDisjoint(with: [.raw, .sha512, .ita]) ?? true
            case .raw, .sha256, .sha384, .sha512, .ita, .maa: false
            }
        return isConfirmed ? thumbprint.bytes : nil
    }

    /// The schemes that all policies which fix any have in common; `nil` where none does.
    private var acceptedSchemes: Set<ExpectedReportData.Scheme>? {
        let fixed = compactMap(\.policy.reportDataSchemes)
        return fixed.dropFirst().reduce(fixed.first) { $0?.intersection($1) }
    }
}
