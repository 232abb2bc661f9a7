import Appraisal
import ArgumentParser
import Wire
import Words

extension PolicyCommand {
    /// `assay policy import FILE --id ID [--key PEM]`: an appraisal policy of Intel's as one of ours, on standard output.
    struct Import: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Turns an appraisal policy of Intel's (JWT or its payload) into one of ours.")

        @Argument(help: "The policy: a JWT, or its JSON payload.")
        var file: String

        @Option(help: "The id that the policy gets here.")
        var id: String

        @Option(help: "The public key (PEM, P-384) of who must have signed the JWT.")
        var key: String?

        func run() throws {
            let bytes = try InputFile.read(file, limit: Limits.policyBytes, what: "policy")
            let key = try key.map { try InputFile.read($0, limit: Limits.certificateBytes, what: "public key") }
            do throws(PolicyError) {
                let document =
                    if let key {
                        try IntelPolicyImport.document(
                            importing: bytes, id: id, signedByPEM: String(decoding: key, as: UTF8.self))
                    } else {
                        try IntelPolicyImport.document(importing: bytes, id: id, signedBy: nil)
                    }
                Terminal.standardOutput(String(decoding: document, as: UTF8.self))
            } catch {
                throw Problem.undecided("\(file): \(error.sentence(.english))")
            }
        }
    }
}
