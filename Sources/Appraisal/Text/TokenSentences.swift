extension FindingSentences {
    /// What a relying party's checks of a token found and wanted.
    static let tokens: Table = [
        ("kid {0}, {1}", "kid {0}，{1}"), ("no kid", "没有 kid"), ("{0} or better", "{0} 或更好"),
        ("a key of the given key set", "所给密钥集中的密钥"),
        ("a compact JWS of an allowed algorithm", "所允许算法的紧凑 JWS"),
        ("a signature by that key over the token as it stands", "该密钥对令牌原文的签名"),
        ("no issuer was given", "未给出签发者"),
        ("no audience was given", "未给出受众"),
        ("no nonce was given", "未给出 nonce"),
        ("no reference set was given", "未给出参考值集合"),
        ("any policy is taken", "接受任何策略"), ("no key was given", "未给出密钥"),
        ("no measurement was given", "未给出度量值"), ("a quote of any age is taken", "接受任何时间的引用"),
        ("what cannot be read", "无法读取的内容"), ("{0} hex digits", "{0} 个十六进制数字"), ("no array", "不是数组"),
        ("any alone, or a list without it", "只写 any，或列表中不含 any"),
        ("no reasons", "没有 reasons"),
        ("reasons without NOT_FRESH: a quote over a nonce", "不含 NOT_FRESH 的 reasons：对 nonce 生成的引用"),
        (
            "the service's default policy, which is not known, or one that is named",
            "服务的默认策略（未知），或指名的策略"
        ),
        ("no proof of the log was given", "未给出日志的证明"),
        ("no status list was given", "未给出状态列表"),

        (
            "integers iat and exp, iat ≤ nbf ≤ {0} ≤ exp, give or take {1} s",
            "整数 iat 与 exp，iat ≤ nbf ≤ {0} ≤ exp，允许误差 {1} 秒"
        ),
        ("a time that is missing or no integer", "时间缺失或不是整数"),
        ("issued {0}, expires {1}", "签发于 {0}，到期于 {1}"),

        ("{0} characters, wanted at most {1}", "{0} 个字符，最多应为 {1}"),
        ("{0} parts, wanted header.payload.signature", "{0} 个部分，应为 header.payload.signature"),
        ("a part that is not base64url without padding", "某个部分不是无填充的 base64url"),
        ("the {0} is not JSON: {1}, at byte {2}", "{0} 不是 JSON：{1}，在第 {2} 字节"),
        ("the {0} is no JSON object", "{0} 不是 JSON 对象"),
        ("the algorithm {0}, which is not allowed", "不允许的算法 {0}"),
        ("the algorithm is absent, which is not allowed", "缺少算法，这是不允许的"),
        ("critical header members, of which none is known", "头部有 crit 成员，其中没有已知的"),
        ("a header member b64: payloads are base64url here", "头部有 b64 成员：这里的载荷都是 base64url"),
        ("typ {0}", "typ 为 {0}"), ("no typ", "没有 typ"), ("of another kind", "另一种类型"),
        ("typ eat+jwt or JWT", "typ 为 eat+jwt 或 JWT"),
        ("a quote, which has to be judged first", "一份 quote，须先对其作出判断"),
        ("neither a token nor an answer with one", "既不是令牌，也不是含令牌的回答"),
        ("a key set, wanted a token that one of its keys signed", "一个密钥集，期望的是由其中密钥签名的令牌"),
        ("an answer without a token", "不含令牌的回答"),
        ("{0}, which names no hash", "{0}，其中没有哈希"),
        ("submods of another kind", "submods 类型不符"), ("no submods", "没有 submods"),
        ("{0} with a vector that cannot be read", "{0} 的可信向量无法读取"),
        ("{0} over {1} {2}, of which the worst is {3}", "{0}，而 {1} 为 {2}，其中最差为 {3}"),
        ("a jku that is not the verifier's key set", "jku 不是验证方的密钥集"),

        ("a claim status that cannot be read", "无法读取的 status 声明"),
        ("status_list with idx and uri", "含 idx 与 uri 的 status_list"),
        ("the token has no place in a status list", "该令牌在状态列表中没有位置"),
        ("no claim status", "没有 status 声明"),
        ("a place in the status list that was given", "所给状态列表中的一个位置"),
        ("a status list at {0}", "位于 {0} 的状态列表"),
        ("one of the token's issuer", "令牌签发者自己的列表"),
        ("withdrawn: status {0} at place {1} of the list", "已撤回：列表第 {1} 位的状态为 {0}"),
        ("status 0, it stands", "状态 0，仍然有效"),
        ("status 0 at place {0} of the list", "列表第 {0} 位的状态为 0"),
        ("the list {0}", "列表 {0}"),
        ("of nobody", "未写明主体"),
        ("a list of {0}", "{0} 的列表"),
        ("nobody", "未写明者"),
        ("no list in it", "其中没有列表"),
        ("bits of 1, 2, 4 or 8, and lst in base64url", "bits 为 1、2、4 或 8，lst 为 base64url"),
        ("zlib data of at most {0} bytes", "最多 {0} 字节的 zlib 数据"),
        ("more than {0} bytes inflated", "解压后超过 {0} 字节"),
        ("no zlib data, or cut off, or damaged", "不是 zlib 数据，或被截断、损坏"),
        ("zlib data and {0} bytes after them", "zlib 数据之后多出 {0} 字节"),
        ("place {0} of a list of {1}", "第 {0} 位，而列表只有 {1} 位"),
        ("a place in it", "列表之内的位置"),
        ("a list with {0}", "列表有问题：{0}"),
        ("a Status List Token", "状态列表令牌"), ("a list of the type {0}", "类型为 {0} 的列表"),
        ("a list that the verifier did not sign", "并非验证方签名的列表"),
        ("a signature by one of its keys", "验证方某个密钥的签名"),
        (
            "integers iat and exp, iat ≤ {0} ≤ exp, give or take {1} s, and a ttl above 0",
            "整数 iat 与 exp，iat ≤ {0} ≤ exp，允许误差 {1} 秒，且 ttl 大于 0"
        ), ("a list with a time that is missing or no integer", "列表的时间缺失或不是整数"),
        ("a list issued {0}, expired {1}", "列表签发于 {0}，到期于 {1}"),

        (
            "the keys are from a file, so the issuer is not asked; --status-list takes a list",
            "密钥来自文件，因此不询问签发者；可用 --status-list 给出列表"
        ),
        (
            "a list says what stands now, which is not --at; --status-list takes one of that time",
            "列表说的是现在，而不是 --at 的时间；可用 --status-list 给出当时的列表"
        ), ("the list cannot be fetched: {0}", "无法获取列表：{0}"),
    ]
}
