/// Looks for states of claims in which an expression comes out as wanted: claim after claim, and what is not looked at yet may
/// answer anything.
struct StateSearch {
    /// What tests answer, by their numbers.
    typealias State = [Int: TestAnswer]
    /// The states of one claim, as the tests of it tell them apart; `nil` where there are too many to look at.
    typealias Source = (_ claim: String, _ tests: [Int: ClaimTest]) -> Set<State>?

    private let formula: Formula
    private let claims: [Set<State>]
    /// A search that takes longer says that there is such a state, which is the side to err on.
    private var stepsLeft: Int

    init(_ expression: ClaimExpression, in states: Source, steps: Int = 10_000) {
        stepsLeft = steps
        var numbers: [ClaimTest: Int] = [:]
        formula = Formula(expression, &numbers)
        let byClaim = Dictionary(grouping: numbers) { $0.key.claim }
        // Those with the fewest states first.
        claims = byClaim.sorted { $0.key < $1.key }.compactMap { claim, tests in
            states(claim, Dictionary(uniqueKeysWithValues: tests.map { ($0.value, $0.key) }))
        }.sorted { $0.count < $1.count }
    }

    /// Whether there is a state with one of these outcomes.
    func finds(_ wanted: Outcomes) -> Bool {
        var search = self
        return search.finds(wanted, from: 0, [:])
    }

    private mutating func finds(_ wanted: Outcomes, from index: Int, _ state: State) -> Bool {
        stepsLeft -= 1
        guard stepsLeft > 0 else { return true }
        guard !formula.outcomes(in: state).isDisjoint(with: wanted) else { return false }
        guard index < claims.count else { return true }
        for next in claims[index] where finds(wanted, from: index + 1, state.merging(next) { $1 }) { return true }
        return false
    }
}

/// What a test comes out as. Of a list it depends on where the test stands: under a `not` one value is enough.
struct TestAnswer: Hashable, Sendable {
    let plain: Truth
    let denied: Truth

    init(_ plain: Truth, denied: Truth? = nil) {
        self.plain = plain
        self.denied = denied ?? plain
    }
}

/// What something may still come out as.
struct Outcomes: OptionSet {
    let rawValue: UInt8

    static let yes = Outcomes(rawValue: 1)
    static let no = Outcomes(rawValue: 2)
    static let unknown = Outcomes(rawValue: 4)

    init(rawValue: UInt8) { self.rawValue = rawValue }

    init(_ truth: Truth) {
        switch truth {
        case .yes: self = .yes
        case .no: self = .no
        case .unknown: self = .unknown
        }
    }

    static prefix func ! (outcomes: Outcomes) -> Outcomes {
        var opposite = outcomes.intersection(.unknown)
        if outcomes.contains(.yes) { opposite.insert(.no) }
        if outcomes.contains(.no) { opposite.insert(.yes) }
        return opposite
    }

    /// As `Truth.all`, of every choice that the parts leave.
    static func all(_ parts: [Outcomes]) -> Outcomes {
        var outcomes: Outcomes = []
        if parts.allSatisfy({ $0.contains(.yes) }) { outcomes.insert(.yes) }
        if parts.contains(where: { $0.contains(.no) }) { outcomes.insert(.no) }
        let isPassable = parts.allSatisfy { !$0.isDisjoint(with: [.yes, .unknown]) }
        if isPassable, parts.contains(where: { $0.contains(.unknown) }) { outcomes.insert(.unknown) }
        return outcomes
    }
}

/// An expression whose tests have numbers; one that stands there twice has one.
private indirect enum Formula {
    case all([Formula])
    case any([Formula])
    case not(Formula)
    case test(Int)

    init(_ expression: ClaimExpression, _ numbers: inout [ClaimTest: Int]) {
        switch expression {
        case .all(let parts): self = .all(parts.map { Formula($0, &numbers) })
        case .any(let parts): self = .any(parts.map { Formula($0, &numbers) })
        case .not(let part): self = .not(Formula(part, &numbers))
        case .leaf(let test):
            let number = numbers[test] ?? numbers.count
            numbers[test] = number
            self = .test(number)
        }
    }

    func outcomes(in state: StateSearch.State, isDenied: Bool = false) -> Outcomes {
        switch self {
        case .all(let parts): .all(parts.map { $0.outcomes(in: state, isDenied: isDenied) })
        case .any(let parts): !.all(parts.map { !$0.outcomes(in: state, isDenied: isDenied) })
        case .not(let part): !part.outcomes(in: state, isDenied: !isDenied)
        case .test(let number):
            state[number].map { Outcomes(isDenied ? $0.denied : $0.plain) } ?? [.yes, .no, .unknown]
        }
    }
}
