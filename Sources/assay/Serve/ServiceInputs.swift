import AttestationService
import DCAPVerification
import NIOSSL
import ServiceConfiguration
import WebAPI
import Wire

/// Every file that the configuration names, read and understood before the data folder is touched: a mistake in one of them
/// leaves no trace in the log.
struct ServiceInputs {
    let verifier: Verifier
    let policies: PolicyBase
    /// `nil`: plain HTTP.
    let tls: TLSConfiguration?
    let auditors: Auditors
    let administrators: Auditors
    /// Who has a budget of their own.
    let callers: Callers
    let webhookSecret: Webhooks.Secret?
    /// Of the keys' files, or the PIN of their token.
    let passphrase: [UInt8]?

    init(_ configuration: ServiceConfiguration) throws {
        verifier = Verifier(trusting: try Service.anchor(configuration))
        policies = try PolicyFolder.read(configuration.policies, standard: configuration.policy)
        tls = try configuration.tls()
        auditors = try Self.auditors(configuration)
        administrators = try Self.administrators(configuration)
        callers = try Self.callers(configuration)
        webhookSecret = try Self.webhookSecret(configuration)
        passphrase = try Self.passphrase(configuration)
    }

    static func passphrase(_ configuration: ServiceConfiguration) throws -> [UInt8]? {
        try configuration.passphraseFile.map { file in
            Array(
                try SecretFile.read(file, setting: "keys.passphrase_file", limit: 4_096, what: "passphrase").prefix {
                    $0 != 0x0A && $0 != 0x0D
                })
        }
    }

    /// What is not wrong, and mostly a mistake.
    static func warnings(_ configuration: ServiceConfiguration, issuer: String) -> [String] {
        guard let origin = configuration.auditOrigin else { return [] }
        let (name, log) = (host(issuer), host(origin))
        guard !name.hasSameBytes(as: log) else { return [] }
        return [
            "the issuer is at \(name), and audit.origin names \(log): whoever looks for the log of a token looks at the "
                + "issuer's host; an origin is for the life of a log, so set it right before the first start"
        ]
    }

    private static func host(_ url: String) -> String {
        let rest = url.firstRange(of: "://").map { url[$0.upperBound...] } ?? url[...]
        return String(rest.prefix { $0 != "/" && $0 != ":" }).lowercased()
    }

    private static func auditors(_ configuration: ServiceConfiguration) throws -> Auditors {
        guard let file = configuration.auditTokensFile else { return Auditors() }
        let bytes = try SecretFile.read(
            file, setting: "audit.tokens_file", limit: Limits.jsonBytes, what: "auditors' tokens")
        do throws(Auditors.Defect) {
            return try Auditors(parsing: String(decoding: bytes, as: UTF8.self), scopes: [.read, .evidence])
        } catch {
            throw Problem.usage("audit.tokens_file \(file): \(error.sentence)")
        }
    }

    private static func administrators(_ configuration: ServiceConfiguration) throws -> Auditors {
        guard configuration.adminListen != nil, let file = configuration.adminTokensFile else { return Auditors() }
        let bytes = try SecretFile.read(
            file, setting: "admin.tokens_file", limit: Limits.jsonBytes, what: "administrators' tokens")
        let administrators: Auditors
        do throws(Auditors.Defect) {
            administrators = try Auditors(parsing: String(decoding: bytes, as: UTF8.self), scopes: [.admin])
        } catch {
            throw Problem.usage("admin.tokens_file \(file): \(error.sentence)")
        }
        guard !administrators.isEmpty else {
            throw Problem.usage("admin.tokens_file \(file): found no token, wanted one; or leave admin.listen out")
        }
        return administrators
    }

    /// Who has a budget of their own.
    private static func callers(_ configuration: ServiceConfiguration) throws -> Callers {
        guard let file = configuration.callersFile else { return Callers() }
        let bytes = try SecretFile.read(file, setting: "limits.callers_file", limit: Limits.jsonBytes, what: "callers")
        do throws(Callers.Defect) {
            return try Callers(parsing: String(decoding: bytes, as: UTF8.self))
        } catch {
            throw Problem.usage("limits.callers_file \(file): \(error.sentence)")
        }
    }

    private static func webhookSecret(_ configuration: ServiceConfiguration) throws -> Webhooks.Secret? {
        guard !configuration.webhookURLs.isEmpty, let file = configuration.webhookSecretFile else { return nil }
        let bytes = try SecretFile.read(file, setting: "webhooks.secret_file", limit: 4_096, what: "webhook secret")
        guard let secret = Webhooks.Secret(String(decoding: bytes.prefix { $0 > 0x20 }, as: UTF8.self)) else {
            throw Problem.usage("webhooks.secret_file \(file): wanted whsec_ and 24 to 64 bytes in base64")
        }
        return secret
    }
}
