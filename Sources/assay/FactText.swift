import Appraisal
import DCAPFormats
import DCAPVerification
import Wire
import Words

/// The facts of a verified quote, as aligned lines.
enum FactText {
    static func text(_ verified: VerifiedQuote, _ language: Language) -> String {
        let tcb = verified.tcb
        func word(_ word: VerdictWord) -> String { word.phrase.text(language) }
        let level = VerdictWord.level(date: "\(tcb.launch.date)", evaluation: "\(tcb.evaluationNumber)").text(language)
        var rows: [(String, String)] = [
            (word(.tcbStatus), tcb.status.rawValue + (language == .english ? " (\(level))" : "（\(level)）")),
            (
                word(.advisories),
                tcb.launch.advisoryIDs.isEmpty ? word(.none) : tcb.launch.advisoryIDs.joined(separator: ", ")
            ),
        ]
        for component in tcb.outOfDate {
            let text = VerdictWord.component(
                "\(component.component)", found: "\(component.found)", wanted: "\(component.wanted)")
            rows.append((word(.tooLow), text.text(language)))
        }
        rows += [
            (
                word(.platform),
                "FMSPC \(verified.platform.fmspc.hex), "
                    + VerdictWord.authority(verified.platform.authority.rawValue).text(language)
            ),
            (
                word(.collateral),
                VerdictWord.inDate(until: "\(verified.collateral.earliestExpiration)").text(language)
            ),
        ]
        if verified.collateralExpired {
            let items = verified.expiredItems.map { "\($0.name) \($0.expires)" }.joined(separator: ", ")
            rows[rows.count - 1].1 = VerdictWord.expired(items).text(language)
        }
        switch verified.quote.body {
        case .sgx(let report):
            rows += [("mr_enclave", report.mrEnclave.hex), ("mr_signer", report.mrSigner.hex)]
        case .td(let report):
            rows += [
                ("mr_td", report.mrTD.hex), ("rtmr0", report.rtmr0.hex), ("rtmr1", report.rtmr1.hex),
                ("rtmr2", report.rtmr2.hex), ("rtmr3", report.rtmr3.hex),
            ]
        }
        rows.append(("report_data", verified.quote.reportData.hex))
        return word(.facts) + "\n" + FieldList.align(rows)
    }
}

/// Names and values in two columns.
enum FieldList {
    static func align(_ rows: [(String, String)]) -> String {
        let width = (rows.map { columns($0.0) }.max() ?? 0) + 2
        return rows.map { "  \($0.0)" + String(repeating: " ", count: width - columns($0.0)) + $0.1 }
            .joined(separator: "\n")
    }

    /// Chinese characters take two columns of a terminal.
    private static func columns(_ text: String) -> Int {
        text.unicodeScalars.reduce(0) { $0 + ((0x2E80...0xFFEF).contains($1.value) ? 2 : 1) }
    }

    /// Every leaf of a document, with dotted names.
    static func text(_ document: JSON) -> String { align(leaves(document, "")) + "\n" }

    private static func leaves(_ value: JSON, _ path: String) -> [(String, String)] {
        switch value {
        case .object(let members):
            members.flatMap { leaves($0.1, path.isEmpty ? $0.0 : "\(path).\($0.0)") }
        case .array(let values): values.enumerated().flatMap { leaves($1, "\(path)[\($0)]") }
        case .string(let text): [(path, text)]
        case .integer(let number): [(path, "\(number)")]
        case .bool(let flag): [(path, "\(flag)")]
        case .null: [(path, "none")]
        }
    }
}
