import Appraisal
import ArgumentParser
import Wire

/// What report_data must hold, by the rules of every interface (wire-formats 2.9).
struct BindingOptions: ParsableArguments {
    @Option(name: .customLong("report-data"), help: "1 to 64 bytes in hex that report_data must hold, zero-padded.")
    var reportData: String?

    @Option(help: ArgumentHelp("Your nonce, 16 to 64 bytes in base64url, that report_data binds.", valueName: "base64"))
    var nonce: String?

    @Option(name: .customLong("nonce-hex"), help: ArgumentHelp("The same in hex.", valueName: "hex"))
    var nonceHex: String?

    @Option(
        help: """
            How it is bound: \(ExpectedReportData.Scheme.allCases.map(\.rawValue).joined(separator: ", ")). Default: raw, \
            with a key assay, with a key alone spki.
            """)
    var scheme: String?

    @Option(
        help: "The key that is bound with it: a file with a JWK or a PEM public key; or its thumbprint, in base64url.")
    var key: String?

    func expected() throws -> ExpectedReportData? {
        if let reportData {
            guard nonce == nil, nonceHex == nil, scheme == nil, key == nil else {
                throw Problem.usage("--report-data is all of report_data: leave --nonce, --scheme and --key out")
            }
            guard let bytes = Hex.decode(reportData), let expected = ExpectedReportData(raw: bytes) else {
                throw Problem.usage("--report-data: give 1 to 64 bytes in hex, not all zero")
            }
            return expected
        }
        var input = BoundInput(nonce: try nonceBytes(), scheme: scheme)
        guard key == nil || scheme == nil || scheme == "assay" || scheme == "spki" else {
            throw Problem.usage("--key: the scheme \(scheme ?? "") binds none; name assay or spki")
        }
        let isAssay = scheme.map { $0 == "assay" } ?? (input.nonce != nil)
        input.key = try key.map { try Self.read($0, asThumbprint: isAssay) }
        do throws(BoundInput.Defect) {
            return try input.expected()
        } catch {
            let option = "--" + error.field.map { $0 == "_" ? "-" : String($0) }.joined()
            throw Problem.usage("\(option): \(error.sentence)")
        }
    }

    private func nonceBytes() throws -> [UInt8]? {
        guard nonce == nil || nonceHex == nil else { throw Problem.usage("--nonce and --nonce-hex: give one of them") }
        if let nonce {
            // Either alphabet, padded or not: they say the same.
            let text = nonce.utf8.filter { $0 != 0x3D }.map { $0 == 0x2B ? 0x2D : $0 == 0x2F ? 0x5F : $0 }
            guard let bytes = Base64URL.decode(text[...]), !bytes.isEmpty else {
                throw Problem.usage("--nonce: not base64url; hex is for --nonce-hex")
            }
            return bytes
        }
        guard let nonceHex else { return nil }
        guard let bytes = Hex.decode(nonceHex), !bytes.isEmpty else {
            throw Problem.usage("--nonce-hex: not hexadecimal")
        }
        return bytes
    }

    /// What a scheme binds of a key: the DER of its SubjectPublicKeyInfo, or the thumbprint.
    private static func read(_ key: String, asThumbprint: Bool) throws -> [UInt8] {
        if asThumbprint, !InputFile.isPresent(key), let bytes = Base64URL.decode(Array(key.utf8)[...]),
            bytes.count == 32
        {
            return bytes
        }
        let file = try InputFile.read(key, limit: Limits.certificateBytes, what: "public key")
        if let root = try? JSONDocument(parsing: file).root, asThumbprint {
            guard let thumbprint = KeyThumbprint.ofWebKey(root) else {
                throw Problem.usage("--key \(key): a JWK without kty and what belongs to it")
            }
            return thumbprint.bytes
        }
        guard let blocks = try? PEM.blocks(labelled: "PUBLIC KEY", in: file[...]), let der = blocks.first,
            blocks.count == 1
        else {
            throw Problem.usage(
                "--key \(key): wanted a PEM public key" + (asThumbprint ? ", a JWK, or a thumbprint in base64url" : ""))
        }
        guard asThumbprint else { return der }
        guard let thumbprint = KeyThumbprint.ofSubjectPublicKeyInfo(der) else {
            throw Problem.usage("--key \(key): a key that is neither P-256 nor Ed25519; give it as a JWK")
        }
        return thumbprint.bytes
    }
}
