import Crypto
public import Wire

/// The scheme `assay-devices`: how a quote commits to the devices beside it (devices 6.4). Digests of values that anybody
/// can work out; whether a quote holds them is judged elsewhere.
public enum DeviceBinding {
    /// One device of the list.
    public struct Item: Hashable, Sendable {
        public let report: [UInt8]
        /// DER of the leaf certificate.
        public let leaf: [UInt8]

        /// - Parameter report: Without the zero bytes behind its signature.
        public init(report: [UInt8], leaf: [UInt8]) {
            self.report = report
            self.leaf = leaf
        }
    }

    /// Lengths that a nonce of a caller may have.
    public static let nonceLengths = 16...64

    /// What every device of the submission is asked with.
    ///
    /// - Returns: `nil` where the nonce has no length of `nonceLengths`.
    public static func deviceNonce(nonce: [UInt8], thumbprint: FixedBytes<32> = FixedBytes()) -> FixedBytes<32>? {
        guard let input = prefixed("assay-devices/nonce/v1", nonce, thumbprint) else { return nil }
        return FixedBytes(exactly: Array(SHA256.hash(data: input)))
    }

    /// The digest of the devices, in whatever order they came. None at all has its own value.
    public static func list(_ items: [Item]) -> [UInt8] {
        let encoded = items.map { item in
            Array(SHA384.hash(data: item.report)) + Array(SHA256.hash(data: item.leaf))
        }
        var hash = SHA384()
        hash.update(data: Array("assay-devices/list/v1".utf8) + [0])
        hash.update(data: [UInt8(truncatingIfNeeded: items.count >> 8), UInt8(truncatingIfNeeded: items.count)])
        for item in encoded.sorted(by: { $0.lexicographicallyPrecedes($1) }) { hash.update(data: item) }
        return Array(hash.finalize())
    }

    /// What the quote's report data must be.
    public static func reportData(
        nonce: [UInt8], thumbprint: FixedBytes<32> = FixedBytes(), devices: [Item]
    ) -> FixedBytes<64>? {
        guard devices.count <= Limits.devices,
            let input = prefixed("assay-devices/report-data/v1", nonce, thumbprint)
        else { return nil }
        return FixedBytes(exactly: Array(SHA512.hash(data: input + list(devices))))
    }

    private static func prefixed(_ label: String, _ nonce: [UInt8], _ thumbprint: FixedBytes<32>) -> [UInt8]? {
        guard nonceLengths.contains(nonce.count) else { return nil }
        return Array(label.utf8) + [0, UInt8(nonce.count)] + nonce + thumbprint.bytes
    }
}
