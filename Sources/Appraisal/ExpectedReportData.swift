import Crypto
public import Wire

/// What the caller chose and the attester must have bound into the 64 bytes of report_data, so that the answer is fresh
/// (wire-formats 2.9). Without one, a quote may be replayed from anywhere.
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
        /// Ours: SHA-512("assay-v1" ‖ nonce ‖ thumbprint of the confirmation key, where there is one).
        case assay
    }

    public enum DigestAlgorithm: String, CaseIterable, Hashable, Sendable { case sha256, sha384, sha512 }

    public let scheme: Scheme
    /// Any of these, at the beginning of report_data; 64 bytes but for `maa`.
    let candidates: [[UInt8]]

    private init(_ scheme: Scheme, _ candidates: [[UInt8]], comparing count: Int = 64) {
        self.scheme = scheme
        self.candidates = candidates.map { $0 + [UInt8](repeating: 0, count: count - $0.count) }
    }

    /// - Parameter raw: 1 to 64 bytes; shorter values are padded with zeros at the end, as attesters do. All-zero bytes
    ///   bind nothing and are refused.
    public init?(raw: [UInt8]) {
        guard (1...64).contains(raw.count), raw.contains(where: { $0 != 0 }) else { return nil }
        self.init(.raw, [raw])
    }

    /// The digest of `bytes`, of any length.
    public init(_ algorithm: DigestAlgorithm, of bytes: [UInt8]) {
        switch algorithm {
        case .sha256: self.init(.sha256, [Array(SHA256.hash(data: bytes))])
        case .sha384: self.init(.sha384, [Array(SHA384.hash(data: bytes))])
        case .sha512: self.init(.sha512, [Array(SHA512.hash(data: bytes))])
        }
    }

    /// Intel Trust Authority's nonce, in its two parts, and the data bound with it.
    public static func ita(value: [UInt8], issued: [UInt8], data: [UInt8]) -> ExpectedReportData {
        ExpectedReportData(.ita, [Array(SHA512.hash(data: value + issued + data))])
    }

    public static func maa(_ data: [UInt8]) -> ExpectedReportData {
        ExpectedReportData(.maa, [Array(SHA256.hash(data: data))], comparing: 32)
    }

    /// - Parameter key: The DER of a SubjectPublicKeyInfo.
    public static func spki(_ key: [UInt8]) -> ExpectedReportData {
        ExpectedReportData(
            .spki, [Array(SHA256.hash(data: key)), Array(SHA512.hash(data: Array("ratls-cert:".utf8) + key))])
    }

    /// - Parameters:
    ///   - nonce: At least 8 bytes.
    ///   - keyThumbprint: RFC 7638 SHA-256 thumbprint of the key that shall be confirmed.
    public static func assay(nonce: [UInt8], keyThumbprint: FixedBytes<32>?) -> ExpectedReportData {
        let thumbprint = keyThumbprint?.bytes ?? []
        return ExpectedReportData(.assay, [Array(SHA512.hash(data: Array("assay-v1".utf8) + nonce + thumbprint))])
    }

    func holds(in reportData: FixedBytes<64>) -> Bool {
        candidates.contains { candidate in
            candidate.indices.allSatisfy { candidate[$0] == reportData[$0] }
        }
    }

    /// In hex, for a message.
    var text: String { candidates.map { Hex.encode($0) }.joined(separator: " or ") }
}
