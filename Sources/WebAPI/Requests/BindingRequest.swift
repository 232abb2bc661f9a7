import Appraisal
import Wire

/// What the caller says the attester has bound into report_data (wire-formats 2.9), and in which scheme.
struct BindingRequest: Sendable {
    var nonce: [UInt8]?
    /// A challenge of ours; its nonce counts as the caller's.
    var challenge: String?
    var runtimeData: [UInt8]?
    var scheme: String?
    /// DER of a SubjectPublicKeyInfo, for `spki`; a 32-byte RFC 7638 thumbprint, for `assay`.
    var key: [UInt8]?
    var nonceIssued: [UInt8]?

    private static let schemes = ExpectedReportData.Scheme.allCases.map(\.rawValue).joined(separator: ", ")

    /// What report_data must hold; `nil` where nothing was given.
    ///
    /// - Parameter challengeNonce: The nonce inside `challenge`, which has been checked and spent.
    func expected(challengeNonce: [UInt8]?) throws(HTTPProblem) -> ExpectedReportData? {
        if nonce != nil, challengeNonce != nil {
            throw HTTPProblem(
                .memberInvalid, "found a nonce and a challenge, wanted one of them", field: "nonce",
                fix: "A challenge brings its own nonce: leave nonce out.")
        }
        if let nonce, !(8...64).contains(nonce.count) {
            throw HTTPProblem(.memberInvalid, "found \(nonce.count) bytes, wanted 8 to 64", field: "nonce")
        }
        let nonce = nonce ?? challengeNonce
        guard nonce != nil || runtimeData != nil || key != nil else {
            if let scheme {
                throw HTTPProblem(
                    .memberMissing, "found the scheme \(scheme.prefix(16)) and nothing to bind", field: "nonce",
                    fix: "Give nonce, challenge, runtime_data or key as well.")
            }
            return nil
        }
        let name = scheme ?? (key == nil ? "raw" : (nonce == nil ? "spki" : "assay"))
        guard let scheme = ExpectedReportData.Scheme(rawValue: name) else {
            throw HTTPProblem(
                .memberInvalid, "found \(name.prefix(16)), wanted one of \(Self.schemes)", field: "scheme")
        }
        return try expected(scheme, nonce)
    }

    private func expected(
        _ scheme: ExpectedReportData.Scheme, _ nonce: [UInt8]?
    ) throws(HTTPProblem) -> ExpectedReportData {
        let chosen = (nonce ?? []) + (runtimeData ?? [])
        try checkUse(of: scheme)
        switch scheme {
        case .raw:
            guard let expected = ExpectedReportData(raw: chosen) else {
                throw HTTPProblem(
                    .memberInvalid, "found \(chosen.count) bytes in all, wanted 1 to 64 that are not all zero",
                    field: nonce == nil ? "runtime_data" : "nonce",
                    fix: "Longer data is bound by its digest: name sha512.")
            }
            return expected
        case .sha256: return ExpectedReportData(.sha256, of: chosen)
        case .sha384: return ExpectedReportData(.sha384, of: chosen)
        case .sha512: return ExpectedReportData(.sha512, of: chosen)
        case .ita:
            guard let nonce, let nonceIssued else {
                throw missing("nonce_issued", "ita hashes nonce ‖ nonce_issued ‖ runtime_data")
            }
            return .ita(value: nonce, issued: nonceIssued, data: runtimeData ?? [])
        case .maa:
            guard let runtimeData else { throw missing("runtime_data", "maa hashes runtime_data") }
            return .maa(runtimeData)
        case .spki:
            guard let key, !key.isEmpty else { throw missing("key", "spki hashes a SubjectPublicKeyInfo") }
            return .spki(key)
        case .assay:
            guard let nonce else { throw missing("nonce", "assay hashes a nonce") }
            guard let key else { return .assay(nonce: nonce, keyThumbprint: nil) }
            guard let thumbprint = FixedBytes<32>(exactly: key) else {
                throw HTTPProblem(
                    .memberInvalid, "found \(key.count) bytes, wanted the 32 of an RFC 7638 thumbprint", field: "key")
            }
            return .assay(nonce: nonce, keyThumbprint: thumbprint)
        }
    }

    /// Something given and not used would let the caller believe it was bound.
    private func checkUse(of scheme: ExpectedReportData.Scheme) throws(HTTPProblem) {
        let usesNonce = scheme != .maa && scheme != .spki
        let usesData = scheme != .spki && scheme != .assay
        for (isGiven, isUsed, name) in [
            (nonce != nil || challenge != nil, usesNonce, challenge == nil ? "nonce" : "challenge"),
            (runtimeData != nil, usesData, "runtime_data"), (key != nil, scheme == .spki || scheme == .assay, "key"),
            (nonceIssued != nil, scheme == .ita, "nonce_issued"),
        ] where isGiven && !isUsed {
            throw HTTPProblem(
                .memberInvalid, "the scheme \(scheme.rawValue) does not bind it", field: name,
                fix: "Leave it out, or name another scheme.")
        }
    }

    private func missing(_ field: String, _ sentence: String) -> HTTPProblem {
        HTTPProblem(.memberMissing, sentence, field: field)
    }

    /// What was bound beside the nonce, as `ExpectedReportData(recorded:nonce:userData:)` takes it again.
    var recorded: [UInt8]? { key ?? (nonceIssued == nil ? runtimeData : (nonceIssued ?? []) + (runtimeData ?? [])) }

    /// The thumbprint for `cnf`, where the scheme binds a key; it counts only after the binding held.
    func confirmation(_ expected: ExpectedReportData?) -> [UInt8]? {
        guard let key else { return nil }
        switch expected?.scheme {
        case .assay: return key
        case .spki: return KeyThumbprint.ofSubjectPublicKeyInfo(key)
        default: return nil
        }
    }
}
