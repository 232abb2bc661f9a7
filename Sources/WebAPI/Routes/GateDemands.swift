import AttestationService
import Hummingbird
import MerkleLog
import ResultToken
import Wire
import Words

/// What `GET /v1/tokens/check` was asked: the demands, and those that are the gate's own.
struct GateDemands {
    /// What to do about a demand that is none: the gateway's, not of the one that sent the token.
    static let fix: Sentence = "Correct the demand where the gateway makes it: no token is good enough for it."

    enum Confirmation: String, CaseIterable {
        /// Compared where the connection has a key; where it has none, whoever has the token is let in.
        case whenPresent = "when-present"
        case require
        case off
    }

    private(set) var token = TokenDemand()
    /// No older than so many seconds.
    private(set) var maximumAge: Int64?
    private(set) var confirmation = Confirmation.whenPresent
    /// The client's certificate, PEM: of the gateway's own TLS.
    private(set) var clientCertificate: String?
    private(set) var keyThumbprint: String?

    private static let once: Set<String> = [
        "nonce", "audience", "status", "freshness", "max_age", "key_thumbprint", "confirmation", "client_certificate",
    ]
    private static let many: Set<String> = Set(
        ["minimum", "policy", "policy_sha256", "reference_set"] + TokenMeasurement.allCases.map(\.rawValue))

    /// A demand that is not understood must not be passed over.
    ///
    /// - Parameter policy: SHA-256 of the policy in force of a name.
    init(query: String, policy: (String) -> String?) throws(HTTPProblem) {
        var seen: Set<String> = []
        for pair in query.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0])
            guard Self.many.contains(name) || (Self.once.contains(name) && seen.insert(name).inserted) else {
                throw HTTPProblem(
                    .memberUnknown,
                    "wanted each at most once of \(Self.once.sorted().joined(separator: ", ")), and any number of \(Self.many.sorted().joined(separator: ", "))",
                    field: String(name.prefix(64)), fix: Self.fix)
            }
            guard parts.count == 2, let value = parts[1].removingPercentEncoding else {
                throw Self.invalid(name, "no value, or a malformed escape", "NAME=VALUE, percent-encoded")
            }
            try take(name, value, policy)
        }
    }

    private static func invalid(_ name: String, _ found: Sentence, _ wanted: Sentence) -> HTTPProblem {
        HTTPProblem(.memberInvalid, "found \(found), wanted \(wanted)", field: name, fix: Self.fix)
    }

    private mutating func take(
        _ name: String, _ value: String, _ policy: (String) -> String?
    ) throws(HTTPProblem) {
        func invalid(_ wanted: Sentence) -> HTTPProblem {
            Self.invalid(name, value.isEmpty ? "nothing" : Sentence(value: value.prefix(64)), wanted)
        }
        // nginx leaves a certificate empty where the client showed none; everything else is a demand.
        guard !value.isEmpty || name == "client_certificate" else { throw invalid("a value, or no such parameter") }
        switch name {
        case "nonce": token.nonce = value
        case "audience": token.audience = value
        case "status": token.minimumStatus = value
        case "key_thumbprint": keyThumbprint = value
        case "freshness": token.freshness = value
        // A name is the service's own to understand: the version in force now, and no other.
        case "policy": token.policies = (token.policies ?? []) + [policy(value) ?? value]
        case "policy_sha256": token.policies = (token.policies ?? []) + [value]
        case let name where TokenMeasurement(rawValue: name) != nil:
            token.measurements[name, default: []].append(value)
        case "reference_set": token.references = (token.references ?? []) + [value]
        case "client_certificate": clientCertificate = value.isEmpty ? nil : value
        case "minimum":
            let parts = value.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            // Of two tiers of one category nobody could say which counts.
            guard parts.count == 2, token.minimum.updateValue(parts[1], forKey: parts[0]) == nil else {
                throw invalid("CATEGORY:TIER, of each category one")
            }
        case "max_age":
            // No token is younger than nothing: a negative age would refuse all of them, for ever.
            guard let seconds = Decimal.parse(Array(value.utf8)), seconds <= JSON.exactIntegers.upperBound else {
                throw invalid("whole seconds, from 0 to 2^53 - 1")
            }
            maximumAge = Int64(seconds)
        default:
            guard let mode = Confirmation(rawValue: value) else {
                throw invalid(Sentence(value: Confirmation.allCases.map(\.rawValue).joined(separator: ", ")))
            }
            confirmation = mode
        }
    }

    /// What is demanded of the token, the key of the connection among it.
    ///
    /// - Returns: `nil` where a key is wanted and the connection has none.
    func demand() -> TokenDemand? {
        var demand = token
        demand.confirmation = keyThumbprint
        guard confirmation != .off, keyThumbprint == nil else { return demand }
        guard let clientCertificate else { return confirmation == .require ? nil : demand }
        // No thumbprint is like this sentence: a key that cannot be compared is another one.
        demand.confirmation =
            ClientCertificate.keyThumbprint(pem: clientCertificate) ?? "a certificate of a P-256, Ed25519 or RSA key"
        return demand
    }
}
