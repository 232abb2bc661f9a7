import Wire

/// The states that a claim can be in, as far as the tests of it tell them apart.
enum ClaimStates {
    typealias State = StateSearch.State

    /// Of one claim; of more only that there are many is known.
    private static let limit = 1_024

    /// In quotes of every kind. What not every quote has may be absent, or unknown.
    static func ofAnyQuote(_ claim: String, _ tests: [Int: ClaimTest]) -> Set<State>? {
        guard let known = known(tests, among: finiteValues(claim)) else { return nil }
        return isEverywhere(claim) ? known : known.union([absent(tests), unknown(tests)])
    }

    /// Where it has a value. Whether it is there is then no matter of its value, so `absent` may answer either.
    static func ofAnyValue(_ claim: String, _ tests: [Int: ClaimTest]) -> Set<State>? {
        known(tests, among: finiteValues(claim), presence: [TestAnswer(.yes), TestAnswer(.no)])
    }

    static func absent(_ tests: [Int: ClaimTest]) -> State {
        tests.mapValues { TestAnswer($0.test == .absent ? .yes : .unknown) }
    }

    private static func unknown(_ tests: [Int: ClaimTest]) -> State { tests.mapValues { _ in TestAnswer(.unknown) } }

    /// Those in which it has a value.
    ///
    /// - Parameters:
    ///   - values: All that it can have; `nil` where they are too many to list.
    ///   - presence: What a test answers that asks whether it is absent.
    /// - Returns: `nil` where there are too many.
    static func known(
        _ tests: [Int: ClaimTest], among values: [ClaimValue]?, presence: Set<TestAnswer> = [TestAnswer(.no)]
    ) -> Set<State>? {
        let candidates = values ?? telling(tests.values)
        let open = Set(
            candidates.map { value in
                tests.mapValues { $0.test == .absent ? presence : $0.answers(to: value) }
            })
        var states: Set<State> = []
        for answers in open {
            guard let more = combinations(answers) else { return nil }
            states.formUnion(more)
            guard states.count <= limit else { return nil }
        }
        return states
    }

    private static func combinations(_ open: [Int: Set<TestAnswer>]) -> [State]? {
        var states: [State] = [[:]]
        for (number, answers) in open {
            guard states.count * answers.count <= limit else { return nil }
            states = states.flatMap { state in answers.map { state.merging([number: $0]) { $1 } } }
        }
        return states
    }

    /// Values between which the tests tell a difference: those that they list, the least that a bound takes, and another
    /// one, which is `nil` where it need not be known.
    private static func telling(_ tests: some Collection<ClaimTest>) -> [ClaimValue?] {
        var texts: Set<ExactText> = []
        var bounds: Set<Int64> = [0]
        for test in tests where !test.asksEach {
            switch test.values {
            case .inline(let values): texts.formUnion(values)
            case .bound(let bound, _): bounds.insert(bound)
            case .none, .masked, .reference: break
            }
        }
        switch tests.first?.kind {
        case .integer:
            let listed = Set(texts.compactMap { Int64($0.text) })
            return numbers(listed, bounds).map { .integer($0) }
        case .date:
            let listed = Set(texts.compactMap { Instant(rfc3339: $0.text)?.seconds })
            return numbers(listed, bounds).map { .date(Instant(seconds: $0)) }
        case .text, .word, .advisory, .hex, .hexOfAnyLength, .digestList, .boolean, nil:
            return texts.map { .text($0.text) } + [nil]
        }
    }

    /// Each that is listed, and from each bound on the first that is not.
    private static func numbers(_ listed: Set<Int64>, _ bounds: Set<Int64>) -> Set<Int64> {
        listed.union(
            bounds.compactMap { bound in
                var number = bound
                while listed.contains(number) {
                    guard number < .max else { return nil }
                    number += 1
                }
                return number
            })
    }

    /// All that a claim can be, where that is few.
    static func finiteValues(_ claim: String) -> [ClaimValue]? {
        switch claim {
        case "quote.version": return [3, 4, 5].map { .integer($0) }
        case "quote.body_type": return [1, 2, 3, 4].map { .integer($0) }
        default: break
        }
        return switch ClaimCatalogue.kind(claim) {
        case .word(let words): words.map { .text($0) }
        case .boolean: [.boolean(false), .boolean(true)]
        default: nil
        }
    }

    /// Whether every quote has it, of whatever TEE.
    static func isEverywhere(_ claim: String) -> Bool {
        switch claim {
        case "tee", "quote.version", "quote.body_type", "report_data", "trust_root.intel", "platform.fmspc",
            "platform.pce_id", "platform.pce_svn", "platform.component_svns", "platform.ca", "platform.sgx_type":
            true
        case "tcb.module": false
        default: claim.hasPrefix("tcb.") || claim.hasPrefix("collateral.")
        }
    }
}

extension ClaimTest {
    /// Whether it asks about each value of a list, and not about a value as a whole.
    fileprivate var asksEach: Bool {
        if case .digestList = kind { false } else { ClaimCatalogue.isList(claim) }
    }

    /// All that it may answer to a value; to one that it does not list where there is none.
    fileprivate func answers(to value: ClaimValue?) -> Set<TestAnswer> {
        func either(_ holds: Bool?) -> Set<TestAnswer> {
            guard let holds else { return [TestAnswer(.yes), TestAnswer(.no)] }
            return [TestAnswer(holds ? .yes : .no)]
        }
        // Of a list all may be among the values, or some, or none.
        guard !asksEach else { return [TestAnswer(.yes), TestAnswer(.no, denied: .yes), TestAnswer(.no)] }
        switch values {
        case .none, .reference: return either(nil)
        case .inline(let values): return either(value?.texts.contains { values.contains(ExactText($0)) } ?? false)
        case .bound(let bound, _): return either(value?.magnitude.map { $0 >= bound })
        case .masked(let masked):
            guard case .text(let text)? = value else { return either(nil) }
            return either(Hex.decode(text).map { masked.matches($0) })
        }
    }
}
