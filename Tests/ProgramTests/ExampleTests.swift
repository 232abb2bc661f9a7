import ProcessSupport
import Testing

/// What others copy from: the programs of `Examples`.
@Suite("Examples", .waiting)
struct ExampleTests {
    @Test(
        "verify-quote says what assay verify says, with the same exit code",
        arguments: [
            (
                ["good.quote", "collateral.json", "root.pem"], Int32(0),
                "accept, warning: NO_REFERENCE_VALUES, NOT_FRESH"
            ),
            (["forged.quote", "collateral.json", "root.pem"], 1, "reject, contraindicated: QUOTE_SIGNATURE_INVALID"),
            (["good.quote", "collateral.json"], 1, "reject, contraindicated: PCK_ROOT_UNTRUSTED"),
            (["good.quote", "root.pem"], 2, "undecided: "), (["good.quote"], 64, "usage: verify-quote"),
        ])
    func verifyQuote(_ files: [String], _ exitCode: Int32, _ line: String) throws {
        let scratch = try Scratch()
        for arguments in [
            ["quote", "--at", "now", "--out", "good.quote"],
            ["quote", "--at", "now", "--mutation", "48", "--out", "forged.quote"],
            ["collateral", "--at", "now", "--out", "collateral.json", "--trust-root", "root.pem"],
        ] {
            #expect(try Program.run("assay-sim", arguments, folder: scratch.path).exitCode == 0)
        }
        let result = try Program.run("example-verify-quote", files, folder: scratch.path)
        #expect(result.exitCode == exitCode)
        #expect(result.output.hasPrefix(line), "\(result.output)")
    }
}
