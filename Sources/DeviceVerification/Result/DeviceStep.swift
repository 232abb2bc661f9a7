/// The checks of devices 10.1 in running order. The raw value is the check's stable identifier.
public enum DeviceStep: String, CaseIterable, Hashable, Sendable {
    case container = "gpu.container"
    case report = "gpu.report"
    case chain = "gpu.chain"
    case deviceClass = "gpu.class"
    case signature = "gpu.signature"
    case nonce = "gpu.nonce"
    case firmwareFormat = "gpu.firmware_format"
    case fwid = "gpu.fwid"
    case certificateTime = "gpu.certificate_time"
    case driver = "gpu.rim.driver"
    case driverDocument = "gpu.rim.driver.document"
    case driverChain = "gpu.rim.driver.chain"
    case driverSignature = "gpu.rim.driver.signature"
    case driverSubject = "gpu.rim.driver.subject"
    case vbios = "gpu.rim.vbios"
    case vbiosDocument = "gpu.rim.vbios.document"
    case vbiosChain = "gpu.rim.vbios.chain"
    case vbiosSignature = "gpu.rim.vbios.signature"
    case vbiosSubject = "gpu.rim.vbios.subject"
    case bios = "gpu.rim.bios"
    case biosDocument = "gpu.rim.bios.document"
    case biosChain = "gpu.rim.bios.chain"
    case biosSignature = "gpu.rim.bios.signature"
    case biosSubject = "gpu.rim.bios.subject"
    case measurements = "gpu.measurements"
    case revocationDevice = "gpu.revocation.device"
    case revocationManifests = "gpu.revocation.rims"
    case policy = "gpu.policy"
    case set = "gpu.set"
    case topology = "gpu.topology"
    case binding = "gpu.binding"

    /// The checks of one device; the rest are of all devices together.
    static let ofDevice = allCases.filter { ![.container, .set, .topology, .binding].contains($0) }
    static let ofGate: [DeviceStep] = [
        .report, .chain, .deviceClass, .signature, .nonce, .firmwareFormat, .fwid,
    ]

    /// Where the rule stands.
    public var clause: String {
        switch self {
        case .container: "devices 2"
        case .report: "devices 3.1, 3.2, 4"
        case .chain: "devices 5.1, 5.2"
        case .deviceClass: "devices 5.2"
        case .signature: "devices 3.3"
        case .nonce: "devices 6.1"
        case .firmwareFormat: "devices 4"
        case .fwid: "devices 5.4"
        case .certificateTime: "devices 5"
        case .driver, .vbios, .bios: "devices 7.1, 7.2"
        case .driverDocument, .vbiosDocument, .biosDocument: "devices 7.3, D"
        case .driverChain, .vbiosChain, .biosChain: "devices 7.5"
        case .driverSignature, .vbiosSignature, .biosSignature: "devices 7.4"
        case .driverSubject, .vbiosSubject, .biosSubject: "devices 7.1, 7.2, 7.3"
        case .measurements: "devices 8"
        case .revocationDevice, .revocationManifests: "devices 9"
        case .policy: "devices 12"
        case .set: "devices 10.2"
        case .topology: "devices 13"
        case .binding: "devices 6"
        }
    }

    /// What the check asks, for a person: yes where it passes.
    public var title: String {
        switch self {
        case .container: "Is there evidence of devices?"
        case .report: "Are the bytes a well-formed report?"
        case .chain: "Does the chain lead from the device to the pinned root?"
        case .deviceClass: "Is the device of the kind that is said?"
        case .signature: "Did the device sign the report?"
        case .nonce: "Does the report answer the expected question?"
        case .firmwareFormat: "Is the report's data of a version that is known?"
        case .fwid: "Does the firmware run that the certificate was issued for?"
        case .certificateTime: "Are the device's certificates in date?"
        case .driver: "Are there reference values for the driver?"
        case .vbios: "Are there reference values for the VBIOS?"
        case .bios: "Are there reference values for the switch's BIOS?"
        case .driverDocument, .vbiosDocument, .biosDocument: "Is the manifest well-formed?"
        case .driverChain, .vbiosChain, .biosChain: "Does the signer's chain lead to the pinned root, in date?"
        case .driverSignature, .vbiosSignature, .biosSignature: "Is the manifest signed?"
        case .driverSubject, .vbiosSubject, .biosSubject: "Does the manifest speak about this firmware, and still?"
        case .measurements: "Do the measurements equal the reference values?"
        case .revocationDevice: "Are the device's certificates free of revocation?"
        case .revocationManifests: "Are the signers' certificates free of revocation?"
        case .policy: "Does the policy allow this device?"
        case .set: "Do the devices belong together, and are they all there?"
        case .topology: "Do GPUs and switches see each other?"
        case .binding: "Is the evidence bound to the quote?"
        }
    }
}

/// The five checks of one manifest.
struct ManifestSteps {
    let found: DeviceStep
    let document: DeviceStep
    let chain: DeviceStep
    let signature: DeviceStep
    let subject: DeviceStep

    var all: [DeviceStep] { [found, document, chain, signature, subject] }

    static let driver = ManifestSteps(
        found: .driver, document: .driverDocument, chain: .driverChain, signature: .driverSignature,
        subject: .driverSubject)
    static let vbios = ManifestSteps(
        found: .vbios, document: .vbiosDocument, chain: .vbiosChain, signature: .vbiosSignature, subject: .vbiosSubject)
    static let bios = ManifestSteps(
        found: .bios, document: .biosDocument, chain: .biosChain, signature: .biosSignature, subject: .biosSubject)
}
