import DeviceFormats
import Wire
import X509Formats

/// The checks A1 to A9 of devices 10.1, about a device that is genuine: all findings are collected.
struct DeviceAppraisal {
    let device: VerifiedDevice
    let options: DeviceOptions
    let time: Instant
    var record = CheckRecord()
    private var choice: ManifestChoice?
    private var measurements: MeasurementResult?
    private var manifests: [ManifestFacts] = []
    private var revocation: [RevocationFacts] = []
    private var manifestRevocation: [RevocationFacts] = []

    init(_ device: VerifiedDevice, options: DeviceOptions, at time: Instant) {
        self.device = device
        self.options = options
        self.time = time
        for step in DeviceStep.ofGate { record.pass(step) }
        switch device.firmware {
        case .matched: break
        case .absent: record.replace(.fwid, "the report has no identity of its firmware, and the policy asks for none")
        case .notApplicable: record.replace(.fwid, "switches report no identity of their firmware")
        }
    }

    mutating func run(_ collateral: inout CollateralReader) -> DeviceJudgement {
        checkCertificateTime()
        checkManifests(&collateral)
        checkRevocation(&collateral)
        checkPolicy()
        return DeviceJudgement(
            device: device, report: device.report, checks: record.checks(DeviceStep.ofDevice),
            findings: record.findings, measurements: measurements, manifests: manifests, revocation: revocation,
            manifestRevocation: manifestRevocation,
            binding: options.expectedNonce == nil ? .authentic : .fresh)
    }

    private mutating func checkCertificateTime() {
        for (position, certificate) in device.certificates.enumerated()
        where time < certificate.notBefore || certificate.notAfter < time {
            record.fail(
                .certificateTime,
                DeviceFailure(
                    .certNotValid, field: "chain[\(position)].validity",
                    found: "\(certificate.notBefore) to \(certificate.notAfter)", wanted: "\(time) within it"))
        }
        record.pass(.certificateTime)
    }
}

/// A2 to A7.
extension DeviceAppraisal {
    private mutating func checkManifests(_ collateral: inout CollateralReader) {
        guard let identifiers = device.manifestIdentifiers else { return }
        var driver: ManifestCandidates?
        let firmware: ManifestCandidates
        switch device.report.identity {
        case .gpu(let gpu):
            for step in ManifestSteps.bios.all { record.skip(step, "a GPU has a driver and a VBIOS") }
            driver = ManifestCandidates(
                id: identifiers.driver ?? "", source: .driver, steps: .driver, of: device,
                product: identifiers.product, version: gpu.driver, in: &collateral, options: options)
            firmware = ManifestCandidates(
                id: identifiers.firmware, source: .firmware, steps: .vbios, of: device, product: identifiers.product,
                version: gpu.vbios, in: &collateral, options: options)
        case .nvswitch(let nvswitch):
            for step in ManifestSteps.driver.all + ManifestSteps.vbios.all {
                record.skip(step, "a switch has one BIOS")
            }
            firmware = ManifestCandidates(
                id: identifiers.firmware, source: .firmware, steps: .bios, of: device, product: identifiers.product,
                version: nvswitch.bios, in: &collateral, options: options)
        case .unread: return
        }
        let halves = [driver, firmware].compactMap { $0 }
        for half in halves where half.usable.isEmpty { half.recordRefusal(in: &record, collateral.collateral) }
        // A half that is there is looked at even where the other is not, so that all that is wrong is said.
        let best = ManifestChoice.best(driver, firmware, device, at: time)
        choice = best
        for half in halves {
            let isDriver = half.source == .driver
            let chosen = best.flatMap { isDriver ? $0.driver : $0.firmware } ?? half.usable.first
            if let chosen { recordUse(of: chosen, half) }
        }
        compare(best)
    }

