import Crypto
import DeviceFormats
import DeviceVerification
import Testing
import Wire

/// The rows of devices 17 that need a signer: a fake NVIDIA signs what is wrong in each.
@Suite struct DeviceRowTests {
    struct Row: Sendable, CustomStringConvertible {
        let name: String
        /// What must be found. `nil` for a control, which is accepted.
        let code: DeviceErrorCode?
        let edit: @Sendable (inout FakeSubmission) throws -> Void
        var description: String { name }

        init(
            _ name: String, _ code: DeviceErrorCode?, _ edit: @escaping @Sendable (inout FakeSubmission) throws -> Void
        ) {
            self.name = name
            self.code = code
            self.edit = edit
        }
    }

    private func run(_ row: Row) throws {
        var submission = try FakeSubmission()
        try row.edit(&submission)
        let result = try submission.judge()
        guard let code = row.code else {
            #expect(result.verdict == .accept, "\(row): \(result.findings + result.devices.flatMap(\.findings))")
            return
        }
        #expect(result.codes.contains(code), "\(row): \(result.codes)")
        let isWorld = code.isFailureOfTheWorld
        #expect(result.verdict == (isWorld ? .error : .reject), "\(row)")
        // Some check says that it failed, and it is the one that the finding names.
        let found = (result.findings + result.devices.flatMap(\.findings)).first { $0.code == code }
        let checks = result.checks + result.devices.flatMap(\.checks)
        #expect(checks.contains { $0.step == found?.step && $0.outcome == .failed }, "\(row)")
    }

    static func instant(_ text: String) -> Instant { Instant(rfc3339: text) ?? Instant(seconds: 0) }

    // MARK: Reports and chains

    static let gate: [Row] = [
        Row("39", .reportMalformed) { $0.devices[0].report.tail = [1] },
        Row("67", .nonceMismatch) { $0.options.expectedNonce = FixedBytes() },
        Row("38", .measurementCount) { $0.devices[0].report.values.removeLast(40) },
        Row("54", .firmwareTooNew) { $0.devices[0].report.header = Array("NVDAOD".utf8) + [0, 0, 3, 0, 0, 0] },
        Row("55", .firmwareTooNew) { $0.devices[0].report.set(34, [3, 0]) },
        Row("60", .signatureInvalid) { $0.devices[0].report.signer = "another" },
        Row("61", .signatureInvalid) { $0.devices[0].report.signer = $0.devices[0].chain[1].key },
        Row("65", .signatureInvalid) { $0.devices[0].report.signedFrom = 37 },
        Row("66", .signatureInvalid) { $0.devices[0].chain = try FakeDevice(number: 2).chain },
        Row("79", .chainInvalid) {
            let other = try FakeDevice(world: "two").chain
            $0.devices[0].chain.replaceSubrange(2..., with: other[2...])
        },
        Row("80", .chainInvalid) { $0.devices[0].chain[4].key = "an own root" },
        Row("81", .chainInvalid) { $0.devices[0].chain[0].signer = $0.devices[0].chain[2].key },
        Row("83", .chainInvalid) { $0.devices[0].chain[0].withSHA256 = true },
        Row("84", .chainInvalid) { $0.devices[0].chain[0].otherCurve = true },
        Row("85", .chainInvalid) { $0.devices[0].chain[0].isCA = true },
        Row("86", .chainInvalid) { $0.devices[0].chain[0].usage = 0x04 },
        Row("87", .chainInvalid) { $0.devices[0].chain[0].usage = nil },
        Row("88", .chainInvalid) { $0.devices[0].chain[1].isCA = false },
        Row("89", .chainInvalid) { $0.devices[0].chain[1].usage = 0x80 },
        Row("90", .chainInvalid) { $0.devices[0].chain[2].pathLength = 0 },
        Row("90, a CA that is far enough above", nil) { $0.devices[0].chain[2].pathLength = 1 },
        Row("91", .chainInvalid) {
            $0.devices[0].chain[0].extras.append(FakeDER.extended([0x2A, 3, 4], critical: true, [5, 0]))
        },
        Row("92", .chainInvalid) { $0.devices[0].chain[0].authorityKey = "another" },
        Row("93", .chainInvalid) { $0.devices[0].chain[0].name = "GH100 A01 GSP BROM" },
        Row("94", .chainInvalid) {
            $0.devices[0].chain[0].name = "AD102 A01 GSP FMC LF"
            $0.devices[0].chain[1].name = "AD102 A01 GSP BROM"
        },
        Row("95", .chainInvalid) { $0.devices[0].chain[1].name = "GB100 A01 GSP BROM" },
        Row("96", .chainMalformed) { $0.devices[0].chain[0].extras.append($0.devices[0].chain[0].extras[0]) },
        Row("97", .chainInvalid) { $0.devices[0].chain[0].extras[0] = FakeDevice.info("GB100") },
        Row("provisioner by another name", .chainInvalid) { $0.devices[0].chain[2].name = "NVIDIA GH100 Provisioner" },
        Row("identity CA by another name", .chainInvalid) { $0.devices[0].chain[3].name = "GH100 Identity" },
        Row("98", .archMismatch) {
            $0.devices = [try FakeDevice("LS_10")]
            $0.devices[0].declared = .hopper
        },
        Row("99", .archMismatch) { $0.devices[0].declared = .blackwell },
        Row("100", .fwidMissing) { $0.devices[0].report.set(20, nil) },
        Row("101", .fwidMissing) { $0.devices[0].chain[0].extras.removeLast() },
        Row("102", .fwidMismatch) { $0.devices[0].report.set(20, [UInt8](repeating: 1, count: 48)) },
        Row("103", .fwidMismatch) { $0.devices[0].report.set(20, Array(FakeDevice.fwid.prefix(47))) },
        Row("104", .fwidMalformed) {
            let info = try FakeKey($0.devices[0].chain[1].key).info()
            $0.devices[0].chain[0].extras[1] = FakeDevice.composite(
                info, [UInt8](repeating: 1, count: 32), FakeDER.identifier([0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1]))
        },
        Row("105", .fwidMalformed) {
            $0.devices[0].chain[0].extras[1] = FakeDevice.composite(try FakeKey("another").info(), FakeDevice.fwid)
        },
        Row("106", .fwidMismatch) {
            $0.devices = [try FakeDevice("GB100")]
            $0.devices[0].report.set(20, [UInt8](repeating: 9, count: 48))
        },
        Row("A1", .certNotValid) { $0.devices[0].chain[1].notAfter = Self.instant("2026-11-29T11:59:59Z") },
        Row("no FWID, and none asked for", nil) {
            $0.devices[0].report.set(20, nil)
            $0.options.requireFWID = false
        },
        Row("an unknown opaque type", nil) { $0.devices[0].report.set(99, [1, 2, 3]) },
        Row("the header, major 2", nil) { $0.devices[0].report.header = Array("NVDAOD".utf8) + [0, 0, 2, 0, 0, 0] },
        Row("a trailing zero", nil) { $0.devices[0].report.tail = [0] },
        Row("the nonce that was asked with", nil) {
            $0.options.expectedNonce = FixedBytes(exactly: [UInt8](repeating: 7, count: 32))
        },
    ]

