/// The sentences of the core, English and Chinese. `{0}` is the first value of a sentence; a test reads the core's sources
/// and names each sentence that is missing here.
enum FindingSentences {
    typealias Table = [(english: String, chinese: String)]

    /// Quotes, certificates, revocation lists, and what a check that passed found.
    static let evidence: Table = [
        ("nothing", "无"), ("none", "无"), ("absent", "缺失"), ("zero", "零"), ("one", "一个"), ("once", "一次"),
        ("each once", "各一次"), ("malformed", "格式错误"), ("not set", "未设置"), ("not listed", "未列入"),
        ("{0} times", "{0} 次"), ("{0} bytes", "{0} 字节"), ("{0} more bytes", "还需 {0} 字节"),
        ("{0} bytes left", "剩余 {0} 字节"), ("{0} bytes left over", "多余 {0} 字节"), ("{0} characters", "{0} 个字符"),
        ("{0} certificates", "{0} 张证书"), ("{0} of them", "{0} 个"), ("{0} other bytes", "其他 {0} 字节"),
        ("at least one", "至少一个"), ("at least {0}", "至少 {0}"), ("at most {0}", "最多 {0}"),
        ("at most {0} bytes", "最多 {0} 字节"), ("exactly {0}", "恰好 {0}"), ("not after {0}", "不晚于 {0}"),
        ("later than {0}", "晚于 {0}"), ("1 or 2", "1 或 2"), ("2, 3 or 4", "2、3 或 4"), ("3, 4 or 5", "3、4 或 5"),
        ("1, 2, 3 or 4", "1、2、3 或 4"), ("an unforeseen error", "意外错误"),

        ("a quote", "quote"), ("2 (ECDSA-256 with P-256)", "2（P-256 上的 ECDSA-256）"),
        ("0 (SGX) or 0x81 (TDX)", "0（SGX）或 0x81（TDX）"), ("{0} (Intel)", "{0}（英特尔）"),
        ("{0} for body type {1}", "报告类型 {1} 应为 {0}"), ("body type {0} in a quote of {1}", "{1} quote 中的报告类型 {0}"),
        ("5 (PCK certificate chain)", "5（PCK 证书链）"), ("6 (QE report certification data)", "6（QE 报告认证数据）"),
        ("byte {0} after the quote", "quote 之后的字节 {0}"), ("the end, or zero padding", "数据结束，或以零填充"),
        ("seconds since 1970, from 1 to 2^40", "自 1970 年起的秒数，1 到 2^40"),
        ("a failure of the world", "外部原因造成的失败"),

        ("a signature that does not verify", "无法验证的签名"), ("a signature by the PCK key", "PCK 密钥的签名"),
        ("a signature by the attestation key", "证明密钥的签名"), ("a signature by the issuer's key", "签发者密钥的签名"),
        ("a signature by the issuing CA", "签发 CA 的签名"),
        ("a signature by {0} over the bytes as received", "{0} 对所收到字节的签名"),
        ("no point on P-256", "不是 P-256 曲线上的点"), ("x ‖ y of a P-256 key", "P-256 密钥的 x ‖ y"),
        ("{0} and 32 zero bytes", "{0} 加 32 个零字节"), ("{0} under mask {1}", "{0}（掩码 {1}）"),
        ("a debug enclave", "调试模式的 enclave"), ("the DEBUG bit clear", "DEBUG 位为零"),

        ("one root, one PCK CA and one PCK certificate", "根、PCK CA、PCK 证书各一张"),
        ("a role without certificate", "缺少某一级证书"), ("certificate {0} is a copy of an earlier one", "第 {0} 张证书与前面的重复"),
        ("{0} different certificates", "{0} 张不同的证书"), ("one complete certificate in DER", "一张完整的 DER 证书"),
        ("PEM blocks of certificates and nothing else", "只含证书的 PEM 块，别无他物"), ("five entries", "五项"),
        ("seven entries", "七项"), ("seven, from the Platform CA", "七项，由 Platform CA 签发"),
        ("five, from the Processor CA", "五项，由 Processor CA 签发"),
        ("the fixed structure of Intel's SGX extension", "英特尔 SGX 扩展的固定结构"),
        ("all eighteen TCB entries", "全部十八个 TCB 项"), ("each entry once", "每项一次"),
        ("an OCTET STRING of {0} bytes, not {1}", "{0} 字节的 OCTET STRING，而不是 {1}"),
        ("an entry from .1 to .7, not .{0}", ".1 到 .7 的项，而不是 .{0}"), ("an identifier below {0}", "{0} 之下的标识符"),
        (
            "entries .1 to .5, with .6 and .7 both there or both absent",
            "项 .1 到 .5，且 .6 与 .7 同时存在或同时缺失"
        ),
        ("the TCB entries .2.1 to .2.18, each once", "TCB 项 .2.1 到 .2.18，各一次"),
        ("the configuration entries .7.1 to .7.3, each at most once", "配置项 .7.1 到 .7.3，各最多一次"),
        ("key {0}", "密钥 {0}"), ("the pinned root key", "固定的根密钥"), ("the pinned root key of Intel", "固定的英特尔根密钥"),
        ("a point off the curve", "不在曲线上的点"), ("a P-256 key", "P-256 密钥"), ("another kind of key", "其他类型的密钥"),
        ("another kind of key, or a point off the curve", "其他类型的密钥，或不在曲线上的点"),
        ("an uncompressed point of P-256, the curve given by name", "未压缩的 P-256 点，曲线以名称给出"),
        ("an uncompressed P-256 key on the named curve", "指定曲线上未压缩的 P-256 密钥"),
        ("bytes that are no certificate", "不是证书的字节"), ("one certificate, PEM or DER", "一张证书，PEM 或 DER"),
        ("{0}, byte for byte", "{0}，逐字节一致"), ("a name that does not decode", "无法解码的名称"),
        ("critical extension {0}, which is unknown", "未知的关键扩展 {0}"), ("extension {0} twice", "扩展 {0} 出现两次"),
        ("{0}, the issuer's key", "{0}，即签发者的密钥"), ("a UTF8String or PrintableString", "UTF8String 或 PrintableString"),

        ("the tag 0x{0} in place of 0x{1}", "标签为 0x{0}，而不是 0x{1}"), ("{0} bytes after the end", "结尾之后多出 {0} 字节"),
        ("something else than {0}", "并非 {0}"), ("an end inside an element", "元素未完即结束"),
        ("a length that DER does not allow", "DER 不允许的长度"), ("a BIT STRING of whole octets", "整字节的 BIT STRING"),
        ("a BOOLEAN is one octet, 00 or FF", "一个字节的 BOOLEAN，00 或 FF"), ("a date that exists", "真实存在的日期"),
        ("a time in whole seconds that ends in Z", "以 Z 结尾、精确到秒的时间"), ("a time of decimal digits", "由十进制数字组成的时间"),
        ("a value from 0 to {0}", "0 到 {0} 的值"), ("a value from 0 to {0}, not a negative one", "0 到 {0} 的值，不得为负"),
        ("an INTEGER has at least one octet", "至少一个字节的 INTEGER"),
        ("an INTEGER is encoded in as few octets as it needs", "以最少字节编码的 INTEGER"),
        ("DER leaves out a default value", "按 DER 省略的默认值"), ("a certificate of at most {0} bytes", "不超过 {0} 字节的证书"),
        ("a CRL of at most {0} bytes", "不超过 {0} 字节的 CRL"),

        ("a BEGIN line without end", "没有结束的 BEGIN 行"), ("a BEGIN line without its END line", "没有 END 行的 BEGIN 行"),
        ("a PEM block labelled {0} where {1} belongs", "PEM 块的标签是 {0}，应为 {1}"),
        ("a PEM block that is not base64", "PEM 块不是 base64"), ("more than {0} PEM blocks", "超过 {0} 个 PEM 块"),
        ("text that is no PEM block", "不属于 PEM 块的文本"), ("there is no PEM block", "没有 PEM 块"),

        ("listed on the PCK CRL", "已列入 PCK CRL"), ("{0} on the root CRL", "{0} 已列入根 CRL"),
        ("another version or algorithm", "其他版本或算法"),
        ("a v2 CRL signed with ecdsa-with-SHA256", "以 ecdsa-with-SHA256 签名的 v2 CRL"),
        ("a date", "日期"), ("a CRL as DER, as hex of DER, or as PEM", "DER、DER 的十六进制或 PEM 形式的 CRL"),
        ("one complete CRL in DER", "一份完整的 DER CRL"), ("another chain", "其他证书链"),
        ("the PCK CA of the quote and its root", "该 quote 的 PCK CA 及其根"),
        ("extension {0}, twice or critical and unknown", "扩展 {0} 重复，或为未知的关键扩展"),
        ("no such extension", "没有这样的扩展"), ("no {0}", "没有 {0}"), ("a critical entry extension", "条目中有关键扩展"),
        ("an unreadable name", "无法读取的名称"), ("the PCK CA and its root", "PCK CA 及其根"), ("{0} and its root", "{0} 及其根"),
        ("one {0} and one {1}", "一张 {0} 和一张 {1}"),

        ("version {0}, {1}, body type {2}", "版本 {0}，{1}，报告类型 {2}"),
        ("a root that is NOT Intel's, named by the operator", "不是英特尔的根，由运营者指定"),
        ("evaluation data number {0}", "评估数据编号 {0}"), ("module version {0}, SVN {1}", "模块版本 {0}，SVN {1}"),
        ("{0} (platform {1}, QE {2}), TCB date {3}", "{0}（平台 {1}，QE {2}），TCB 日期 {3}"),
        ("{0} (platform {1}, module {2}, QE {3}), TCB date {4}", "{0}（平台 {1}，模块 {2}，QE {3}），TCB 日期 {4}"),
        ("any published status but Revoked", "除 Revoked 外任何已公布的状态"), ("first end {0}", "最早到期 {0}"),
        ("{0} ended {1}", "{0} 于 {1} 到期"), ("{0} ended {1}, {2}", "{0} 于 {1} 到期，{2}"),
        ("every end after {0}", "到期时间均晚于 {0}"), ("the quote is of SGX", "该 quote 属于 SGX"),
        ("a TDX 1.0 body does not say which module runs now", "TDX 1.0 报告没有说明当前运行的模块"), ("{0} failed", "{0} 未通过"),
    ]

