import EventLog
import Wire
import Words

/// One test of one claim.
extension Rules {
    struct Answer {
        let truth: Truth
        let found: Phrase
        let wanted: Phrase
        /// The kernel command line, where the log holds only its digest and a reference value its text.
        var commandLine: String?
    }

    /// - Parameter isDenied: Whether the test stands under a `not`: then one forbidden value of a list is enough, and
    ///   company does not make it good.
    func answer(_ test: ClaimTest, isDenied: Bool) -> Answer {
        let lookup = claim(test.claim)
        let found =
            switch lookup {
            case .value(let value): value.phrase
            case .each(let values):
                values.dropFirst().reduce(values.first?.phrase ?? .none) {
                    $0 + Phrase(", changed to ", "，后改为 ") + $1.phrase
                }
            case .present(let reason): Phrase("is there: ", "存在：") + reason
            case .absent: Phrase("is not there", "不存在")
            case .unknown(let reason): Phrase("unknown: ", "未知：") + reason
            }
        /// A test of something that is not there does not hold; its opposite is not thereby shown.
        func judged(_ holds: (ClaimValue) -> Bool) -> Truth {
            switch lookup {
            case .value(let value): holds(value) ? .yes : .no
            case .each(let values): .each(values.map { holds($0) ? .yes : .no })
            case .present, .absent, .unknown: .unknown
            }
        }
        switch test.values {
        case .none:
            let truth: Truth =
                switch lookup {
                case .absent: .yes
                case .value, .each, .present: .no
                case .unknown: .unknown
                }
            return Answer(truth: truth, found: found, wanted: Phrase("absent", "不存在"))
        case .bound(let bound, let text):
            return Answer(
                truth: judged { $0.magnitude.map { $0 >= bound } ?? false }, found: found,
                wanted: Phrase("\(text) or more", "不低于 \(text)"))
        case .masked(let masked):
            let truth = judged { value in
                guard case .text(let text) = value, let bytes = Hex.decode(text) else { return false }
                return masked.matches(bytes)
            }
            return Answer(truth: truth, found: found, wanted: masked.phrase)
        case .inline, .reference:
            guard let values = values(of: test) else {
                return Answer(truth: .unknown, found: found, wanted: Self.source(test))
            }
            let wanted = values.count <= 4 ? Self.listed(values) : Self.source(test)
            if case .unknown = lookup, test.claim == Self.commandLineClaim, let line = measured(values) {
                return Answer(truth: line.truth, found: found, wanted: wanted, commandLine: line.text)
            }
            return Answer(truth: judged { Self.isWithin($0, values, test, isDenied) }, found: found, wanted: wanted)
        }
    }

    static let commandLineClaim = "event_log.kernel_cmdline"

    /// What a test compares with; `nil` where no such list counts at T, or where it holds what the claim never can: then
    /// nobody knows what its author meant.
    private func values(of test: ClaimTest) -> Set<ExactText>? {
        switch test.values {
        case .inline(let values): return values
        case .reference(let name, let list):
            guard let set = references[name], set.isValid(at: facts.time), let texts = set.values[ExactText(list)]
            else { return nil }
            let values = texts.compactMap { test.kind.canonical($0).map { ExactText($0) } }
            return values.count == texts.count ? Set(values) : nil
        case .none, .bound, .masked: return nil
        }
    }

    /// A command line of which only the digest was logged: whether it is that of one of these texts, and of which.
    private func measured(_ texts: Set<ExactText>) -> (truth: Truth, text: String?)? {
        guard let line = eventLog?.commandLine, line.isLabelled, line.text == nil else { return nil }
        guard let match = texts.sorted().first(where: { line.form(matching: $0.text) != nil }) else {
            return (.no, nil)
        }
        return (.yes, match.text)
    }

    /// A list is within a set if each of its values is, and there is one: absence is never satisfaction (event-logs 0).
    /// Under a `not` it is enough that one is: a forbidden value does not become good in company. The digests of a register
    /// are one value, unless each is asked about.
    private static func isWithin(
        _ value: ClaimValue, _ values: Set<ExactText>, _ test: ClaimTest, _ isDenied: Bool
    ) -> Bool {
        if case .digestList = test.kind { return values.contains(ExactText(value.texts.joined(separator: " "))) }
        let texts = value.texts.map { ExactText(test.kind.folded($0)) }
        guard !isDenied else { return texts.contains { values.contains($0) } }
        return !texts.isEmpty && texts.allSatisfy { values.contains($0) }
    }

    private static func listed(_ values: Set<ExactText>) -> Phrase { .oneOf(values.sorted().map(\.text)) }

    private static func source(_ test: ClaimTest) -> Phrase {
        switch test.values {
        case .reference(let name, let list): Phrase("one of \(name).\(list)", "\(name).\(list) 之一")
        case .inline(let values): Phrase("one of \(values.count) listed values", "\(values.count) 个列出值之一")
        case .none, .bound, .masked: .none
        }
    }
}

extension ClaimTest {
    /// Whether it compares a measurement with values that somebody vouches for, or forbids.
    var comparesValues: Bool {
        switch test {
        case .equals, .in, .subsetOf: !claim.hasSameBytes(as: "report_data")
        case .atLeast, .maskEquals, .absent: false
        }
    }
}