    @Test(arguments: gate)
    func gateRow(_ row: Row) throws { try run(row) }

    @Test func good() throws {
        let result = try FakeSubmission().judge()
        #expect(result.verdict == .accept && result.codes.isEmpty, "\(result.codes)")
        #expect(result.devices[0].revocation.map(\.status) == [.good, .good, .good])
        #expect(result.devices[0].manifestRevocation.map(\.status) == [.good, .good, .good])
        #expect(result.devices[0].measurements?.compared == 32 && result.verifiedAnswers == 6)
        for check in result.devices[0].checks {
            switch check.step {
            case .bios, .biosDocument, .biosChain, .biosSignature, .biosSubject: continue
            default: #expect(check.outcome == .passed, "\(check.step)")
            }
        }
    }

    // MARK: Manifests and measurements

    private static func resource(_ attributes: String) -> String { "        <ns0:Resource \(attributes)/>\n" }

    private static func replacing(_ old: String, _ new: String) -> @Sendable (String) -> String {
        { $0.replacing(old, with: new, maxReplacements: 1) }
    }

    private static let record =
        "xmlns:o=\"https://docs.nvidia.com/attestation/specs/latest/opaque-data.html\" type=\"Measurement\" "
        + "index=\"101\" active=\"True\" name=\"FSP\" o:minSvn=\"5\" o:includeInResult=\"True\""

