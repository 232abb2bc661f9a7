import Wire
import Words

extension RuleResult {
    /// As the verdict lists it; member names are stable.
    func document(_ language: Language) -> JSON {
        var members: [(String, JSON)] = [("id", .string(id))]
        switch outcome {
        case .passed: members.append(("outcome", .string("passed")))
        case .failed(let code, _):
            members += [("outcome", .string("failed")), ("code", .string(code.rawValue))]
        case .tolerated(let code, let until, let reason):
            members += [
                ("outcome", .string("passed")), ("code", .string(code.rawValue)),
                (
                    "grace",
                    .object([("until", .string(until.description)), ("reason", .string(reason))])
                ),
            ]
        case .notPerformed(let reason):
            members += [("outcome", .string("not_performed")), ("reason", .string(reason.text(language)))]
        }
        if !found.isEmpty { members.append(("found", .string(found.text(language)))) }
        if !wanted.isEmpty { members.append(("wanted", .string(wanted.text(language)))) }
        if let fix { members.append(("fix", .string(fix.text(language)))) }
        return .object(members)
    }
}
