import DeviceFormats
import Wire

/// Why a device is not believed: which check refused, and why.
struct GateRefusal: Error {
    let step: DeviceStep
    let failure: DeviceFailure
    let report: DeviceReport?
}

/// The checks G2 to G8 of devices 10.1, which stop at the first that fails. Nothing is fetched and no signature but the
/// chain's and the report's is looked at before they pass.
struct Gate {
    let anchors: DeviceTrustAnchors
    let options: DeviceOptions

    func device(_ evidence: DeviceEvidence) throws(GateRefusal) -> VerifiedDevice {
        let report = try check(.report, nil) { () throws(DeviceFailure) in try self.report(evidence) }
        let chain = try check(.chain, report) { () throws(DeviceFailure) in
            try DeviceChain(try DeviceChainText.certificates(in: evidence.chain), anchors: anchors.device)
        }
        try check(.deviceClass, report) { () throws(DeviceFailure) in try checkClass(evidence, report, chain) }
        try check(.signature, report) { () throws(DeviceFailure) in
            guard DeviceSignatures.verify(report.signature, over: report.signedBytes, by: chain.keys[0]) else {
                throw DeviceFailure(
                    .signatureInvalid, field: "signature", offset: report.signedCount,
                    found: "a signature that does not verify", wanted: "a signature by the chain's first certificate")
            }
        }
        let nonce = try check(.nonce, report) { () throws(DeviceFailure) in try self.nonce(evidence, report) }
        try check(.firmwareFormat, report) { () throws(DeviceFailure) in
            guard report.opaque.version <= OpaqueData.newestVersion else {
                throw DeviceFailure(
                    .firmwareTooNew, field: "opaque.version", found: "\(report.opaque.version)",
                    wanted: "at most \(OpaqueData.newestVersion)")
            }
        }
        let firmware = try check(.fwid, report) { () throws(DeviceFailure) in try self.firmware(report, chain) }
        return VerifiedDevice(report, chain, nonce, firmware)
    }

    private func check<Value>(
        _ step: DeviceStep, _ report: DeviceReport?, _ body: () throws(DeviceFailure) -> Value
    ) throws(GateRefusal) -> Value {
        do throws(DeviceFailure) {
            return try body()
        } catch {
            throw GateRefusal(step: step, failure: error, report: report)
        }
    }

    private func report(_ evidence: DeviceEvidence) throws(DeviceFailure) -> DeviceReport {
        let report = try DeviceReport(parsing: evidence.report)
        guard options.allowTrailingZeros || report.paddingCount == 0 else {
            throw DeviceFailure(
                .reportMalformed, field: "report", offset: report.bytes.count,
                found: "\(report.paddingCount) bytes after the signature", wanted: "none, by the policy")
        }
        return report
    }

    /// The class follows from the chain alone; what the container and the report are must agree with it.
    private func checkClass(
        _ evidence: DeviceEvidence, _ report: DeviceReport, _ chain: DeviceChain
    ) throws(DeviceFailure) {
        if let declared = evidence.declaredClass, declared != chain.deviceClass {
            throw DeviceFailure(
                .archMismatch, field: "arch", found: declared.rawValue,
                wanted: "\(chain.deviceClass.rawValue), as the chain says")
        }
        let fits =
            switch report.identity {
            case .gpu: !chain.deviceClass.isSwitch
            case .nvswitch: chain.deviceClass.isSwitch
            case .unread: true
            }
        guard fits else {
            throw DeviceFailure(
                .archMismatch, field: "report.opaque",
                found: chain.deviceClass.isSwitch ? "the report of a GPU" : "the report of a switch",
                wanted: "one of \(chain.deviceClass.rawValue), as the chain says")
        }
    }

    /// devices 6.1: the expected nonce, and the container's is never more than a check of its own sense.
    private func nonce(
        _ evidence: DeviceEvidence, _ report: DeviceReport
    ) throws(DeviceFailure) -> VerifiedDevice.Nonce {
        for (name, wanted) in [("expected", options.expectedNonce), ("declared", evidence.declaredNonce)] {
            if let wanted, wanted != report.nonce {
                throw DeviceFailure(
                    .nonceMismatch, field: "request.nonce", offset: 4, found: report.nonce.hex,
                    wanted: "\(wanted.hex), which is \(name)")
            }
        }
        if options.expectedNonce != nil { return .matched }
        return evidence.declaredNonce == nil ? .notExpected : .declaredOnly
    }

    private func firmware(
        _ report: DeviceReport, _ chain: DeviceChain
    ) throws(DeviceFailure) -> VerifiedDevice.Firmware {
        guard !chain.deviceClass.isSwitch else { return .notApplicable }
        func missing(_ where: String) -> DeviceFailure {
            DeviceFailure(
                .fwidMissing, field: "fwid", found: "no identity of the firmware in the \(`where`)",
                wanted: "one in report and certificate")
        }
        // A malformed one is refused before anything is compared.
        let identity = try chain.fwid()
        guard let reported = report.opaque.entry(OpaqueData.Kind.fwid)?.data else {
            guard !options.requireFWID else { throw missing("report") }
            return .absent
        }
        guard let certified = identity else { throw missing("certificate") }
        guard certified.elementsEqual(reported) else {
            throw DeviceFailure(
                .fwidMismatch, field: "opaque.FWID", found: Hex.encode(reported), wanted: Hex.encode(certified))
        }
        return .matched
    }
}