    static let manifests: [Row] = [
        Row("142", .rimChainInvalid) { $0.manifests[0].chain = FakeManifest.chain(world: "two") },
        Row("140", .rimSignatureInvalid) { $0.manifests[0].signer = "another" },
        Row("146", .rimChainInvalid) { $0.manifests[0].chain[0].isCA = true },
        Row("147", .rimVersionMismatch) { $0.manifests[0].version = "550.90.08" },
        Row("148", .rimProductMismatch) { $0.manifests[0].product = "GB100" },
        Row("149", .rimVersionMismatch) {
            let id = $0.manifests[0].id
            $0.manifests[0] = .vbios()
            $0.manifests[0].id = id
        },
        Row("150", .rimMalformed) {
            $0.manifests[0].edit = Self.replacing("index=\"1\" ", "index=\"0\" ")
        }, Row("151", .rimMalformed) { $0.manifests[0].edit = Self.replacing("index=\"1\" ", "index=\"01\" ") },
        Row("152", .rimMalformed) { $0.manifests[0].edit = Self.replacing("active=\"True\"", "active=\"true\"") },
        Row("153", .rimMalformed) { $0.manifests[0].edit = Self.replacing("alternatives=\"1\"", "alternatives=\"2\"") },
        Row("154", .rimMalformed) { $0.manifests[0].edit = Self.replacing("alternatives=\"1\"", "alternatives=\"0\"") },
        Row("155", .rimMalformed) { $0.manifests[0].edit = Self.replacing("ns2:Hash0=\"0", "ns2:Hash0=\"") },
        Row("156", .rimMalformed) { $0.manifests[0].edit = Self.replacing("size=\"48\"", "size=\"32\"") },
        Row("157", .rimMalformed) { $0.manifests[0].edit = Self.replacing("size=\"48\"", "size=\"48\" x=\"1\"") },
        Row("158", .rimMalformed) { $0.manifests[0].edit = Self.replacing("type=\"Measurement\"", "type=\"File\"") },
        Row("159", .rimNoMeasurements) { $0.manifests[0].active = [] },
        Row("160", .rimIndexConflict) { $0.manifests[0].active.append(9) },
        Row("161", .rimRecordUnsupported) { $0.manifests[0].more = Self.resource(Self.record) },
        Row("161, with the header and a version that is high enough", nil) {
            $0.manifests[0].more = Self.resource(Self.record)
            $0.devices[0].report.header = Array("NVDAOD".utf8) + [0, 0, 2, 0, 0, 0]
            $0.devices[0].report.set(37, [5, 0], valueType: 0x87)
        },
        Row("161, with the header and a version below", .measurementMismatch) {
            $0.manifests[0].more = Self.resource(Self.record)
            $0.devices[0].report.header = Array("NVDAOD".utf8) + [0, 0, 2, 0, 0, 0]
            $0.devices[0].report.set(37, [4, 0], valueType: 0x87)
        },
        Row("161, an inactive record", nil) {
            $0.manifests[0].more = Self.resource(Self.record.replacing("\"True\" name", with: "\"False\" name"))
        },
        Row("162", .nvdecStatusUnknown) { $0.devices[0].report.set(11, nil) },
        Row("163", .nvdecStatusUnknown) { $0.devices[0].report.set(11, [0]) },
        Row("164", .measurementMismatch) { $0.devices[0].report.values[9] = FakeReport.value(9, "other") },
        Row("165", .measurementMismatch) {
            $0.devices[0].report.set(11, [0xAA])
            $0.devices[0].report.values[35] = FakeReport.value(35, "other")
        },
        Row("165, equal", nil) { $0.devices[0].report.set(11, [0xAA]) },
        Row("165, off", nil) { $0.devices[0].report.values[35] = FakeReport.value(35, "other") },
        Row("166", .measurementMismatch) { $0.devices[0].report.values.removeLast(24) },
        Row("167", .measurementMismatch) {
            $0.manifests[1].values[3] = [FakeReport.value(3, "other")]
            $0.manifests.append(.vbios())
            $0.manifests[2].values[4] = [FakeReport.value(4, "other")]
        },
        Row("two documents, the second matches", nil) {
            $0.manifests[1].values[3] = [FakeReport.value(3, "other")]
            $0.manifests.append(.vbios())
        },
        Row("a matching alternative", nil) {
            $0.manifests[1].values[3] = [FakeReport.value(3, "o"), FakeReport.value(3)]
        },
        Row("168", .rimExpired) { $0.manifests[0].chain[0].notAfter = Self.instant("2026-11-29T11:59:59Z") },
        Row("168, accepted", nil) {
            $0.manifests[0].chain[0].notAfter = Self.instant("2026-11-29T11:59:59Z")
            $0.options.expiredManifests = .accept
        },
        Row("169", .rimNotYetValid) { $0.manifests[0].chain[0].notBefore = Self.instant("2026-11-29T12:00:01Z") },
        Row("230", .rimChainInvalid) { $0.manifests[0].chain[0].purposes = [FakeCertificate.ocspSigning] },
        Row("230, without the purpose", nil) { $0.manifests[0].chain[0].purposes = nil },
        Row("230, another purpose", nil) { $0.manifests[0].chain[0].purposes = [[0x2B, 6, 1, 5, 5, 7, 3, 3]] },
        Row("231", .rimProductMismatch) {
            $0.manifests[0].chain[1].name = "NVIDIA Reference Value L3 GB100-CC 001"
        },
        Row("231, under the CA of LS10", .rimProductMismatch) {
            $0.manifests[0].chain[2].name = "NVIDIA Reference Value LS10 CA"
        },
        Row("232", .rimSuperseded) {
            $0.manifests[1].origin = .supplied
            $0.manifests.append(.vbios())
            $0.manifests[2].values[9] = [FakeReport.value(9, "new")]
            $0.manifests[2].chain[0].notBefore = Self.instant("2026-06-01T00:00:00Z")
        },
        Row("232, accepted", nil) {
            $0.manifests.append(.vbios())
            $0.manifests[2].values[9] = [FakeReport.value(9, "new")]
            $0.manifests[2].chain[0].notBefore = Self.instant("2026-06-01T00:00:00Z")
            $0.options.supersededManifests = .accept
        },
        Row("232, a stranger's newer issue", nil) {
            $0.manifests.append(.vbios())
            $0.manifests[2].values[9] = [FakeReport.value(9, "new")]
            $0.manifests[2].chain[0].notBefore = Self.instant("2026-06-01T00:00:00Z")
            $0.manifests[2].origin = .supplied
        },
        Row("232, the same digest", nil) {
            $0.manifests.append(.vbios())
            $0.manifests[2].chain[0].notBefore = Self.instant("2026-06-01T00:00:00Z")
        },
        Row("232, the newer matches", nil) {
            $0.manifests[1].values[9] = [FakeReport.value(9, "old")]
            $0.manifests.append(.vbios())
            $0.manifests[2].chain[0].notBefore = Self.instant("2026-06-01T00:00:00Z")
        },
        Row("232, of another version", nil) {
            $0.manifests.append(.vbios())
            $0.manifests[2].version = "96.00.9F.00.02"
            $0.manifests[2].chain[0].notBefore = Self.instant("2026-06-01T00:00:00Z")
        },
        Row("232, with a broken signature", nil) {
            $0.manifests.append(.vbios())
            $0.manifests[2].values[9] = [FakeReport.value(9, "new")]
            $0.manifests[2].signer = "another"
            $0.manifests[2].chain[0].notBefore = Self.instant("2026-06-01T00:00:00Z")
        },
        Row("232, not yet valid", nil) {
            $0.manifests.append(.vbios())
            $0.manifests[2].values[9] = [FakeReport.value(9, "new")]
            $0.manifests[2].chain[0].notBefore = Self.instant("2026-12-01T00:00:00Z")
        },
        Row("a value of the operator's own", nil) {
            $0.devices[0].report.values[9] = FakeReport.value(9, "other")
            $0.options.ownMeasurements = [
                9: Set([FixedBytes<48>(exactly: FakeReport.value(9, "other"))].compactMap { $0 })
            ]
        },
        Row("224", .measurementsNotCompared) { $0.manifests = [] },
        Row("the VBIOS document", .rimMalformed) {
            $0.manifests[1].edit = Self.replacing("size=\"48\"", "size=\"32\"")
        },
        Row("the VBIOS signer", .rimChainInvalid) { $0.manifests[1].chain = FakeManifest.chain(world: "two") },
        Row("the VBIOS signature", .rimSignatureInvalid) { $0.manifests[1].signer = "another" },
        Row("no BIOS manifest", .rimNotFound) {
            try Self.becomeSwitch(&$0)
            $0.manifests = []
        },
        Row("the BIOS document", .rimMalformed) {
            try Self.becomeSwitch(&$0)
            $0.manifests[0].edit = Self.replacing("size=\"48\"", "size=\"32\"")
        },
        Row("the BIOS signer", .rimChainInvalid) {
            try Self.becomeSwitch(&$0)
            $0.manifests[0].chain = FakeManifest.chain("LS10", world: "two")
        },
        Row("the BIOS signature", .rimSignatureInvalid) {
            try Self.becomeSwitch(&$0)
            $0.manifests[0].signer = "another"
        },
        Row("the BIOS version", .rimVersionMismatch) {
            try Self.becomeSwitch(&$0)
            $0.manifests[0].version = "96.10.55.00.02"
        },
        Row("219", .driverTooOld) { $0.options.driverMinimum = ["551.1"] },
    ]

