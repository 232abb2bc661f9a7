import Wire
public import Words

/// What a caller says that the attester has bound, before anybody looked at it: the members of a request, the options of a
/// program. One reading for all of them (wire-formats 2.9 R1 to R3).
public struct BoundInput: Hashable, Sendable {
    public var nonce: [UInt8]?
    /// Whose nonce it is.
    public var origin = ExpectedReportData.NonceOrigin.nonce
    public var runtimeData: [UInt8]?
    public var scheme: String?
    /// DER of a SubjectPublicKeyInfo, for `spki`; a 32-byte RFC 7638 thumbprint, for `assay`.
    public var key: [UInt8]?
    /// For `ita`, the nonce's time of issue.
    public var nonceIssued: [UInt8]?

    public init(
        nonce: [UInt8]? = nil, runtimeData: [UInt8]? = nil, scheme: String? = nil, key: [UInt8]? = nil,
        nonceIssued: [UInt8]? = nil
    ) {
        self.nonce = nonce
        self.runtimeData = runtimeData
        self.scheme = scheme
        self.key = key
        self.nonceIssued = nonceIssued
    }

    /// Why nothing can be expected of report_data: the request is wrong, whatever the quote is.
    public struct Defect: Error, Hashable, Sendable {
        /// As requests name it: `nonce`, `runtime_data`.
        public let field: String
        public let sentence: Sentence
        public let fix: Sentence?
        /// Something is not there, in contrast to being wrong.
        public let isMissing: Bool

        init(_ field: String, _ sentence: Sentence, fix: Sentence? = nil, isMissing: Bool = false) {
            self.field = field
            self.sentence = sentence
            self.fix = fix
            self.isMissing = isMissing
        }
    }

    private static let schemes = ExpectedReportData.Scheme.allCases.map(\.rawValue).joined(separator: ", ")

    private var nonceField: String { origin == .challenge ? "challenge" : "nonce" }

    /// What report_data must hold; `nil` where nothing was given.
    ///
    /// Without a scheme it is `raw`, or with a key `assay` (and a nonce) or `spki`; and an empty value is none. Once a scheme
    /// is named, an empty value is refused: it would bind nothing.
    public func expected() throws(Defect) -> ExpectedReportData? {
        guard let name = scheme, !name.isEmpty else { return try withoutEmptyValues.expectedByDefault() }
        guard let scheme = ExpectedReportData.Scheme(rawValue: name) else {
            throw Defect("scheme", "found \(name.prefix(16)), wanted one of \(Self.schemes)")
        }
        for (value, field) in given where value?.isEmpty == true {
            throw Defect(
                field, "found no bytes, wanted what the scheme \(name) binds",
                fix: "Give the bytes, or leave the member out.")
        }
        guard nonce != nil || runtimeData != nil || key != nil else {
            throw Defect(
                "nonce", "found the scheme \(name) and nothing to bind",
                fix: "Give nonce, challenge, runtime_data or key as well.", isMissing: true)
        }
        return try expected(scheme)
    }

    private var given: [([UInt8]?, String)] {
        [(nonce, nonceField), (runtimeData, "runtime_data"), (key, "key"), (nonceIssued, "nonce_issued")]
    }

    private var withoutEmptyValues: BoundInput {
        func value(_ bytes: [UInt8]?) -> [UInt8]? { bytes.flatMap { $0.isEmpty ? nil : $0 } }
        var copy = BoundInput(
            nonce: value(nonce), runtimeData: value(runtimeData), key: value(key), nonceIssued: value(nonceIssued))
        copy.origin = origin
        return copy
    }

    private func expectedByDefault() throws(Defect) -> ExpectedReportData? {
        guard nonce != nil || runtimeData != nil || key != nil else {
            guard nonceIssued == nil else { throw Defect("nonce_issued", "found the issue of a nonce without a nonce") }
            return nil
        }
        return try expected(key == nil ? .raw : nonce == nil ? .spki : .assay)
    }

