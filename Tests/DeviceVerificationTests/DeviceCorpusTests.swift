import CorpusSupport
import Crypto
import DeviceFormats
import DeviceVerification
import Testing
import Wire
import X509Formats

/// Everything that the corpus has about devices, each with its expected result.
@Suite(.enabled(if: DeviceCorpus.isAvailable, "\(Corpus.absence)"))
struct DeviceCorpusTests {
    /// What somebody would have who keeps NVIDIA's clock.
    static func instant(_ text: String) -> Instant { Instant(rfc3339: text) ?? Instant(seconds: 0) }

    static let older = instant("2024-01-01T00:00:00Z")
    static let manifestClock = instant("2025-10-24T11:33:00Z")
    static let deviceClock = instant("2025-08-21T06:48:00Z")
    static let today = instant("2026-11-29T00:00:00Z")

    static func evidence(_ corpus: DeviceCorpus, _ folder: String) throws -> DeviceEvidence {
        DeviceEvidence(
            declaredClass: nil, declaredNonce: nil,
            report: try corpus.report("\(folder)/attestation_report.hex.txt"),
            chain: try corpus.bytes(at: "\(folder)/cert_chain.pem"))
    }

    static func judge(
        _ devices: [DeviceEvidence], _ collateral: DeviceCollateral = DeviceCollateral(), at time: Instant = today,
        _ edit: (inout DeviceOptions) -> Void = { _ in }
    ) throws -> DeviceSetJudgement {
        var options = DeviceOptions()
        edit(&options)
        return try DeviceVerifier(options: options).judge(
            DeviceEvidenceList(shape: .sdk, devices: devices), using: collateral, at: time)
    }

    static let driverID = "NV_GPU_DRIVER_GH100_550.90.07"
    static let vbiosID = "NV_GPU_VBIOS_1010_0200_882_96009F0001"

    static func modern(_ corpus: DeviceCorpus) throws -> (DeviceEvidence, DeviceCollateral) {
        let names = [
            "gpu_certificate_l3.0ee80e6b", "gpu_certificate_l4.7baa20f2", "gpu_driver_rim_l4.792285e6",
            "gpu_vbios_l4.c08fc2e2",
        ]
        let collateral = DeviceCollateral(
            manifests: [
                .init(id: driverID, document: try corpus.bytes(at: "gpu/nv55090/driver_rim.xml"), origin: .own),
                .init(id: vbiosID, document: try corpus.bytes(at: "gpu/nv55090/vbios_rim.xml"), origin: .own),
            ],
            answers: try names.map { .init(der: try corpus.bytes(at: "gpu/nv55090/ocsp/\($0).der"), origin: .own) })
        return (try evidence(corpus, "gpu/nv55090"), collateral)
    }

    // MARK: The set of 550.90.07

    @Test func modernSuccess() throws {
        let (evidence, collateral) = try Self.modern(try DeviceCorpus.open())
        let result = try Self.judge([evidence], collateral, at: Self.manifestClock) {
            $0.revocation = .optional
            $0.expectedNonce = try? DeviceReport(parsing: evidence.report).nonce
        }
        #expect(result.verdict == .accept, "\(result.codes)")
        let device = result.devices[0]
        #expect(device.measurements?.compared == 32 && device.measurements?.skipped == [35])
        #expect(device.device?.firmware == .matched && device.binding == .fresh && device.manifests.count == 2)
        #expect(device.device?.ueid == "478176379286082186618948445787393647364802107249")
        #expect(device.device?.model == "GH100 A01 GSP BROM" && result.mode == .single)
        // The answers of the signers are current; those of the device have ended.
        #expect(device.manifestRevocation.map(\.status) == [.good, .undefined, .undefined, .good])
        #expect(device.revocation.map(\.status) == [.undefined, .undefined, .undefined])
        #expect(device.checks.contains { $0.step == .measurements && $0.outcome == .passed })
    }

    @Test func modernAtTheClockOfTheDeviceAnswers() throws {
        let (evidence, collateral) = try Self.modern(try DeviceCorpus.open())
        let result = try Self.judge([evidence], collateral, at: Self.deviceClock) { $0.revocation = .optional }
        #expect(result.verdict == .accept, "\(result.codes)")
        #expect(result.devices[0].revocation.map(\.status) == [.good, .good, .undefined])
        #expect(result.codes.contains(.ocspNotYetValid))
        let required = try Self.judge([evidence], collateral, at: Self.deviceClock)
        #expect(required.verdict == .reject && required.codes.contains(.revocationUnknown))
    }

