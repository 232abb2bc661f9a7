import Appraisal
import AttestationPipeline
import AuditStore
import EvidenceBundles
import Foundation
import KeyCustody
import MerkleLog
import ResultToken
import Synchronization
import WebAPI
import Wire

/// Signs: joins claims, headers and keys. The only place where a verdict meets a private key.
final class TokenService: Sendable {
    private struct Header: Hashable {
        let mediaType: String
        let hasKey: Bool
        let keyIdentifier: String
        let algorithm: SignatureAlgorithm
    }

    private struct State {
        var ring: KeyRing
        /// Encoded once per profile and key.
        var headers: [Header: JSONWebSignature] = [:]
    }

    private let state: Mutex<State>
    private let issuer: String
    private let verifier: VerifierIdentity
    private let lifetimeSeconds: Int64
    private let nativeAlgorithm: SignatureAlgorithm
    private let standings: Standings
    private let lists: StatusLists

    init(
        ring: KeyRing, issuer: String, verifier: VerifierIdentity, lifetimeSeconds: Int64,
        nativeAlgorithm: SignatureAlgorithm,
        standings: Standings, lists: StatusLists
    ) {
        state = Mutex(State(ring: ring))
        self.issuer = issuer
        self.verifier = verifier
        self.lifetimeSeconds = lifetimeSeconds
        self.nativeAlgorithm = nativeAlgorithm
        self.standings = standings
        self.lists = lists
    }

    func replace(_ ring: KeyRing) { state.withLock { $0 = State(ring: ring) } }

    var ring: KeyRing { state.withLock { $0.ring } }

    func canSign(at time: Instant) -> Bool { ring.signer(for: nativeAlgorithm, at: time) != nil }

    /// Fixes claims and key; the key is not touched before there is a receipt (transparency-log E-9).
    func draft(_ judgement: Judgement, for audience: String?) throws(HTTPProblem) -> TokenDraft {
        guard let sources = TokenSources(judgement, verifier: verifier) else {
            throw HTTPProblem(.internal, "a token was asked for a verdict that is no accept")
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
            throw HTTPProblem(
                .signing, "what the verdict rests on ends now, and no token outlives it", fix: "Try again.")
        }
        let canonical: [UInt8]
        do throws(CanonicalJSONError) {
            canonical = try TokenBinding.canonicalClaims(claims)
        } catch {
            throw HTTPProblem(
                .memberInvalid, "found what has no canonical JSON, and the token would repeat it: \(error)",
                field: "runtime_data", fix: "Use names of printable ASCII, whole numbers, and at most 16 levels.")
        }
        let algorithm = algorithm(profile)
        let key = try key(for: algorithm, at: judgement.verdict.time)
        guard case .integer(let expires)? = claims["exp"] else {
            throw HTTPProblem(.internal, "a token without an end was made")
        }
        return TokenDraft(
            commitment: TokenCommitment(
                claims: canonical, keyIdentifier: key.publicKey.keyIdentifier, expires: Instant(seconds: expires),
                status: place)
        ) { [self] receipt throws(HTTPProblem) in
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

    private func key(for algorithm: SignatureAlgorithm, at time: Instant) throws(HTTPProblem) -> SigningKey {
        guard let key = ring.signer(for: algorithm, at: time) else {
            throw HTTPProblem(
                .signing, "there is no key for \(algorithm.rawValue)",
                fix: "The operator makes one with assay keys rotate.")
        }
        return key
    }

    private func sign(
        _ payload: [UInt8], _ mediaType: String, _ algorithm: SignatureAlgorithm, _ key: SigningKey,
        hasKey: Bool = false
    ) throws(HTTPProblem) -> String {
        do throws(KeyError) {
            return try signature(key, mediaType, algorithm, hasKey).encode(payload: payload) {
                input throws(KeyError) in
                try key.sign(input, with: algorithm)
            }
        } catch {
            throw HTTPProblem(.signing, "the key does not sign", fix: "The operator finds the reason in the log.")
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
    func statusList(_ list: String?, at time: Instant) throws(HTTPProblem) -> String {
        try lists.token(list, at: time) { claims throws(HTTPProblem) in
            try sign(claims, StatusList.mediaType, nativeAlgorithm, try key(for: nativeAlgorithm, at: time))
        }
    }

    private func keys(at time: Instant) throws(HTTPProblem) -> JSONWebKeySet {
        do throws(JSONWebKeySet.Defect) {
            return try JSONWebKeySet(parsing: ring.keySet(at: time).compactBytes)
        } catch {
            throw HTTPProblem(.internal, "the published key set cannot be read back")
        }
    }

    /// Whether a token of ours is good for what is demanded, by the one verifier that relying parties have as well.
    func introspect(
        _ token: String, _ demands: TokenDemand, at time: Instant
    ) throws(HTTPProblem) -> TokenEffects.Introspection {
        var expectations = try expectations(demands)
        expectations.issuer = issuer
        expectations.keySetURL = issuer + "/jwks.json"
        let keys = try keys(at: time)
        let verifier: TokenVerifier
        do throws(TokenExpectations.Defect) {
            verifier = try TokenVerifier(keys: keys, expecting: expectations)
        } catch {
            throw Self.problem(error)
        }
        let result = verifier.verify(token, at: time)
        if let failure = result.firstFailure {
            return .inactive(
                reason:
                    "\(failure.step.claim): found \(failure.found), wanted \(failure.wanted) (\(failure.step.rawValue))"
            )
        }
        guard var claims = result.claims.flatMap({ JSON(document: $0) }) else {
            return .inactive(reason: "claims with numbers that are no integers (token.form)")
        }
        // Trustee's shape has it in its submod; whoever asks looks for one name.
        if claims["ear_status"] == nil, let status = result.status {
            claims = claims.adding([("ear_status", .string(status))])
        }
        if case .string(let identifier)? = claims["jti"], let revocation = standings.revocation(of: identifier) {
            return .revoked(revocation)
        }
        return .active(claims: claims)
    }
}