    private static func becomeSwitch(_ submission: inout FakeSubmission) throws {
        submission.devices = [try FakeDevice("LS_10")]
        submission.manifests = [
            FakeManifest(
                id: "NV_SWITCH_BIOS_5612_0002_890_9610550001", product: "LS10", version: "96.10.55.00.01",
                active: Array(0...30), chain: FakeManifest.chain("LS10"))
        ]
        submission.answers = submission.answersAboutAll()
    }

    @Test(arguments: manifests)
    func manifestRow(_ row: Row) throws { try run(row) }

    @Test func ownValueWarns() throws {
        var submission = try FakeSubmission()
        submission.devices[0].report.values[9] = FakeReport.value(9, "other")
        submission.options.ownMeasurements = [
            9: Set([FixedBytes<48>(exactly: FakeReport.value(9, "other"))].compactMap { $0 })
        ]
        #expect(try submission.judge().codes == [.measurementOverridden])
    }

    // MARK: Revocation

    static let revocation: [Row] = [
        Row("174", .ocspSignatureInvalid) { $0.answers[0].signer = "another" },
        Row("175", .ocspSignatureInvalid) { $0.answers[0].withSHA256 = true },
        Row("176", .ocspSignerUntrusted) { $0.answers[0].delegate?.purposes = [[0x2B, 6, 1, 5, 5, 7, 3, 3]] },
        Row("177", .ocspSignerUntrusted) { $0.answers[0].delegate?.purposes = nil },
        Row("178", .ocspSignerUntrusted) { $0.answers[0].delegateIssuer = $0.answers[1].issuer },
        Row("178, the issuer's name and another key", .ocspSignerUntrusted) {
            $0.answers[0].delegate?.signer = "another"
        },
        Row("179", .ocspSignerUntrusted) { $0.answers[0].delegate?.notBefore = Self.instant("2026-11-29T11:30:00Z") },
        Row("180", .ocspSignerUntrusted) { $0.answers[0].delegate?.isCA = true },
        Row("181", .revocationUnknown) { $0.answers[0].serial = [1] },
        Row("182", .ocspNonceMismatch) { try Self.live(&$0) { $0.nonce = [9, 9, 9] } },
        Row("183", .ocspNonceMismatch) { try Self.live(&$0) { $0.nonce = nil } },
        Row("live", nil) { try Self.live(&$0) { _ in } },
        Row("187", .ocspCertIDMismatch) { try Self.live(&$0) { $0.serial = [0x41, 2] } },
        Row("184", .ocspExpired) {
            $0.answers[0].nextUpdate = $0.time.advanced(bySeconds: -301)
        },
        Row("184, one second before", nil) { $0.answers[0].nextUpdate = $0.time.advanced(bySeconds: -300) },
        Row("185", .ocspExpired) {
            $0.answers[0].nextUpdate = nil
            Self.set(&$0.answers[0], $0.time.advanced(bySeconds: -3_960))
        },
        Row("186", .ocspNotYetValid) { Self.set(&$0.answers[0], $0.time.advanced(bySeconds: 301)) },
        Row("188", .certRevoked) { $0.answers[0].statuses = [.revoked(1)] },
        Row("188, a signer", .certRevoked) { $0.answers[3].statuses = [.revoked(1)] },
        Row("189", .certRevoked) { $0.answers[0].statuses = [.revoked(nil)] },
        Row("190", .certOnHold) { $0.answers[0].statuses = [.revoked(6)] },
        Row("190, allowed", nil) {
            $0.answers[0].statuses = [.revoked(6)]
            $0.options.allowHold = true
        }, Row("191", .revocationUnknown) { $0.answers[0].statuses = [.unknown] },
        Row("192", .revocationUnknown) { $0.answers = [] },
        Row("192, optional", nil) {
            $0.answers = []
            $0.options.revocation = .optional
        },
        Row("192, off", nil) {
            $0.answers[0].statuses = [.revoked(1)]
            $0.options.revocation = .off
        },
        Row("the world", .revocationUnavailable) {
            $0.answers = []
            $0.edit = { $0.isResponderUnavailable = true }
        },
        Row("the issuer itself answers", nil) { $0.answers[0].delegate = nil },
        Row("CertID by SHA-1", nil) { $0.answers[0].hashesWithSHA1 = true },
        Row("225", .ocspSignerUntrusted) {
            $0.answers[0].delegate?.notAfter = Self.instant("2024-12-31T00:00:00Z")
            $0.answers[0].producedAt = Self.instant("2024-11-29T11:00:00Z")
        },
        Row("225, two years ago", .ocspExpired) {
            $0.answers[0].delegate?.notAfter = Self.instant("2024-12-31T00:00:00Z")
            Self.set(&$0.answers[0], Self.instant("2024-11-29T11:00:00Z"))
            $0.answers[0].nextUpdate = Self.instant("2036-11-29T11:00:00Z")
        },
        Row("225, 301 s before", .ocspSignerUntrusted) {
            $0.answers[0].producedAt = $0.answers[0].thisUpdate.advanced(bySeconds: -301)
        },
        Row("225, 300 s before", nil) { $0.answers[0].producedAt = $0.answers[0].thisUpdate.advanced(bySeconds: -300) },
        Row("225, produced ahead", .ocspSignerUntrusted) {
            $0.answers[0].producedAt = $0.time.advanced(bySeconds: 301)
        },
        Row("226, live", .ocspExpired) {
            try Self.live(&$0) {
                Self.set(&$0, FakeSubmission.noon.advanced(bySeconds: -9 * 86_400))
                $0.nextUpdate = Self.instant("2036-11-29T11:00:00Z")
            }
        },
        Row("226, live, 8 days and 300 s", nil) {
            try Self.live(&$0) {
                Self.set(&$0, FakeSubmission.noon.advanced(bySeconds: -8 * 86_400 - 300))
                $0.nextUpdate = Self.instant("2036-11-29T11:00:00Z")
            }
        },
        Row("226, stored", .ocspExpired) { Self.aged(&$0, 86_701) },
        Row("226, stored, in time", nil) { Self.aged(&$0, 86_700) },
        Row("226, 30 days", .ocspExpired) {
            Self.aged(&$0, 8 * 86_400 + 301)
            $0.options.maximumAnswerAge = 30 * 86_400
        },
        Row("226, stale", nil) {
            Self.aged(&$0, 3 * 86_400)
            $0.answers[0].nextUpdate = $0.answers[0].thisUpdate.advanced(bySeconds: 86_400)
            $0.options.maximumAnswerAge = 4 * 86_400
        },
        Row("227", .certRevoked) { $0.answers[0].statuses = [.revoked(1), .good] },
        Row("227, the other way", .certRevoked) { $0.answers[0].statuses = [.good, .revoked(1)] },
        Row("227, hold and good", .certOnHold) { $0.answers[0].statuses = [.revoked(6), .good] },
        Row("227, hold and revoked", .certRevoked) { $0.answers[0].statuses = [.revoked(6), .revoked(1)] },
        Row("227, unknown and good", .revocationUnknown) { $0.answers[0].statuses = [.unknown, .good] },
        Row("227, two good ones", nil) { $0.answers[0].statuses = [.good, .good] },
        Row("228", nil) { Self.add(&$0, [.good], -7_200, .supplied) },
        Row("228, hold afterwards", .certOnHold) { Self.add(&$0, [.revoked(6)], -60, .supplied) },
        Row("228, an older good", .certOnHold) {
            $0.answers[0].statuses = [.revoked(6)]
            Self.add(&$0, [.good], -7_200, .supplied)
        },
        Row("228, a revocation of before", .certRevoked) { Self.add(&$0, [.revoked(1)], -7_200, .supplied) },
        Row("229", nil) {
            $0.answers[0].statuses = [.revoked(6)]
            Self.add(&$0, [.good], -60, .supplied)
        },
        Row("revoked, then a later good", .certRevoked) {
            $0.answers[0].statuses = [.revoked(1)]
            Self.add(&$0, [.good], -60, .own)
        },
        Row("revoked two years ago, kept", .certRevoked) {
            $0.answers[0].statuses = [.revoked(1)]
            Self.set(&$0.answers[0], Self.instant("2024-11-29T11:00:00Z"))
            $0.options.revocation = .optional
        },
        Row("hold of last week, kept", .certOnHold) {
            $0.answers[0].statuses = [.revoked(6)]
            Self.aged(&$0, 7 * 86_400)
            $0.options.revocation = .optional
        },
        Row("supplied, revoked, past its end", .revocationUnknown) {
            $0.answers[0].statuses = [.revoked(1)]
            $0.answers[0].origin = .supplied
            Self.aged(&$0, 7 * 86_400)
        },
        Row("a list that names the provisioner", .certRevoked) {
            $0.lists = [Self.list($0, issuer: 3, serials: [[0x31]])]
        },
        Row("an expired list that names it", .certRevoked) {
            $0.lists = [Self.list($0, issuer: 3, serials: [[0x31]])]
            $0.lists[0].nextUpdate = $0.time.advanced(bySeconds: -1)
        },
        Row("a list that somebody else signed", nil) {
            $0.lists = [Self.list($0, issuer: 3, serials: [[0x31]])]
            $0.lists[0].signer = "another"
        },
        Row("lists alone", nil) {
            try Self.listsAlone(&$0)
            $0.options.acceptUncheckedDevice = true
        }, Row("lists alone, not accepted", .revocationUnknown) { try Self.listsAlone(&$0) },
        Row("lists alone, one of them old", .revocationUnknown) {
            try Self.listsAlone(&$0)
            $0.options.acceptUncheckedDevice = true
            $0.lists[0].nextUpdate = $0.time.advanced(bySeconds: -1)
        },
    ]