    private mutating func recordUse(of chosen: ManifestCandidates.Candidate, _ half: ManifestCandidates) {
        let manifest = chosen.manifest
        let status = manifest.status(at: time)
        manifests.append(
            ManifestFacts(
                id: half.id, sha256: manifest.sha256, digest: manifest.digest, signerExpires: manifest.signerExpires,
                status: status))
        record.pass(half.steps.found, half.id)
        record.pass(half.steps.document)
        switch status {
        case .valid: break
        case .expired:
            record.fail(
                half.steps.chain,
                DeviceFailure(
                    .rimExpired, field: "rim.chain.validity", found: "an end at \(manifest.signerExpires)",
                    wanted: "one after \(time)"),
                options.expiredManifests == .accept ? .warns : .rejects)
        case .notYetValid:
            record.fail(
                half.steps.chain,
                DeviceFailure(
                    .rimNotYetValid, field: "rim.chain.validity",
                    found: "a beginning at \(manifest.certificates.map(\.notBefore).max() ?? time)",
                    wanted: "one before \(time), which is the clock of the one who judges"))
        }
        record.pass(half.steps.chain, "until \(manifest.signerExpires)")
        record.pass(half.steps.signature)
        if let newer = half.supersedes(chosen, at: time) {
            record.fail(
                half.steps.subject,
                DeviceFailure(
                    .rimSuperseded, field: "rim", found: manifest.digest.hex,
                    wanted: "\(newer.manifest.digest.hex), with which NVIDIA replaced it"),
                options.supersededManifests == .accept ? .warns : .rejects)
        }
        record.pass(half.steps.subject, manifest.digest.hex)
    }

    private mutating func compare(_ choice: ManifestChoice?) {
        guard let choice, choice.driver != nil || device.deviceClass.isSwitch else {
            let failure = DeviceFailure(
                .measurementsNotCompared, field: "measurements", found: "no manifest to compare with",
                wanted: "one for each half of the firmware")
            // The absence of a manifest that could not be fetched is no verdict.
            let isFailureOfTheWorld = record.findings.contains { $0.effect == .prevents }
            record.fail(.measurements, failure, isFailureOfTheWorld ? .prevents : .rejects)
            return
        }
        measurements = choice.result
        for failure in choice.failures {
            record.fail(.measurements, overridden(failure, choice.result) ?? failure, effect(failure, choice.result))
        }
        record.pass(.measurements, "\(choice.result.compared) of \(choice.result.compared) equal")
    }

    /// devices 12: an operator's own value stands in, and a warning says so.
    private func overridden(_ failure: DeviceFailure, _ result: MeasurementResult) -> DeviceFailure? {
        guard failure.code == .measurementMismatch,
            let mismatch = result.mismatches.first(where: { failure.field == "measurements[\($0.index)]" }),
            let found = mismatch.found.flatMap({ FixedBytes<48>(exactly: $0) }),
            options.ownMeasurements[mismatch.index]?.contains(found) == true
        else { return nil }
        return DeviceFailure(
            .measurementOverridden, field: failure.field, found: failure.found, wanted: failure.wanted)
    }

    private func effect(_ failure: DeviceFailure, _ result: MeasurementResult) -> DeviceFinding.Effect {
        overridden(failure, result) == nil ? .rejects : .warns
    }
}

/// A8.
extension DeviceAppraisal {
    private mutating func checkRevocation(_ collateral: inout CollateralReader) {
        guard options.revocation != .off else {
            record.skip(.revocationDevice, "the policy does not ask for it")
            record.skip(.revocationManifests, "the policy does not ask for it")
            return
        }
        let unreadable = collateral.unreadableAnswers()
        var isUndefined = false
        // The leaf is not asked about: NVIDIA's responder answers that it may not say. The root neither.
        let chain = device.chain
        for position in 1..<chain.certificates.count - 1 {
            let isUnchecked =
                options.revocationMode == .crl && position == 1 && options.acceptUncheckedDevice
            revocation.append(
                judge(
                    chain.certificates[position], chain.certificates[position + 1], chain.keys[position + 1],
                    .revocationDevice, isUnchecked: isUnchecked, &collateral, &isUndefined))
        }
        record.pass(.revocationDevice)
        let used = [choice?.driver, choice?.firmware].compactMap { $0?.manifest }
        if used.isEmpty { record.skip(.revocationManifests, "no manifest was used") }
        var asked: Set<Certificate> = []
        for manifest in used {
            for position in 0..<manifest.certificates.count - 1
            where asked.insert(manifest.certificates[position]).inserted {
                // No list covers signers of manifests (devices 9.5).
                manifestRevocation.append(
                    judge(
                        manifest.certificates[position], manifest.certificates[position + 1],
                        manifest.keys[position + 1], .revocationManifests,
                        isUnchecked: options.revocationMode == .crl && options.acceptUncheckedDevice, &collateral,
                        &isUndefined))
            }
        }
        record.pass(.revocationManifests)
        for failure in unreadable {
            record.fail(
                .revocationDevice, failure, isUndefined && options.revocation == .required ? .rejects : .warns)
        }
    }

