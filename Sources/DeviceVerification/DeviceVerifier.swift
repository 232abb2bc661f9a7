public import DeviceFormats
public import Wire

/// Judges evidence of devices by devices 10. A pure function of evidence, collateral, anchors, options and time: no clock, no
/// I/O, and the same input gives the same result for ever.
///
/// What is genuine and what is acceptable are told apart: a `VerifiedDevice` is genuine, and the judgement around it says
/// what speaks against it.
public struct DeviceVerifier: Sendable {
    public let anchors: DeviceTrustAnchors
    public let options: DeviceOptions

    public init(trusting anchors: DeviceTrustAnchors = .nvidia, options: DeviceOptions = DeviceOptions()) {
        self.anchors = anchors
        self.options = options
    }

    /// All devices of one submission.
    ///
    /// - Parameter time: T, in whole seconds.
    /// - Throws: where there is more of something than is looked at, or nothing: then there is no verdict.
    public func judge(
        _ evidence: DeviceEvidenceList, using collateral: DeviceCollateral, at time: Instant
    ) throws(DeviceFailure) -> DeviceSetJudgement {
        guard (1...Limits.devices).contains(evidence.devices.count) else {
            throw DeviceFailure(
                evidence.devices.isEmpty ? .evidenceEmpty : .evidenceTooLarge, field: "evidence",
                found: "\(evidence.devices.count) devices", wanted: "1 to \(Limits.devices)")
        }
        try collateral.checkLimits()
        var reader = CollateralReader(collateral, anchors: anchors, at: time, options: options)
        var judgements: [DeviceJudgement] = []
        for device in evidence.devices { judgements.append(judge(device, &reader, at: time)) }
        return set(judgements, verifiedAnswers: reader.verifiedAnswers)
    }

    /// The gate alone: whether the evidence is genuine, with nothing about reference values and revocation.
    public func verify(_ evidence: DeviceEvidence) throws(DeviceFailure) -> VerifiedDevice {
        do throws(GateRefusal) {
            return try Gate(anchors: anchors, options: options).device(evidence)
        } catch {
            throw error.failure
        }
    }

    private func judge(
        _ evidence: DeviceEvidence, _ reader: inout CollateralReader, at time: Instant
    ) -> DeviceJudgement {
        do throws(GateRefusal) {
            let device = try Gate(anchors: anchors, options: options).device(evidence)
            var appraisal = DeviceAppraisal(device, options: options, at: time)
            return appraisal.run(&reader)
        } catch {
            return refused(error)
        }
    }

    private func refused(_ refusal: GateRefusal) -> DeviceJudgement {
        var record = CheckRecord()
        for step in DeviceStep.ofGate.prefix(while: { $0 != refusal.step }) { record.pass(step) }
        record.fail(refusal.step, refusal.failure)
        for step in DeviceStep.ofDevice { record.skip(step, "\(refusal.step.rawValue) failed") }
        return DeviceJudgement(
            device: nil, report: refusal.report, checks: record.checks(DeviceStep.ofDevice),
            findings: record.findings, measurements: nil, manifests: [], revocation: [], manifestRevocation: [],
            binding: .none)
    }

    /// S1, S2, and what B1 says without a quote.
    private func set(_ judgements: [DeviceJudgement], verifiedAnswers: Int) -> DeviceSetJudgement {
        var record = CheckRecord()
        record.pass(.container, "\(judgements.count) devices")
        let devices = judgements.compactMap(\.device)
        var mode: DeviceMode?
        if devices.count == judgements.count {
            let set = DeviceSet(devices: devices, options: options)
            do throws(DeviceFailure) {
                mode = try set.check()
                record.pass(.set, mode?.rawValue ?? "")
                if mode == .protectedPCIe {
                    do throws(DeviceFailure) {
                        try set.checkTopology()
                        record.pass(.topology)
                    } catch {
                        record.fail(.topology, error)
                    }
                } else {
                    record.skip(.topology, "only GPUs in protected PCIe have switches")
                }
            } catch {
                record.fail(.set, error)
                record.skip(.topology, "gpu.set failed")
            }
        } else {
            record.skip(.set, "a device is not genuine")
            record.skip(.topology, "a device is not genuine")
        }
        let level = judgements.map(\.binding).min() ?? .none
        if let minimum = options.minimumBinding, level < minimum {
            record.fail(
                .binding,
                DeviceFailure(
                    .notBound, field: "binding", found: "\(level), without a quote", wanted: "at least \(minimum)"))
        }
        record.skip(.binding, "no quote")
        return DeviceSetJudgement(
            devices: judgements, checks: record.checks([.container, .set, .topology, .binding]),
            findings: record.findings, mode: mode, verifiedAnswers: verifiedAnswers)
    }
}
