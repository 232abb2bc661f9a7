import Appraisal
import ArgumentParser
import DCAPFormats
import Wire

/// `assay decode`: what the bytes say, believed by nobody.
struct Decode: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints what a quote says. Verifies nothing and claims nothing.",
        discussion: "QUOTE is a raw, hex or base64 file, or - for standard input.")

    @Argument(help: "The quote: a raw, hex or base64 file, or -.")
    var quote: String

    @Option(help: "text for people, json for programs.")
    var format: Verify.Format = .text

    func run() throws {
        let input = try QuoteFile.read(quote)
        let parsed: Quote
        do {
            parsed = try Quote(parsing: input)
        } catch {
            throw Problem(
                exitCode: VerdictExit.reject,
                message: "\(quote): \(error.code.rawValue): \(FailureText.sentence(error))")
        }
        switch format {
        case .json:
            let document = JSON.object([
                ("verified", .bool(false)), ("quote", parsed.document),
                ("qe_report", parsed.signatureData.qeReport.document),
            ])
            Terminal.standardOutput(document.prettyText + "\n")
        case .text:
            Terminal.standardOutput(
                Terminal.paint("NOT VERIFIED", .yellow) + ": this is what the quote says, whoever wrote it.\n\n"
                    + FieldList.text(parsed.document))
        }
    }
}
