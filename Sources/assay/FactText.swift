import DCAPFormats
import DCAPVerification
import Wire

/// The facts of a verified quote, as aligned lines.
enum FactText {
    static func text(_ verified: VerifiedQuote) -> String {
        let tcb = verified.tcb
        var rows: [(String, String)] = [
            ("TCB status", tcb.status.rawValue + " (level of \(tcb.launch.date), evaluation \(tcb.evaluationNumber))"),
            ("Advisories", tcb.launch.advisoryIDs.isEmpty ? "none" : tcb.launch.advisoryIDs.joined(separator: ", ")),
        ]
        for component in tcb.outOfDate {
            rows.append(("Too low", "\(component.component): \(component.found), wanted \(component.wanted)"))
        }
        rows += [
            ("Platform", "FMSPC \(verified.platform.fmspc.hex), \(verified.platform.authority.rawValue) CA"),
            ("Collateral", "in date until \(verified.collateral.earliestExpiration)"),
        ]
        if verified.collateralExpired {
            rows[rows.count - 1].1 =
                "EXPIRED: "
                + verified.expiredItems.map { "\($0.name) \($0.expires)" }.joined(separator: ", ")
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
        return "Facts\n" + FieldList.align(rows)
    }
}

/// Names and values in two columns.
enum FieldList {
    static func align(_ rows: [(String, String)]) -> String {
        let width = (rows.map(\.0.count).max() ?? 0) + 2
        return rows.map { "  \($0.0)" + String(repeating: " ", count: width - $0.0.count) + $0.1 }
            .joined(separator: "\n")
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