    @Test func modernLater() throws {
        let (evidence, collateral) = try Self.modern(try DeviceCorpus.open())
        // 300 s past nextUpdate still counts, 301 s do not (row 184).
        let end = Self.instant("2025-08-22T06:47:07Z")
        for (seconds, status) in [(300, RevocationFacts.Status.good), (301, .undefined)] {
            let result = try Self.judge([evidence], collateral, at: end.advanced(bySeconds: Int64(seconds))) {
                $0.revocation = .optional
            }
            #expect(result.devices[0].revocation[0].status == status, "\(seconds)")
            #expect(result.codes.contains(.ocspExpired) == (status == .undefined))
        }
        let begin = Self.instant("2025-08-21T06:47:07Z")
        for (seconds, status) in [(-300, RevocationFacts.Status.good), (-301, .undefined)] {
            let result = try Self.judge([evidence], collateral, at: begin.advanced(bySeconds: Int64(seconds))) {
                $0.revocation = .optional
            }
            #expect(result.devices[0].revocation[0].status == status, "row 186, \(seconds)")
        }
        let expired = try Self.judge([evidence], collateral, at: Self.today) { $0.revocation = .off }
        #expect(expired.verdict == .reject && expired.codes.contains(.rimExpired), "row 168")
        let accepted = try Self.judge([evidence], collateral, at: Self.today) {
            $0.revocation = .off
            $0.expiredManifests = .accept
        }
        #expect(accepted.verdict == .accept, "\(accepted.codes)")
        let early = try Self.judge([evidence], collateral, at: Self.instant("2019-01-01T00:00:00Z"))
        #expect(Set(early.codes).isSuperset(of: [.certNotValid, .rimNotYetValid]), "row 169")
    }

    // MARK: Older reports and their halves

    static let oldDriver = "NV_GPU_DRIVER_GH100_545.00"
    static let oldVBIOS = "NV_GPU_VBIOS_1010_0200_882_96005E0001"

    private func old(
        _ corpus: DeviceCorpus, vbios: [String], _ edit: (inout DeviceOptions) -> Void = { _ in }
    ) throws -> DeviceSetJudgement {
        let manifests =
            [
                DeviceCollateral.Manifest(
                    id: Self.oldDriver, document: try corpus.bytes(at: "gpu/rim/Driver_RIM_test_no_gpu.swidtag"),
                    origin: .own)
            ]
            + (try vbios.map { .init(id: Self.oldVBIOS, document: try corpus.bytes(at: $0), origin: .own) })
        return try Self.judge(
            [try Self.evidence(corpus, "gpu/nvtrust-hopper-old")], DeviceCollateral(manifests: manifests),
            at: Self.older
        ) {
            $0.requireFWID = false
            $0.revocation = .off
            edit(&$0)
        }
    }

    private static let oldValues = "gpu/rim/1010_0200_882_96005E0001_test_no_gpu.swidtag"
    private static let newValues = "bad/gpu/rim/NV_GPU_VBIOS_1010_0200_882_96005E0001_measurement_mismatch.xml"

    @Test func oldSuccess() throws {
        let corpus = try DeviceCorpus.open()
        let result = try old(corpus, vbios: [Self.oldValues])
        #expect(result.verdict == .accept, "\(result.codes)")
        #expect(result.devices[0].measurements?.compared == 32)
        #expect(try old(corpus, vbios: [Self.oldValues]) { $0.requireFWID = true }.codes == [.fwidMissing])
        let mismatch = try old(corpus, vbios: [Self.newValues])
        #expect(mismatch.devices[0].measurements?.mismatches.map(\.index) == [1, 2, 3, 9])
        #expect(mismatch.verdict == .reject && mismatch.codes.contains(.measurementMismatch))
        let superseded = try old(corpus, vbios: [Self.newValues, Self.oldValues])
        #expect(superseded.codes.contains(.rimSuperseded) && superseded.verdict == .reject)
        let accepted = try old(corpus, vbios: [Self.oldValues, Self.newValues]) { $0.supersededManifests = .accept }
        #expect(accepted.verdict == .accept && accepted.codes.contains(.rimSuperseded))
    }

