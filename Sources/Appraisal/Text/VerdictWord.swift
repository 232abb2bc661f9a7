import EventLog
public import Words

/// The headings and labels around a verdict's facts and checks, in both languages. The facts themselves are names and
/// values, which are the same in all.
public enum VerdictWord: CaseIterable, Sendable {
    case facts, tcbStatus, advisories, none, tooLow, platform, collateral
    case eventLog, checks, checkPassed, checkFailed

    public var phrase: Phrase {
        switch self {
        case .facts: Phrase("Facts", "事实")
        case .tcbStatus: Phrase("TCB status", "TCB 状态")
        case .advisories: Phrase("Advisories", "安全公告")
        case .none: Phrase("none", "无")
        case .tooLow: Phrase("Too low", "过低")
        case .platform: Phrase("Platform", "平台")
        case .collateral: Phrase("Collateral", "英特尔材料")
        case .eventLog: Phrase("Event log", "事件日志")
        case .checks: Phrase("Checks", "检查")
        case .checkPassed: Phrase("ok", "通过")
        case .checkFailed: Phrase("NO", "失败")
        }
    }

    // Sentences with a value in them.

    public static func level(date: String, evaluation: String) -> Phrase {
        Phrase("level of \(date), evaluation \(evaluation)", "级别日期 \(date)，评估编号 \(evaluation)")
    }

    public static func component(_ name: String, found: String, wanted: String) -> Phrase {
        Phrase("\(name): \(found), wanted \(wanted)", "\(name)：实际 \(found)，期望 \(wanted)")
    }

    public static func authority(_ name: String) -> Phrase { Phrase("\(name) CA", "CA 类型 \(name)") }

    public static func inDate(until date: String) -> Phrase { Phrase("in date until \(date)", "有效期至 \(date)") }

    public static func expired(_ items: String) -> Phrase { Phrase("EXPIRED: \(items)", "已过期：\(items)") }

    public static func notPerformed(_ reason: String) -> Phrase { notPerformed(FindingText.phrase(reason)) }

    public static func notPerformed(_ reason: Phrase) -> Phrase { Phrase("not performed: ", "未执行：") + reason }

    /// What a check found, or a log's defect: a sentence of the core, or a value.
    public static func finding(_ text: String) -> Phrase { FindingText.phrase(text) }

    public static func othersNotPerformed(_ count: Int) -> Phrase {
        Phrase("the \(count) other checks were not performed", "其余 \(count) 项检查未执行")
    }

    public static let foreignRoot = Phrase("Under a root that is NOT Intel's", "信任根不是英特尔的")
    public static let foreignRootMeans = Phrase(
        ": named on the command line. Real evidence is never judged this way.", "：由命令行指定。真实证据从不这样判断。")
}

extension EventLogRecord.RegisterStatus {
    /// What the event log says of a register.
    public var title: Phrase {
        switch self {
        case .replayed: Phrase("replayed", "重放一致")
        case .untouched: Phrase("untouched", "未被扩展")
        case .reported: Phrase("reported", "仅由 quote 报告")
        case .startsElsewhere: Phrase("starts elsewhere than at zero", "不是从零开始")
        case .differs: Phrase("differs", "与 quote 不一致")
        }
    }
}
