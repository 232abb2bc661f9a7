import Foundation
import ProcessSupport
import ServiceSupport
import Testing

@testable import assay

/// Files of secrets are read where nobody but their owner can.
@Suite("Secret files")
struct SecretFileTests {
    @Test(
        "A mode that lets others in is refused, with what to run",
        arguments: [
            (0o600, true), (0o400, true), (0o700, true), (0o640, false), (0o604, false), (0o644, false), (0o620, false),
            (0o601, false),
        ])
    func modes(_ mode: Int, _ isGood: Bool) throws {
        let folder = try ScratchFolder()
        let file = try folder.write("whsec_", to: "secret")
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
        do {
            let bytes = try SecretFile.read(file, setting: "webhooks.secret_file", limit: 64, what: "webhook secret")
            #expect(isGood && bytes == Array("whsec_".utf8))
        } catch let problem as Problem {
            #expect(!isGood)
            for text in ["webhooks.secret_file \(file)", "0\(String(mode, radix: 8))", "chmod 600 \(file)"] {
                #expect("\(problem)".contains(text), "\(problem)")
            }
        }
    }

    @Test("Every setting that names a file of secrets refuses it at the start")
    func settings() async throws {
        let folder = try ScratchFolder()
        let file = try folder.write("whatever", to: "secret")
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
        for (setting, more) in [
            ("audit.tokens_file", [:]), ("keys.passphrase_file", [:]), ("admin.tokens_file", ["admin.listen": "8082"]),
            ("webhooks.secret_file", ["webhooks.urls": "https://hooks.example/a"]), ("tls.key", ["tls.cert": file]),
        ] as [(String, [String: String])] {
            let values = more.merging([setting: file, "data": folder.path + "/" + setting, "listen": "127.0.0.1:0"]) {
                $1
            }
            let result = try await ProgramRun.run(
                "assay", ["serve"] + values.flatMap { ["--set", "\($0.key)=\($0.value)"] })
            #expect(result.exitCode == 64, "\(setting): \(result.error)")
            #expect(result.error.contains("\(setting) \(file)"), "\(result.error)")
            #expect(result.error.contains("chmod 600 \(file)"), "\(result.error)")
        }
    }
}
