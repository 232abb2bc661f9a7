public import Wire

/// Evidence of one device as somebody sent it: bytes, and what stood beside them (devices 2.1). Only the bytes count; the
/// rest is compared.
public struct DeviceEvidence: Hashable, Sendable {
    /// `nil` where the container has no such member.
    public let declaredClass: DeviceClass?
    /// The nonce that stood in the container.
    public let declaredNonce: FixedBytes<32>?
    public let report: [UInt8]
    /// The chain as PEM text.
    public let chain: [UInt8]

    public init(declaredClass: DeviceClass?, declaredNonce: FixedBytes<32>?, report: [UInt8], chain: [UInt8]) {
        self.declaredClass = declaredClass
        self.declaredNonce = declaredNonce
        self.report = report
        self.chain = chain
    }
}

/// All devices of one submission.
public struct DeviceEvidenceList: Hashable, Sendable {
    /// The shape that it came in; none says more than another.
    public enum Shape: String, Hashable, Sendable {
        case sdk
        case nras
        case trustee
        case dstack
        case intelTrustAuthority
        /// OpenAnolis and Alibaba: chosen in the guest, and not bound to anything (devices 6.3).
        case anolis
    }

    public let shape: Shape
    /// In order of the container.
    public let devices: [DeviceEvidence]

    public init(shape: Shape, devices: [DeviceEvidence]) {
        self.shape = shape
        self.devices = devices
    }

    /// Reads any container of devices 2.1.
    public init(parsing bytes: [UInt8]) throws(DeviceFailure) { self = try DeviceEvidenceReader.read(bytes) }
}
