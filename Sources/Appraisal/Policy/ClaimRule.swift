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

/// Claim, operator, values (design 5.3), joined by `all`, `any`, `not`.
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
        /// One of the values. A claim that is a list: each of its values is one of them, and there is at least one.
        case `in`
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
    let kind: ClaimKind
    let test: Operator
    let values: Values
}
