import Appraisal
import ArgumentParser
import DCAPFormats
import EventLog
import Wire

/// `assay decode`: what the bytes say, believed by nobody.
struct Decode: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints what a quote says. Verifies nothing and claims nothing.",
        discussion: "QUOTE is a raw, hex or base64 file, or - for standard input.")

    @Argument(help: "The quote: a raw, hex or base64 file, or -.")
    var quote: String

    @Option(help: ArgumentHelp("Replay this event log against the quote's registers.", valueName: "file"))
    var eventLog: String?

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
        let findings = try eventLog.map { path in try replay(path, parsed) }
        switch format {
        case .json:
            let log: [(String, JSON)] = findings.map { [("event_log", $0.document)] } ?? []
            let document = JSON.object(
                [
                    ("verified", .bool(false)), ("quote", parsed.document),
                    ("qe_report", parsed.signatureData.qeReport.document),
                ] + log)
            Terminal.standardOutput(document.prettyText + "\n")
        case .text:
            Terminal.standardOutput(
                Terminal.paint("NOT VERIFIED", .yellow) + ": this is what the quote says, whoever wrote it.\n\n"
                    + FieldList.text(parsed.document) + (findings.map { "\n" + EventLogText.text($0) } ?? ""))
        }
    }

    /// A log beside a quote that nobody verified: as good as the quote.
    private func replay(_ path: String, _ quote: Quote) throws -> EventLogFindings {
        // Base64 is a third longer, and lines are broken.
        let file = try InputFile.read(path, limit: Limits.eventLogBytes * 2, what: "event log")
        guard case .td(let report) = quote.body else {
            return EventLogFindings(refusing: file, because: .notApplicable)
        }
        do throws(EventLogError) {
            return EventLogFindings(
                of: try EventLogSniffing.bytes(ofFile: file),
                against: QuotedRegisters(report.rtmr0, report.rtmr1, report.rtmr2, report.rtmr3))
        } catch {
            return EventLogFindings(refusing: file, because: error)
        }
    }
}
