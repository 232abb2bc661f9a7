import Appraisal
import KeyCustody
package import Wire

/// What doors ask besides `attest`, at the time of the service's clock.
extension AttestationService {
    private var now: Instant { Instant(seconds: clocks.wall() / 1_000) }

    /// A fresh nonce, and the sealed challenge that carries it.
    package func issueChallenge() -> IssuedChallenge { challenges.issue(atMilliseconds: clocks.wall()) }

    /// Checks that a challenge is ours and in its time. Spends nothing: the rest of the request may be wrong.
    package func openChallenge(_ text: String) throws(ServiceFailure) -> OpenedChallenge {
        try challenges.open(text, at: now)
    }

    /// Whether a token of ours is good now for what is demanded: its claims, or why not.
    package func introspect(_ token: String, _ demand: TokenDemand) throws(ServiceFailure) -> Introspection {
        try tokens.introspect(token, demand, standard: standardPolicy, at: now)
    }

    /// SHA-256 of the policy for requests that name none; `nil` where it is set aside.
    package var standardPolicy: String? { try? policies.current.policies([]).first?.sha256 }

    /// SHA-256 of the policy in force of this name; `nil` where there is none, or it is set aside.
    package func policy(named id: String) -> String? { try? policies.current.policies([id]).first?.sha256 }

    /// The status list of that name, signed; the newest one where none is named.
    package func statusList(_ name: String?) throws(ServiceFailure) -> String {
        try tokens.statusList(name, at: now)
    }

    /// JWKS of what is published.
    package var keySet: JSON { tokens.ring.keySet(at: now) }

    /// Retired keys with the dates of their use.
    package var keyHistory: JSON { tokens.ring.history(at: now) }
}
