import Crypto
public import Wire

/// What the caller chose and the attester must have bound into the 64 bytes of report_data, so that the answer is fresh
/// (wire-formats 2.9). Without one, a quote may be replayed from anywhere.
///
/// A value exists only for input that binds something: no scheme takes empty input (R1).
public struct ExpectedReportData: Hashable, Sendable {
    /// How attesters turn what was chosen into report_data. Raw values are stable.
    public enum Scheme: String, CaseIterable, Hashable, Sendable {
        /// The bytes themselves, zero-padded.
        case raw
        /// The digest of the bytes, zero-padded.
        case sha256, sha384, sha512
        /// Intel Trust Authority: SHA-512(nonce value ‖ issue time ‖ data).
        case ita
        /// Azure: SHA-256(data) in the first 32 bytes; the other 32 are not compared.
        case maa
        /// RA-TLS: SHA-256 of the SubjectPublicKeyInfo, zero-padded; or dstack's SHA-512("ratls-cert:" ‖ the same).
        case spki
        /// Ours, `assay-v2`: SHA-512 over nonce and thumbprint of the confirmation key, each behind its length.
        case assay
    }

    public enum DigestAlgorithm: String, CaseIterable, Hashable, Sendable { case sha256, sha384, sha512 }

    /// Whose nonce it is that was bound. Runtime data and keys are nobody's nonce.
    public enum NonceOrigin: Hashable, Sendable {
        /// Given out by this service, and spent.
        case challenge
        /// The caller sent it as a nonce, and it stands in the token as `eat_nonce`.
        case nonce
    }

    /// What the value is good for besides comparing (R2).
    public enum Novelty: Hashable, Sendable {
        /// Long enough to have been chosen for one answer.
        case possible
        /// Fewer than 16 bytes: somebody has a quote over each of those.
        case short
        /// All zero behind the eighth byte, as the padding of a shorter value is.
        case padding
        /// Nothing but a public key or a certificate.
        case key
    }

    /// The bytes that a nonce has, everywhere (R3).
    public static let nonceLengths = 16...64

    public let scheme: Scheme
    public let novelty: Novelty
    public private(set) var origin: NonceOrigin?
    /// RFC 7638 thumbprint of the key that report_data binds: in `assay` where one was given, in `spki` of such keys as
    /// have one. Whether a token may confirm it is the verdict's to say (`Verdict.confirmation`).
    public let keyThumbprint: FixedBytes<32>?
    /// Any of these, at the beginning of report_data; 64 bytes but for `maa`.
    let candidates: [[UInt8]]

    private init(
        _ scheme: Scheme, _ candidates: [[UInt8]], _ novelty: Novelty, comparing count: Int = 64,
        keyThumbprint: FixedBytes<32>? = nil
    ) {
        self.scheme = scheme
        self.novelty = novelty
        self.keyThumbprint = keyThumbprint
        self.candidates = candidates.map { $0 + [UInt8](repeating: 0, count: count - $0.count) }
    }

    /// - Parameter raw: 1 to 64 bytes; shorter values are padded with zeros at the end, as attesters do. All-zero bytes
    ///   bind nothing and are refused.
    public init?(raw: [UInt8]) {
        guard (1...64).contains(raw.count), let last = raw.lastIndex(where: { $0 != 0 }) else { return nil }
        // Zeros at the end are the same report_data as none, and may be a key's own last bytes.
        let padded = raw + [UInt8](repeating: 0, count: 64 - raw.count)
        let isKey = (last + 1...64).contains { KeyMaterial.isAll(of: Array(padded[..<$0])) }
        let novelty = Self.novelty(of: raw, isKey: isKey)
        self.init(.raw, [raw], novelty == .possible && last < 8 ? .padding : novelty)
    }

    /// The digest of `bytes`, of any length but none.
    public init?(_ algorithm: DigestAlgorithm, of bytes: [UInt8]) {
        guard !bytes.isEmpty else { return nil }
        let novelty = Self.novelty(of: bytes)
        switch algorithm {
        case .sha256: self.init(.sha256, [Array(SHA256.hash(data: bytes))], novelty)
        case .sha384: self.init(.sha384, [Array(SHA384.hash(data: bytes))], novelty)
        case .sha512: self.init(.sha512, [Array(SHA512.hash(data: bytes))], novelty)
        }
    }

