public import Wire

/// A measurement report as it is written: the request that the driver sent and the response of the device, SPDM 1.1
/// (devices 3). Nothing here is verified.
public struct DeviceReport: Hashable, Sendable {
    /// Request, response and signature; without the zero bytes that may follow.
    public let bytes: [UInt8]
    /// Zero bytes that stood behind the signature. They are not signed.
    public let paddingCount: Int
    /// The request's nonce, the only value that says how fresh the report is.
    public let nonce: FixedBytes<32>
    public let responderNonce: FixedBytes<32>
    /// SHA-384 values in order of their index: the value of SPDM block i + 1 is `measurements[i]`.
    public let measurements: [FixedBytes<48>]
    public let opaque: OpaqueData
    /// What kind of device speaks, and what it says of its firmware.
    public let identity: Identity
    /// r ‖ s.
    package let signature: FixedBytes<96>
    package let signedCount: Int

    public enum Identity: Hashable, Sendable {
        case gpu(GPU)
        case nvswitch(Switch)
        /// Opaque data of a version above those that are known: not read, and never accepted.
        case unread
    }

    public struct GPU: Hashable, Sendable {
        public let driver: String
        /// `96.00.9F.00.01` (devices 4.3).
        public let vbios: String
        public let project: String
        public let projectSKU: String
        public let chipSKU: String
        /// `GB100`, `GB202`; Blackwell only, and not in the reports of every driver.
        public let chip: String?

        /// The board, as manifests and policies name it.
        public var board: String { "\(project)_\(projectSKU)_\(chipSKU)" }
    }

    public struct Switch: Hashable, Sendable {
        public let bios: String

        package init(bios: String) { self.bios = bios }
    }

    public init(parsing input: [UInt8]) throws(DeviceFailure) { self = try DeviceReportParser.parse(input) }

    init(
        bytes: [UInt8], paddingCount: Int, nonce: FixedBytes<32>, responderNonce: FixedBytes<32>,
        measurements: [FixedBytes<48>], opaque: OpaqueData, identity: Identity, signature: FixedBytes<96>,
        signedCount: Int
    ) {
        self.bytes = bytes
        self.paddingCount = paddingCount
        self.nonce = nonce
        self.responderNonce = responderNonce
        self.measurements = measurements
        self.opaque = opaque
        self.identity = identity
        self.signature = signature
        self.signedCount = signedCount
    }

    /// Everything before the signature: what the device signed.
    package var signedBytes: ArraySlice<UInt8> { bytes[..<signedCount] }

    public static func == (left: DeviceReport, right: DeviceReport) -> Bool {
        left.bytes == right.bytes && left.paddingCount == right.paddingCount
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(bytes) }
}