    /// What Intel signs about platforms, and how a platform stands to it.
    static let collateral: Table = [
        ("an object", "对象"), ("an array", "数组"), ("an array of strings", "字符串数组"), ("a string", "字符串"),
        ("an integer", "整数"), ("hex", "十六进制文本"), ("a plain integer", "不带小数与指数的整数"),
        ("an integer from 0 to {0}", "0 到 {0} 的整数"), ("a string without escapes", "不含转义的字符串"),
        ("{0} hexadecimal digits", "{0} 位十六进制数字"), ("no string", "不是字符串"), ("no object", "不是对象"),
        ("members {0}", "成员 {0}"),
        ("an object of {0} and signature, and nothing else", "只含 {0} 与 signature 的对象"), ("strict JSON", "严格的 JSON"),
        ("QE, TD_QE, QVE or QAE", "QE、TD_QE、QVE 或 QAE"), ("SGX or TDX", "SGX 或 TDX"),
        ("UpToDate, OutOfDate or Revoked", "UpToDate、OutOfDate 或 Revoked"), ("no level", "没有级别"),
        ("two levels with the same SVNs", "两个 SVN 相同的级别"), ("each level once", "每个级别一次"),
        ("{0} components", "{0} 个组件"), ("3 (2 only where it is accepted knowingly)", "3（只有明知并接受时才可为 2）"),
        ("TDX_ and two hexadecimal digits", "TDX_ 加两位十六进制数字"), ("{0} again", "{0} 重复"),
        ("each version once", "每个版本一次"), ("isvsvn {0} again", "isvsvn {0} 重复"), ("each SVN once", "每个 SVN 一次"),

        ("{0}, the quote's", "{0}（quote 的值）"), ("{0}, the platform's", "{0}（平台的值）"),
        ("{0}, which must be zero", "{0}，必须为零"), ("a module identity", "模块身份"),
        ("identities, because the module has version {0}", "模块身份，因为模块版本为 {0}"), ("module version {0}", "模块版本 {0}"),
        ("a version that the TCB info knows", "TCB info 所列的版本"), ("isvsvn {0}", "isvsvn {0}"),
        ("{0} module version {1}", "{0} 的模块版本 {1}"), ("{0} module isvsvn {1}", "{0} 的模块 isvsvn {1}"),
        ("launch", "启动时"), ("current", "当前"), ("{0} (launch)", "{0}（启动时）"), ("{0} (current)", "{0}（当前）"),
        ("{0} is {1}", "{0} 为 {1}"), ("{0} is {1}, {2}", "{0} 为 {1}，{2}"), ("{0} at least {1}", "{0} 至少 {1}"),
        ("{0} at least {1}, {2}", "{0} 至少 {1}，{2}"), ("{0}, for the nearest published level", "{0}，即最接近的已公布级别"),
        ("at least {0}, the lowest published level", "至少 {0}，即最低的已公布级别"),
    ]

