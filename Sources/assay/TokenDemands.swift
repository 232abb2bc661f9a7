import Appraisal
import ArgumentParser
import CollateralService
import ResultToken
import Wire

/// What a relying party demands of a token, and where the verifier's keys are (wire-formats 3.7).
struct TokenDemands: ParsableArguments {
    @Option(help: ArgumentHelp("The verifier's keys: a file with a JSON Web Key Set.", valueName: "file"))
    var jwks: String?

    @Option(help: "The issuer that is wanted. Without --jwks the keys are fetched from there, by OpenID discovery.")
    var issuer: String?

    @Option(name: .customLong("issuer-ca"), help: "PEM file of the only roots to trust for TLS to the issuer.")
    var authorityFile: String?

    @Flag(name: .customLong("allow-http"), help: "Fetch keys over plain http too: only from a host of your own.")
    var allowHTTP = false

    @Option(help: "The audience that is wanted.")
    var audience: String?

    @Option(help: "The nonce that was sent, base64url, as it stands in eat_nonce.")
    var nonce: String?

    @Option(help: "An eat_profile that is accepted; may be given several times. Default: the three that assay issues.")
    var profile: [String] = []

    @Option(
        name: .customLong("minimum-status"),
        help: "The worst that is good enough: affirming, warning, contraindicated or none.")
    var minimumStatus = TrustStatus.affirming.rawValue

    @Option(name: .customLong("minimum"), help: "CATEGORY=TIER of the trustworthiness vector, as hardware=affirming.")
    var minimum: [String] = []

    @Option(help: "require: the quote was made just now; any: it may be old, and shown by whoever recorded it.")
    var freshness = TokenExpectations.Freshness.require.rawValue

    @Option(
        name: [.customLong("policy-sha256"), .customLong("policy")],
        help: ArgumentHelp(
            "A policy that is accepted, by its SHA-256; default, the issuer's own, where none is given; or any. "
                + "It trusts the issuer with the reference values.", valueName: "sha256|default|any"))
    var policies: [String] = []

    @Option(
        name: .customLong("reference-set"),
        help: "A reference-set version whose values are accepted, by its SHA-256 in hex; may be given several times.")
    var references: [String] = []

    @Option(
        name: .customLong("measurement"),
        help:
            "NAME=HEX: a value that is accepted of mr_td, rtmr0 to rtmr3, mr_enclave, mr_signer; may be given several times."
    )
    var measurements: [String] = []

    @Option(
        name: .customLong("jwks-url"),
        help: "Where the keys of --jwks are published: a jku may say this and nothing else.")
    var keySetURL: String?

    @Option(name: .customLong("key-thumbprint"), help: "RFC 7638 thumbprint of the key at the other end, base64url.")
    var confirmation: String?

    @Option(
        name: .customLong("status-list"),
        help: ArgumentHelp(
            "The status list that the token names, where it cannot be fetched. With --issuer and without --jwks it is.",
            valueName: "file"))
    var statusList: String?

    @Option(help: "Judge as of this time, YYYY-MM-DDThh:mm:ssZ. Default: now.")
    var at: String?

    @Option(help: "text for people, json for programs.")
    var format: Verify.Format = .text

    @Option(help: "The language of the sentences: en or zh.")
    var language: TextLanguage = .en

    /// - Throws: A usage problem for a word that means nothing: before there are keys, or a token to look at.
    func expectations() throws -> TokenExpectations {
        var expectations = TokenExpectations()
        expectations.issuer = issuer
        expectations.audience = audience
        expectations.nonce = nonce
        if !profile.isEmpty { expectations.profiles = Set(profile) }
        expectations.minimumStatus = try Self.tier(minimumStatus, "--minimum-status \(minimumStatus)")
        for demand in minimum {
            let parts = demand.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2 else { throw Problem.usage("--minimum \(demand): write CATEGORY=TIER") }
            let tier = try Self.tier(parts[1], "--minimum \(demand)")
            guard expectations.minimumTiers.updateValue(tier, forKey: parts[0]) == nil else {
                throw Problem.usage("--minimum \(demand): \(parts[0]) has a tier already")
            }
        }
        guard let freshness = TokenExpectations.Freshness(rawValue: freshness) else {
            throw Problem.usage("--freshness \(freshness): wanted require or any")
        }
        expectations.freshness = freshness
        if !policies.isEmpty { expectations.policies = Set(policies) }
        for demand in measurements {
            let parts = demand.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, let name = TokenMeasurement(rawValue: parts[0]) else {
                let names = TokenMeasurement.allCases.map(\.rawValue).joined(separator: ", ")
                throw Problem.usage("--measurement \(demand): write NAME=HEX, with a name of \(names)")
            }
            expectations.measurements[name, default: []].insert(parts[1])
        }
        if !references.isEmpty { expectations.references = Set(references) }
        expectations.confirmation = confirmation
        expectations.keySetURL = keySetURL
        do throws(TokenExpectations.Defect) {
            return try expectations.checked()
        } catch {
            throw Problem.usage("\(error.demand) \(error.found.isEmpty ? "\"\"" : error.found): wanted \(error.wanted)")
        }
    }