    private func expected(_ scheme: ExpectedReportData.Scheme) throws(Defect) -> ExpectedReportData {
        let lengths = ExpectedReportData.nonceLengths
        if let nonce, !lengths.contains(nonce.count) {
            throw Defect(
                nonceField, "found \(nonce.count) bytes, wanted \(lengths.lowerBound) to \(lengths.upperBound)")
        }
        try checkUse(of: scheme)
        return try bound(scheme).asked(by: nonce == nil ? nil : origin)
    }

    private func bound(_ scheme: ExpectedReportData.Scheme) throws(Defect) -> ExpectedReportData {
        let chosen = (nonce ?? []) + (runtimeData ?? [])
        let field = nonce == nil ? "runtime_data" : nonceField
        switch scheme {
        case .raw:
            return try some(ExpectedReportData(raw: chosen)) {
                let isLong = chosen.count > 64
                return Defect(
                    field,
                    isLong
                        ? "found \(chosen.count) bytes in all, wanted 1 to 64 that are not all zero"
                        : "found \(chosen.count) bytes, all zero, wanted 1 to 64 that are not all zero",
                    fix: isLong
                        ? "Longer data is bound by its digest: name sha512."
                        : "Zeros bind nothing: report_data without any data is the same. Draw random bytes.")
            }
        case .sha256: return try digest(.sha256, chosen, field)
        case .sha384: return try digest(.sha384, chosen, field)
        case .sha512: return try digest(.sha512, chosen, field)
        case .ita:
            guard let nonce, let nonceIssued else {
                throw missing("nonce_issued", "ita hashes nonce ‖ nonce_issued ‖ runtime_data")
            }
            return try some(.ita(value: nonce, issued: nonceIssued, data: runtimeData ?? [])) { empty("nonce") }
        case .maa:
            guard let runtimeData else { throw missing("runtime_data", "maa hashes runtime_data") }
            return try some(.maa(runtimeData)) { empty("runtime_data") }
        case .spki:
            guard let key else { throw missing("key", "spki hashes a SubjectPublicKeyInfo") }
            return try some(.spki(key)) { empty("key") }
        case .assay:
            guard let nonce else { throw missing("nonce", "assay hashes a nonce") }
            var thumbprint: FixedBytes<32>?
            if let key {
                thumbprint = try some(FixedBytes<32>(exactly: key)) {
                    Defect("key", "found \(key.count) bytes, wanted the 32 of an RFC 7638 thumbprint")
                }
            }
            return try some(.assay(nonce: nonce, keyThumbprint: thumbprint)) { empty(nonceField) }
        }
    }

    private func digest(
        _ algorithm: ExpectedReportData.DigestAlgorithm, _ bytes: [UInt8], _ field: String
    ) throws(Defect) -> ExpectedReportData {
        try some(ExpectedReportData(algorithm, of: bytes)) { empty(field) }
    }

    /// Something given and not used would let the caller believe it was bound.
    private func checkUse(of scheme: ExpectedReportData.Scheme) throws(Defect) {
        let usesNonce = scheme != .maa && scheme != .spki
        let usesData = scheme != .spki && scheme != .assay
        for (isGiven, isUsed, name) in [
            (nonce != nil, usesNonce, nonceField), (runtimeData != nil, usesData, "runtime_data"),
            (key != nil, scheme == .spki || scheme == .assay, "key"),
            (nonceIssued != nil, scheme == .ita, "nonce_issued"),
        ] where isGiven && !isUsed {
            throw Defect(
                name, "the scheme \(scheme.rawValue) does not bind it", fix: "Leave it out, or name another scheme.")
        }
    }

    private func some<Value>(_ value: Value?, else defect: () -> Defect) throws(Defect) -> Value {
        guard let value else { throw defect() }
        return value
    }

    private func missing(_ field: String, _ sentence: Sentence) -> Defect { Defect(field, sentence, isMissing: true) }

    private func empty(_ field: String) -> Defect { Defect(field, "found no bytes, wanted what is bound") }

    /// What was bound beside the nonce, as `ExpectedReportData(recorded:…)` takes it again.
    public var recorded: [UInt8]? {
        let given = withoutEmptyValues
        return given.key ?? given.nonceIssued.map { $0 + (given.runtimeData ?? []) } ?? given.runtimeData
    }
}