    private static func set(_ answer: inout FakeAnswer, _ time: Instant) {
        answer.thisUpdate = time
        if answer.nextUpdate != nil { answer.nextUpdate = time.advanced(bySeconds: 86_400) }
    }

    private static func aged(_ submission: inout FakeSubmission, _ seconds: Int64) {
        set(&submission.answers[0], submission.time.advanced(bySeconds: -seconds))
        submission.answers[0].nextUpdate = instant("2036-11-29T11:00:00Z")
    }

    /// Another answer about the first certificate.
    private static func add(
        _ submission: inout FakeSubmission, _ statuses: [FakeAnswer.Status], _ seconds: Int64,
        _ origin: DeviceCollateral.Origin
    ) {
        var answer = submission.answers[0]
        answer.statuses = statuses
        set(&answer, submission.time.advanced(bySeconds: seconds))
        answer.origin = origin
        submission.answers.append(answer)
    }

    /// Every answer was asked for now, with a nonce; the first is edited.
    private static func live(_ submission: inout FakeSubmission, _ edit: (inout FakeAnswer) -> Void) throws {
        submission.options.revocationMode = .live
        let chains = submission.devices.map(\.chain) + submission.manifests.map(\.chain)
        for position in submission.answers.indices {
            let answer = submission.answers[position]
            for chain in chains {
                for (below, above) in zip(chain, chain.dropFirst())
                where below.serial == answer.serial && above.key == answer.issuer.key {
                    submission.answers[position].question = (try below.der(issuer: above), [1, 2, 3])
                }
            }
            submission.answers[position].nonce = [1, 2, 3]
        }
        edit(&submission.answers[0])
    }

