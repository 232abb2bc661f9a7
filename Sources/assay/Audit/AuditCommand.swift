import ArgumentParser
import Foundation
import LogAudit
import MerkleLog
import Wire

/// `assay audit …`: a log read by somebody who trusts only what they bring (transparency-log 16).
struct Audit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Reads a log as a stranger would, and says whether it holds together.",
        discussion: """
            Trust comes from --trust-policy, a file of lines: log VKEY [URL], witness NAME VKEY [URL], \
            group NAME K|any|all MEMBER…, quorum NAME|none. No network unless --url is given.
            Exit: 0 verified, 1 input or output, 2 not verified, 3 the log is proven wrong (a file \
            misbehaviour-TIME.json is written), 4 undecidable, 5 network, 64 usage.
            """,
        subcommands: [
            AuditCheckpoint.self, AuditVerifyToken.self, AuditVerifyProof.self, AuditConsistency.self, AuditTail.self,
            AuditFileSystemCheck.self, AuditExport.self, AuditQuery.self, AuditReverify.self, AuditCosign.self,
        ])
}

/// Whose word counts.
struct TrustOption: ParsableArguments {
    @Option(name: .customLong("trust-policy"), help: "The file that says which logs and witnesses count.")
    var trustPolicy: String

    func read() throws -> TrustPolicy { try Self.read(trustPolicy) }

    static func read(_ path: String) throws -> TrustPolicy {
        let bytes = try InputFile.read(path, limit: Limits.trustPolicyBytes, what: "trust policy")
        do throws(TrustPolicyError) {
            let trust = try TrustPolicy(parsing: bytes)
            if !trust.hasQuorum {
                Terminal.standardError(
                    "assay: the trust policy needs no witness: nothing protects against a second history\n")
            }
            return trust
        } catch {
            throw Problem.usage("\(path), line \(error.line): \(error.sentence)")
        }
    }
}

/// As whom a service is asked. A token in the command line would be everybody's who sees the processes.
struct AuditorOption: ParsableArguments {
    @Option(
        name: .customLong("token-file"),
        help: "A file whose first line is your auditor's token, where a service shows its entries to auditors alone.")
    var tokenFile: String?

    func source(_ url: String) async throws -> WebSource { try await WebSource(url: url, token: try token()) }

    private func token() throws -> String? {
        guard let tokenFile else { return nil }
        let bytes = try InputFile.read(tokenFile, limit: 4_096, what: "token").prefix { $0 != 0x0A && $0 != 0x0D }
        guard !bytes.isEmpty, bytes.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw Problem.usage("--token-file \(tokenFile): the first line is no token: printable ASCII without blanks")
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

struct AuditOutput: ParsableArguments {
    @Flag(help: "One JSON object instead of text.")
    var json = false

    /// Does the work, says how it ended, and leaves with its exit code.
    ///
    /// - Parameter work: Gives members for programs and a sentence for people.
    func perform(_ work: () async throws -> AuditAnswer) async throws {
        let failure: AuditFailure
        do {
            let answer = try await work()
            say("verified", answer.sentence, answer.members)
            return
        } catch let error as AuditFailure {
            failure = error
        }
        var members: [(String, JSON)] = []
        if case .misbehaviour(let evidence) = failure {
            let path = "misbehaviour-\(Int(Date().timeIntervalSince1970)).json"
            try? DurableFile.write(Array(evidence.document.prettyText.utf8) + [0x0A], to: path)
            members = [("evidence", .string(path)), ("misbehaviour", evidence.document)]
            Terminal.standardError("assay: what proves it is in \(path)\n")
        }
        say(Self.word(failure), failure.sentence, members)
        throw ExitCode(failure.exitCode)
    }

    private func say(_ outcome: String, _ sentence: String, _ members: [(String, JSON)]) {
        if json {
            let common: [(String, JSON)] = [("outcome", .string(outcome)), ("sentence", .string(sentence))]
            Terminal.standardOutput(JSON.object(common + members).prettyText + "\n")
        } else {
            Terminal.standardOutput("\(outcome.replacing("_", with: " ")): \(sentence)\n")
        }
    }

    private static func word(_ failure: AuditFailure) -> String {
        switch failure {
        case .inputOutput: "input_output"
        case .notVerified: "not_verified"
        case .misbehaviour: "log_misbehaviour"
        case .undecided: "undecidable"
        case .network: "network"
        }
    }
}

/// How an audit ended well.
struct AuditAnswer {
    let sentence: String
    let members: [(String, JSON)]

    init(_ sentence: String, _ members: [(String, JSON)] = []) {
        self.sentence = sentence
        self.members = members
    }

    static func members(_ accepted: AcceptedCheckpoint) -> [(String, JSON)] {
        [
            ("origin", .string(accepted.checkpoint.origin.description)),
            ("size", .integer(Int64(clamping: accepted.checkpoint.size))),
            ("root", .string(accepted.checkpoint.root.hex)),
            (
                "cosigned_by",
                .array(
                    accepted.cosigners.map {
                        .object([
                            ("name", .string($0.key.name.description)), ("time", .integer(Int64(clamping: $0.time))),
                        ])
                    })
            ),
        ]
    }
}

extension AcceptedCheckpoint {
    /// For people.
    var sentence: String {
        "\(checkpoint.origin) has \(checkpoint.size) entries, root \(checkpoint.root)"
            + (cosigners.isEmpty
                ? "" : ", cosigned by " + cosigners.map { $0.key.name.description }.joined(separator: ", "))
    }
}
