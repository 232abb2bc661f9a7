import ArgumentParser
import DCAPVerification
import EvidenceBundles
import Foundation
import LogAudit
import MerkleLog
import Wire

/// `assay audit reverify`: verdicts judged again, each from its bundle alone, at its own time.
struct AuditReverify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reverify",
        abstract: "Judges verdicts again from their evidence bundles, and compares with what the log says.",
        discussion: "No network, no clock: it does not matter that all collateral has expired since.")

    @Argument(help: "Evidence bundles (GET /audit/v1/bundle/INDEX).")
    var bundles: [String]

    @OptionGroup var trust: TrustOption

    @Option(name: .customLong("trust-root"), help: "A root certificate (PEM or DER) INSTEAD of Intel's.")
    var trustRoot: String?

    @Option(help: "Judge by these rules instead of the recorded ones.")
    var ruleset: Int64?

    @Flag(name: .customLong("accept-tcb-info-v2"), help: "Read the retired TCB info version 2 (SGX only).")
    var acceptTCBInfoV2 = false

    @OptionGroup var output: AuditOutput

    func run() async throws {
        let trust = ReverificationTrust(
            logs: try trust.read(), anchor: try TrustRootFile.read(trustRoot),
            options: VerificationOptions(acceptTCBInfoV2: acceptTCBInfoV2))
        let archives = try bundles.map {
            try InputFile.read($0, limit: Limits.evidenceBundleBytes, what: "evidence bundle")
        }
        try await output.perform {
            var results: [JSON] = []
            var worst: AuditFailure?
            for (path, archive) in zip(bundles, archives) {
                let result = reverify(archive, under: trust, ruleset: ruleset)
                let sentence = "\(path): \(Self.sentence(result))"
                results.append(Self.document(path, result))
                // What is wrong is worse than what is missing.
                switch result {
                case .confirmed: break
                case .undecidable: worst = worst ?? .undecided(sentence)
                case .notVerified, .diverges: if worst?.exitCode != 2 { worst = .notVerified(sentence) }
                }
                if !output.json, bundles.count > 1 { Terminal.standardOutput(sentence + "\n") }
            }
            if let worst { throw worst }
            return AuditAnswer(
                bundles.count == 1 ? "\(bundles[0]): confirmed" : "all \(bundles.count) bundles are confirmed",
                [("bundles", .array(results))])
        }
    }

    private static func sentence(_ result: Reverification) -> String {
        switch result {
        case .confirmed(let index, let entry): "confirmed: entry \(index), \(entry.verdict.rawValue)"
        case .notVerified(let why): "not verified: \(why)"
        case .undecidable(let why): "undecidable: \(why)"
        case .diverges(let differences):
            "diverges: "
                + differences.map { "\($0.field) is \($0.recorded) in the log, and \($0.found) judged again" }
                .joined(separator: "; ")
        }
    }

    private static func document(_ path: String, _ result: Reverification) -> JSON {
        var members: [(String, JSON)] = [("bundle", .string(path))]
        switch result {
        case .confirmed(let index, let entry):
            members += [
                ("outcome", .string("confirmed")), ("index", .integer(Int64(clamping: index))),
                ("verdict", .string(entry.verdict.rawValue)), ("jti", .string(entry.jti)),
            ]
        case .notVerified(let why): members += [("outcome", .string("not_verified")), ("sentence", .string(why))]
        case .undecidable(let why): members += [("outcome", .string("undecidable")), ("sentence", .string(why))]
        case .diverges(let differences):
            members.append(("outcome", .string("diverges")))
            members.append(
                (
                    "fields",
                    .array(
                        differences.map {
                            .object([
                                ("field", .string($0.field)), ("recorded", .string($0.recorded)),
                                ("found", .string($0.found)),
                            ])
                        })
                ))
        }
        return .object(members)
    }
}
