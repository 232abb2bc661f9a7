public import Wire

/// Everything a verdict rests on is in the log before it, and in force (E-11). Fed with entries in order; a writer asks
/// before it queues an entry, a reader counts what is missing.
public struct CausalClosure: Sendable {
    public enum Fault: Hashable, Sendable {
        case policy(MerkleHash)
        case verifier(MerkleHash)
        case collateral(MerkleHash)
        case referenceSet(MerkleHash)
        case key(String)
        /// An accept names no token, or a token no key.
        case noToken
        /// A re-appraisal of what is not in the log before it.
        case first(Int64)
        /// `genesis` stands anywhere but first, or something else does.
        case genesis
        /// After `freeze` nothing follows.
        case frozen
    }

    public private(set) var count: UInt64 = 0
    private var policies: Set<MerkleHash> = []
    private var verifiers: Set<MerkleHash> = []
    private var collateral: Set<MerkleHash> = []
    private var referenceSets: Set<MerkleHash> = []
    private var keys: Set<ExactText> = []
    private var isFrozen = false

    public init() {}

    /// What the next entry would lack.
    ///
    /// - Parameter index: Its index, or any before it that is in the log already.
    public func faults(of body: LogEntryBody, at index: UInt64) -> [Fault] {
        var faults: [Fault] = []
        if isFrozen { faults.append(.frozen) }
        if case .genesis = body {
            if count != 0 { faults.append(.genesis) }
        } else if count == 0 {
            faults.append(.genesis)
        }
        switch body {
        case .verdict(let verdict): faults += self.faults(of: verdict) + tokenFaults(of: verdict)
        case .reappraisal(let entry):
            faults += self.faults(of: entry.verdict)
            if entry.verdict.reasons == [ReappraisalEntry.policyRetired] {
                // That its policy is in force no more is what it says.
                faults.removeAll { $0 == .policy(entry.verdict.policySHA256) }
            }
            if UInt64(clamping: entry.first) >= index { faults.append(.first(entry.first)) }
        default: break
        }
        return faults
    }

    private func faults(of verdict: VerdictEntry) -> [Fault] {
        var faults: [Fault] = []
        if !policies.contains(verdict.policySHA256) { faults.append(.policy(verdict.policySHA256)) }
        if !verifiers.contains(verdict.verifierSHA256) { faults.append(.verifier(verdict.verifierSHA256)) }
        if let manifest = verdict.collateralSHA256, !collateral.contains(manifest) {
            faults.append(.collateral(manifest))
        }
        for set in verdict.references ?? [] where !referenceSets.contains(set) { faults.append(.referenceSet(set)) }
        return faults
    }

    private func tokenFaults(of verdict: VerdictEntry) -> [Fault] {
        var faults: [Fault] = []
        if let kid = verdict.kid, !keys.contains(ExactText(kid)) { faults.append(.key(kid)) }
        if (verdict.claimsSHA256 == nil) != (verdict.kid == nil) || (verdict.verdict == .accept && verdict.kid == nil) {
            faults.append(.noToken)
        }
        return faults
    }

    /// Takes the next entry, whatever it lacks.
    public mutating func append(_ body: LogEntryBody) {
        switch body {
        case .policy(let entry):
            Self.update(&policies, entry.policySHA256, entry.operation == .activate)
        case .referenceSet(let entry):
            Self.update(&referenceSets, entry.setSHA256, entry.operation == .activate)
        case .verifier(let identity): verifiers.insert(identity.sha256)
        case .collateral(let entry): collateral.insert(entry.manifestSHA256)
        case .key(let entry) where entry.use == .token:
            Self.update(&keys, ExactText(entry.kid), entry.operation != .revoke)
        case .freeze: isFrozen = true
        default: break
        }
        count += 1
    }

    private static func update<Element>(_ set: inout Set<Element>, _ element: Element, _ isInForce: Bool) {
        if isInForce { set.insert(element) } else { set.remove(element) }
    }
}

extension CausalClosure.Fault: CustomStringConvertible {
    public var description: String {
        switch self {
        case .policy(let hash): "no policy \(hash) is in force before it"
        case .verifier(let hash): "no verifier \(hash) is before it"
        case .collateral(let hash): "no collateral \(hash) is before it"
        case .referenceSet(let hash): "no reference set \(hash) is in force before it"
        case .key(let kid): "no key \(kid) is in force before it"
        case .noToken: "it has claims without a key, a key without claims, or accepts without a token"
        case .first(let index): "no entry \(index) is before it"
        case .genesis: "genesis is the first entry and only the first"
        case .frozen: "nothing follows a freeze"
        }
    }
}
