import Wire

/// Which rules, and which values: the policies and reference sets that a token names, in each of the shapes that are issued.
/// Every one must be in the relying party's list; what names no hash is in none, and is never dropped (W11, W16).
extension TokenVerifier {
    func policy(_ claims: JSONValue) -> TokenCheck {
        var found: [String] = []
        for submodule in claims.member("submods")?.members.map(\.value) ?? [] {
            found += Self.entries(submodule.member("ear_appraisal_policy_ids")).map(Self.name)
            found +=
                submodule.member("ear.veraison.policy-claims")?.member("policy_sha256").map { [Self.text($0)] } ?? []
        }
        found += Self.entries(claims.member("evaluation-reports")).map { report in
            report?.member("policy-hash").map(Self.text) ?? "no hash"
        }
        let accepted = expectations.acceptedPolicies
        if accepted == [] {
            return TokenCheck(
                .policy, .failed, found: found.isEmpty ? "absent" : found.joined(separator: ", "),
                wanted: "the service's default policy, which is not known, or one that is named")
        }
        return listed(.policy, found, accepted, none: "any policy is taken")
    }

    func references(_ claims: JSONValue) -> TokenCheck {
        let prefix = "sha256:"
        let found = Self.holders(claims).flatMap { Self.entries($0?.member("references")) }.map { entry -> String in
            let text = entry.map(Self.text) ?? ""
            guard text.hasPrefix(prefix) else { return "\(text), which names no hash" }
            return String(text.dropFirst(prefix.count))
        }
        return listed(.references, found, expectations.references, none: "no reference set was given")
    }

    /// Where a token says what its verifier found.
    private static func holders(_ claims: JSONValue) -> [JSONValue?] {
        var holders: [JSONValue?] = [claims]
        for submodule in claims.member("submods")?.members.map(\.value) ?? [] {
            holders += [submodule.member("ear_verifier_claims"), submodule.member("ear.veraison.policy-claims")]
        }
        return holders
    }

    /// Whether the quote showed that it was made just now. A token that does not say is no better than one that says no.
    func freshness(_ claims: JSONValue) -> TokenCheck {
        let said = Self.holders(claims).compactMap { $0?.member("reasons") }
        let reasons = said.flatMap(Self.entries)
        let isFresh = !said.isEmpty && reasons.allSatisfy { $0?.string.map { $0 != Self.notFresh } ?? false }
        let text = said.isEmpty ? "no reasons" : reasons.map { $0.map(Self.text) ?? "no array" }.joined(separator: ", ")
        guard expectations.freshness == .require else {
            return TokenCheck(.freshness, .notPerformed(reason: "a quote of any age is taken"), found: text)
        }
        return TokenCheck(
            .freshness, isFresh ? .passed : .failed, found: text,
            wanted: "reasons without \(Self.notFresh): a quote over a nonce")
    }

    private static let notFresh = "NOT_FRESH"

    private func listed(_ step: TokenCheckStep, _ found: [String], _ wanted: Set<String>?, none: String) -> TokenCheck {
        let text = found.isEmpty ? "absent" : found.joined(separator: ", ")
        guard let wanted else { return TokenCheck(step, .notPerformed(reason: none), found: text) }
        let isAccepted = !found.isEmpty && found.allSatisfy { each in wanted.contains { $0.hasSameBytes(as: each) } }
        return TokenCheck(
            step, isAccepted ? .passed : .failed, found: text, wanted: wanted.sorted().joined(separator: " or "))
    }

    /// The elements of a member; one that nobody reads, where it is no array.
    private static func entries(_ member: JSONValue?) -> [JSONValue?] {
        guard let member else { return [] }
        return member.kind == .array ? Array(member.elements) : [nil]
    }

    private static func text(_ value: JSONValue) -> String {
        value.string ?? String(decoding: value.bytes.prefix(80), as: UTF8.self)
    }

    /// `ni:///sha-256;…` → hex (RFC 6920).
    private static func name(_ value: JSONValue?) -> String {
        let prefix = "ni:///sha-256;"
        let name = value.map(text) ?? "no array"
        guard name.hasPrefix(prefix),
            let hash = Base64URL.decode(Array(name.utf8.dropFirst(prefix.utf8.count))[...]), hash.count == 32
        else { return "\(name), which names no hash" }
        return Hex.encode(hash)
    }
}