    private static func list(_ submission: FakeSubmission, issuer: Int, serials: [[UInt8]]) -> FakeList {
        FakeList(
            issuer: submission.devices[0].chain[issuer], serials: serials,
            thisUpdate: submission.time.advanced(bySeconds: -3_600),
            nextUpdate: submission.time.advanced(bySeconds: 86_400))
    }

    private static func listsAlone(_ submission: inout FakeSubmission) throws {
        submission.answers = []
        submission.options.revocationMode = .crl
        submission.lists = [list(submission, issuer: 3, serials: []), list(submission, issuer: 4, serials: [[9]])]
    }

    @Test(arguments: revocation)
    func revocationRow(_ row: Row) throws { try run(row) }

    @Test func staleWarns() throws {
        var submission = try FakeSubmission()
        Self.aged(&submission, 3 * 86_400)
        submission.answers[0].nextUpdate = submission.answers[0].thisUpdate.advanced(bySeconds: 86_400)
        submission.options.maximumAnswerAge = 4 * 86_400
        #expect(try submission.judge().codes == [.revocationStale])
    }

    @Test func answersAboutOthersCostNothing() throws {
        var submission = try FakeSubmission()
        let own = submission.answers
        let stranger = FakeAnswer(
            about: FakeCertificate(name: "x", key: "x", serial: [77]), by: own[0].issuer, at: submission.time)
        submission.answers = Array(repeating: stranger, count: 128)
        let nothing = try submission.judge()
        #expect(nothing.verifiedAnswers == 0 && nothing.codes.contains(.revocationUnknown), "row 236")
        submission.answers = Array(repeating: stranger, count: 122) + own
        let result = try submission.judge()
        #expect(result.verdict == .accept && result.verifiedAnswers == 6, "row 236, \(result.codes)")
    }

