import EventLog
import Words

/// What the codes of event logs mean, and what a person can do (event-logs 8).
enum EventLogText {
    static func meaning(_ code: EventLogCode) -> Phrase {
        switch code {
        case .empty:
            Phrase("The event log is empty.", "事件日志为空。")
        case .tooLarge:
            Phrase("The event log is larger than any.", "事件日志过大。")
        case .encoding:
            Phrase("The event log is not encoded as it must be.", "事件日志编码错误。")
        case .formatUnknown:
            Phrase("These bytes are no event log that is known.", "这些字节不是已知格式的事件日志。")
        case .headerInvalid:
            Phrase("The event log's header is wrong.", "事件日志头部无效。")
        case .noSHA384:
            Phrase("The log has no SHA-384 digests: it is a TPM's.", "日志没有 SHA-384 摘要：它属于 TPM。")
        case .truncated:
            Phrase("The event log is cut off.", "事件日志被截断。")
        case .limit:
            Phrase("The event log has more of something than any.", "事件日志的某项数量超出上限。")
        case .algorithmUndeclared:
            Phrase("A digest is of an algorithm that the header does not declare.", "某摘要的算法未在头部声明。")
        case .noSHA384Digest:
            Phrase("An event lacks the digest that was extended.", "某事件缺少被扩展的摘要。")
        case .digestDuplicate:
            Phrase("An event has two SHA-384 digests.", "某事件有两个 SHA-384 摘要。")
        case .registerInvalid:
            Phrase("An event names a register that there is not.", "某事件指向不存在的寄存器。")
        case .digestMismatch:
            Phrase("An event's digest does not follow from its content.", "某事件的摘要与内容不符。")
        case .nameAmbiguous:
            Phrase("An event's name can be read in two ways.", "某事件名称有歧义。")
        case .versionUnsupported:
            Phrase("The event log's version is not known.", "事件日志版本未知。")
        case .aaelInvalid:
            Phrase("The application event log is malformed.", "应用事件日志格式错误。")
        case .aaelAlgorithm:
            Phrase("The application event log uses another hash than SHA-384.", "应用事件日志使用的不是 SHA-384。")
        case .notApplicable:
            Phrase("An event log says nothing about an SGX quote.", "事件日志不适用于 SGX quote。")
        case .replayMismatch:
            Phrase("The log's events lead to another value than the quote's.", "日志事件重放的结果与 quote 不同。")
        }
    }

    static func fix(_ code: EventLogCode) -> Phrase {
        switch code {
        case .tooLarge:
            Phrase("Send the log alone, without padding or other files.", "只提交日志本身，不含填充或其他文件。")
        case .noSHA384:
            Phrase("Send the CC event log (CCEL), not the TPM's.", "请提交 CC 事件日志（CCEL），而不是 TPM 日志。")
        case .notApplicable:
            Phrase("Leave the event log out.", "请去掉事件日志。")
        case .replayMismatch:
            Phrase(
                "Take quote and log together, in one go, from the same boot; if they still differ, do not trust the guest until it is known why.",
                "请在同次启动中同时采集 quote 与日志；若仍不一致，在查明原因之前不要信任该虚拟机。")
        default:
            Phrase(
                "Send the log as the guest's kernel or agent gives it (/sys/firmware/acpi/tables/data/CCEL, AAEL or dstack's JSON), whole and unchanged.",
                "请按虚拟机内核或代理给出的原样提交日志（/sys/firmware/acpi/tables/data/CCEL、AAEL 或 dstack JSON），完整且不做改动。")
        }
    }
}
