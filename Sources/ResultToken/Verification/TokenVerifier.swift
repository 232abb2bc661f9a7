import Appraisal
public import Wire

/// A relying party's checks of wire-formats 3.7, as a pure function of token, keys, expectations and time.
public struct TokenVerifier: Sendable {
    let keys: JSONWebKeySet
    let expectations: TokenExpectations

    /// - Throws: A demand that means nothing, before there is a token to look at.
    public init(
        keys: JSONWebKeySet, expecting expectations: TokenExpectations
    ) throws(TokenExpectations.Defect) {
        self.keys = keys
        self.expectations = try expectations.checked()
    }

    /// - Parameter statusList: Where the token's standing is looked up.
    public func verify(
        _ token: String, at time: Instant, statusList: StatusListSource = .none(reason: "no status list was given")
    ) -> TokenVerification {
        let parsed: ParsedSignature
        let algorithm: String
        do throws(ParsedSignature.Malformed) {
            parsed = try ParsedSignature(try PastedToken.text(token))
            guard Self.isResult(parsed.header) else { return refused(Self.type(parsed.header)) }
            algorithm = try self.algorithm(parsed.header)
        } catch {
            return refused([
                TokenCheck(.form, .failed, found: error.sentence, wanted: "a compact JWS of an allowed algorithm")
            ])
        }
        var checks = [TokenCheck(.form, .passed, found: algorithm)] + Self.type(parsed.header).dropFirst()
        let identifier = parsed.header.member("kid")
        let name = identifier.map { $0.string ?? "of another kind" }
        guard let key = keys.candidates(identifier, algorithm).first else {
            let found = "kid \(name ?? "absent"), \(algorithm)"
            return refused(checks + [TokenCheck(.key, .failed, found: found, wanted: "a key of the given key set")])
        }
        checks.append(TokenCheck(.key, .passed, found: name ?? "no kid"))
        guard key.verifies(parsed.signature, over: parsed.signingInput, with: algorithm) else {
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
            profile(claims), nonce(claims), status(claims), freshness(claims), policy(claims), references(claims),
            measurements(claims), confirmation(claims),
            TokenCheck(.inclusion, .notPerformed(reason: "no proof of the log was given")),
            revocation(claims, statusList, time),
        ]
        return TokenVerification(checks: checks, claims: claims)
    }

    /// What results are called (RFC 9782, RFC 8725 3.11). A challenge, a status list and an access token are called otherwise.
    private static let types: Set<String> = ["eat+jwt", "jwt"]

    private static func isResult(_ header: JSONValue) -> Bool {
        guard let type = header.member("typ")?.string?.lowercased() else { return false }
        let prefix = "application/"
        return types.contains(type.hasPrefix(prefix) ? String(type.dropFirst(prefix.count)) : type)
    }

    /// The check of the form, which holds where there is a type to look at, and that of the type.
    private static func type(_ header: JSONValue) -> [TokenCheck] {
        let found = header.member("typ").map { $0.string ?? "of another kind" }.map { "typ \($0)" } ?? "no typ"
        return [
            TokenCheck(.form, .passed),
            isResult(header)
                ? TokenCheck(.type, .passed, found: found)
                : TokenCheck(.type, .failed, found: found, wanted: "typ eat+jwt or JWT"),
        ]
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
        guard header.member("b64") == nil else {
            throw ParsedSignature.Malformed(sentence: "a header member b64: payloads are base64url here")
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

    func compared(_ step: TokenCheckStep, _ found: String?, _ wanted: String?, none: String) -> TokenCheck {
        guard let wanted else { return TokenCheck(step, .notPerformed(reason: none), found: found ?? "absent") }
        return TokenCheck(
            step, found.hasSameBytes(as: wanted) ? .passed : .failed, found: found ?? "absent", wanted: wanted)
    }

    /// Integers only: a fraction is refused, and what readers of doubles round.
    private func timeCheck(_ claims: JSONValue, _ time: Instant) -> TokenCheck {
        func seconds(_ name: StaticString) -> Int64?? {
            guard let value = claims.member(name) else { return .some(nil) }
            guard case .value(let number) = value.integer, let seconds = Int64(exactly: number),
                JSON.exactIntegers.contains(seconds)
            else { return nil }
            return seconds
        }
        let wanted = "integers iat and exp, iat ≤ nbf ≤ \(time) ≤ exp, give or take \(expectations.skewSeconds) s"
        func failed(_ found: String) -> TokenCheck { TokenCheck(.time, .failed, found: found, wanted: wanted) }
        guard case .some(.some(let issued)) = seconds("iat"), case .some(.some(let expires)) = seconds("exp"),
            case .some(let start) = seconds("nbf")
        else { return failed("a time that is missing or no integer") }
        let skew = expectations.skewSeconds
        let found = "issued \(Instant(seconds: issued)), expires \(Instant(seconds: expires))"
        guard max(issued, start ?? issued) <= time.advanced(bySeconds: skew).seconds, expires > issued,
            time.advanced(bySeconds: -skew).seconds <= expires
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

    private func confirmation(_ claims: JSONValue) -> TokenCheck {
        compared(
            .confirmation, claims.member("cnf")?.member("jkt")?.string, expectations.confirmation,
            none: "no key was given")
    }
}
