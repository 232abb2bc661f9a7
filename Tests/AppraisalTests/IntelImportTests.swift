import Appraisal
import Crypto
import DCAPFormats
import Testing
import Wire

/// Intel's policies, read with their byte order and refused where they cannot be said here (dcap 6.1 to 6.6, row 255).
@Suite("Importing Intel's appraisal policies")
struct IntelImportTests {
    private static let tdPlatform = "f708b97f-0fb2-4e6b-8b03-8a5bcd1221d3"
    private static let td = "45b734fc-aa4e-4c3d-ad28-e43d08880e68"
    private static let tdQE = "3769258c-75e6-4bc7-8d72-d2b0e224cad2"
    private static let sgxPlatform = "3123ec35-8d38-4ea5-87a5-d6c48b567570"
    private static let enclave = "bef7cb8c-31aa-42c1-854c-10db005d5c41"

    private static func entry(_ id: String, _ reference: String) -> String {
        #"{"environment":{"class_id":"\#(id)","description":"d"},"reference":{\#(reference)}}"#
    }

    private static func imported(
        _ entries: String..., key: P384.Signing.PublicKey? = nil
    ) throws(PolicyError) -> Policy {
        let payload = #"{"policy_array":[\#(entries.joined(separator: ","))]}"#
        return try Policy(
            parsing: try IntelPolicyImport.document(
                importing: Array(payload.utf8), id: "intel", signedBy: key))
    }

