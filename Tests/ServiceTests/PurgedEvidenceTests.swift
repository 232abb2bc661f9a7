import Crypto
import DCAPFormats
import Foundation
import MerkleLog
import PlatformSimulator
import ServiceSupport
import Testing
import Wire

@testable import assay

@Suite("Evidence that was deleted")
struct PurgedEvidenceTests {
    private static let token = "an auditor's token"

    @Test("Bundle and explanation are gone, and say what of; the entry stays. What is no verdict never had any")
    func erased() async throws {
        let folder = try ScratchFolder()
        let digest = Hex.encode(Array(SHA256.hash(data: Array(Self.token.utf8))))
        let file = try folder.write("ada audit:read,audit:evidence \(digest)\n", to: "auditors")
        try await Administration.run(["audit.tokens_file": file], folder: folder) { admin in
            let live = admin.live
            func get(_ path: String) async throws -> WebAnswer {
                try await live.client.get(live.base + path, headers: ["Authorization: Bearer \(Self.token)"])
            }
            let quote = try Quote(parsing: try TestWorld.evidence().quote)
            let verdict = try await live.raw(quote.bytes)
            let jti = try #require(try verdict.value("id"))
            let index = try #require(try verdict.value("log", "index"))
            let paths = ["/audit/v1/bundle/\(index)", "/v1/verdicts/\(jti)/explain"]
            for path in paths { #expect(try await get(path).status == 200, "\(path)") }

            #expect(try await admin.send("DELETE", "/admin/v1/evidence/\(jti)").value("quotes") == "1")
            for path in paths {
                let answer = try await get(path)
                #expect(try answer.problem(410) == "EVIDENCE_PURGED")
                #expect(
                    try answer.value("detail")
                        == "the quote \(MerkleHashing.sha256(quote.bytes).hex) is not kept any more; "
                        + "the entry and its proof are")
                #expect(try answer.value("fix") == "Ask whoever keeps bundles, or look at the entry alone.")
            }
            let genesis = try await get("/audit/v1/bundle/0")
            #expect(try genesis.problem(404) == "NOT_FOUND")
            #expect(try genesis.value("detail") == "this entry is no verdict, and has no evidence")
        }
    }
}
