import ArgumentParser
import Foundation
import KeyCustody
import LogAudit
import MerkleLog
import Wire

/// `assay audit cosign`: a witness that needs no network (transparency-log W-4).
struct AuditCosign: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cosign",
        abstract: "Checks a checkpoint against the last one seen, remembers it, and prints a cosignature line.",
        discussion: "A key is made with: openssl genpkey -algorithm ed25519 -out witness.pem")

    @Option(name: .customLong("in"), help: "The checkpoint to cosign, or a whole add-checkpoint request.")
    var input: String

    @Option(help: "A consistency proof from the last checkpoint that was seen.")
    var proof: String?

    @Option(help: "What this witness has seen; made when it has seen nothing.")
    var state: String

    @Option(help: "The witness's Ed25519 private key (PEM).")
    var key: String

    @Option(help: "The witness's name, a URL without scheme, such as witness.example/w1.")
    var name: String

    @OptionGroup var trust: TrustOption
    @OptionGroup var output: AuditOutput

    func run() async throws {
        let trust = try trust.read()
        let bytes = try InputFile.read(input, limit: Limits.proofBytes, what: "checkpoint")
        let proofBytes = try proof.map { try InputFile.read($0, limit: Limits.proofBytes, what: "proof") }
        let signer = try readKey()
        guard let name = KeyName(name), let raw = Self.publicKey(of: signer),
            let noteKey = NoteKey(name: name, type: .ed25519Cosignature, publicKey: raw)
        else { throw Problem.usage("--name: a witness's name has no blanks and no +; --key: wanted an Ed25519 key") }
        try await output.perform {
            let request = WitnessRequest(parsing: bytes)
            let note = request?.checkpoint.bytes ?? bytes
            let witness = Witness(key: noteKey, trusting: trust)
            let newSize = (try? SignedNote(parsing: note)).flatMap { try? Checkpoint(parsing: $0.text) }?.size ?? 0
            var path = request.map { ConsistencyProof(oldSize: $0.oldSize, newSize: newSize, path: $0.path) }
            if let proofBytes {
                guard let given = ProofFile.consistency(proofBytes, to: newSize) else {
                    throw AuditFailure.notVerified("the file of --proof holds no consistency proof")
                }
                path = given
            }
            let line = try witness.cosign(
                note, proof: path, state: StateFile(path: state), at: UInt64(Date().timeIntervalSince1970)
            ) { message in
                try signer.sign(message, with: .edDSA)
            }
            let text = String(decoding: line.line, as: UTF8.self)
            if !output.json { Terminal.standardOutput(text) }
            return AuditAnswer(
                "cosigned \(newSize) entries as \(noteKey.text)",
                [
                    ("line", .string(text)), ("vkey", .string(noteKey.text)),
                    ("size", .integer(Int64(clamping: newSize))),
                ])
        }
    }

    private func readKey() throws -> SigningKey {
        let pem = try InputFile.read(key, limit: 65_536, what: "private key")
        do throws(KeyError) {
            return try SigningKey(pem: pem, passphrase: nil)
        } catch {
            throw Problem.usage("--key \(key): not a private key that can be used: \(error)")
        }
    }

    private static func publicKey(of key: SigningKey) -> [UInt8]? {
        guard key.kind == .ed25519, case .string(let text)? = key.publicKey.webKey["x"] else { return nil }
        return Base64URL.decode(Array(text.utf8)[...])
    }
}
