import Appraisal
public import Wire

/// A relying party's checks of wire-formats 3.7, as a pure function of token, keys, expectations and time.
public struct TokenVerifier: Sendable {
    let keys: JSONWebKeySet
    let expectations: TokenExpectations

    public init(keys: JSONWebKeySet, expecting expectations: TokenExpectations) {
        self.keys = keys
        self.expectations = expectations
    }

    /// - Parameter statusList: Where the token's standing is looked up.
    public func verify(
        _ token: String, at time: Instant, statusList: StatusListSource = .none(reason: "no status list was given")
    ) -> TokenVerification {
        let parsed: ParsedSignature
        let algorithm: String
        do throws(ParsedSignature.Malformed) {
            parsed = try ParsedSignature(token)
            algorithm = try self.algorithm(parsed.header)
        } catch {
            return refused([
                TokenCheck(.form, .failed, found: error.sentence, wanted: TokenCheckStep.form.title.english)
            ])
        }
        var checks = [TokenCheck(.form, .passed, found: algorithm)]
        let identifier = parsed.header.member("kid")?.string
        let candidates = keys.candidates(identifier, algorithm)
        guard !candidates.isEmpty else {
            let found = "kid \(identifier ?? "absent"), \(algorithm)"
            return refused(checks + [TokenCheck(.key, .failed, found: found, wanted: "a key of the given key set")])
        }
        checks.append(TokenCheck(.key, .passed, found: identifier ?? "no kid"))
        guard
            candidates.contains(where: {
                $0.verifies(parsed.signature, over: parsed.signingInput, with: algorithm)
            })
        else {
            return refused(
                checks + [
                    TokenCheck(
                        .signature, .failed, found: "a signature that does not verify",
                        wanted: "a signature by that key over the token as it stands")
                ])
        }
        checks.append(TokenCheck(.signature, .passed))
        let claims = parsed.payload
        checks += [
            compared(.issuer, claims.member("iss")?.string, expectations.issuer, none: "no issuer was given"),
            timeCheck(claims, time), audience(claims),
            profile(claims), nonce(claims), status(claims), policy(claims), confirmation(claims),
            TokenCheck(.inclusion, .notPerformed(reason: "no proof of the log was given")),
            revocation(claims, statusList, time),
        ]
        return TokenVerification(checks: checks, claims: claims)
    }

    /// An allow-list of algorithms; keys in the header are never looked at, and a `jku` must be the known one.
    func algorithm(_ header: JSONValue) throws(ParsedSignature.Malformed) -> String {
        guard let algorithm = header.member("alg")?.string,
            ["ES256", "RS256", "RS384", "PS384", "EdDSA"].contains(algorithm)
        else {
            throw ParsedSignature.Malformed(
                sentence:
                    "the algorithm \(header.member("alg")?.string?.prefix(16) ?? "is absent"), which is not allowed")
        }
        guard header.member("crit") == nil else {
            throw ParsedSignature.Malformed(sentence: "critical header members, of which none is known")
        }
        if let location = header.member("jku"), !location.string.hasSameBytes(as: expectations.keySetURL ?? "") {
            throw ParsedSignature.Malformed(sentence: "a jku that is not the verifier's key set")
        }
        return algorithm
    }

    private func refused(_ checks: [TokenCheck]) -> TokenVerification {
        let failed = checks.last?.step.rawValue ?? ""
        let rest = TokenCheckStep.allCases.dropFirst(checks.count).map {
            TokenCheck($0, .notPerformed(reason: "\(failed) failed"))
        }
        return TokenVerification(checks: checks + rest, claims: nil)
    }

    private func compared(_ step: TokenCheckStep, _ found: String?, _ wanted: String?, none: String) -> TokenCheck {
        guard let wanted else { return TokenCheck(step, .notPerformed(reason: none), found: found ?? "absent") }
        return TokenCheck(
            step, found.hasSameBytes(as: wanted) ? .passed : .failed, found: found ?? "absent", wanted: wanted)
    }

    /// Integers only: a fraction is refused, because readers round it differently.
    private func timeCheck(_ claims: JSONValue, _ time: Instant) -> TokenCheck {
        func seconds(_ name: StaticString) -> Int64?? {
            guard let value = claims.member(name) else { return .some(nil) }
            guard case .value(let number) = value.integer else { return nil }
            return Int64(exactly: number)
        }
        let wanted = "integers iat and exp, iat ≤ nbf ≤ \(time) < exp, give or take \(expectations.skewSeconds) s"
        func failed(_ found: String) -> TokenCheck { TokenCheck(.time, .failed, found: found, wanted: wanted) }
        guard case .some(.some(let issued)) = seconds("iat"), case .some(.some(let expires)) = seconds("exp"),
            case .some(let start) = seconds("nbf")
        else { return failed("a time that is missing or no integer") }
        let skew = expectations.skewSeconds
        let found = "issued \(Instant(seconds: issued)), expires \(Instant(seconds: expires))"
        guard max(issued, start ?? issued) <= time.advanced(bySeconds: skew).seconds, expires > issued,
            time.advanced(bySeconds: -skew).seconds < expires
        else { return failed(found) }
        return TokenCheck(.time, .passed, found: found)
    }

