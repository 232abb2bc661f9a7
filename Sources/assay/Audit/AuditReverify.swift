import ArgumentParser
import DCAPVerification
import Foundation
import LogAudit
import MerkleLog
import Records
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

    @Option(
        help: """
            Judge by these rules instead of the recorded ones. What comes out otherwise diverges; what comes out the same \
            is not confirmed by that.
            """)
    var ruleset: Int64?

    @Option(help: "The service's URL: what iss of every token must be. Without it the claim is named as not compared.")
    var issuer: String?

    @Option(
        name: .customLong("token-life"),
        help: "The longest that a token may live, in seconds, where the service has another token.lifetime.")
    var tokenLife = ReverificationTrust.tokenSeconds

    @Flag(name: .customLong("accept-tcb-info-v2"), help: "Read the retired TCB info version 2 (SGX only).")
    var acceptTCBInfoV2 = false

    @OptionGroup var output: AuditOutput

    func validate() throws {
        guard (1...86_400).contains(tokenLife) else { throw ValidationError("--token-life: give 1 to 86400 seconds") }
    }

    func run() async throws {
        let trust = ReverificationTrust(
            logs: try trust.read(), anchor: try TrustRootFile.read(trustRoot),
            options: VerificationOptions(acceptTCBInfoV2: acceptTCBInfoV2), issuer: issuer,
            longestTokenSeconds: tokenLife)
        let archives = try bundles.map {
            try InputFile.read($0, limit: Limits.evidenceBundleBytes, what: "evidence bundle")
        }
        try await output.perform {
            var run = ReverificationRun()
            for (path, archive) in zip(bundles, archives) {
                let result = run.result(reverify(archive, under: trust, ruleset: ruleset))
                let sentence = run.take(result, of: path)
                if !output.json, bundles.count > 1 { Terminal.standardOutput(sentence + "\n") }
            }
            if let worst = run.worst { throw worst }
            return AuditAnswer(
                bundles.count == 1 ? run.sentences[0] : "all \(bundles.count) bundles are confirmed" + run.notCompared,
                [("bundles", .array(run.documents))])
        }
    }
}

/// What came of several bundles: the worst of them counts (V-11).
private struct ReverificationRun {
    private(set) var documents: [JSON] = []
    private(set) var sentences: [String] = []
    private(set) var worst: AuditFailure?
    private var issuers: [KeyName: String] = [:]
    private var named: Set<String> = []

    /// A log's tokens have one issuer.
    mutating func result(_ result: Reverification) -> Reverification {
        guard case .confirmed(let confirmation) = result, let issuer = confirmation.issuer else { return result }
        guard let known = issuers[confirmation.origin] else {
            issuers[confirmation.origin] = issuer
            return result
        }
        guard !known.hasSameBytes(as: issuer) else { return result }
        return .notVerified("iss is \(issuer), and \(known) in another bundle of the same log")
    }

    /// - Returns: for people.
    mutating func take(_ result: Reverification, of path: String) -> String {
        let sentence = "\(path): \(Self.sentence(result))"
        sentences.append(sentence)
        documents.append(Self.document(path, result))
        // What is wrong is worse than what is missing.
        switch result {
        case .confirmed(let confirmation): named.formUnion(confirmation.notCompared)
        case .undecidable: worst = worst ?? .undecided(sentence)
        case .notVerified, .diverges: if worst?.exitCode != 2 { worst = .notVerified(sentence) }
        }
        return sentence
    }

    var notCompared: String { Self.notCompared(named.sorted()) }

    private static func notCompared(_ names: [String]) -> String {
        "; not compared: " + (names.isEmpty ? "nothing" : names.joined(separator: ", "))
    }

    private static func sentence(_ result: Reverification) -> String {
        switch result {
        case .confirmed(let confirmation):
            "confirmed: entry \(confirmation.index), \(confirmation.entry.verdict.rawValue)"
                + notCompared(confirmation.notCompared)
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
        case .confirmed(let confirmation):
            members += [
                ("outcome", .string("confirmed")), ("index", .integer(Int64(clamping: confirmation.index))),
                ("verdict", .string(confirmation.entry.verdict.rawValue)), ("jti", .string(confirmation.entry.jti)),
                ("not_compared", .array(confirmation.notCompared.map { .string($0) })),
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
