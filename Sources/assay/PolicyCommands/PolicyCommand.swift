import Appraisal
import ArgumentParser
import Wire
import Words

/// `assay policy`: policies as documents, before they judge anything.
struct PolicyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy", abstract: "Checks, explains, tries, makes and compares policies.",
        subcommands: [
            Lint.self, Explain.self, Try.self, Baseline.self, Diff.self, Import.self,
            Simulate.self,
        ])

    /// `assay policy lint FILE…`: exit 0 if every file loads, 2 if one does not.
    struct Lint: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Says whether policies load, their hashes, and what is odd about them.",
            discussion:
                "Lines that begin with !! are warnings: the policy is used as it stands. With --references also what the sets lack."
        )

        @Argument(help: "Policies: files, or ids of built-in ones.")
        var policies: [String]

        @Option(help: "Reference sets that the policies use: files or folders.")
        var references: [String] = []

        @Option(help: "The language of messages: en or zh.")
        var language: TextLanguage = .en

        func run() throws {
            let library = try PolicyFile.references(references)
            var isBroken = false
            for name in policies {
                do {
                    let policy = try PolicyFile.read(name)
                    try PolicyFile.check([policy], library)
                    Terminal.standardOutput("ok  \(policy.id) version \(policy.version)  sha256 \(policy.sha256)\n")
                    for warning in policy.warnings {
                        let rule = warning.rule.map { " \($0)" } ?? ""
                        Terminal.standardOutput(
                            "!!  \(policy.id)\(rule): \(warning.text.text(language.language))\n")
                    }
                    guard !references.isEmpty else { continue }
                    for set in policy.referenceSets where library[set] == nil {
                        isBroken = true
                        Terminal.standardOutput("NO  \(name): no reference set \(set)\n")
                    }
                    for list in policy.listsMissing(from: library) {
                        Terminal.standardOutput("!!  \(policy.id): \(list.phrase.text(language.language))\n")
                    }
                } catch let problem as Problem where problem.exitCode == VerdictExit.error {
                    isBroken = true
                    Terminal.standardOutput("NO  \(try lintMessage(name, problem))\n")
                }
            }
            if isBroken { throw ExitCode(VerdictExit.error) }
        }

        /// The same defect in the language that was asked for.
        private func lintMessage(_ name: String, _ problem: Problem) throws -> String {
            do throws(PolicyError) {
                _ = try Policy(handedIn: (try? InputFile.read(name, limit: Limits.policyBytes, what: "policy")) ?? [])
            } catch {
                return "\(name): \(error.sentence(language.language))"
            }
            return problem.message
        }
    }

    /// `assay policy explain FILE`: what it demands, rule by rule.
    struct Explain: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Says what a policy demands and what it needs.")

        @Argument(help: "The policy: a file, or the id of a built-in one.")
        var policy: String

        @Option(help: "en or zh.")
        var language: TextLanguage = .en

        @Option(help: "text for people, json for programs.")
        var format: Verify.Format = .text

        func run() throws {
            let policy = try PolicyFile.read(policy)
            switch format {
            case .text: Terminal.standardOutput(policy.explanation(language.language))
            case .json:
                Terminal.standardOutput(
                    JSON.object([
                        ("id", .string(policy.id)), ("version", .integer(policy.version)),
                        ("sha256", .string(policy.sha256)), ("policy", policy.document),
                        ("requirements", requirements(of: policy).document),
                    ]).prettyText + "\n")
            }
        }
    }
}

/// The languages of the command line.
enum TextLanguage: String, ExpressibleByArgument, CaseIterable {
    case en, zh

    var language: Language { self == .en ? .english : .chinese }
}
