import DeviceFormats
import Wire
import X509Formats

/// The documents for one half of a device's firmware, each judged, none chosen yet (devices 7.2).
struct ManifestCandidates {
    struct Candidate {
        let manifest: VerifiedManifest
        let origin: DeviceCollateral.Origin
    }

    let id: String
    let source: MeasurementResult.Source
    let steps: ManifestSteps
    /// Those that pass A3 to A6, expired or not.
    private(set) var usable: [Candidate] = []
    /// What became of the others, in order.
    private(set) var refusals: [VerifiedManifest.Refusal] = []

    init(
        id: String, source: MeasurementResult.Source, steps: ManifestSteps, of device: VerifiedDevice,
        product: String, version: String, in collateral: inout CollateralReader, options: DeviceOptions
    ) {
        self.id = id
        self.source = source
        self.steps = steps
        for document in collateral.collateral.manifests where document.id.hasSameBytes(as: id) {
            do throws(VerifiedManifest.Refusal) {
                let manifest = try collateral.manifest(document.document)
                do throws(DeviceFailure) {
                    try manifest.checkSubject(
                        device.deviceClass, product: product, version: version, pinned: options.pinnedManifests)
                } catch {
                    throw VerifiedManifest.Refusal(stage: .subject, failure: error)
                }
                usable.append(Candidate(manifest: manifest, origin: document.origin))
            } catch {
                refusals.append(error)
            }
        }
    }

    /// Whether NVIDIA has replaced these values: a newer document of one's own, with another digest, that has begun.
    func supersedes(_ candidate: Candidate, at time: Instant) -> Candidate? {
        usable.first { other in
            other.origin == .own && other.manifest.digest != candidate.manifest.digest
                && other.manifest.certificates[0].notBefore > candidate.manifest.certificates[0].notBefore
                && other.manifest.status(at: time) != .notYetValid
        }
    }

    /// Records A2 to A6 where no document is usable.
    func recordRefusal(in record: inout CheckRecord, _ collateral: DeviceCollateral) {
        guard let refusal = refusals.last else {
            let isFailure = collateral.unavailableManifests.contains(id)
            record.fail(
                steps.found,
                DeviceFailure(
                    isFailure ? .rimUnavailable : .rimNotFound, field: "rim",
                    found: isFailure ? "no answer from the source of manifests" : "no manifest \(id)",
                    wanted: "reference values for this firmware: a manifest of NVIDIA with this identifier"),
                isFailure ? .prevents : .rejects)
            return
        }
        record.pass(steps.found, id)
        let (failed, passed) =
            switch refusal.stage {
            case .document: (steps.document, [DeviceStep]())
            case .chain: (steps.chain, [steps.document])
            case .signature: (steps.signature, [steps.document])
            case .subject: (steps.subject, [steps.document, steps.chain, steps.signature])
            }
        for step in passed { record.pass(step) }
        record.fail(refusal.failure.code == .rimFormatUnsupported ? steps.found : failed, refusal.failure)
    }
}

/// Which documents the measurements are compared with: of each half one, never values of two (devices 7.2).
struct ManifestChoice {
    let driver: ManifestCandidates.Candidate?
    let firmware: ManifestCandidates.Candidate
    let result: MeasurementResult
    let failures: [DeviceFailure]
    let isSuperseded: Bool

    /// The pair that matches best; of several, one that is neither superseded nor out of date, and lasts longest.
    static func best(
        _ driver: ManifestCandidates?, _ firmware: ManifestCandidates, _ device: VerifiedDevice,
        at time: Instant
    ) -> ManifestChoice? {
        let drivers: [ManifestCandidates.Candidate?] = driver?.usable ?? [nil]
        var best: (rank: [Int64], choice: ManifestChoice)?
        for first in drivers {
            for second in firmware.usable {
                let halves =
                    (first.map { [(MeasurementResult.Source.driver, $0.manifest.content)] } ?? [])
                    + [(firmware.source, second.manifest.content)]
                let (result, failures) = MeasurementComparison.compare(device.report, with: halves)
                let chosen = [first, second].compactMap { $0 }
                let isSuperseded =
                    first.map { driver?.supersedes($0, at: time) != nil } == true
                    || firmware.supersedes(second, at: time) != nil
                let isValid = chosen.allSatisfy { $0.manifest.status(at: time) == .valid }
                let end: Int64 = chosen.map(\.manifest.signerExpires.seconds).min() ?? 0
                let rank: [Int64] = [
                    failures.isEmpty ? 0 : 1, Int64(result.mismatches.count), isSuperseded ? 1 : 0, isValid ? 0 : 1,
                    -end,
                ]
                if let best, !rank.lexicographicallyPrecedes(best.rank) { continue }
                best = (
                    rank,
                    ManifestChoice(
                        driver: first, firmware: second, result: result, failures: failures, isSuperseded: isSuperseded)
                )
            }
        }
        return best?.choice
    }
}
