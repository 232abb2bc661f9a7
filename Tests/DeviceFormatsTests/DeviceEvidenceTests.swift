import CorpusSupport
import DeviceFormats
import Testing
import Wire

/// The containers of devices 2.1, their defects (rows 1 to 13), bundles, and the vectors of devices 6.4.
@Suite struct DeviceEvidenceTests {
    private static let nonce = String(repeating: "ab", count: 32)
    private static let device =
        #"{"arch":"HOPPER","nonce":"\#(nonce)","evidence":"AAEC","certificate":"UEVN","version":"1.0","driver_version":"1"}"#

    private func read(_ text: String) throws -> DeviceEvidenceList {
        try DeviceEvidenceList(parsing: Array(text.utf8))
    }

    private func expect(_ code: DeviceErrorCode, _ bytes: [UInt8], _ comment: Comment) {
        let failure = #expect(throws: DeviceFailure.self, comment) { try DeviceEvidenceList(parsing: bytes) }
        #expect(failure?.code == code, comment)
    }

    @Test func everyShape() throws {
        let plain = #"{"evidence":"AAEC","certificate":"UEVN"}"#
        let trustee =
            #"{"device_evidence_list":[{"arch":"hopper","uuid":"u","evidence":"000102","certificate":"UEVN"}]}"#
        let nras = #"{"nonce":"0x\#(Self.nonce)","arch":"Hopper","claims_version":"3.0","evidence_list":[\#(plain)]}"#
        let shapes: [(String, DeviceEvidenceList.Shape)] = [
            ("[\(Self.device)]", .sdk),
            (#"{"evidences":[\#(Self.device)],"result_code":0,"result_message":"Ok"}"#, .sdk), (nras, .nras),
            (trustee, .trustee), (#"{"nvidia":\#(trustee)}"#, .trustee),
            (JSON.object([("nvidia_payload", .string(nras))]).compactText, .nras),
            (
                #"{"nvgpu":{"gpu_nonce":"\#(Self.nonce)","arch":"hopper","evidence_list":[\#(plain)]},"tdx":{}}"#,
                .intelTrustAuthority
            ),
            (
                #"{"gpu_evidence":{"evidence_list":[{"index":0,"attestation_report":"AAEC","certificate":"UEVN"}],"collection_time":"x"}}"#,
                .anolis
            ),
            (#"{"evidence_list":[{"index":0,"attestation_report":"AAEC","certificate":"UEVN"}]}"#, .anolis),
            (
                JSON.object([
                    ("vendor", .string("nvidia")), ("format", .string("nvidia-nvattest-collect-evidence-json-v1")),
                    ("evidence", .string(Base64.encode(Array("[\(Self.device)]".utf8)))),
                ]).compactText, .dstack
            ),
        ]
        let withoutClass: Set<DeviceEvidenceList.Shape> = [.anolis]
        let withoutNonce: Set<DeviceEvidenceList.Shape> = [.anolis, .trustee]
        for (text, shape) in shapes {
            let list = try read(text)
            #expect(list.shape == shape, "\(text)")
            #expect(list.devices.count == 1 && list.devices[0].report == [0, 1, 2], "\(text)")
            #expect(list.devices[0].chain == Array("PEM".utf8), "\(text)")
            #expect((list.devices[0].declaredClass == nil) == withoutClass.contains(shape), "\(text)")
            #expect((list.devices[0].declaredNonce == nil) == withoutNonce.contains(shape), "\(text)")
        }
    }

    @Test func rows() {
        func text(_ text: String) -> [UInt8] { Array(text.utf8) }
        func edited(_ old: String, _ new: String) -> [UInt8] {
            text("[\(Self.device.replacing(old, with: new))]")
        }
        expect(.evidenceMalformed, text("[{"), "row 1")
        expect(.evidenceMalformed, [0x5B, 0x22, 0xFF, 0x22, 0x5D], "row 2")
        expect(.evidenceTooLarge, [UInt8](repeating: 0x20, count: 1_048_577), "row 3")
        expect(.evidenceMalformed, edited(#""evidence":"AAEC""#, #""evidence":"AAEC","evidence":"AAEC""#), "row 4")
        expect(.evidenceMalformed, text(#"{"devices":[]}"#), "row 5")
        expect(.evidenceEmpty, text("[]"), "row 6")
        expect(
            .evidenceTooLarge, text("[" + Array(repeating: Self.device, count: 17).joined(separator: ",") + "]"),
            "row 7")
        expect(.evidenceMalformed, edited(#","certificate":"UEVN""#, ""), "row 8")
        expect(.evidenceMalformed, edited("AAEC", "AAE_"), "row 9")
        expect(.evidenceMalformed, edited(#""AAEC""#, "1"), "row 10")
        expect(.evidenceMalformed, edited(Self.nonce, String(Self.nonce.dropLast())), "row 11")
        expect(.archUnsupported, edited("HOPPER", "AMPERE"), "row 12")
        expect(.archUnsupported, edited("HOPPER", "SV10"), "an older switch")
        expect(
            .evidenceMalformed, text(#"{"evidence_list":[{"attestation_report":null,"certificate":"UEVN"}]}"#), "row 13"
        )
        expect(.formatUnsupported, text(#"{"vendor":"amd","format":"x","evidence":"00"}"#), "another vendor")
        expect(.evidenceMalformed, text(#"{"nvidia_payload":"{\"nvidia_payload\":\"[]\"}"}"#), "a text in a text")
        expect(.evidenceMalformed, text("7"), "a number")
        expect(.evidenceMalformed, text(#"["x"]"#), "a text for a device")
    }

    @Test func sixteenDevices() throws {
        #expect(
            try read("[" + Array(repeating: Self.device, count: 16).joined(separator: ",") + "]").devices.count == 16)
    }

    @Test(.enabled(if: DeviceCorpus.isAvailable, "\(Corpus.absence)"))
    func containersOfTheCorpus() throws {
        let corpus = try DeviceCorpus.open()
        let counts = [
            "gpu/nvtrust-gpu-evidence/gpu_evidence.json": 8, "gpu/nvsdk-hopper-evidence/hopper_evidence.json": 1,
            "gpu/nvsdk-multi-switch-ls10/multi_switch_ls10.json": 4, "gpu/google-ppcie/ppcie_hopper_8.c17d2f71.json": 8,
            "gpu/google-ppcie/ppcie_ls10_4.79e6c4e0.json": 4,
            "gpu/veraison-blackwell-evidence/blackwell-evidence.json": 1,
            "gpu/nvsdk-switch-evidence-ls10/switch_evidence_ls10.json": 1,
        ]
        for (path, count) in counts {
            #expect(try DeviceEvidenceList(parsing: corpus.bytes(at: path)).devices.count == count, "\(path)")
        }
    }

    // MARK: Bundles

    @Test func bundles() throws {
        let text =
            #"{"v":1,"rims":{"A":["AA==","AQ=="],"B":"Ag=="},"ocsp":["AA=="],"crls":[],"fetched":"2026-11-29T00:00:00Z"}"#
        let bundle = try DeviceCollateral(bundle: Array(text.utf8), origin: .own)
        #expect(bundle.manifests.map(\.id) == ["A", "A", "B"] && bundle.answers.count == 1 && bundle.crls.isEmpty)
        #expect(bundle.manifests.allSatisfy { $0.origin == .own })
    }

    private func bundle(rims: Int = 0, answers: Int = 0, lists: Int = 0) -> [UInt8] {
        let rims = (0..<rims).map { #""\#($0)":"AA==""# }.joined(separator: ",")
        func list(_ count: Int) -> String { Array(repeating: #""AA==""#, count: count).joined(separator: ",") }
        return Array(#"{"rims":{\#(rims)},"ocsp":[\#(list(answers))],"crls":[\#(list(lists))]}"#.utf8)
    }

    @Test func bundlesAtTheirLimits() throws {
        _ = try DeviceCollateral(bundle: bundle(rims: 64, answers: 128, lists: 16), origin: .supplied)
        for (bytes, what) in [
            (bundle(answers: 129), "row 235"), (bundle(rims: 65), "65 documents"), (bundle(lists: 17), "17 lists"),
            ([UInt8](repeating: 0x20, count: 8_388_609), "8 MiB and a byte"),
            (
                Array(#"{"rims":{"A":[\#(Array(repeating: #""AA==""#, count: 9).joined(separator: ","))]}}"#.utf8),
                "nine of one identifier"
            ),
        ] {
            let failure = #expect(throws: DeviceFailure.self) { try DeviceCollateral(bundle: bytes, origin: .supplied) }
            #expect(failure?.code == .evidenceTooLarge, "\(what)")
        }
    }

    @Test(arguments: [
        "[]", "{", #"{"rim":{}}"#, #"{"v":2}"#, #"{"rims":[]}"#, #"{"ocsp":"AA=="}"#, #"{"ocsp":[1]}"#,
        #"{"fetched":"today"}"#, #"{"crls":["!"]}"#,
    ])
    func bundlesOfAnotherForm(_ text: String) {
        let failure = #expect(throws: DeviceFailure.self) {
            try DeviceCollateral(bundle: Array(text.utf8), origin: .supplied)
        }
        #expect(failure?.code == .evidenceMalformed)
    }

    // MARK: The scheme

    @Test func bindingVectors() throws {
        let nonce = Array(UInt8(0)...0x1F)
        let thumbprint = try #require(FixedBytes<32>(exactly: UInt8(0x20)...0x3F))
        #expect(
            DeviceBinding.deviceNonce(nonce: nonce)?.hex
                == "7abb0146c26ba9a9c4650917e7c7dbf05c78c4371430787135ddb90c4a3b3b0d")
        #expect(
            DeviceBinding.deviceNonce(nonce: nonce, thumbprint: thumbprint)?.hex
                == "dbd01e04ce7f50e7cffc9931dd40880a5890cea336c15bcac8c938f37a36310f")
        #expect(
            Hex.encode(DeviceBinding.list([]))
                == "87e77ed3f6c585862e92283b895405bcb6ffe10702c6ed801c940ac9aef937f9c876fef6194004da8457e2f271f77f29")
        let items = ["A", "B"].map {
            DeviceBinding.Item(report: Array("report-\($0)".utf8), leaf: Array("leaf-\($0)".utf8))
        }
        for order in [items, items.reversed()] {
            #expect(
                Hex.encode(DeviceBinding.list(order))
                    == "ed2e4bc9e6fa98e5c25aba01d31a85cd3a15e9c990ba00297e122c99249e36f29013bc6d72281aeb0cabadafbb0a131d"
            )
            #expect(
                DeviceBinding.reportData(nonce: nonce, thumbprint: thumbprint, devices: order)?.hex
                    == "b4a5e4e3f7eb8c58c0c11f25ca2d959839f7d9f0e80cc00b34a7329dc4f2186f"
                    + "c862e62775bd7b1a6b1a7d55a6cbf15205b058e9d3d5ff3f8d93908147172c9f")
        }
        #expect(
            DeviceBinding.reportData(nonce: nonce, devices: [])?.hex
                == "7a2ac1dd7e2b57464b2ef04f9a8facc145b34fcb7afa9195b410d39b1fc4433c"
                + "051ac17294c45f97b61595fa35757b2481161e363f5b42d9536e419f799c239b")
        #expect(DeviceBinding.deviceNonce(nonce: Array(nonce.prefix(15))) == nil)
        #expect(DeviceBinding.reportData(nonce: Array(nonce + nonce + [1]), devices: []) == nil)
    }
}