    private mutating func judge(
        _ certificate: Certificate, _ issuer: Certificate, _ issuerKey: DeviceSignatures.Key,
        _ step: DeviceStep, isUnchecked: Bool, _ collateral: inout CollateralReader, _ isUndefined: inout Bool
    ) -> RevocationFacts {
        let found = collateral.revocation(of: certificate, issuer: issuer, issuerKey: issuerKey)
        let status = found.status(options.revocationMode)
        let name = certificate.subjectText
        func failure(_ code: DeviceErrorCode, _ text: String, _ wanted: String = "an answer that it is good")
            -> DeviceFailure
        {
            DeviceFailure(code, field: "certificate", found: "\(name): \(text)", wanted: wanted)
        }
        switch status {
        case .good: break
        case .revoked(let reason):
            record.fail(step, failure(.certRevoked, "revoked, " + (reason.map { "reason \($0)" } ?? "no reason given")))
        case .hold:
            record.fail(
                step,
                failure(
                    .certOnHold, "on hold", "THE CERTIFICATE \(name) IS REVOKED WITH THE STATUS AS 'CERTIFICATE_HOLD'."),
                options.allowHold ? .warns : .rejects)
        case .unknown: record.fail(step, failure(.revocationUnknown, "the responder does not know it"))
        case .undefined:
            let isRequired = options.revocation == .required && !isUnchecked
            isUndefined = isUndefined || isRequired
            let isFailureOfTheWorld = collateral.collateral.isResponderUnavailable && isRequired
            record.fail(
                step,
                failure(
                    isFailureOfTheWorld ? .revocationUnavailable : .revocationUnknown,
                    isFailureOfTheWorld ? "the responder failed" : "nothing usable is said about it"),
                isFailureOfTheWorld ? .prevents : isRequired ? .rejects : .warns)
        }
        let isDecided = status != .undefined || options.revocation != .required || isUnchecked
        for refusal in found.refusals { record.fail(step, refusal, isDecided ? .warns : .rejects) }
        if found.accepted?.isStale == true, status == .good {
            record.fail(step, failure(.revocationStale, "an answer past its own end"), .warns)
        }
        return RevocationFacts(
            certificateSHA256: DeviceSignatures.sha256(certificate.der[...]), subject: name, status: status,
            producedAt: found.accepted?.producedAt, nextUpdate: found.accepted?.nextUpdate)
    }
}

