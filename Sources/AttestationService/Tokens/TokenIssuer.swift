import Appraisal
package import KeyCustody
package import MerkleLog
package import Records
import ResultToken
import Synchronization
package import Wire
import Words

/// Signs: joins claims, headers and keys. The only place where a verdict meets a private key.
package final class TokenIssuer: Sendable {
    private struct Header: Hashable {
        let mediaType: String
        let hasKey: Bool
        let keyIdentifier: String
        let algorithm: SignatureAlgorithm
    }

    private struct State {
        package var ring: KeyRing
        /// Encoded once per profile and key.
        var headers: [Header: JSONWebSignature] = [:]
        /// What verifies our tokens, read once for each set of published keys.
        var keys: (names: [String], set: JSONWebKeySet)?
    }

    private let state: Mutex<State>
    let issuer: String
    private let verifier: VerifierIdentity
    private let lifetimeSeconds: Int64
    private let nativeAlgorithm: SignatureAlgorithm
    let statuses: TokenStatuses
    private let lists: StatusLists

    /// - Parameters:
    ///   - issuer: `iss` of every token, without a slash at the end.
    ///   - nativeAlgorithm: Of the service's own tokens; peers' shapes have the peers' algorithms.
    package init(
        ring: KeyRing, issuer: String, verifier: VerifierIdentity, lifetimeSeconds: Int64,
        nativeAlgorithm: SignatureAlgorithm,
        statuses: TokenStatuses, lists: StatusLists
    ) {
        state = Mutex(State(ring: ring))
        self.issuer = issuer
        self.verifier = verifier
        self.lifetimeSeconds = lifetimeSeconds
        self.nativeAlgorithm = nativeAlgorithm
        self.statuses = statuses
        self.lists = lists
    }

    package func replace(_ ring: KeyRing) { state.withLock { $0 = State(ring: ring) } }

    var ring: KeyRing { state.withLock { $0.ring } }

    package func canSign(at time: Instant) -> Bool { ring.signer(for: nativeAlgorithm, at: time) != nil }

    /// Whether a key is one that signs tokens at this time.
    func isSigning(_ keyIdentifier: String, at time: Instant) -> Bool {
        let ring = ring
        return SignatureAlgorithm.allCases.contains {
            ring.signer(for: $0, at: time)?.publicKey.keyIdentifier == keyIdentifier
        }
    }

    /// Fixes claims and key; the key is not touched before there is a receipt (transparency-log E-9).
    package func draft(_ judgement: Judgement, for audience: String?) throws(ServiceFailure) -> TokenDraft {
        guard let sources = TokenSources(judgement, verifier: verifier) else {
            throw .internal("a token was asked for a verdict that is no accept")
        }
        let profile = sources.profile
        // The peers' shapes have no claim for it; whoever has one of theirs asks for introspection.
        let place = profile == .ear ? lists.place(at: judgement.timeMilliseconds) : nil
        let claims: JSON
        do throws(TokenError) {
            claims = try sources.claims(
                issuer: issuer, audience: audience, lifetimeSeconds: lifetimeSeconds,
                status: place.map { StatusReference(uri: lists.uri(of: $0.list), index: $0.index) })
        } catch {
            throw .token(.endsNow)
        }
        let canonical: [UInt8]
        do throws(CanonicalJSONError) {
            canonical = try TokenBinding.canonicalClaims(claims)
        } catch {
            throw .token(.notCanonical(error))
        }
        let algorithm = algorithm(profile)
        let key = try key(for: algorithm, at: judgement.verdict.time)
        guard case .integer(let expires)? = claims["exp"] else {
            throw .internal("a token without an end was made")
        }
        return TokenDraft(
            commitment: TokenCommitment(
                claims: canonical, keyIdentifier: key.publicKey.keyIdentifier, expires: Instant(seconds: expires),
                status: place)
        ) { [self] receipt throws(TokenFailure) in
            try sign(
                claims.adding([("log", receipt.claim)]).compactBytes, profile.mediaType, algorithm, key,
                hasKey: profile == .earDotted)
        }
    }

    /// Peers' shapes have the peers' algorithms; ours is configured.
    private func algorithm(_ profile: TokenProfile) -> SignatureAlgorithm {
        switch profile {
        case .ear: nativeAlgorithm
        case .earDotted: .es256
        case .simple: .rs256
        }
    }

    private func key(for algorithm: SignatureAlgorithm, at time: Instant) throws(ServiceFailure) -> SigningKey {
        guard let key = ring.signer(for: algorithm, at: time) else { throw .token(.noKey(algorithm)) }
        return key
    }

    private func sign(
        _ payload: [UInt8], _ mediaType: String, _ algorithm: SignatureAlgorithm, _ key: SigningKey,
        hasKey: Bool = false
    ) throws(TokenFailure) -> String {
        do throws(KeyError) {
            return try signature(key, mediaType, algorithm, hasKey).encode(payload: payload) {
                input throws(KeyError) in
                try key.sign(input, with: algorithm)
            }
        } catch {
            throw .keyDoesNotSign
        }
    }

    private func signature(
        _ key: SigningKey, _ mediaType: String, _ algorithm: SignatureAlgorithm, _ hasKey: Bool
    ) -> JSONWebSignature {
        let name = Header(
            mediaType: mediaType, hasKey: hasKey, keyIdentifier: key.publicKey.keyIdentifier, algorithm: algorithm)
        return state.withLock { state in
            if let made = state.headers[name] { return made }
            var members: [(String, JSON)] = [
                ("alg", .string(algorithm.rawValue)), ("kid", .string(name.keyIdentifier)),
                ("typ", .string(mediaType)),
            ]
            // Trustee's clients read the key from the header; whoever trusts a key for that reason trusts anybody's, so
            // it is for them alone, and `kid` is there for everybody else.
            if hasKey { members.append(("jwk", key.publicKey.webKey(for: algorithm))) }
            let made = JSONWebSignature(header: .object(members))
            state.headers[name] = made
            return made
        }
    }

    /// The Status List Token of a list, signed as native tokens are.
    package func statusList(_ list: String?, at time: Instant) throws(ServiceFailure) -> String {
        try lists.token(list, at: time) { claims throws(ServiceFailure) in
            let key = try key(for: nativeAlgorithm, at: time)
            do throws(TokenFailure) {
                return try sign(claims, StatusList.mediaType, nativeAlgorithm, key)
            } catch {
                throw .token(error)
            }
        }
    }

    /// What verifies our tokens now.
    func keys(at time: Instant) throws(ServiceFailure) -> JSONWebKeySet {
        let (ring, known) = state.withLock { ($0.ring, $0.keys) }
        let names = ring.entries.filter { $0.record.isPublished(at: time) }.map(\.record.keyIdentifier)
        if let known, known.names == names { return known.set }
        do throws(JSONWebKeySet.Defect) {
            let set = try JSONWebKeySet(parsing: ring.keySet(at: time).compactBytes)
            state.withLock { $0.keys = (names, set) }
            return set
        } catch {
            throw .internal("the published key set cannot be read back")
        }
    }
}
