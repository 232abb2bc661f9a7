public import Appraisal
import Wire
public import Words

/// What a relying party demands of a token (wire-formats 3.7). What is not demanded is reported as not performed; a demand
/// that means nothing is refused by ``TokenVerifier/init(keys:expecting:)``, before any token is looked at.
public struct TokenExpectations: Sendable {
    public var issuer: String?
    public var audience: String?
    /// Base64url, as it stands in the token. A token without one fails.
    public var nonce: String?
    public var profiles: Set<String>?
    /// The worst status that is good enough; `none` takes any.
    public var minimumStatus: TrustStatus = .affirming
    /// The worst tier that is good enough in single categories of the trustworthiness vector, by AR4SI's names. A category
    /// of which nothing is asserted is not good enough.
    public var minimumTiers: [String: TrustStatus] = [:]
    /// Whether a quote must show that it was made just now.
    public var freshness: Freshness = .require
    /// SHA-256 of policies, in hex; the word `default` for the service's own, which is meant where there is no list; or `any`
    /// alone. Hashes say which rules were applied, and trust the service with the values.
    public var policies: Set<String>?
    /// What `default` stands for, as the service says itself: SHA-256 in hex.
    public var defaultPolicies: Set<String> = []
    /// SHA-256 of the reference-set versions whose values are accepted, in hex. A token that names none fails.
    public var references: Set<String>?
    /// The measurements that are accepted, in hex, by name. A token without one that is demanded fails.
    public var measurements: [TokenMeasurement: Set<String>] = [:]
    /// RFC 7638 thumbprint of the key at the other end, base64url.
    public var confirmation: String?
    /// Where a header's `jku` may point.
    public var keySetURL: String?
    public var skewSeconds: Int64 = 60

    public init() {}

    public enum Freshness: String, CaseIterable, Sendable {
        /// A token is refused whose reasons have `NOT_FRESH`, and one that gives none.
        case require
        /// A quote may be old.
        case any
    }

    public static let knownProfiles: Set<String> = [
        "tag:ietf.org,2026:rats/ear#04", "tag:github.com,2024:confidential-containers/Trustee",
        "https://www.alibabacloud.com/help/en/ecs/user-guide/eat-profile",
    ]

    /// AR4SI's categories (wire-formats 3.2).
    public static let categories: Set<String> = [
        "instance-identity", "configuration", "executables", "file-system", "hardware", "runtime-opaque",
        "storage-opaque", "sourced-data",
    ]

    /// A demand that means nothing, such as a category that nobody asserts or a hash that is none: a typo must not become
    /// the laxest of demands, or one that nothing meets.
    public struct Defect: Error, Hashable, Sendable {
        public let demand: String
        public let found: String
        public let wanted: Sentence
    }

    /// The same demands with hashes in one spelling.
    ///
    /// - Throws: What means nothing.
    public func checked() throws(Defect) -> TokenExpectations {
        for (demand, text) in [
            ("issuer", issuer), ("audience", audience), ("nonce", nonce), ("confirmation", confirmation),
        ] where text?.isEmpty == true {
            throw Defect(demand: demand, found: "", wanted: "a text that is not empty")
        }
        guard (0...JSON.exactIntegers.upperBound).contains(skewSeconds) else {
            throw Defect(demand: "skew", found: "\(skewSeconds)", wanted: "whole seconds, from 0 on")
        }
        for category in minimumTiers.keys.sorted() where !Self.categories.contains(category) {
            throw Defect(
                demand: "minimum", found: category,
                wanted: "one of \(Self.categories.sorted().joined(separator: ", "))")
        }
        var checked = self
        checked.defaultPolicies = try Self.hashes(defaultPolicies, "default policies") ?? []
        checked.policies = try Self.named(policies ?? [Self.standard])
        for (name, values) in measurements {
            checked.measurements[name] = try name.checked(values)
        }
        checked.references = try Self.hashes(references, "references")
        return checked
    }

    private static let standard = "default"
    private static let any = "any"

    /// What the list of policies takes, by hash; `nil` where it takes any.
    var acceptedPolicies: Set<String>? {
        let named = policies ?? [Self.standard]
        guard named != [Self.any] else { return nil }
        return named.contains(Self.standard) ? named.subtracting([Self.standard]).union(defaultPolicies) : named
    }

    private static func named(_ policies: Set<String>) throws(Defect) -> Set<String> {
        guard policies != [any] else { return policies }
        guard !policies.contains(any) else {
            throw Defect(
                demand: "policies", found: policies.sorted().joined(separator: ", "),
                wanted: "any alone, or a list without it")
        }
        return (try hashes(policies.subtracting([standard]), "policies") ?? []).union(policies.intersection([standard]))
    }

    private static func hashes(_ texts: Set<String>?, _ demand: String) throws(Defect) -> Set<String>? {
        guard let texts else { return nil }
        var hashes: Set<String> = []
        for text in texts {
            let digits = text.lowercased()
            let hash = digits.hasPrefix("sha256:") ? String(digits.dropFirst(7)) : digits
            guard hash.utf8.count == 64, Hex.decode(hash) != nil else {
                throw Defect(demand: demand, found: text, wanted: "SHA-256 in hex")
            }
            hashes.insert(hash)
        }
        return hashes
    }
}
