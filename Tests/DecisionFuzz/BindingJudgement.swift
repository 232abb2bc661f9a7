import Appraisal
import Wire

/// What an accept of a request about a guest's quote claims, held against what the guest bound.
struct BindingJudgement {
    let isReadable: Bool
    let isAccepted: Bool
    let confirmation: [UInt8]?
    /// A claim without ground.
    let fault: String?

    init(of guest: BoundGuest, _ input: BoundInput, _ policies: [Policy]) {
        let named = input.scheme?.isEmpty == false
        let values = [input.nonce, input.runtimeData, input.key, input.nonceIssued].compactMap(\.self)
        let expected: ExpectedReportData?
        do {
            expected = try input.expected()
        } catch {
            (isReadable, isAccepted, confirmation, fault) = (false, false, nil, nil)
            return
        }
        isReadable = true
        guard let facts = TrustDomain.facts(TrustDomain.noRegisters, reportData: guest.reportData) else {
            (isAccepted, confirmation, fault) = (false, nil, "no facts")
            return
        }
        let findings = policies.map { appraise(facts, under: $0, expecting: expected) }
        let conclusion = Conclusion(facts, findings, nil, isFresh: expected?.isFresh ?? false)
        isAccepted = conclusion.isAccepted
        confirmation = isAccepted ? findings.confirmation(of: expected) : nil
        if named, values.contains(where: \.isEmpty) || values.isEmpty {
            fault = "empty input was taken (R1)"
        } else {
            fault =
                isAccepted
                ? Self.fault(
                    guest, Self.named(input), policies, confirmation, isFresh: !conclusion.reasons.contains(.notFresh))
                : nil
        }
    }

    /// With the scheme that a request without one has, and no empty values.
    private static func named(_ input: BoundInput) -> BoundInput {
        guard input.scheme?.isEmpty != false else { return input }
        func value(_ bytes: [UInt8]?) -> [UInt8]? { bytes.flatMap { $0.isEmpty ? nil : $0 } }
        var named = BoundInput(
            nonce: value(input.nonce), runtimeData: value(input.runtimeData), key: value(input.key),
            nonceIssued: value(input.nonceIssued))
        named.origin = input.origin
        named.scheme = named.key == nil ? "raw" : named.nonce == nil ? "spki" : "assay"
        return named
    }

    private static func fault(
        _ guest: BoundGuest, _ input: BoundInput, _ policies: [Policy], _ confirmation: [UInt8]?, isFresh: Bool
    ) -> String? {
        let chosen = (input.nonce ?? []) + (input.runtimeData ?? []) + (input.key ?? [])
        guard !chosen.isEmpty else {
            if confirmation != nil { return "a key was confirmed, and nothing bound" }
            return isFresh ? "fresh, and nothing bound" : nil
        }
        guard guest.holds(input) else { return "accepted, and report_data does not hold it" }
        // Policies that name no scheme, or not the guest's, are those of another kind of guest (R5).
        let schemes = policies.compactMap(\.boundSchemes)
        let isCovered = !schemes.isEmpty && schemes.allSatisfy { $0.contains(guest.honest.scheme ?? "") }
        if let confirmation, confirmation != guest.thumbprint, isCovered {
            return "confirms a key that the guest does not vouch for"
        }
        let common = schemes.dropFirst().reduce(schemes.first) { $0?.intersection($1) }
        if let confirmation, input.scheme == "spki", common != ["spki"] {
            return "confirms \(Hex.encode(confirmation)), of a scheme that the caller named"
        }
        if let nonce = input.nonce, input.scheme == "assay", isCovered, guest.honest.scheme == "assay",
            nonce != guest.honest.nonce
        {
            return "another nonce than the guest's (two readings)"
        }
        let isChallenge = input.origin == .challenge && input.nonce != nil
        if isFresh, !isChallenge, !canBeNew(input) { return "fresh by what cannot be new (R2)" }
        for policy in policies where policy.demandsChallenge != nil {
            if policy.demandsChallenge == "service", !isChallenge { return "no challenge of ours (3.9)" }
            if input.nonce.map({ !(16...64).contains($0.count) }) ?? true { return "no nonce (3.9)" }
        }
        return nil
    }

    /// R2, read apart: 16 bytes or more, and not a key alone.
    private static func canBeNew(_ input: BoundInput) -> Bool {
        if input.scheme == "spki" { return false }
        let bytes =
            input.scheme == "assay" || input.scheme == "ita"
            ? input.nonce ?? [] : (input.nonce ?? []) + (input.runtimeData ?? [])
        // As raw bytes, a key that ends in zeros may be sent without them.
        let whole = input.scheme == "raw" ? bytes + [UInt8](repeating: 0, count: 64) : bytes
        let isKey =
            whole.starts(with: [0x30, 0x2A, 0x30, 5, 6, 3, 0x2B, 0x65, 0x70])
            && (input.scheme == "raw" ? whole.dropFirst(44).allSatisfy { $0 == 0 } : whole.count == 44)
        let isPadding = input.scheme == "raw" && bytes.dropFirst(8).allSatisfy { $0 == 0 }
        return bytes.count >= 16 && !isKey && !isPadding
    }
}

extension Policy {
    /// As the document says it.
    fileprivate var boundSchemes: Set<String>? {
        guard case .array(let names)? = document["report_data_schemes"] else { return nil }
        return Set(names.compactMap { if case .string(let name) = $0 { name } else { nil } })
    }

    fileprivate var demandsChallenge: String? {
        switch document["require_challenge"] {
        case .bool(true): "any"
        case .string(let word): word
        default: nil
        }
    }
}
