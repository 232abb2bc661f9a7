import DCAPFormats
import DCAPVerification
import EventLog

/// The kernel's command line, if the log and the quote agree on it.
///
/// - Parameter quote: Only a verified one: the log is measured against its registers.
func kernelCommandLine(of log: [UInt8], beside quote: VerifiedQuote) -> String? {
    guard case .td(let report) = quote.quote.body else { return nil }
    let findings = EventLogFindings(
        of: log, against: QuotedRegisters(report.rtmr0, report.rtmr1, report.rtmr2, report.rtmr3))
    if let error = findings.error {
        print("the log cannot be read: \(error)")
        return nil
    }
    for register in findings.registers where !register.isAccounted {
        // The log does not lead to this register, or hides what some of its events say.
        print("\(register.register.name) is not accounted for: \(register.status.rawValue)")
    }
    // Facts come from measured bytes alone. Which event is the command line is the sender's word, so compare the text with
    // the one you expect, or pin the register.
    return findings.facts?.kernelCommandLine?.text
}