    // MARK: Sets

    static func blackwells(_ count: UInt8) throws -> [FakeDevice] {
        try (1...count).map { try FakeDevice("GB100", number: $0) }
    }

    /// Eight GPUs that see four switches, and four switches that see eight GPUs.
    static func board() throws -> [FakeDevice] {
        let switches = (0..<4).map { number in [UInt8](repeating: UInt8(0x10 + number), count: 7) + [1] }
        let gpus = (0..<8).map { number in [UInt8](repeating: UInt8(0x20 + number), count: 8) }
        let links = (0..<18).flatMap { link in Array(switches[link % 4].reversed()) }
        let hoppers = try (1...8).map { number -> FakeDevice in
            var device = try FakeDevice(number: UInt8(number))
            device.report.set(21, [0xAA])
            device.report.set(36, [2, 0])
            device.report.set(22, links)
            return device
        }
        let nvswitches = try (1...4).map { number -> FakeDevice in
            var device = try FakeDevice("LS_10", number: UInt8(number))
            device.report.set(22, switches[number - 1])
            device.report.set(26, gpus.flatMap { $0 } + [UInt8](repeating: 0, count: 64))
            device.report.set(25, [1, 0])
            return device
        }
        return hoppers + nvswitches
    }

    static let sets: [Row] = [
        Row("193", .duplicateDevice) { $0.devices = try Self.blackwells(2) + Self.blackwells(1) },
        Row("194", .nonceDiffers) {
            $0.devices = try Self.blackwells(2)
            $0.devices[1].report.nonce[0] = 8
        }, Row("195", .modeMixed) { $0.devices = try Self.blackwells(1) + [FakeDevice()] },
        Row("196", .modeMixed) {
            $0.devices = try Self.blackwells(2)
            $0.devices[1].report.set(36, [0, 0])
        }, Row("197", .modeMixed) { $0.devices[0].report.set(36, [2, 0]) },
        Row("197, the other way", .modeMixed) {
            $0.devices = try Self.board()
            for number in 0..<8 { $0.devices[number].report.set(36, [0, 0]) }
        }, Row("198", .modeUnknown) { $0.devices[0].report.set(36, [3, 0]) },
        Row("199", .modeUnknown) { $0.devices[0].report.set(21, [0]) },
        Row("199, two bytes", .modeUnknown) { $0.devices[0].report.set(21, [0x55, 0]) },
        Row("200", .setIncomplete) { $0.devices = [try FakeDevice(), try FakeDevice(number: 2)] },
        Row("201", .setIncomplete) { $0.devices = Array(try Self.board().dropFirst()) },
        Row("202", .setIncomplete) { $0.devices = Array(try Self.board().suffix(4)) },
        Row("203", .modeMixed) { $0.devices = try Self.blackwells(1) + [FakeDevice("LS_10")] },
        Row("204", .count) { $0.options.gpuCount = 8 },
        Row("205", .topologyMismatch) {
            $0.devices = try Self.board()
            let links = $0.devices[3].report.data(22)
            $0.devices[3].report.set(22, [1, 9] + links.dropFirst(2))
        },
        Row("206", .topologyMismatch) {
            $0.devices = try Self.board()
            for number in 0..<8 {
                let links = $0.devices[number].report.data(22)
                let three = links.indices.map { $0 / 8 % 4 == 3 ? links[$0 % 8] : links[$0] }
                $0.devices[number].report.set(22, three)
            }
        },
        Row("207", .topologyMismatch) {
            $0.devices = try Self.board()
            $0.devices[9].report.set(22, [1, 2, 3, 4, 5, 6, 7, 8])
        },
        Row("208", .topologyMismatch) {
            $0.devices = try Self.board()
            let map = $0.devices[9].report.data(26)
            $0.devices[9].report.set(26, Array(map[8..<16] + map[8...]))
        },
        Row("209", .topologyMismatch) {
            $0.devices = try Self.board()
            $0.devices[9].report.set(26, [UInt8](repeating: 1, count: 63))
        },
        Row("210", .switchUnlocked) {
            $0.devices = try Self.board()
            $0.devices[9].report.set(25, [0, 0])
        }, Row("242, and a minimum by name", .notBound) { $0.options.minimumBinding = .quoted },
    ]