    @Test func comparisonsOfTheVectors() throws {
        let corpus = try DeviceCorpus.open()
        for vector in corpus.vectors.comparisons {
            let report = try DeviceReport(parsing: corpus.report(vector.report))
            let halves = try vector.rims.enumerated().map { position, path in
                (
                    position == 0 && vector.rims.count == 2 ? MeasurementResult.Source.driver : .firmware,
                    try ReferenceManifest(parsing: corpus.bytes(at: path)).content()
                )
            }
            let (result, failures) = MeasurementComparison.compare(report, with: halves)
            guard vector.conflicts.isEmpty else {
                #expect(failures.map(\.code) == [.rimIndexConflict], "\(vector)")
                continue
            }
            #expect(result.mismatches.map(\.index) == vector.mismatchIndices, "\(vector)")
            #expect(result.compared + result.skipped.count == vector.goldenCount, "\(vector)")
            #expect(result.skipped == vector.skipped, "\(vector)")
        }
        print("comparisons of the vectors: \(corpus.vectors.comparisons.count)")
        #expect(corpus.vectors.comparisons.count >= 20)
    }

    @Test func switches() throws {
        let corpus = try DeviceCorpus.open()
        let manifest = DeviceCollateral.Manifest(
            id: "NV_SWITCH_BIOS_5612_0002_890_9610550001",
            document: try corpus.bytes(at: "gpu/rim/switchVBIOSRim_NV_SWITCH_BIOS_5612_0002_890_9610550001.xml"),
            origin: .own)
        for path in [
            "gpu/nvsdk-multi-switch-ls10/multi_switch_ls10.json",
            "gpu/nvsdk-switch-evidence-ls10/switch_evidence_ls10.json",
        ] {
            let list = try DeviceEvidenceList(parsing: corpus.bytes(at: path))
            var options = DeviceOptions()
            options.revocation = .off
            let result = try DeviceVerifier(options: options).judge(
                list, using: DeviceCollateral(manifests: [manifest]), at: Self.today)
            for device in result.devices {
                #expect(device.verdict == .accept && device.measurements?.compared == 31, "\(device.codes)")
            }
            // Genuine switches alone are no set (row 202); the four of this file say nothing of a GPU.
            #expect(
                result.findings.map(\.code) == [.setIncomplete] || result.findings.map(\.code) == [.duplicateDevice],
                "\(path): \(result.findings.map(\.code))")
        }
    }

    // MARK: Every report and every list

    @Test func reportsAndChains() throws {
        let corpus = try DeviceCorpus.open()
        var count = 0
        for vector in corpus.vectors.reports where vector.chain != nil {
            let evidence: DeviceEvidence
            if vector.input.hasSuffix("]") {
                let entry = try corpus.entry(vector.input)
                evidence = DeviceEvidence(
                    declaredClass: DeviceClass(named: entry.entry.arch),
                    declaredNonce: Hex.fixed(Array(entry.entry.nonce.utf8)[...]), report: entry.report,
                    chain: entry.chain)
            } else {
                let folder = String(
                    vector.input.prefix { $0 != "." }.split(separator: "/").dropLast().joined(separator: "/"))
                // The report of gonvtrust-mock is published with another chain; its own is that of nvtrust-hopper-old.
                evidence = try Self.evidence(
                    corpus, folder == "gpu/gonvtrust-mock" ? "gpu/nvtrust-hopper-old" : folder)
            }
            var options = DeviceOptions()
            options.requireFWID = vector.fwid?.report != nil
            let device = try DeviceVerifier(options: options).verify(evidence)
            #expect(device.report.nonce.hex == vector.requestNonce, "\(vector)")
            #expect(device.certificates.count == 5 && device.model.hasSuffix("BROM"), "\(vector)")
            count += 1
        }
        print("genuine reports under their own chain: \(count)")
        #expect(count >= 22)
    }

    @Test func chainsOfTheVectors() throws {
        let corpus = try DeviceCorpus.open()
        for vector in corpus.vectors.chains where vector.ueid != nil {
            let certificates = try DeviceChainText.certificates(in: corpus.bytes(at: vector.file))
            guard certificates.count == 5 else { continue }
            #expect(certificates[0].serialDecimal == vector.ueid, "\(vector)")
            #expect(certificates[1].commonName == vector.hwmodel, "\(vector)")
            let fwid = try certificates[0].compositeDeviceID()?.fwid ?? certificates[0].firstFWIDOfTCBInfo() ?? []
            #expect(Hex.encode(fwid) == vector.leafFwid, "\(vector)")
        }
    }

    /// What each list of evidence leads to with no collateral: genuine devices, and the set they make.
    @Test(arguments: [
        ("gpu/nvtrust-gpu-evidence/gpu_evidence.json", 8, DeviceErrorCode.setIncomplete as DeviceErrorCode?),
        ("gpu/nvsdk-hopper-evidence/hopper_evidence.json", 1, .setIncomplete),
        ("bad/gpu/nvsdk-hopper-evidence-cert-hold/hopper_evidence_cert_hold.json", 1, nil),
        ("gpu/veraison-blackwell-evidence/blackwell-evidence.json", 1, nil),
        ("gpu/google-ppcie/ppcie_hopper_8.c17d2f71.json", 8, .setIncomplete),
        ("gpu/google-ppcie/ppcie_ls10_4.79e6c4e0.json", 4, .setIncomplete),
    ])
    func lists(_ path: String, _ count: Int, _ finding: DeviceErrorCode?) throws {
        let list = try DeviceEvidenceList(parsing: DeviceCorpus.open().bytes(at: path))
        let result = try DeviceVerifier().judge(list, using: DeviceCollateral(), at: Self.today)
        #expect(result.devices.compactMap(\.device).count == count, "\(result.codes)")
        #expect(result.findings.map(\.code) == (finding.map { [$0] } ?? []), "\(path)")
        #expect(result.devices.allSatisfy { $0.codes.contains(.rimNotFound) && $0.verdict == .reject })
    }

    private func protectedSet() throws -> [DeviceEvidence] {
        let corpus = try DeviceCorpus.open()
        return try ["gpu/google-ppcie/ppcie_hopper_8.c17d2f71.json", "gpu/google-ppcie/ppcie_ls10_4.79e6c4e0.json"]
            .flatMap { try DeviceEvidenceList(parsing: corpus.bytes(at: $0)).devices }
    }

    @Test func eightAndFour() throws {
        let devices = try protectedSet()
        let result = try Self.judge(devices)
        #expect(result.mode == .protectedPCIe && result.findings.isEmpty, "\(result.findings.map(\.code))")
        #expect(result.checks.contains { $0.step == .topology && $0.outcome == .passed })
        func codes(_ devices: [DeviceEvidence], _ edit: (inout DeviceOptions) -> Void = { _ in }) throws
            -> [DeviceErrorCode]
        {
            try Self.judge(devices, DeviceCollateral(), at: Self.today, edit).findings.map(\.code)
        }
        #expect(try codes(devices + [devices[0]]) == [.duplicateDevice], "row 193")
        #expect(try codes(Array(devices.dropFirst())) == [.setIncomplete], "row 201")
        #expect(try codes(Array(devices.suffix(4))) == [.setIncomplete], "row 202")
        #expect(try codes(devices) { $0.gpuCount = 1 } == [.count], "row 204")
        #expect(try codes(Array(devices.prefix(8))) { $0.setRules = .duplicatesAndNonces } == [], "row 239")
        #expect(
            try codes(Array(devices.prefix(8)) + [devices[0]]) { $0.setRules = .duplicatesAndNonces }
                == [.duplicateDevice])
        let corpus = try DeviceCorpus.open()
        let (other, _) = try Self.modern(corpus)
        #expect(try codes([devices[0], other]) == [.nonceDiffers], "row 194")
        let foreign = try corpus.entry("gpu/nvsdk-multi-switch-ls10/multi_switch_ls10.json[0]")
        #expect(
            try codes(
                Array(devices.dropLast())
                    + [
                        DeviceEvidence(
                            declaredClass: .ls10, declaredNonce: nil, report: foreign.report, chain: foreign.chain)
                    ])
                == [.nonceDiffers])
    }

    // MARK: Broken items

    @Test func brokenReportsAndChains() throws {
        let corpus = try DeviceCorpus.open()
        for (folder, code) in [
            ("bad/gpu/nvsdk-hopper-invalid-signature", DeviceErrorCode.signatureInvalid),
            ("bad/gpu/coco-hopper-certcase2", .chainInvalid), ("bad/gpu/coco-hopper-certcase4", .chainInvalid),
        ] {
            let evidence = try Self.evidence(corpus, folder)
            let result = try Self.judge([evidence])
            #expect(result.devices[0].device == nil && result.devices[0].binding == .none, "\(folder)")
            #expect(result.codes.contains(code), "\(folder): \(result.codes)")
        }
    }

    @Test func brokenManifests() throws {
        let corpus = try DeviceCorpus.open()
        let (evidence, _) = try Self.modern(corpus)
        var count = 0
        func code(_ path: String) throws -> [DeviceErrorCode] {
            let collateral = DeviceCollateral(manifests: [
                .init(id: Self.driverID, document: try corpus.bytes(at: path), origin: .own)
            ])
            count += 1
            return try Self.judge([evidence], collateral, at: Self.manifestClock) { $0.revocation = .off }.devices[0]
                .codes
        }
        #expect(try code("bad/gpu/rim/incorrect_signature_driver_rim.xml").contains(.rimSignatureInvalid))
        #expect(
            try code("bad/gpu/rim/NV_GPU_DRIVER_GH100_535.86.09_measurement_mismatch.xml").contains(.rimDigestMismatch))
        #expect(
            try code("bad/gpu/rim/NV_SWITCH_BIOS_5612_0002_890_9610550001_measurement_mismatch.xml")
                .contains(.rimDigestMismatch))
        for vector in corpus.vectors.rims where vector.digestMatches && vector.signatureOkWithFirstCert {
            let found = try code(vector.input)
            let wanted: DeviceErrorCode = vector.product == "GH100" ? .rimVersionMismatch : .rimProductMismatch
            #expect(found.contains(wanted), "\(vector): \(found)")
        }
        print("manifests judged as another driver's: \(count)")
    }

    private static let fragments = [
        "failure_duplicate_index.523c1e29", "failure_empty_payload.ed4fa571", "failure_hash_empty_namespace.a95987cd",
        "failure_invalid_alternatives.8be51e76", "failure_invalid_base64_cert.9130cf5a",
        "failure_invalid_cert_bytes.ae065cd7", "failure_invalid_index.0002d5b6", "failure_invalid_pem_data.5899ad10",
        "failure_invalid_size.6c424bf7", "failure_missing_alternatives.77a2e07a",
        "failure_missing_colloquial_version.0d33ec9c", "failure_missing_hash.708a2073",
        "failure_missing_index.650173da", "failure_missing_meta.13ed6bd9", "failure_missing_size.dea2ffa2",
        "failure_missing_x509_certificate.d9f8c3b5", "failure_missing_x509_data.90ed5a38",
        "failure_no_payload.9d9766d1", "valid_signed_xml.0c307464",
    ]

    @Test(arguments: fragments)
    func fragment(_ name: String) throws {
        let bytes = try DeviceCorpus.open().bytes(at: "bad/gpu/rim-fragments/\(name).xml")
        let failure = #expect(throws: DeviceFailure.self) { try ReferenceManifest(parsing: bytes) }
        #expect(failure?.code == .rimMalformed)
    }

    /// A root of one's own certificate is the same anchor: a name and a key.
    @Test func bothRootCertificates() throws {
        let corpus = try DeviceCorpus.open()
        for path in ["gpu/roots/Root-CA-L1B.ed58b479.pem", "gpu/roots/nvidia-device-root/verifier_device_root.pem"] {
            #expect(
                try DeviceAnchor(certificate: corpus.bytes(at: path)) == DeviceTrustAnchors.nvidia.device[0], "\(path)")
        }
        let manifest = try DeviceAnchor(
            certificate: corpus.bytes(at: "gpu/roots/nvidia-rim-root/verifier_RIM_root.pem"))
        #expect(manifest == DeviceTrustAnchors.nvidia.manifest[0])
        #expect(DeviceTrustAnchors.nvidia.device.count == 1 && DeviceTrustAnchors.nvidia.manifest.count == 1)
    }
}

extension DeviceCorpusTests {
    static func sha256(_ bytes: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: bytes)) }
}