    private func audience(_ claims: JSONValue) -> TokenCheck {
        let value = claims.member("aud")
        let found = value?.string.map { [$0] } ?? value?.elements.compactMap(\.string) ?? []
        let text = found.isEmpty ? "absent" : found.joined(separator: ", ")
        guard let wanted = expectations.audience else {
            return TokenCheck(.audience, .notPerformed(reason: "no audience was given"), found: text)
        }
        let isNamed = found.contains { $0.hasSameBytes(as: wanted) }
        return TokenCheck(.audience, isNamed ? .passed : .failed, found: text, wanted: wanted)
    }

    private func profile(_ claims: JSONValue) -> TokenCheck {
        let found = claims.member("eat_profile")?.string ?? "absent"
        let known = expectations.profiles ?? TokenExpectations.knownProfiles
        return TokenCheck(
            .profile, known.contains { $0.hasSameBytes(as: found) } ? .passed : .failed, found: found,
            wanted: known.sorted().joined(separator: " or "))
    }

    /// Absent is a failure, not a pass.
    private func nonce(_ claims: JSONValue) -> TokenCheck {
        compared(.nonce, claims.member("eat_nonce")?.string, expectations.nonce, none: "no nonce was given")
    }

    private func status(_ claims: JSONValue) -> TokenCheck {
        let dotted = claims.member("submods")?.member("cpu0")?.member("ear.status")
        let found = (claims.member("ear_status") ?? dotted)?.string
        let status = found.flatMap { TrustStatus(rawValue: $0) } ?? .none
        var isGoodEnough = status != .none && status <= expectations.minimumStatus
        var text = found ?? "absent"
        var wanted = Self.words(expectations.minimumStatus)
        let vectors = (claims.member("submods")?.members ?? []).map { Self.vector($0.value) }
        for (category, worst) in expectations.minimumTiers.sorted(by: { $0.key < $1.key }) {
            let tiers = vectors.map { TrustStatus(tierOf: $0[category] ?? 0) }
            isGoodEnough = isGoodEnough && !tiers.isEmpty && tiers.allSatisfy { $0 != .none && $0 <= worst }
            text += ", \(category) " + (tiers.isEmpty ? "absent" : tiers.map(\.rawValue).joined(separator: " and "))
            wanted += ", \(category) \(Self.words(worst))"
        }
        return TokenCheck(.status, isGoodEnough ? .passed : .failed, found: text, wanted: wanted)
    }

    private static func words(_ worst: TrustStatus) -> String {
        worst == .affirming ? "affirming" : "\(worst.rawValue) or better"
    }

    private static func vector(_ submodule: JSONValue) -> [String: Int64] {
        let vector =
            submodule.member("ear_trustworthiness_vector") ?? submodule.member("ear.trustworthiness-vector")
        return Dictionary(
            (vector?.members ?? []).map { ($0.name, Int64(String(decoding: $0.value.bytes, as: UTF8.self)) ?? 0) }
        ) { first, _ in first }
    }

    private func policy(_ claims: JSONValue) -> TokenCheck {
        var found: [String] = []
        for (_, submodule) in claims.member("submods")?.members ?? [] {
            let names = submodule.member("ear_appraisal_policy_ids").map { Array($0.elements) } ?? []
            found += names.compactMap(\.string).compactMap(Self.digest)
            if let hash = submodule.member("ear.veraison.policy-claims")?.member("policy_sha256")?.string {
                found.append(hash)
            }
        }
        let reports = claims.member("evaluation-reports").map { Array($0.elements) } ?? []
        found += reports.compactMap { $0.member("policy-hash")?.string }
        let text = found.isEmpty ? "absent" : found.joined(separator: ", ")
        guard let wanted = expectations.policies else {
            return TokenCheck(.policy, .notPerformed(reason: "no policy was given"), found: text)
        }
        let isAccepted = !found.isEmpty && found.allSatisfy(wanted.contains)
        return TokenCheck(
            .policy, isAccepted ? .passed : .failed, found: text, wanted: wanted.sorted().joined(separator: " or "))
    }

    /// `ni:///sha-256;…` → hex (RFC 6920).
    private static func digest(_ name: String) -> String? {
        let prefix = "ni:///sha-256;"
        guard name.hasPrefix(prefix) else { return nil }
        return Base64URL.decode(Array(name.utf8.dropFirst(prefix.utf8.count))[...]).map { Hex.encode($0) }
    }

    private func confirmation(_ claims: JSONValue) -> TokenCheck {
        compared(
            .confirmation, claims.member("cnf")?.member("jkt")?.string, expectations.confirmation,
            none: "no key was given")
    }
}

extension TrustStatus {
    /// AR4SI's tiers of a value of the vector (wire-formats 3.2).
    init(tierOf value: Int64) {
        switch value {
        case 2...31, -32 ... -2: self = .affirming
        case 32...95, -96 ... -33: self = .warning
        case 96...127, -128 ... -97: self = .contraindicated
        default: self = .none
        }
    }
}
