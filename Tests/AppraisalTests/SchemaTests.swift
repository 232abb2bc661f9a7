import Foundation
import ProcessSupport
import Testing

/// The JSON Schema that editors use says what the reader says: it takes the shipped policies, and refuses the broken ones but
/// for those whose defect no schema can see.
@Suite("The policy schema", .waiting)
struct SchemaTests {
    private static let policies = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "policies")

    /// Defects between members, in the kind of a claim, or in a second member of the same name.
    private static let unseen = [
        #""rejected_advisory_ids":["INTEL-SA-00001"],"allowed_advisory_ids":["intel-sa-00001"]"#, #""id":"twice""#,
        "0000004000000000",
        #""value":"0000000000000000","mask":"0000000000000000""#, #""claim":"mrtd""#,
        #""claim":"mr_td","operator":"equals","value":"ab""#, #""operator":"at_least","value":"tdx""#,
        #""value":"soon""#, #""mask":"03""#, #"{"id":"a","claim":"tee","operator":"equals","value":"tdx"},{"id":"a""#,
        #""rule":"claim.none""#, ":1.0", #""claim":"event_log.kernel_cmdline","operator":"equals""#,
        #""claim":"event_log.rtmr1.digests""#, #""claim":"mr_td","operator":"subset_of""#,
        #""claim":"event_log.dstack."#,
    ]

    private static let script = """
        import json, sys
        from jsonschema import Draft202012Validator
        schema, *files = sys.argv[1:]
        validator = Draft202012Validator(json.load(open(schema)))
        Draft202012Validator.check_schema(validator.schema)
        for file in files:
            print(0 if validator.is_valid(json.load(open(file))) else 1)
        """

    private static func python(_ arguments: [String]) throws -> ChildProcess.Result {
        try ChildProcess.run(["python3"] + arguments)
    }

    @Test(
        "Shipped policies pass, broken ones do not",
        .needs(.python))
    func schema() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "assay-schema-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var files: [String] = []
        for (index, broken) in PolicyReadingTests.broken.enumerated() {
            let file = folder.appending(path: "\(index).json")
            try Data((#"{"id":"test","version":1,"# + broken.members + "}").utf8).write(to: file)
            files.append(file.path())
        }
        let shipped = try FileManager.default.contentsOfDirectory(atPath: Self.policies.path())
            .filter { $0.hasSuffix(".json") && !$0.hasSuffix(".schema.json") }.map {
                Self.policies.appending(path: $0).path()
            }
        #expect(shipped.count == 5)
        let schema = Self.policies.appending(path: "policy.schema.json").path()
        let result = try Self.python(["-c", Self.script, schema] + shipped + files)
        #expect(result.exitCode == 0)
        let refused = result.output.split(separator: "\n").map { $0 == "1" }
        try #require(refused.count == shipped.count + files.count)
        #expect(refused.prefix(shipped.count).allSatisfy { !$0 })
        for (broken, isRefused) in zip(PolicyReadingTests.broken, refused.dropFirst(shipped.count)) {
            let isUnseen = Self.unseen.contains { broken.members.contains($0) }
            #expect(isRefused != isUnseen, "the schema \(isRefused ? "refuses" : "takes") \(broken.members)")
        }
        for defect in Self.unseen {
            #expect(PolicyReadingTests.broken.contains { $0.members.contains(defect) }, "no policy has \(defect)")
        }
    }
}