    func time() throws -> Instant {
        guard let at else { return Service.now }
        guard let time = Instant(rfc3339: at) else {
            throw Problem.usage("--at \(at): not a time; write it as 2026-01-15T00:00:00Z")
        }
        return time
    }

    /// Every check, the status list fetched where the keys were: from the issuer.
    func verify(_ token: String, with keys: PublishedKeys) async throws -> TokenVerification {
        var expectations = try expectations()
        expectations.keySetURL = keys.url
        expectations.defaultPolicies = keys.defaultPolicies
        let verifier = try TokenVerifier(keys: keys.set, expecting: expectations)
        let time = try time()
        if let statusList {
            let bytes = try InputFile.read(statusList, limit: Limits.jsonBytes, what: "status list")
            let text = String(decoding: bytes.filter { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }, as: UTF8.self)
            return verifier.verify(token, at: time, statusList: .token(text))
        }
        let reason =
            jwks != nil
            ? "the keys are from a file, so the issuer is not asked; --status-list takes a list"
            : "a list says what stands now, which is not --at; --status-list takes one of that time"
        let result = verifier.verify(token, at: time, statusList: .none(reason: reason))
        guard jwks == nil, at == nil, result.isAcceptable, let url = result.statusListURL else { return result }
        let source: StatusListSource
        do throws(WebDocument.Failure) {
            source = .token(String(decoding: try await document(url), as: UTF8.self))
        } catch {
            source = .none(reason: "the list cannot be fetched: \(error.sentence)")
        }
        return verifier.verify(token, at: time, statusList: source)
    }

    private static func tier(_ text: String, _ option: String) throws -> TrustStatus {
        guard let tier = TrustStatus(rawValue: text) else {
            throw Problem.usage("\(option): the tier is affirming, warning, contraindicated or none")
        }
        return tier
    }

    struct PublishedKeys {
        let set: JSONWebKeySet
        /// Where they are published, if that is known.
        let url: String?
        /// The issuer's own policy, where it was asked.
        var defaultPolicies: Set<String> = []
    }

    /// - Returns: `nil` where neither a file nor an issuer was named.
    func keys() async throws -> PublishedKeys? {
        if let jwks {
            let bytes = try InputFile.read(jwks, limit: Limits.jsonBytes, what: "key set")
            return PublishedKeys(set: try Self.keySet(bytes, from: jwks), url: keySetURL)
        }
        guard let issuer else { return nil }
        let place = issuer + "/.well-known/openid-configuration"
        let discovery = try await fetch(place)
        let root = try? JSONDocument(parsing: discovery).root
        guard root?.member("issuer")?.string.hasSameBytes(as: issuer) == true,
            let location = root?.member("jwks_uri")?.string
        else {
            throw Problem.undecided(
                "\(place): not the discovery document of that issuer (issuer and jwks_uri are wanted)")
        }
        return PublishedKeys(
            set: try Self.keySet(try await fetch(location), from: location), url: location,
            defaultPolicies: Set([root?.member("default_policy_sha256")?.string].compactMap { $0 }.filter(Self.isHash)))
    }

    private static func isHash(_ text: String) -> Bool { text.utf8.count == 64 && Hex.decode(text) != nil }

    private func fetch(_ url: String) async throws -> [UInt8] {
        do throws(WebDocument.Failure) {
            return try await document(url)
        } catch {
            throw Problem.undecided("\(url): cannot be fetched: \(error.sentence)")
        }
    }

    private func document(_ url: String) async throws(WebDocument.Failure) -> [UInt8] {
        try await WebDocument.get(
            url, limit: Limits.jsonBytes, certificateAuthorityFile: authorityFile, allowingHTTP: allowHTTP)
    }

    private static func keySet(_ bytes: [UInt8], from place: String) throws -> JSONWebKeySet {
        do throws(JSONWebKeySet.Defect) {
            return try JSONWebKeySet(parsing: bytes)
        } catch {
            throw Problem.undecided("\(place): no usable key set: \(error.sentence)")
        }
    }
}
