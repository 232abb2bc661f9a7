import Appraisal
import ResultToken
import Wire
import Words

/// The checks of a token, one by one, for people and programs.
struct TokenReport {
    private let result: TokenVerification
    private let language: Language

    init(_ result: TokenVerification, _ language: Language) {
        self.result = result
        self.language = language
    }

    func text(_ format: Verify.Format) -> String {
        switch format {
        case .json: return JSON.object(members + claims).prettyText + "\n"
        case .text: return headline + "\n\n" + checkList + "\n"
        }
    }

    /// What is written, which nobody vouches for, and then what was found out about it.
    static func inspection(
        header: JSONValue, payload: JSONValue, _ result: TokenVerification?, _ format: Verify.Format,
        _ language: Language
    ) -> String {
        let report = result.map { TokenReport($0, language) }
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
                ? ""
                : Terminal.paint(Phrase("NOT VERIFIED", "未验证").text(language), .yellow)
                    + Phrase(": this is what the token says, whoever wrote it.", "：令牌自己是这么说的，不论由谁写成。").text(language)
                    + "\n\n"
            return note + "Header\n\(FieldList.text(readable(header)))\nPayload\n\(FieldList.text(readable(payload)))"
                + (report.map { "\n\($0.headline)\n\n\($0.checkList)\n" } ?? "")
        }
    }

    /// A document with numbers that we do not write is shown as its text.
    private static func readable(_ value: JSONValue) -> JSON {
        JSON(document: value) ?? .string(String(decoding: value.bytes, as: UTF8.self))
    }

    private var members: [(String, JSON)] {
        [("acceptable", .bool(result.isAcceptable)), ("checks", .array(result.checks.map(document)))]
    }

    private var claims: [(String, JSON)] { result.claims.map { [("claims", Self.readable($0))] } ?? [] }

    private func document(_ check: TokenCheck) -> JSON {
        var members: [(String, JSON)] = [
            ("id", .string(check.step.rawValue)), ("clause", .string("wire-formats 3.7 (\(check.step.number))")),
        ]
        switch check.outcome {
        case .passed: members.append(("outcome", .string("passed")))
        case .failed: members.append(("outcome", .string("failed")))
        case .notPerformed(let reason):
            members += [("outcome", .string("not_performed")), ("reason", .string(finding(reason)))]
        }
        members.append(("detail", .string(check.step.title.text(language))))
        if !check.found.isEmpty { members.append(("found", .string(finding(check.found)))) }
        if !check.wanted.isEmpty { members.append(("wanted", .string(finding(check.wanted)))) }
        return .object(members)
    }

    /// A sentence of the checks, or a value.
    private func finding(_ text: String) -> String { VerdictWord.finding(text).text(language) }

    private var headline: String {
        if let failure = result.firstFailure {
            let (title, found, wanted) = (failure.step.title, finding(failure.found), finding(failure.wanted))
            return Terminal.paint(Phrase("NOT GOOD ENOUGH", "不够好").text(language), .red) + "  "
                + Phrase(
                    "\(title.english) No: found \(found), wanted \(wanted)",
                    "\(title.chinese)否：实际 \(found)，期望 \(wanted)"
                ).text(language)
        }
        let open = result.checks.count { if case .notPerformed = $0.outcome { true } else { false } }
        let note =
            open == 0
            ? Phrase("every check holds", "每项检查都成立")
            : Phrase("what was demanded holds; \(open) checks were not performed", "所要求的都成立；有 \(open) 项检查未执行")
        return Terminal.paint(Phrase("GOOD", "合格").text(language), open == 0 ? .green : .yellow) + "  "
            + note.text(language)
    }

    private var checkList: String {
        let lines = result.checks.map { check in
            let (mark, note) =
                switch check.outcome {
                case .passed: (Terminal.paint("ok", .green), finding(check.found))
                case .failed: (Terminal.paint("NO", .red), failed(check))
                case .notPerformed(let reason):
                    (Terminal.paint("--", .dim), VerdictWord.notPerformed(reason).text(language))
                }
            let identifier = check.step.rawValue
            return "  \(mark)  \(identifier)" + String(repeating: " ", count: max(1, 22 - identifier.count))
                + check.step.title.text(language) + (note.isEmpty ? "" : " (\(note))")
        }
        return VerdictWord.checks.phrase.text(language) + "\n" + lines.joined(separator: "\n")
    }

    private func failed(_ check: TokenCheck) -> String {
        let (found, wanted) = (finding(check.found), finding(check.wanted))
        return Phrase("found \(found), wanted \(wanted)", "实际 \(found)，期望 \(wanted)").text(language)
    }
}