    /// Intel Trust Authority's nonce, in its two parts, and the data bound with it; `nil` without a value.
    public static func ita(value: [UInt8], issued: [UInt8], data: [UInt8]) -> ExpectedReportData? {
        guard !value.isEmpty else { return nil }
        return ExpectedReportData(.ita, [Array(SHA512.hash(data: value + issued + data))], novelty(of: value))
    }

    /// `nil` without data.
    public static func maa(_ data: [UInt8]) -> ExpectedReportData? {
        guard !data.isEmpty else { return nil }
        return ExpectedReportData(.maa, [Array(SHA256.hash(data: data))], novelty(of: data), comparing: 32)
    }

    /// - Parameter key: The DER of a SubjectPublicKeyInfo; `nil` for none.
    public static func spki(_ key: [UInt8]) -> ExpectedReportData? {
        guard !key.isEmpty else { return nil }
        return ExpectedReportData(
            .spki, [Array(SHA256.hash(data: key)), Array(SHA512.hash(data: Array("ratls-cert:".utf8) + key))], .key,
            keyThumbprint: KeyThumbprint.ofSubjectPublicKeyInfo(key))
    }

    /// `assay-v2`. Every length is in the hash, so no two inputs share a preimage.
    ///
    /// - Parameters:
    ///   - nonce: 16 to 64 bytes; `nil` for any other length.
    ///   - keyThumbprint: RFC 7638 SHA-256 thumbprint of the key that shall be confirmed.
    public static func assay(nonce: [UInt8], keyThumbprint: FixedBytes<32>?) -> ExpectedReportData? {
        guard nonceLengths.contains(nonce.count), let count = UInt8(exactly: nonce.count) else { return nil }
        let key = keyThumbprint?.bytes ?? []
        let preimage = Array("assay-v2".utf8) + [count] + nonce + [key.isEmpty ? 0 : 32] + key
        return ExpectedReportData(
            .assay, [Array(SHA512.hash(data: preimage))], novelty(of: nonce), keyThumbprint: keyThumbprint)
    }

    /// For verdicts of a ruleset that took what none takes any more: nothing holds it.
    public static func unmet(_ scheme: Scheme) -> ExpectedReportData { ExpectedReportData(scheme, [], .short) }

    private static func novelty(of bytes: [UInt8]) -> Novelty {
        novelty(of: bytes, isKey: KeyMaterial.isAll(of: bytes))
    }

    private static func novelty(of bytes: [UInt8], isKey: Bool) -> Novelty {
        bytes.count < nonceLengths.lowerBound ? .short : isKey ? .key : .possible
    }

    /// The same, with whose nonce is in it; `nil` where it is nobody's.
    public func asked(by origin: NonceOrigin?) -> ExpectedReportData {
        var copy = self
        copy.origin = origin
        return copy
    }

    /// For a trial on recorded facts: what was bound then, in a scheme that the policy takes, and new. Freshness is the
    /// request's matter, not the policy's. `nil` where report_data is all zero, which binds nothing.
    static func assumed(_ reportData: FixedBytes<64>, _ schemes: Set<Scheme>?) -> ExpectedReportData? {
        guard !reportData.isZero else { return nil }
        let scheme = schemes.flatMap { $0.contains(.raw) ? nil : $0.min { $0.rawValue < $1.rawValue } } ?? .raw
        return ExpectedReportData(scheme, [reportData.bytes], .possible).asked(by: .challenge)
    }

    /// Whether an answer is fresh where this holds: if its bytes were chosen for this answer, which only who chose them
    /// knows. What cannot be new is not made so by who asked: a challenge of ours is new by its own bytes.
    public var isFresh: Bool { novelty == .possible }

    func holds(in reportData: FixedBytes<64>) -> Bool {
        candidates.contains { candidate in
            candidate.indices.allSatisfy { candidate[$0] == reportData[$0] }
        }
    }

    /// In hex, for a message.
    var text: String { candidates.isEmpty ? "-" : candidates.map { Hex.encode($0) }.joined(separator: " or ") }
}
