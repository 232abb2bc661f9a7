import Appraisal
import Foundation
import Testing
import Wire

/// The scheme `assay`, byte by byte: B1 to B7 of wire-formats 2.15, from the file that every implementation reads.
@Suite("Vectors of assay-v2")
struct BindingVectorTests {
    private static let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "vectors/assay-v2.json")

    private static func root() throws -> JSONValue {
        try JSONDocument(parsing: Array(try Data(contentsOf: file))).root
    }

    private static func bytes(_ name: StaticString, of value: JSONValue) throws -> [UInt8] {
        try #require(value.member(name)?.string.flatMap { Hex.decode($0) })
    }

    /// What holds is compared with the whole of report_data, so the hash itself is asked for.
    private static func holds(_ expected: ExpectedReportData, _ reportData: [UInt8]) throws -> Bool {
        let facts = try FactsRecipe.td().with { $0.body.put(reportData, at: FactsRecipe.TD.reportData) }.make()
        return appraise(facts, under: try .of(""), expecting: expected).isAccepted
    }

    @Test("B1 to B7: the report_data of each, and of no other")
    func vectors() throws {
        let vectors = Array(try #require(try Self.root().member("vectors")).elements)
        #expect(vectors.map { $0.member("name")?.string } == (1...7).map { "B\($0)" })
        for vector in vectors {
            let key = try Self.bytes("key", of: vector)
            let expected = try #require(
                ExpectedReportData.assay(
                    nonce: try Self.bytes("nonce", of: vector), keyThumbprint: FixedBytes<32>(exactly: key)))
            #expect(expected.keyThumbprint?.bytes ?? [] == key)
            #expect(expected.isFresh)
            for other in vectors {
                let isSame = vector.member("name")?.string == other.member("name")?.string
                #expect(
                    try Self.holds(expected, try Self.bytes("report_data", of: other)) == isSame,
                    "\(vector.path) and \(other.path)")
            }
            let replaced = try Self.bytes("replaced", of: try Self.root())
            #expect(try !Self.holds(expected, replaced), "assay-v1")
        }
    }

    @Test("Nonces and keys of another length are refused")
    func refused() throws {
        let cases = Array(try #require(try Self.root().member("refused")).elements)
        #expect(cases.count == 12)
        for each in cases {
            let key = try Self.bytes("key", of: each)
            let input = BoundInput(
                nonce: try Self.bytes("nonce", of: each), scheme: "assay", key: key.isEmpty ? nil : key)
            #expect(throws: BoundInput.Defect.self) { try input.expected() }
        }
    }

    @Test("The thumbprint of a key does not depend on how the key is given")
    func thumbprint() throws {
        let root = try Self.root()
        let wanted = try Self.bytes("thumbprint", of: root)
        let key = try #require(root.member("jwk"))
        #expect(KeyThumbprint.ofWebKey(key)?.bytes == wanted)
        let point = try [key.member("x"), key.member("y")].flatMap {
            try #require($0?.plainString.flatMap { Base64URL.decode($0) })
        }
        let prefix = try #require(Hex.decode("3059301306072a8648ce3d020106082a8648ce3d03010703420004"))
        #expect(KeyThumbprint.ofSubjectPublicKeyInfo(prefix + point)?.bytes == wanted)
    }
}
