package import Wire
public import Words

/// The sets at hand, by name.
public struct ReferenceLibrary: Hashable, Sendable {
    private let sets: [String: ReferenceSet]

    public static let empty = ReferenceLibrary([])

    /// Of several versions of one set, such as an archive keeps, the highest counts.
    public init(_ sets: [ReferenceSet]) {
        self.sets = Dictionary(sets.map { ($0.id, $0) }) { $0.version >= $1.version ? $0 : $1 }
    }

    /// Sets as people hand them in, each with where it lies. Two of one id are an error: no order decides which of them
    /// somebody meant (dcap 6.11).
    public init(distinct sets: [(source: String, set: ReferenceSet)]) throws(PolicyError) {
        for (index, (source, set)) in sets.enumerated() {
            guard let other = sets.prefix(index).first(where: { $0.set.id == set.id }) else { continue }
            throw .doubleSet(set.id, other.source, source)
        }
        self.init(sets.map(\.set))
    }

    /// Model manifests that the sets carry, in base64 under `model_manifests`: with them a log can show that a model is
    /// complete. Each counts only where a log names its hash, so any set may bring one.
    public var manifests: [[UInt8]] {
        ids.compactMap { sets[$0]?.values[Self.manifestsName] }.flatMap { $0 }
            .compactMap { Base64.decode(Array($0.utf8)[...]) }
    }

    package static let manifestsName: ExactText = "model_manifests"

    /// The sets that policies name, and those with manifests where there is a log to read by them.
    package func used(by policies: [Policy], withEventLog hasEventLog: Bool) -> [ReferenceSet] {
        let named = Set(policies.flatMap(\.referenceSets))
        return ids.compactMap { sets[$0] }.filter { set in
            named.contains(set.id) || hasEventLog && set.values[Self.manifestsName] != nil
        }
    }

    public subscript(id: String) -> ReferenceSet? { sets[id] }
    public var ids: [String] { sets.keys.sorted() }
}

extension PolicyError {
    /// Two reference sets of one id, with where each lies.
    public static func doubleSet(_ id: String, _ one: String, _ other: String) -> PolicyError {
        PolicyError(
            .referenceSetDouble, "id", at: nil, found: "\(id) in \(one) and in \(other)",
            wanted: Phrase("one reference set of each id", "每个 id 只有一个参考值集合"))
    }
}

/// A list that a rule reads and that its reference set does not have: the rule cannot hold.
public struct MissingList: Hashable, Sendable {
    public let set: String
    public let name: String

    public var phrase: Phrase {
        Phrase("the reference set \(set) has no list \(name)", "参考值集合 \(set) 没有列表 \(name)")
    }
}

extension Policy {
    /// Of the sets that are there. A rule on the completeness of a model also needs the model's manifest, from whatever set.
    public func listsMissing(from library: ReferenceLibrary) -> [MissingList] {
        var missing: [MissingList] = []
        for test in claimRules.flatMap(\.expression.leaves) {
            guard case .reference(let name, let list) = test.values, let set = library[name],
                set.values[ExactText(list)] == nil
            else { continue }
            missing.append(MissingList(set: name, name: list))
        }
        let wantsManifest = claimRules.flatMap(\.expression.leaves).contains { test in
            guard test.claim.hasPrefix("event_log.llm.level."), case .inline(let values) = test.values else {
                return false
            }
            return values.contains("complete")
        }
        if wantsManifest, library.manifests.isEmpty, let set = referenceSets.first(where: { library[$0] != nil }) {
            missing.append(MissingList(set: set, name: ReferenceLibrary.manifestsName.text))
        }
        return missing
    }
}
