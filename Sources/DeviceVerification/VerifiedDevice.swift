public import DeviceFormats
import Wire
public import X509Formats

/// A device whose report, chain, signature, nonce and firmware identity hold: what we *know*, without judgement. Only this
/// module makes one.
public struct VerifiedDevice: Sendable {
    public enum Nonce: String, Hashable, Sendable {
        case matched
        case notExpected = "not_expected"
        /// Nobody expected one, and the container's is the signed one.
        case declaredOnly = "declared_only"
    }

    public enum Firmware: Hashable, Sendable {
        case matched
        /// The report has none, and the policy lets that pass.
        case absent
        /// Switches report none.
        case notApplicable
    }

    public let report: DeviceReport
    public let deviceClass: DeviceClass
    /// `GH100 A01 GSP BROM`.
    public let model: String
    /// The leaf's serial number in decimal. It identifies a machine.
    public let ueid: String
    public let nonce: Nonce
    public let firmware: Firmware
    let chain: DeviceChain

    init(_ report: DeviceReport, _ chain: DeviceChain, _ nonce: Nonce, _ firmware: Firmware) {
        self.report = report
        self.chain = chain
        self.nonce = nonce
        self.firmware = firmware
        deviceClass = chain.deviceClass
        model = chain.model
        ueid = chain.certificates[0].serialDecimal
    }

    public var certificates: [Certificate] { chain.certificates }

    /// Which manifests speak about this firmware.
    public var manifestIdentifiers: ManifestIdentifiers? {
        ManifestIdentifiers(of: deviceClass, report.identity)
    }

    /// What a quote commits to (devices 6.4).
    public var bindingItem: DeviceBinding.Item {
        DeviceBinding.Item(report: report.bytes, leaf: chain.certificates[0].der)
    }
}
