package import DCAPFormats

/// What a verifier must say about a piece of evidence.
package enum Expectation: Hashable, Sendable {
    /// Refused with exactly that code; the detail is the part the specification names, where it names one.
    case code(ErrorCode, detail: String? = nil)
    /// Refused with one of these.
    case anyCode([ErrorCode])
    /// Verified as UpToDate without any fact the default policy minds.
    case accepted
    /// Verified, with a fact of dcap 5.9 set that the default policy denies; the detail narrows it down.
    case fact(String, detail: String? = nil)
    /// Verified with that TCB status; `current` is the status of the module that runs now, where that is the point.
    case status(String, current: String? = nil)
    /// Healthy evidence for a property test, which does the mutating.
    case property
}

/// One broken piece of evidence (or a whole one that must survive) and what must be said about it.
package struct MutationCase: Sendable {
    /// Which of the row's values this is; empty where the row has one.
    package let label: String
    package let expectation: Expectation
    package let evidence: SimulatedEvidence
}

/// One row of the checklist in dcap 7.
package struct Mutation: Sendable, CustomStringConvertible {
    /// `1`, `69a`, `vector 7`.
    package let row: String
    package let title: String
    package let kinds: [QuoteKind]
    /// What the row says; single cases may differ.
    package let expectation: Expectation
    private let make: @Sendable (MutationBuilder) throws -> [MutationCase]

    package var description: String { "\(row): \(title)" }

    /// Builds every case of the row. The kind should be one of `kinds`.
    package func cases(for kind: QuoteKind, in world: SimulatedWorld) throws -> [MutationCase] {
        try make(MutationBuilder(world: world, kind: kind, expectation: expectation))
    }

    /// A row with one case: an edit of the healthy recipe.
    static func edit(
        _ row: String, _ title: String, _ expectation: Expectation, on kinds: [QuoteKind] = QuoteKind.usual,
        _ change: @escaping @Sendable (inout EvidenceRecipe) throws -> Void
    ) -> Mutation {
        Mutation(row: row, title: title, kinds: kinds, expectation: expectation) { [try $0("", change)] }
    }

    /// A row with one case: an edit of the finished quote, after which nothing is signed again.
    static func patch(
        _ row: String, _ title: String, _ expectation: Expectation, on kinds: [QuoteKind] = QuoteKind.usual,
        _ change: @escaping @Sendable (inout AssembledQuote) throws -> Void
    ) -> Mutation {
        .edit(row, title, expectation, on: kinds) { $0.quote.edit = change }
    }

    /// A row with several cases.
    static func list(
        _ row: String, _ title: String, _ expectation: Expectation, on kinds: [QuoteKind] = QuoteKind.usual,
        _ make: @escaping @Sendable (MutationBuilder) throws -> [MutationCase]
    ) -> Mutation {
        Mutation(row: row, title: title, kinds: kinds, expectation: expectation, make: make)
    }

    /// A row that a property test works through, starting from healthy evidence.
    static func property(_ row: String, _ title: String) -> Mutation { .edit(row, title, .property) { _ in } }

    private init(
        row: String, title: String, kinds: [QuoteKind], expectation: Expectation,
        make: @escaping @Sendable (MutationBuilder) throws -> [MutationCase]
    ) {
        self.row = row
        self.title = title
        self.kinds = kinds
        self.expectation = expectation
        self.make = make
    }
}

/// Makes the cases of one row for one kind of quote.
struct MutationBuilder {
    let world: SimulatedWorld
    let kind: QuoteKind
    let expectation: Expectation

    func callAsFunction(
        _ label: String, expecting other: Expectation? = nil, _ change: (inout EvidenceRecipe) throws -> Void
    ) throws -> MutationCase {
        var recipe = try world.recipe(for: kind)
        try change(&recipe)
        return MutationCase(label: label, expectation: other ?? expectation, evidence: try recipe.build())
    }
}

extension QuoteKind {
    /// What rows apply to unless they say otherwise (dcap 7).
    static let usual: [QuoteKind] = [.sgxV3, .tdxV4, .tdx15V5]
    /// Of these the ones with nested certification data.
    static let nested: [QuoteKind] = [.tdxV4, .tdx15V5]
    static let trustDomains: [QuoteKind] = [.tdxV4, .tdx15V5]
    static let enclaves: [QuoteKind] = [.sgxV3, .sgxV4, .sgxV5]
    static let withCurrentTCB: [QuoteKind] = [.tdx15V5, .tdx15ExV5]
}

extension EvidenceRecipe {
    /// A world whose certificates have the same names and other keys: the attacker's.
    func lookAlike() throws -> SimulatedWorld {
        try SimulatedWorld(seed: world.seed + ", look-alike", time: world.time)
    }

    /// A key of nobody in this world.
    func attackerKey() throws -> SimulatedKey { try SimulatedKey(seed: world.seed, label: "attacker") }
}
