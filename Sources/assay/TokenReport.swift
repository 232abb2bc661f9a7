import ResultToken
import Wire

/// The checks of a token, one by one, for people and programs.
struct TokenReport {
    private let result: TokenVerification

    init(_ result: TokenVerification) { self.result = result }

    func text(_ format: Verify.Format) -> String {
        switch format {
        case .json: return JSON.object(members + claims).prettyText + "\n"
        case .text: return headline + "\n\n" + checkList + "\n"
        }
    }

    /// What is written, which nobody vouches for, and then what was found out about it.
    static func inspection(
        header: JSONValue, payload: JSONValue, _ result: TokenVerification?, _ format: Verify.Format
    ) -> String {
        let report = result.map(TokenReport.init)
        switch format {
        case .json:
            return JSON.object(
                [
                    ("verified", .bool(result?.claims != nil)), ("header", readable(header)),
                    ("payload", readable(payload)),
                ]
                    + (report?.members ?? [])
            ).prettyText + "\n"
        case .text:
            let note =
                result?.claims != nil
                ? "" : Terminal.paint("NOT VERIFIED", .yellow) + ": this is what the token says, whoever wrote it.\n\n"
            return note + "Header\n\(FieldList.text(readable(header)))\nPayload\n\(FieldList.text(readable(payload)))"
                + (report.map { "\n\($0.headline)\n\n\($0.checkList)\n" } ?? "")
        }
    }

    /// A document with numbers that we do not write is shown as its text.
    private static func readable(_ value: JSONValue) -> JSON {
        JSON(document: value) ?? .string(String(decoding: value.bytes, as: UTF8.self))
    }

    private var members: [(String, JSON)] {
        [("acceptable", .bool(result.isAcceptable)), ("checks", .array(result.checks.map(Self.document)))]
    }

    private var claims: [(String, JSON)] { result.claims.map { [("claims", Self.readable($0))] } ?? [] }

    private static func document(_ check: TokenCheck) -> JSON {
        var members: [(String, JSON)] = [
            ("id", .string(check.step.rawValue)), ("clause", .string("wire-formats 3.7 (\(check.step.number))")),
        ]
        switch check.outcome {
        case .passed: members.append(("outcome", .string("passed")))
        case .failed: members.append(("outcome", .string("failed")))
        case .notPerformed(let reason):
            members += [("outcome", .string("not_performed")), ("reason", .string(reason))]
        }
        members.append(("detail", .string(check.step.title)))
        if !check.found.isEmpty { members.append(("found", .string(check.found))) }
        if !check.wanted.isEmpty { members.append(("wanted", .string(check.wanted))) }
        return .object(members)
    }

    private var headline: String {
        if let failure = result.firstFailure {
            return Terminal.paint("NOT GOOD ENOUGH", .red)
                + "  \(failure.step.title): no. Found \(failure.found), wanted \(failure.wanted)"
        }
        let open = result.checks.count { if case .notPerformed = $0.outcome { true } else { false } }
        return Terminal.paint("GOOD", open == 0 ? .green : .yellow)
            + (open == 0 ? "  every check holds" : "  what was demanded holds; \(open) checks were not performed")
    }

    private var checkList: String {
        let lines = result.checks.map { check in
            let (mark, note) =
                switch check.outcome {
                case .passed: (Terminal.paint("ok", .green), check.found)
                case .failed: (Terminal.paint("NO", .red), "found \(check.found), wanted \(check.wanted)")
                case .notPerformed(let reason): (Terminal.paint("--", .dim), "not performed: \(reason)")
                }
            let identifier = check.step.rawValue
            return "  \(mark)  \(identifier)" + String(repeating: " ", count: max(1, 22 - identifier.count))
                + check.step.title + (note.isEmpty ? "" : " (\(note))")
        }
        return "Checks\n" + lines.joined(separator: "\n")
    }
}
