import Wire

/// A rule over claims: an expression that must hold. Its failure is `POLICY_CLAIM`, under the name `claim.<id>`.
struct ClaimRule: Hashable, Sendable {
    let id: String
    /// Why it is there, for whoever reads the verdict.
    let note: String?
    let expression: ClaimExpression

    var name: String { "claim.\(id)" }
}

extension Policy {
    /// The reference sets that its rules use, each once, in their order.
    public var referenceSets: [String] {
        var names: [String] = []
        for name in claimRules.flatMap(\.expression.leaves).compactMap(\.referenceSet) where !names.contains(name) {
            names.append(name)
        }
        return names
    }
}

extension Policy {
    /// Whether every value that its rules read from reference sets is one that the claim can hold (dcap 6.9). Asked when a
    /// policy or a set is put in force, and before a quote is judged by them. A set that is not there is no matter of this.
    public func check(_ references: ReferenceLibrary) throws(PolicyError) {
        for test in claimRules.flatMap(\.expression.leaves) {
            guard case .reference(let name, let list) = test.values,
                let values = references[name]?.values[ExactText(list)]
            else { continue }
            for (index, value) in values.enumerated() where test.kind.canonical(value) == nil {
                throw PolicyError(
                    .invalid, "\(name): values.\(list)[\(index)]", at: nil, found: String(value.prefix(120)),
                    wanted: test.kind.wanted(insteadOf: value))
            }
        }
    }
}

/// Claim, operator, values (docs/policies.md), joined by `all`, `any`, `not`.
indirect enum ClaimExpression: Hashable, Sendable {
    case all([ClaimExpression])
    case any([ClaimExpression])
    case not(ClaimExpression)
    case leaf(ClaimTest)

    var leaves: [ClaimTest] {
        switch self {
        case .all(let parts), .any(let parts): parts.flatMap(\.leaves)
        case .not(let part): part.leaves
        case .leaf(let test): [test]
        }
    }

    var depth: Int {
        switch self {
        case .all(let parts), .any(let parts): 1 + (parts.map(\.depth).max() ?? 0)
        case .not(let part): 1 + part.depth
        case .leaf: 1
        }
    }
}

/// One claim against values.
struct ClaimTest: Hashable, Sendable {
    enum Operator: String, CaseIterable, Hashable, Sendable {
        case equals
        /// One of the values. A claim that is a list: each of its values is one of them, and there is at least one; but
        /// the digests of a register are one value, their whole list (event-logs 7.2).
        case `in`
        /// Each value of a list is one of these, and there is at least one.
        case subsetOf = "subset_of"
        /// A number or a date that is not lower.
        case atLeast = "at_least"
        case maskEquals = "mask_equals"
        /// The claim is known not to be there.
        case absent
    }

    enum Values: Hashable, Sendable {
        case none
        /// Texts as `ClaimValue.texts` writes them.
        case inline(Set<ExactText>)
        case bound(Int64, text: String)
        case masked(MaskedBytes)
        /// A reference set, and the name of the list in it.
        case reference(set: String, name: String)
    }

    let claim: String
    /// What it is compared as.
    let kind: ClaimKind
    let test: Operator
    let values: Values
}

extension ClaimKind {
    /// A single digest of a list, where each is asked about and not the whole list.
    func compared(by test: ClaimTest.Operator) -> ClaimKind {
        if case .digestList = self, test == .subsetOf { .hex(48) } else { self }
    }
}
