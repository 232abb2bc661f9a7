import ArgumentParser
import Foundation
import LogAudit
import MerkleLog
import Wire

/// `assay audit verify-proof`: an entry and its proof file.
struct AuditVerifyProof: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify-proof", abstract: "Whether an entry is in the log that the trust policy names.")

    @Argument(help: "A .tlog-proof file.")
    var proof: String

    @Option(help: "The entry's exact bytes, in a file. Default: the ones that the proof carries.")
    var leaf: String?

    @OptionGroup var trust: TrustOption
    @OptionGroup var output: AuditOutput

    func run() async throws {
        let trust = try trust.read()
        let bytes = try InputFile.read(proof, limit: Limits.proofBytes, what: "proof")
        let given = try leaf.map { try InputFile.read($0, limit: Limits.leafBytes, what: "log entry") }
        try await output.perform {
            let proof = try ProofFile.parse(bytes)
            guard let leaf = given ?? proof.extra else {
                throw AuditFailure.undecided("the proof does not carry the entry; give --leaf")
            }
            let accepted: AcceptedCheckpoint
            do throws(TextProofFailure) {
                accepted = try proof.verified(leaf: MerkleHashing.leaf(leaf), under: trust)
            } catch {
                throw ProofFile.failure(error)
            }
            return AuditAnswer(
                "entry \(proof.index) of \(accepted.sentence)",
                [
                    ("index", .integer(Int64(clamping: proof.index))),
                    ("leaf_hash", .string(MerkleHashing.leaf(leaf).hex)),
                    ("leaf", .string(String(decoding: leaf, as: UTF8.self))),
                ] + AuditAnswer.members(accepted))
        }
    }
}

/// `assay audit verify-token`: a token, and the entry that commits to it.
struct AuditVerifyToken: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify-token", abstract: "Whether a token is the one that the log committed to.")

    @Argument(help: "A file with the token, or - for standard input.")
    var token: String

    @Option(help: "The issuer's key set (JSON).")
    var jwks: String

    @Option(help: "A .tlog-proof file that carries the entry. Default: the proof inside the token.")
    var proof: String?

    @Option(help: "When the token shall be in its time, YYYY-MM-DDThh:mm:ssZ. Default: now.")
    var at: String?

    @OptionGroup var trust: TrustOption
    @OptionGroup var output: AuditOutput

    func run() async throws {
        let trust = try trust.read()
        let text = try InputFile.read(token, limit: Limits.jsonBytes, what: "token")
        let token = String(decoding: text, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        let keys = try InputFile.read(jwks, limit: Limits.jsonBytes, what: "key set")
        let proofBytes = try proof.map { try InputFile.read($0, limit: Limits.proofBytes, what: "proof") }
        var time = Instant(seconds: Int64(Date().timeIntervalSince1970))
        if let at {
            guard let given = Instant(rfc3339: at) else {
                throw Problem.usage("--at \(at): not a time; write it as 2026-01-15T00:00:00Z")
            }
            time = given
        }
        let now = time
        try await output.perform {
            let result = try LoggedToken.check(token, keys: keys, proof: proofBytes, under: trust, at: now)
            return AuditAnswer(
                "the token is that of entry \(result.index), \(result.entry.verdict.rawValue), in the log: "
                    + result.accepted.sentence,
                [
                    ("index", .integer(Int64(clamping: result.index))),
                    ("verdict", .string(result.entry.verdict.rawValue)), ("jti", .string(result.entry.jti)),
                ] + AuditAnswer.members(result.accepted))
        }
    }
}
