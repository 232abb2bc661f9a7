import Appraisal
import ArgumentParser
import AttestationService
import CollateralService
import DCAPFormats
import DCAPVerification
import Foundation
import Logging
import Records
import Wire

/// `assay verify`: one quote, collateral, one verdict. Makes no network call unless a service is named.
struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Judges a quote: accept (exit 0), reject (1), or cannot decide (2).",
        discussion: "QUOTE is a raw, hex or base64 file, or - for standard input.")

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

    @Argument(help: "The quote: a raw, hex or base64 file, or -.")
    var quote: String

    @Option(help: "Collateral: a bundle (JSON) or a folder of raw PCS responses.")
    var collateral: String?

    @OptionGroup var fetch: FetchOptions

    @Option(help: "Judge as of this time, YYYY-MM-DDThh:mm:ssZ. Default: now.")
    var at: String?

    @Option(help: "A policy: the id of a built-in one, or a file. Several must all hold.")
    var policy: [String] = []

    @Option(help: "Reference sets that the policies use: files, or folders of them.")
    var references: [String] = []

    @Option(name: .customLong("event-log"), help: "The boot's event log: CCEL, AAEL text, or dstack's JSON.")
    var eventLog: String?

    @Option(help: "The language of the text form: en or zh.")
    var language: TextLanguage = .en

    @OptionGroup var binding: BindingOptions

    @Option(name: .customLong("trust-root"), help: "A root certificate (PEM or DER) INSTEAD of Intel's.")
    var trustRoot: String?

    @Flag(name: .customLong("accept-tcb-info-v2"), help: "Read the retired TCB info version 2 (SGX only).")
    var acceptTCBInfoV2 = false

    @Option(help: "text for people, json for programs.")
    var format: Format = .text

    func run() async throws {
        let time = try readTime()
        let policies = try policy.isEmpty ? [Policy.strict] : policy.map { try PolicyFile.read($0) }
        let library = try PolicyFile.references(references)
        try PolicyFile.check(policies, library)
        let expected = try binding.expected()
        let anchor = try TrustRootFile.read(trustRoot)
        guard (collateral == nil) != fetch.services.isEmpty else {
            throw Problem.usage(
                collateral == nil
                    ? "no source of collateral; give --collateral with a bundle (JSON) or a folder of raw PCS responses, "
                        + "or --pccs with the URL of a service"
                    : "two sources of collateral; give --collateral or --pccs")
        }
        let input = try QuoteFile.read(quote)
        let log = try eventLog.map { try InputFile.read($0, limit: Limits.eventLogBytes, what: "event log") }
        let verifier = Verifier(
            trusting: anchor, options: VerificationOptions(acceptTCBInfoV2: acceptTCBInfoV2))
        let source = try source()
        let verdict: Verdict
        var judgement: Judgement?
        do throws(VerificationFailure) {
            let evidence = Evidence(quote: try Quote(parsing: input), eventLog: log)
            switch source {
            case .documents(let documents):
                verdict = Appraisal.judge(
                    evidence, with: .documents(documents), under: policies, references: library, expecting: expected,
                    trusting: verifier, at: time)
            case .service(let settings):
                let judged = await judge(
                    Submission(
                        evidence: evidence, policies: policies, references: library, expectedReportData: expected,
                        adapter: .native), verifier, settings, at: time)
                (verdict, judgement) = (judged.verdict, judged)
            }
        } catch {
            verdict = appraise(
                Verification(noQuote: error), trusting: anchor, under: policies, references: library,
                expecting: expected, at: time)
        }
        switch format {
        case .json:
            Terminal.standardOutput(
                verdict.document(
                    verifierVersion: Assay.version, collateralSource: judgement?.collateralSource,
                    forecast: judgement?.forecast
                ).prettyText + "\n")
        case .text:
            Terminal.standardOutput(VerdictText(verdict, language.language).text)
        }
        guard verdict.decision != .accept else { return }
        throw ExitCode(verdict.decision == .reject ? VerdictExit.reject : VerdictExit.error)
    }

    private enum Source {
        case documents(Collateral)
        case service(CollateralSettings)
    }

    private func source() throws -> Source {
        guard let collateral else { return .service(CollateralSettings(try fetch.configuration([:]))) }
        return .documents(try CollateralFile.read(collateral))
    }

    /// As the service judges: nothing is fetched before the PCK chain leads to the root.
    private func judge(
        _ submission: Submission, _ verifier: Verifier, _ settings: CollateralSettings, at time: Instant
    ) async -> Judgement {
        let logger = Logger(label: "assay") { _ in LineLogHandler(logLevel: .warning, isJSON: false) }
        let judge = Judge(
            verifier: verifier, endorsing: FetchedOnce(settings: settings, verifier: verifier, logger: logger))
        let milliseconds = time.seconds * 1_000
        return await judge.judge(
            submission, identifier: UniqueIdentifier.timed(milliseconds: milliseconds), at: milliseconds)
    }

    private func readTime() throws -> Instant {
        guard let at else { return Instant(seconds: Int64(Date().timeIntervalSince1970)) }
        guard let time = Instant(rfc3339: at) else {
            throw Problem.usage("--at \(at): not a time; write it as 2026-01-15T00:00:00Z")
        }
        return time
    }
}

/// Endorsements for one quote, fetched and not kept.
private struct FetchedOnce: Endorsing {
    let settings: CollateralSettings
    let verifier: Verifier
    let logger: Logger

    func current(_ platform: ClaimedPlatform, at time: Instant) -> Endorsements? { nil }

    func fetch(_ quote: AnchoredQuote, at time: Instant) async throws(EndorsementFailure) -> Endorsements {
        do throws(CollateralFailure) {
            let set = try await CollateralService.fetchOnce(
                CollateralKey(quote), settings: settings, verifier: verifier, at: time, logger: logger)
            return Endorsements(collateral: set.collateral, early: set.early, source: set.service)
        } catch {
            throw EndorsementFailure(error)
        }
    }
}
