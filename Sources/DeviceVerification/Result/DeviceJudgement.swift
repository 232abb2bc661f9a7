public import DeviceFormats
public import Wire

/// One line of a verdict about devices.
public struct DeviceCheck: Hashable, Sendable {
    public enum Outcome: Hashable, Sendable {
        case passed
        case failed
        /// With the reason: an earlier check failed, or the check has no object here.
        case notPerformed(reason: String)
    }

    public let step: DeviceStep
    public let outcome: Outcome
    public let found: String
    public let wanted: String

    init(_ step: DeviceStep, _ outcome: Outcome, found: String = "", wanted: String = "") {
        self.step = step
        self.outcome = outcome
        self.found = found
        self.wanted = wanted
    }
}

/// What speaks against a device, or should be known about it.
public struct DeviceFinding: Hashable, Sendable {
    public enum Effect: Hashable, Sendable {
        case rejects
        case warns
        /// The world failed: there is no verdict.
        case prevents
    }

    public let step: DeviceStep
    public let failure: DeviceFailure
    public let effect: Effect

    public var code: DeviceErrorCode { failure.code }

    init(_ step: DeviceStep, _ failure: DeviceFailure, _ effect: Effect = .rejects) {
        self.step = step
        self.failure = failure
        self.effect = effect
    }
}

/// What became of evidence of devices.
public enum DeviceVerdict: String, Hashable, Sendable {
    case accept
    case reject
    /// No verdict: something that had to be fetched could not be.
    case error

    init(_ findings: [DeviceFinding]) {
        if findings.contains(where: { $0.effect == .rejects }) {
            self = .reject
        } else {
            self = findings.contains { $0.effect == .prevents } ? .error : .accept
        }
    }
}

/// How far evidence of a device is bound to what asked for it (devices 6.3). A quote beside it can prove more.
public enum DeviceBindingLevel: Int, Hashable, Comparable, Sendable {
    /// Report, chain, signature or nonce failed.
    case none
    /// A genuine device said this at some time.
    case authentic
    /// A genuine device answered our question.
    case fresh
    case sameChallenge
    case quoted
    case measured

    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// What was found out about one device: facts, checks, findings.
public struct DeviceJudgement: Sendable {
    /// `nil` where a check of the gate refused: then nothing that the report says may be shown as true.
    public let device: VerifiedDevice?
    /// The report, where the bytes are one.
    public let report: DeviceReport?
    public let checks: [DeviceCheck]
    public let findings: [DeviceFinding]
    public let measurements: MeasurementResult?
    public let manifests: [ManifestFacts]
    /// Of the device's certificates, in order of the chain.
    public let revocation: [RevocationFacts]
    public let manifestRevocation: [RevocationFacts]
    public let binding: DeviceBindingLevel

    public var verdict: DeviceVerdict { DeviceVerdict(findings) }
    public var codes: [DeviceErrorCode] { findings.map(\.code) }
}

/// A manifest that was used.
public struct ManifestFacts: Hashable, Sendable {
    public enum Status: String, Hashable, Sendable {
        case valid
        case expired
        case notYetValid = "not_yet_valid"
    }

    public let id: String
    /// SHA-256 of the document.
    public let sha256: [UInt8]
    /// SHA-384 of what is signed: the manifest's identity, whoever signed it last.
    public let digest: FixedBytes<48>
    public let signerExpires: Instant
    public let status: Status
}

/// What is known about the revocation of one certificate.
public struct RevocationFacts: Hashable, Sendable {
    public enum Status: Hashable, Sendable {
        case good
        case revoked(reason: Int?)
        case hold
        case unknown
        /// Nothing usable was said.
        case undefined
    }

    /// SHA-256 of the certificate.
    public let certificateSHA256: [UInt8]
    public let subject: String
    public let status: Status
    public let producedAt: Instant?
    public let nextUpdate: Instant?
}

/// All devices of a submission.
public struct DeviceSetJudgement: Sendable {
    /// In order of submission.
    public let devices: [DeviceJudgement]
    /// Checks and findings of all together.
    public let checks: [DeviceCheck]
    public let findings: [DeviceFinding]
    public let mode: DeviceMode?
    /// Signatures of answers about revocation that were verified.
    package let verifiedAnswers: Int

    /// The set is rejected where any device is.
    public var verdict: DeviceVerdict { DeviceVerdict(findings + devices.flatMap(\.findings)) }
    public var codes: [DeviceErrorCode] { (findings + devices.flatMap(\.findings)).map(\.code) }
    /// That of the device that is bound least.
    public var binding: DeviceBindingLevel { devices.map(\.binding).min() ?? .none }
}

/// How GPUs are passed to a guest (devices 10.2).
public enum DeviceMode: String, CaseIterable, Hashable, Sendable {
    case single = "spt"
    case multi = "mpt"
    case protectedPCIe = "ppcie"
}

/// Checks as they happen. What was not recorded was not performed.
struct CheckRecord {
    private var outcomes: [DeviceStep: DeviceCheck] = [:]
    private(set) var findings: [DeviceFinding] = []

    mutating func pass(_ step: DeviceStep, _ found: String = "") {
        if outcomes[step] == nil { outcomes[step] = DeviceCheck(step, .passed, found: found) }
    }

    /// A failed check stays failed, whatever else is found.
    mutating func add(_ finding: DeviceFinding) {
        findings.append(finding)
        guard finding.effect != .warns else { return }
        if case .failed = outcomes[finding.step]?.outcome { return }
        outcomes[finding.step] = DeviceCheck(
            finding.step, .failed, found: finding.failure.found, wanted: finding.failure.wanted)
    }

    mutating func fail(_ step: DeviceStep, _ failure: DeviceFailure, _ effect: DeviceFinding.Effect = .rejects) {
        add(DeviceFinding(step, failure, effect))
    }

    mutating func skip(_ step: DeviceStep, _ reason: String) {
        if outcomes[step] == nil { outcomes[step] = DeviceCheck(step, .notPerformed(reason: reason)) }
    }

    /// For a check that has no object in this kind of device.
    mutating func replace(_ step: DeviceStep, _ reason: String) {
        outcomes[step] = DeviceCheck(step, .notPerformed(reason: reason))
    }

    func checks(_ steps: [DeviceStep]) -> [DeviceCheck] {
        steps.map { outcomes[$0] ?? DeviceCheck($0, .notPerformed(reason: "an earlier check failed")) }
    }
}