    @Test(arguments: sets)
    func setRow(_ row: Row) throws { try run(row) }

    @Test func goodSets() throws {
        for (devices, mode) in [
            (try Self.blackwells(8), DeviceMode.multi), (try Self.board(), .protectedPCIe),
            ([try FakeDevice()], .single),
        ] {
            let result = try FakeSubmission(devices).judge()
            #expect(result.mode == mode && result.findings.isEmpty, "\(mode): \(result.findings)")
            #expect(result.devices.allSatisfy { $0.device != nil })
        }
    }

    @Test func switchAndBlackwellByTheirManifests() throws {
        var nvswitch = try FakeSubmission()
        try Self.becomeSwitch(&nvswitch)
        let device = try nvswitch.judge().devices[0]
        #expect(device.verdict == .accept && device.measurements?.compared == 31, "\(device.codes)")
        var blackwell = try FakeSubmission([try FakeDevice("GB100")])
        blackwell.manifests[0].id = "NV_GPU_CC_DRIVER_GB100_550.90.07"
        blackwell.manifests[1].id = "NV_GPU_VBIOS_1010_0200_882_970088000F"
        blackwell.manifests[1].version = "97.00.88.00.0F"
        for number in 0...1 {
            blackwell.manifests[number].product = "GB100"
            blackwell.manifests[number].chain = FakeManifest.chain("GB100-CC")
        }
        blackwell.answers = blackwell.answersAboutAll()
        let result = try blackwell.judge()
        #expect(result.verdict == .accept, "\(result.codes)")
        blackwell.manifests[0].chain = FakeManifest.chain("GH100")
        #expect(try blackwell.judge().codes.contains(.rimProductMismatch))
    }

    // MARK: Everything is reached

    /// Every check but those of the container fails somewhere above, and every code that this module raises is found.
    @Test func everyCodeAndCheck() throws {
        var codes: Set<DeviceErrorCode> = []
        var steps: Set<DeviceStep> = []
        for row in Self.gate + Self.manifests + Self.revocation + Self.sets {
            var submission = try FakeSubmission()
            try row.edit(&submission)
            let result = try submission.judge()
            codes.formUnion(result.codes)
            for check in result.checks + result.devices.flatMap(\.checks) where check.outcome == .failed {
                steps.insert(check.step)
            }
        }
        // By edits of genuine evidence and by containers, in `DeviceTamperingTests` and `DeviceEvidenceTests`.
        let elsewhere: Set<DeviceErrorCode> = [
            .evidenceMalformed, .evidenceTooLarge, .evidenceEmpty, .archUnsupported, .formatUnsupported,
            .rimFormatUnsupported, .rimUnavailable, .rimSignatureProfile,
            .rimDigestMismatch, .rimNotPinned, .ocspMalformed, .ocspResponderError, .vbiosTooOld,
            .modelNotAllowed, .modeNotAllowed, .versionsNotJudged,
        ]
        let missing = Set(DeviceErrorCode.allCases).subtracting(codes).subtracting(elsewhere)
        #expect(missing.isEmpty, "\(missing)")
        let unfailed = Set(DeviceStep.allCases).subtracting(steps)
        // What is no container is refused before there is a list of checks.
        #expect(unfailed == [.container], "\(unfailed)")
        print("codes reached by signed rows: \(codes.count), checks that failed: \(steps.count)")
    }
}
