import Appraisal
import ArgumentParser
import DCAPFormats
import DCAPVerification
import Foundation
import Wire

/// `assay verify`: one quote, given collateral, one verdict. Makes no network call.
struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Judges a quote: accept (exit 0), reject (1), or cannot decide (2).",
        discussion: "QUOTE is a raw, hex or base64 file, or - for standard input.")

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

    @Argument(help: "The quote: a raw, hex or base64 file, or -.")
    var quote: String

    @Option(help: "Collateral: a bundle (JSON) or a folder of raw PCS responses.")
    var collateral: String?

    @Option(help: "Judge as of this time, YYYY-MM-DDThh:mm:ssZ. Default: now.")
    var at: String?

    @Option(help: "The policy, by id. Built in: strict.")
    var policy: String = Policy.strict.id

    @Option(name: .customLong("report-data"), help: "1 to 64 bytes in hex that report_data must hold, zero-padded.")
    var reportData: String?

    @Option(name: .customLong("trust-root"), help: "A root certificate (PEM or DER) INSTEAD of Intel's.")
    var trustRoot: String?

    @Flag(name: .customLong("accept-tcb-info-v2"), help: "Read the retired TCB info version 2 (SGX only).")
    var acceptTCBInfoV2 = false

    @Option(help: "text for people, json for programs.")
    var format: Format = .text

    func run() throws {
        let time = try readTime()
        let policy = try readPolicy()
        let expected = try readReportData()
        let anchor = try readTrustRoot()
        guard let collateral else {
            throw Problem.usage(
                "no source of collateral; give --collateral with a bundle (JSON) or a folder of raw PCS responses")
        }
        let input = try QuoteFile.read(quote)
        let documents = try CollateralFile.read(collateral)
        let verifier = Verifier(
            trusting: anchor, options: VerificationOptions(acceptTCBInfoV2: acceptTCBInfoV2))
        let verdict = appraise(
            verifier.verify(input, using: documents, at: time), trusting: anchor, under: policy, expecting: expected,
            at: time)
        switch format {
        case .json:
            Terminal.standardOutput(verdict.document(verifierVersion: Assay.version).prettyText + "\n")
        case .text:
            Terminal.standardOutput(VerdictText(verdict).text)
        }
        guard verdict.decision != .accept else { return }
        throw ExitCode(verdict.decision == .reject ? VerdictExit.reject : VerdictExit.error)
    }

    private func readTime() throws -> Instant {
        guard let at else { return Instant(seconds: Int64(Date().timeIntervalSince1970)) }
        guard let time = Instant(rfc3339: at) else {
            throw Problem.usage("--at \(at): not a time; write it as 2026-01-15T00:00:00Z")
        }
        return time
    }

    private func readPolicy() throws -> Policy {
        guard policy == Policy.strict.id else {
            throw Problem.usage("--policy \(policy): there is no such policy; built in is \(Policy.strict.id)")
        }
        return .strict
    }

    private func readReportData() throws -> ExpectedReportData? {
        guard let reportData else { return nil }
        guard let bytes = Hex.decode(reportData), let expected = ExpectedReportData(raw: bytes) else {
            throw Problem.usage("--report-data: give 1 to 64 bytes in hex, not all zero")
        }
        return expected
    }

    private func readTrustRoot() throws -> TrustAnchor {
        guard let trustRoot else { return .intel }
        let bytes = try InputFile.read(trustRoot, limit: Limits.certificateBytes * 2, what: "root certificate")
        do {
            return try TrustAnchor(certificate: bytes)
        } catch {
            throw Problem.usage(
                "--trust-root \(trustRoot): not a root certificate (\(error.field): found \(error.found), "
                    + "wanted \(error.wanted))")
        }
    }
}
