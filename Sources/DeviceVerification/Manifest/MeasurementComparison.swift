package import DeviceFormats
import Wire

/// What came of comparing a report with reference values (devices 8).
public struct MeasurementResult: Hashable, Sendable {
    public enum Source: String, Hashable, Sendable {
        case driver = "Driver"
        case firmware = "Firmware"
    }

    public struct Mismatch: Hashable, Sendable {
        /// Of the measurement, from zero; from 64 of a record about opaque data.
        public let index: Int
        public let source: Source
        /// The name of the resource in the manifest.
        public let name: String
        /// `nil` where the report has no such measurement.
        public let found: [UInt8]?
        public let wanted: [[UInt8]]
    }

    /// Measurements and records that were compared, those that differ among them.
    public let compared: Int
    public let skipped: [Int]
    /// In order of the index.
    public let mismatches: [Mismatch]
}

package enum MeasurementComparison {
    /// What NVDEC's firmware leaves; it means something only where NVDEC0 is on (devices 8.2).
    private static let nvdecIndex = 35

    private struct Golden {
        let source: MeasurementResult.Source
        let resource: ManifestContent.Resource
    }

    /// - Returns: the result, and everything that makes it a failure. Nothing is compared where the manifests contradict
    ///   each other or the report.
    package static func compare(
        _ report: DeviceReport, with halves: [(MeasurementResult.Source, ManifestContent)]
    ) -> (MeasurementResult, [DeviceFailure]) {
        let none = MeasurementResult(compared: 0, skipped: [], mismatches: [])
        var golden: [Int: Golden] = [:]
        for (source, content) in halves {
            let active = content.resources.filter(\.isActive)
            guard !active.isEmpty else {
                return (
                    none, [failure(.rimNoMeasurements, "no active value in the \(source.rawValue) manifest", "some")]
                )
            }
            for resource in active {
                guard golden[resource.index] == nil else {
                    return (none, [failure(.rimIndexConflict, "index \(resource.index) in both manifests", "in one")])
                }
                golden[resource.index] = Golden(source: source, resource: resource)
            }
        }
        guard golden.count <= report.measurements.count else {
            return (
                none,
                [failure(.measurementCount, "\(report.measurements.count)", "at least \(golden.count) measurements")]
            )
        }
        let isGPU = if case .gpu = report.identity { true } else { false }
        var compared = 0
        var skipped: [Int] = []
        var mismatches: [MeasurementResult.Mismatch] = []
        for index in golden.keys.sorted() {
            guard let wanted = golden[index] else { continue }
            if index == nvdecIndex, isGPU {
                switch report.opaque.byte(OpaqueData.Kind.nvdec0Status) {
                case 0x55:
                    skipped.append(index)
                    continue
                case 0xAA: break
                case let status:
                    return (
                        none,
                        [
                            failure(
                                .nvdecStatusUnknown, status.map { Hex.encode([$0]) } ?? "no status of NVDEC0",
                                "55 (off) or aa (on)")
                        ]
                    )
                }
            }
            compared += 1
            let found = report.measurements.indices.contains(index) ? report.measurements[index] : nil
            if let found, wanted.resource.alternatives.contains(found) { continue }
            mismatches.append(
                MeasurementResult.Mismatch(
                    index: index, source: wanted.source, name: wanted.resource.name, found: found?.bytes,
                    wanted: wanted.resource.alternatives.map { $0.bytes }))
        }
        let (records, failures) = compareRecords(report, halves)
        guard failures.isEmpty else { return (none, failures) }
        compared += records.compared
        mismatches += records.mismatches
        let result = MeasurementResult(compared: compared, skipped: skipped, mismatches: mismatches)
        return (result, mismatches.map(mismatch))
    }

    private static func failure(_ code: DeviceErrorCode, _ found: String, _ wanted: String) -> DeviceFailure {
        DeviceFailure(code, field: "measurements", found: found, wanted: wanted)
    }

    private static func mismatch(_ mismatch: MeasurementResult.Mismatch) -> DeviceFailure {
        DeviceFailure(
            .measurementMismatch, field: "measurements[\(mismatch.index)]",
            found: mismatch.found.map { Hex.encode($0) } ?? "nothing",
            wanted: mismatch.wanted.map { Hex.encode($0) }.joined(separator: " or ")
                + " (\(mismatch.source.rawValue), \(excerpt(mismatch.name.utf8)))")
    }

    /// Value type of an entry that is a security version.
    private static let minimumSVN: UInt16 = 0x87

    /// devices 8.3: what opaque data must say at least.
    private static func compareRecords(
        _ report: DeviceReport, _ halves: [(MeasurementResult.Source, ManifestContent)]
    ) -> (result: (compared: Int, mismatches: [MeasurementResult.Mismatch]), failures: [DeviceFailure]) {
        let active = halves.flatMap { source, content in
            content.records.filter(\.isActive).map { (source: source, record: $0) }
        }
        guard !active.isEmpty else { return ((0, []), []) }
        for (position, first) in active.enumerated() {
            let isTwice = active[..<position].contains {
                $0.record.type == first.record.type || $0.record.name.hasSameBytes(as: first.record.name)
            }
            if isTwice {
                return ((0, []), [failure(.rimIndexConflict, "record \(first.record.index) twice", "once")])
            }
        }
        guard report.opaque.hasHeader else {
            return (
                (0, []),
                [
                    failure(
                        .rimRecordUnsupported, "a record about opaque data that has no header",
                        "a report in the format NVDAOD")
                ]
            )
        }
        var mismatches: [MeasurementResult.Mismatch] = []
        for (source, record) in active {
            let entry = UInt16(exactly: record.type).flatMap { report.opaque.entry($0) }
            if let entry, entry.valueType == minimumSVN, entry.data.count <= 8, let minimum = record.minimumSVN,
                OpaqueData.littleEndian(entry.data) >= minimum
            {
                continue
            }
            mismatches.append(
                MeasurementResult.Mismatch(
                    index: record.index, source: source, name: record.name, found: entry?.data,
                    wanted: [Array("at least \(record.minimumSVN ?? 0)".utf8)]))
        }
        return ((active.count, mismatches), [])
    }
}