    @Test("Measurements are turned round: a value in their order matches, in ours it does not")
    func byteOrder() throws {
        // Not a palindrome: 00 01 … 2F.
        let bytes = (0..<48).map { UInt8($0) }
        let facts = try FactsRecipe.td().with {
            $0.body.replaceSubrange(FactsRecipe.TD.mrTD..<FactsRecipe.TD.mrTD + 48, with: bytes)
        }
        .make()
        let theirs = try Self.imported(
            Self.entry(Self.td, #""tdx_mrtd":"\#(Hex.encode(bytes.reversed()).uppercased())""#))
        #expect(appraise(facts, under: theirs).codes.isEmpty)
        let wrong = try Self.imported(Self.entry(Self.td, #""tdx_mrtd":"\#(Hex.encode(bytes))""#))
        #expect(appraise(facts, under: wrong).codes == [.tdIdentity])
        // The specification's example: SEPT_VE_DISABLE alone.
        let attributes = try Self.imported(Self.entry(Self.td, #""tdx_attributes":"0000000010000000""#))
        #expect(appraise(facts, under: attributes).codes.isEmpty)
        #expect(attributes.document["td_attributes"]?["value"] == .string("0000001000000000"))
        #expect(attributes.document["td_attributes"]?["mask"] == .string("ffffffff00000000"))
    }

    @Test("Platform and quoting enclave: statuses by their parts, numbers, advisories")
    func platform() throws {
        let policy = try Self.imported(
            Self.entry(
                Self.tdPlatform,
                #""accepted_tcb_status":["uptodate","ConfigurationNeeded","TDRelaunchAdvised"],"min_eval_num":16,"rejected_advisory_ids":["INTEL-SA-00001"],"min_tcb_level_date":"2025-01-01T00:00:00Z","accepted_sgx_types":[0,1],"allow_dynamic_platform":false"#
            ),
            Self.entry(Self.tdQE, #""accepted_tcb_status":"UpToDate","min_eval_num":17"#))
        let facts = FactsRecipe.td()
        #expect(appraise(try facts.make(), under: policy).codes.isEmpty)
        #expect(
            appraise(try facts.with { $0.status = .configurationNeeded }.make(), under: policy).codes
                .isEmpty)
        #expect(
            appraise(try facts.with { $0.status = .outOfDate }.make(), under: policy).codes.contains(
                .tcbStatus))
        #expect(
            appraise(try facts.with { $0.evaluationNumber = 15 }.make(), under: policy).codes == [
                .evaluationNumber, .claim,
            ])
        #expect(
            appraise(try facts.with { $0.advisories = ["intel-sa-00001"] }.make(), under: policy).codes == [
                .advisory
            ])
        #expect(
            appraise(try facts.with { $0.dynamicPlatform = true }.make(), under: policy).codes == [
                .platformType
            ])
        #expect(appraise(try FactsRecipe.sgx().make(), under: policy).codes == [.claim])
    }

    @Test("Enclaves by identity, with masks")
    func enclave() throws {
        let policy = try Self.imported(
            Self.entry(
                Self.sgxPlatform,
                #""accepted_tcb_status":["UpToDate","SWHardeningNeeded"],"collateral_grace_period":0"#),
            Self.entry(
                Self.enclave,
                #""sgx_mrsigner":"\#(String.bytes(0xE1, 32))","sgx_isvprodid":3,"sgx_isvsvn_min":7,"sgx_attributes":"\#(String.bytes(0, 15))05","sgx_attributes_mask":"\#(String.bytes(0, 15))FF""#
            ))
        #expect(appraise(try FactsRecipe.sgx().make(), under: policy).codes.isEmpty)
        let debug = FactsRecipe.sgx().with { $0.body[FactsRecipe.SGX.attributes] = 7 }
        #expect(appraise(try debug.make(), under: policy).codes == [.debug, .sgxIdentity])
    }

    static let unsayable: [(entries: String, field: String)] = [
        // Row 246: the misspelling of Intel's own sample.
        (
            entry(tdPlatform, #""allow_dynamic_plaform":false"#),
            "policy_array[0].reference.allow_dynamic_plaform"
        ),
        // Row 247.
        (
            entry(tdPlatform, #""accepted_tcb_status":["OutOfDate"]"#),
            "policy_array[0].reference.accepted_tcb_status"
        ),
        (
            entry(tdPlatform, #""accepted_tcb_status":["Fine"]"#),
            "policy_array[0].reference.accepted_tcb_status[0]"
        ),
        // Row 249.
        (
            entry(tdPlatform, #""min_eval_num":16,"collateral_grace_period":0"#),
            "policy_array[0].reference.collateral_grace_period"
        ),
        // Row 250.
        (
            entry(
                tdPlatform,
                #""accepted_tcb_status":["UpToDate","OutOfDate"],"collateral_grace_period":5,"platform_grace_period":5"#
            ),
            "platform_grace_seconds"
        ),
        (
            entry(tdPlatform, #""accepted_platform_provider_ids":["00"]"#),
            "policy_array[0].reference.accepted_platform_provider_ids"
        ),
        (
            entry(tdPlatform, #""accepted_sgx_types":[3]"#),
            "policy_array[0].reference.accepted_sgx_types[0]"
        ),
        // Row 254.
        (
            entry(td, #""tdx_attributes":"0000000010000000","tdx_attributes_mask":"FF""#),
            "policy_array[0].reference.tdx_attributes_mask"
        ),
        (entry(td, #""tdx_mrtd ":"\#(String.bytes(1, 48))""#), "policy_array[0].reference.tdx_mrtd "),
        (entry(enclave, #""sgx_ce_attributes":"00""#), "policy_array[0].reference.sgx_ce_attributes"),
        (entry(enclave, ""), "sgx_identity.mr_enclave"),
        (entry("00000000-0000-0000-0000-000000000000", ""), "policy_array[0].environment.class_id"),
        (entry(td, "") + "," + entry(td, ""), "policy_array[1].environment.class_id"),
        (entry(td, "") + "," + entry(enclave, ""), "policy_array[1].environment.class_id"),
        (
            entry(td, "") + "," + entry("a1e4ee9c-a12e-48ac-bed0-e3f89297f687", ""),
            "policy_array[1].environment.class_id"
        ),
    ]

    @Test("What cannot be said here is refused, with the member", arguments: unsayable)
    func refuses(_ entries: String, _ field: String) {
        do throws(PolicyError) {
            _ = try Self.imported(entries)
            Issue.record("accepted")
        } catch {
            #expect(error.field == field)
        }
    }

    @Test("A signed policy counts under the key that was named, and under no other")
    func signature() throws {
        let key = P384.Signing.PrivateKey()
        let policy = #"{"policy_array":[\#(Self.entry(Self.td, #""tdx_xfam":"00000000000000E7""#))]}"#
        let payload = JSON.object([("policy_payload", .string(policy))]).compactText
        func part(_ text: String) -> String { Base64URL.encode(Array(text.utf8)) }
        func token(_ algorithm: String) throws -> [UInt8] {
            let signed = part(#"{"alg":"\#(algorithm)","typ":"JWT"}"#) + "." + part(payload)
            let signature = try key.signature(for: Array(signed.utf8)).rawRepresentation
            return Array((signed + "." + Base64URL.encode(Array(signature))).utf8)
        }
        let good = try token("ES384")
        #expect(throws: Never.self) {
            _ = try IntelPolicyImport.document(importing: good, id: "intel", signedBy: key.publicKey)
        }
        var altered = good
        altered[altered.count - 100] ^= 1
        let cases: [([UInt8], P384.Signing.PublicKey?)] = [
            (good, nil), (good, P384.Signing.PrivateKey().publicKey), (altered, key.publicKey),
            (try token("none"), key.publicKey), (Array("a.b".utf8), key.publicKey),
        ]
        for (bytes, key) in cases {
            #expect(throws: PolicyError.self) {
                _ = try IntelPolicyImport.document(importing: bytes, id: "intel", signedBy: key)
            }
        }
    }
}