/// A9.
extension DeviceAppraisal {
    private mutating func checkPolicy() {
        guard case .gpu(let gpu) = device.report.identity else {
            record.skip(.policy, "policies are about GPUs")
            return
        }
        var failures: [DeviceFailure] = []
        func fail(_ code: DeviceErrorCode, _ field: String, _ found: String, _ wanted: String) {
            failures.append(DeviceFailure(code, field: field, found: found, wanted: wanted))
        }
        if !options.classes.contains(device.deviceClass) {
            fail(.modelNotAllowed, "class", device.deviceClass.rawValue, "a class of the policy")
        }
        if let models = options.models, !models.contains(where: { $0.hasSameBytes(as: device.model) }) {
            fail(.modelNotAllowed, "model", device.model, models.sorted().joined(separator: ", "))
        }
        if let boards = options.boards, !boards.contains(where: { $0.hasSameBytes(as: gpu.board) }) {
            fail(.modelNotAllowed, "board", gpu.board, boards.sorted().joined(separator: ", "))
        }
        if let flags = options.featureFlags, !flags.contains(device.report.opaque.featureFlag ?? 0) {
            fail(
                .modeNotAllowed, "feature_flag", device.report.opaque.featureFlag.map { "\($0)" } ?? "absent",
                flags.sorted().map { "\($0)" }.joined(separator: ", "))
        }
        if let modes = options.modes, DeviceSet.mode(of: device.report).map({ modes.contains($0) }) != true {
            fail(
                .modeNotAllowed, "mode", DeviceSet.mode(of: device.report)?.rawValue ?? "unknown",
                modes.map(\.rawValue).sorted().joined(separator: ", "))
        }
        if let wanted = FirmwareVersion.tooOld(driver: gpu.driver, options) {
            fail(.driverTooOld, "driver", gpu.driver, wanted)
        }
        if let wanted = FirmwareVersion.tooOld(vbios: gpu.vbios, board: gpu.board, options) {
            fail(.vbiosTooOld, "vbios", gpu.vbios, wanted)
        }
        for failure in failures { record.fail(.policy, failure) }
        if !options.judgesVersions {
            record.fail(
                .policy,
                DeviceFailure(
                    .versionsNotJudged, field: "policy", found: "no minimum, no denied version, no pinned manifest",
                    wanted: "one of them: NVIDIA does not withdraw the manifest of a version that is vulnerable"),
                .warns)
        }
        record.pass(.policy)
    }
}

/// Versions, compared component by component (devices 12).
enum FirmwareVersion {
    /// - Returns: what was wanted, where the driver is below its branch's minimum or denied.
    static func tooOld(driver: String, _ options: DeviceOptions) -> String? {
        if options.driverDenied.contains(where: { $0.hasSameBytes(as: driver) }) {
            return "a driver that is not denied"
        }
        guard !options.driverMinimum.isEmpty else { return nil }
        let wanted = "at least " + options.driverMinimum.joined(separator: " or ") + " of its branch"
        guard let found = components(driver, radix: 10) else { return wanted }
        var branches: [[UInt64]] = []
        for minimum in options.driverMinimum {
            // A minimum that is no version lets nothing pass.
            guard let components = components(minimum, radix: 10) else { return wanted }
            branches.append(components)
        }
        let own = branches.filter { $0[0] == found[0] }
        guard own.isEmpty else { return own.allSatisfy { isAtLeast(found, $0) } ? nil : wanted }
        return branches.allSatisfy { $0[0] < found[0] } ? nil : wanted
    }

    static func tooOld(vbios: String, board: String, _ options: DeviceOptions) -> String? {
        if options.vbiosDenied.contains(where: { $0.hasSameBytes(as: vbios) }) { return "a VBIOS that is not denied" }
        let entry: String?
        switch options.vbiosMinimum {
        case nil: return nil
        case .one(let version): entry = version
        case .by(let versions):
            let generation = vbios.prefix { $0 != "." }
            entry =
                versions.first { $0.key.hasSameBytes(as: board) }?.value
                ?? versions.first { $0.key.hasSameBytes(as: generation) }?.value
        }
        guard let minimum = entry else { return "an entry for this board or generation" }
        guard let found = components(vbios, radix: 16), let wanted = components(minimum, radix: 16),
            isAtLeast(found, wanted)
        else { return "at least \(minimum)" }
        return nil
    }

    private static func components(_ version: String, radix: Int) -> [UInt64]? {
        var numbers: [UInt64] = []
        for part in version.split(separator: ".", omittingEmptySubsequences: false) {
            guard part.utf8.allSatisfy({ Hex.value(of: $0) != nil }), let number = UInt64(part, radix: radix) else {
                return nil
            }
            numbers.append(number)
        }
        return numbers.isEmpty ? nil : numbers
    }

    /// Missing components are zero.
    private static func isAtLeast(_ found: [UInt64], _ wanted: [UInt64]) -> Bool {
        for position in 0..<max(found.count, wanted.count) {
            let (left, right) = (
                position < found.count ? found[position] : 0, position < wanted.count ? wanted[position] : 0
            )
            if left != right { return left > right }
        }
        return true
    }
}
