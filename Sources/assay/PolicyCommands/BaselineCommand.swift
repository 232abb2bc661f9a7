import Appraisal
import ArgumentParser
import DCAPFormats
import EventLog
import Foundation
import Wire
import Words

extension PolicyCommand {
    /// `assay policy baseline QUOTE --event-log LOG`: a boot that somebody vouches for, as a reference set.
    struct Baseline: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Writes a reference set from a boot that you know to be good.",
            discussion:
                "Verify the quote first (assay verify): a baseline repeats what the quote says and believes it, for you vouch for it."
        )

        @Argument(help: "The quote: a raw, hex or base64 file, or -.")
        var quote: String

        @Option(name: .customLong("event-log"), help: "The event log of the same boot.")
        var eventLog: String?

        @Option(help: "The set's id.")
        var id: String

        @Option(help: "The set's version, from 1.")
        var version: Int64 = 1

        @Option(help: "Who vouches for this boot, and how they know.")
        var source: String

        @Option(name: .customLong("valid-from"), help: "YYYY-MM-DDThh:mm:ssZ. Default: now.")
        var validFrom: String?

        @Option(name: .customLong("valid-until"), help: "YYYY-MM-DDThh:mm:ssZ.")
        var validUntil: String?

        @Option(name: .customLong("manifest"), help: "Model manifests to keep with the set, as Ollama stores them.")
        var manifests: [String] = []

        @Option(
            name: .customLong("root-integrity"),
            help: "What you declare of the root file system: verity, initrd or accepted-by-owner. Needs --note.")
        var rootIntegrity: String?

        @Option(help: "What to add to the set's note; with --root-integrity: why that is so.")
        var note: String?

        @Option(
            help:
                "The policy that the set is for: a file, or the id of a built-in one. Says which lists it still lacks.")
        var policy: String?

        func run() throws {
            let integrity = try readIntegrity()
            let policy = try policy.map { try PolicyFile.read($0) }
            let boot = try Boot.read(quote, eventLog)
            if let differing = boot.log?.registers.first(where: { $0.status == .differs }) {
                throw Problem.undecided(
                    "\(eventLog ?? ""): the log does not lead to the quote's \(differing.register.name); take both from one boot"
                )
            }
            let from = try Self.date(validFrom, "--valid-from") ?? Instant(seconds: Int64(Date().timeIntervalSince1970))
            let kept = try manifests.map {
                Base64.encode(try InputFile.read($0, limit: Limits.modelManifestBytes, what: "model manifest"))
            }
            let document = boot.referenceSet(
                id: id, version: version, source: source, note: note, validFrom: from,
                validUntil: try Self.date(validUntil, "--valid-until"), rootIntegrity: integrity, manifests: kept)
            let text = document.prettyText + "\n"
            let set: ReferenceSet
            do throws(PolicyError) {
                set = try ReferenceSet(parsing: Array(text.utf8))
            } catch {
                throw Problem.usage(error.sentence(.english))
            }
            if boot.leavesRootOpen { Terminal.standardError(RootFinding.sentence.english + "\n") }
            if let policy = policy ?? Policy.builtIn.first(where: { $0.referenceSets.contains(id) }) {
                for list in policy.listsMissing(from: ReferenceLibrary([set])) {
                    Terminal.standardError("policy \(policy.id): \(list.phrase.english)\n")
                }
            }
            Terminal.standardOutput(text)
        }

        private func readIntegrity() throws -> RootIntegrity? {
            guard let rootIntegrity else { return nil }
            let words = RootIntegrity.allCases.map(\.rawValue).joined(separator: ", ")
            guard let word = RootIntegrity(rawValue: rootIntegrity) else {
                throw Problem.usage("--root-integrity \(rootIntegrity): wanted one of \(words)")
            }
            guard let note, !note.isEmpty else {
                throw Problem.usage("--root-integrity \(rootIntegrity): needs --note with the reason")
            }
            return word
        }

        private static func date(_ text: String?, _ option: String) throws -> Instant? {
            guard let text else { return nil }
            guard let date = Instant(rfc3339: text) else {
                throw Problem.usage("\(option) \(text): not a time; write it as 2026-01-15T00:00:00Z")
            }
            return date
        }
    }

    /// `assay policy diff A B`: what differs between two boots, or two reference sets, in words.
    struct Diff: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Says what differs between two boots: exit 0 if nothing does, 1 if something does.",
            discussion: "A and B are quotes (with --log-a and --log-b), or reference sets.")

        @Argument(help: "A quote or a reference set.")
        var first: String

        @Argument(help: "Another.")
        var second: String

        @Option(name: .customLong("log-a"), help: "The event log of A.")
        var firstLog: String?

        @Option(name: .customLong("log-b"), help: "The event log of B.")
        var secondLog: String?

        @Option(help: "en or zh.")
        var language: TextLanguage = .en

        func run() throws {
            let differences = try Self.differences(first, firstLog, second, secondLog)
            guard !differences.isEmpty else {
                Terminal.standardOutput(language == .en ? "Nothing differs.\n" : "没有差异。\n")
                return
            }
            for difference in differences { Terminal.standardOutput(difference.text(language.language) + "\n") }
            throw ExitCode(VerdictExit.reject)
        }

        private static func differences(
            _ first: String, _ firstLog: String?, _ second: String, _ secondLog: String?
        ) throws -> [BootDifference] {
            if let one = try? ReferenceSet(parsing: InputFile.read(first, limit: Limits.policyBytes, what: "boot")),
                let other = try? ReferenceSet(parsing: InputFile.read(second, limit: Limits.policyBytes, what: "boot"))
            {
                return BootDifference.between(one.values, other.values)
            }
            let one = try Boot.read(first, firstLog)
            let other = try Boot.read(second, secondLog)
            return BootDifference.between(one.values, other.values)
                + BootDifference.events(one.log, other.log)
        }
    }
}

extension Boot {
    /// Reads a quote without verifying it, and the log that goes with it.
    static func read(_ path: String, _ logPath: String?) throws -> Boot {
        let input = try QuoteFile.read(path)
        let quote: Quote
        do throws(VerificationFailure) {
            quote = try Quote(parsing: input)
        } catch {
            throw Problem.undecided("\(path): \(error.code.rawValue): \(FailureText.sentence(error))")
        }
        guard let logPath else { return Boot(of: quote, log: nil) }
        let bytes = try InputFile.read(logPath, limit: Limits.eventLogBytes, what: "event log")
        let boot = Boot(of: quote, log: bytes)
        if let error = boot.logError { throw Problem.undecided("\(logPath): \(error.code.rawValue): \(error.detail)") }
        return boot
    }
}