    /// Why an event log cannot be read, or where it parts from the quote.
    static let eventLogs: Table = [
        ("{0}: found {1}, wanted {2}", "{0}：实际 {1}，期望 {2}"),
        ("{0} at byte {1}: found {2}, wanted {3}", "{0}（字节 {1}）：实际 {2}，期望 {3}"),
        ("no event log was sent", "没有提交事件日志"), ("a log that can be read", "可以解析的日志"),
        ("the log has no event for this register", "日志中没有该寄存器的事件"), ("another value", "其他值"),
        ("the log starts elsewhere than at zero", "日志不是从零开始"),
        ("event_log.accounted.rtmr3: {0}", "event_log.accounted.rtmr3：{0}"),
        ("event {0} of RTMR3 is not shown", "RTMR3 的事件 {0} 未出示内容"),
        ("event {0} of RTMR3 is not shown, and {1} more", "RTMR3 的事件 {0} 未出示内容，另有 {1} 个"),
        ("a log of assay-llm/1 starts elsewhere than at zero", "assay-llm/1 的日志不是从零开始"),
        ("a log that shows every event of RTMR3", "出示 RTMR3 全部事件的日志"),
        ("RTMR3 is not accounted for", "RTMR3 的事件未全部出示"),
        ("the log has no event of assay-llm/1", "日志中没有 assay-llm/1 的事件"),
        ("the boot phase is not closed: there is no ready", "启动阶段没有结束：缺少 ready"),
        ("an event of assay-llm/1 before start", "start 之前有 assay-llm/1 的事件"),
        ("a count that is not that of the events", "与事件数量不符的计数"),
        ("an event of the boot phase that cannot be read", "启动阶段中无法解析的事件"),
        ("start first, ready last, and its count", "start 在先，ready 在后，且计数相符"),
        ("the value in the quote", "quote 中的值"), ("a log, or none at all", "日志，或完全不提交"),
        ("an event log beside an SGX quote", "SGX quote 附带的事件日志"),
        (
            "a TDX quote, whose runtime registers a log can explain; leave the log out",
            "TDX quote，日志只能解释其运行时寄存器；请去掉日志"
        ),
        ("acpi_table: the 56-byte ACPI table CCEL", "acpi_table：56 字节的 ACPI 表 CCEL"),
        (
            "the log that it points to, /sys/firmware/acpi/tables/data/CCEL",
            "它所指向的日志 /sys/firmware/acpi/tables/data/CCEL"
        ), ("bytes that begin with {0}", "以 {0} 开头的字节"),
        (
            "a TCG2 log (its first event has type 3), an AAEL text (INIT …), or dstack's JSON array",
            "TCG2 日志（首个事件类型为 3）、AAEL 文本（INIT …）或 dstack 的 JSON 数组"
        ), ("a JSON {0}", "JSON {0}"),
        (
            "a string (base64, AAEL or JSON text) or dstack's JSON array",
            "字符串（base64、AAEL 或 JSON 文本），或 dstack 的 JSON 数组"
        ), ("{0} characters of base64", "{0} 个 base64 字符"), ("a text that is not standard base64", "不是标准 base64 的文本"),
        (
            "standard base64 with padding (RFC 4648 section 4), not base64url",
            "带填充的标准 base64（RFC 4648 第 4 节），而不是 base64url"
        ), ("3 (EV_NO_ACTION)", "3（EV_NO_ACTION）"),
        ("a size of 29 + 4 × algorithms + vendor bytes", "29 + 4 × 算法数 + 供应商字节数的长度"),
        ("\"Spec ID Event03\", as logs with more than SHA-1 have", "\"Spec ID Event03\"，不只含 SHA-1 的日志都有"),
        ("1 to {0}", "1 到 {0}"), ("algorithm 0x{0} with digests of {1} bytes", "算法 0x{0}，摘要长 {1} 字节"),
        ("each algorithm once, with its digest size", "每种算法一次，并有其摘要长度"),
        (
            "0xc (SHA-384) among them; this is a TPM's log, not a trust domain's",
            "其中应有 0xc（SHA-384）；这是 TPM 的日志，不是可信域的日志"
        ), ("more than {0} events", "超过 {0} 个事件"),
        ("an event of at least 16 bytes, padding, or the end", "至少 16 字节的事件、填充，或日志结束"),
        (
            "0 (MRTD) or 1 to 4 (RTMR0 to RTMR3): a trust domain's log, not a TPM's",
            "0（MRTD）或 1 到 4（RTMR0 到 RTMR3）：可信域的日志，不是 TPM 的日志"
        ), ("{0} SHA-384 digests", "{0} 个 SHA-384 摘要"), ("none of SHA-384", "没有 SHA-384 摘要"),
        ("the SHA-384 digest that was extended", "被扩展的 SHA-384 摘要"), ("algorithm 0x{0}", "算法 0x{0}"),
        ("one that the log's header declares", "日志头部声明的算法"),
        ("a JSON object without event_log", "没有 event_log 的 JSON 对象"),
        ("dstack's array, or an object that holds it", "dstack 的数组，或含有它的对象"),
        ("dstack's array of events", "dstack 的事件数组"),
        ("a text that is no JSON array", "不是 JSON 数组的文本"), ("strict JSON of depth {0} or less", "深度不超过 {0} 的严格 JSON"),
        ("more than {0} lines", "超过 {0} 行"), ("at most as many", "不超过此数"), ("an empty line", "空行"),
        ("a carriage return or NUL", "回车符或 NUL"), ("lines ended by LF alone", "只以 LF 结尾的行"),
        ("INIT sha384/ and the register's value", "INIT sha384/ 加寄存器的值"),
        ("sha384, the hash of a trust domain's registers", "sha384，即可信域寄存器所用的散列"), ("an event object", "事件对象"),
        ("{0}, which follows from the event's name and payload", "{0}，由事件名与负载算出"), ("no digest", "没有摘要"),
        (
            "the 96 digits that were extended; only dstack's own events may leave them out",
            "被扩展的 96 位数字；只有 dstack 自己的事件可以省略"
        ), ("no imr", "没有 imr"), ("an integer from 0 to 3: the RTMR's own number", "0 到 3 的整数，即 RTMR 自身的编号"),
        ("no event_type", "没有 event_type"), ("an integer of 32 bits", "32 位整数"),
        ("a string of hexadecimal digits, in pairs", "成对的十六进制数字字符串"), ("no name", "没有名称"), ("the event's name", "事件名"),
        ("a colon in \"{0}\"", "\"{0}\" 中有冒号"),
        (
            "a name without colon: version 1 hashes name:payload, which could then be split in two ways",
            "不含冒号的名称：版本 1 散列 name:payload，否则可有两种拆分"
        ), ("a preimage other than the event's canonical JSON", "原像不是事件的规范 JSON"),

        ("{0}; hint {1}", "{0}；提示 {1}"),
        (
            "replayed {0} from {1} events, the quote has {2}", "由 {1} 个事件重放得到 {0}，quote 中为 {2}"
        ), ("{0}; first at event {1} ({2})", "{0}；首先出现在事件 {1}（{2}）"),
        ("{0}; first at event {1} ({2}), found {3}", "{0}；首先出现在事件 {1}（{2}），实际 {3}"),
        ("{0}; first at event {1} ({2}), expected {3}", "{0}；首先出现在事件 {1}（{2}），期望 {3}"),
        (
            "{0}; first at event {1} ({2}), found {3}, expected {4}",
            "{0}；首先出现在事件 {1}（{2}），实际 {3}，期望 {4}"
        ),
    ]
}
