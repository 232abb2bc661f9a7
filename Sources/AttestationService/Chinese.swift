package import Words

extension Translation {
    /// Why the service gives no verdict, no token, or does not do what was asked.
    package static let service: Translation = [
        "found a token of before {0}, wanted one that the present log knows (log)":
            "发现 {0} 之前的令牌，期望的是当前日志所知的令牌（log）",
        "require or any":
            "require 或 any",
        "as much is under way or waits as may: {0}": "正在处理和等待的请求已达上限：{0}",
        "more than {0} verdicts a minute, {1} at once, or what costs as much":
            "超过每分钟 {0} 次判定（一次最多 {1} 次），或开销相当的请求",
        "nothing was decided: the archive of evidence has reached its limit, and no accept is given without its evidence; the operator has to make room":
            "未作出判定：证据归档已达上限，没有证据就不给出接受；需由运营者腾出空间",
        "nothing was decided: the evidence of this caller's accepts has taken all bytes of the day; send smaller event logs, or ask again tomorrow (UTC)":
            "未作出判定：该调用方被接受的证据已用完当天的字节数；请发送更小的事件日志，或明天（UTC）再试",
        "{0}: found {1}, wanted {2}": "{0}：实际为 {1}，应为 {2}",
        "nothing was decided": "没有作出判断",
        "nothing was decided: the policies were replaced three times meanwhile": "没有作出判断：其间策略被更换了三次",
        "nothing was decided: a verdict that is not recorded is none": "没有作出判断：未入日志的判断不算数",
        "the event log does not lead to rtmr{0}: {1}": "事件日志得不出 rtmr{0} 的值：{1}",

        "found {0}, wanted {1}": "实际为 {0}，应为 {1}",
        "found nothing, wanted {0}": "没有内容，应为 {0}",
        "found {0} policies, wanted at most {1}": "给出了 {0} 个策略，最多应为 {1} 个",
        "found {0}, wanted one of {1}": "实际为 {0}，应为其中之一：{1}",
        "policy {0}: there is no such policy; known are {1}": "策略 {0}：没有这样的策略；已知的有 {1}",
        "found the policy {0}, of which an earlier release put a version in force that this one does not take ({1}, sha256 {2}); nothing is judged in its place before an administrator retires it":
            "策略 {0} 有一个由早期版本启用、而本版本不接受的版本（{1}，sha256 {2}）；在管理员将其退役之前，不会用其他策略代替它作判断",
        "the policy names {0}, wanted sets that are in force": "策略引用了 {0}，应为已启用的集合",
        "found {0}, wanted {1}, as the path says": "实际为 {0}，应与路径一致，为 {1}",
        "no such version of {0} was handed in": "没有提交过 {0} 的这一版本",
        "found no case, wanted at least one": "没有用例，至少应有一个",
        "{0} of {1} came out otherwise: {2}": "{1} 个用例中有 {0} 个结果与预期不同：{2}",
        "found a version that is {0}, wanted {1} to be {2}": "该版本的状态为 {0}；要成为 {2}，应为 {1}",
        "an active one": "已启用的版本",
        "a draft": "草稿",
        "a tested one": "已测试的版本",
        "found a set whose values count until {0}, and now is {1}": "该集合的值有效至 {0}，而现在是 {1}",
        "{0} is the policy for requests that name none, and nothing else has its name":
            "{0} 是未指明策略的请求所用的策略，没有其他同名的策略",
        "nothing was done: an act that is not in the log does not happen": "没有执行任何操作：未入日志的操作不会发生",
        "the log cannot be read: {0}": "无法读取日志：{0}",
        "the stored versions cannot be used now: {0}": "现在无法使用所存的版本：{0}",
        "the archive does not take the document: {0}": "归档无法保存该文档：{0}",

        "what the verdict rests on ends now, and no token outlives it": "判断所依据的内容此刻到期，令牌的有效期不会超过它",
        "found what has no canonical JSON, and the token would repeat it: {0}":
            "含有没有规范 JSON 形式的内容，而令牌会重复它：{0}",
        "there is no key for {0}": "没有用于 {0} 的密钥",
        "the key does not sign": "密钥无法签名",
        "this service has no status list of that name": "本服务没有该名称的状态列表",
        "the next {0} key is published, and signs from {1}": "下一个 {0} 密钥已公布，自 {1} 起签名",
        "no key was made: {0}": "没有生成密钥：{0}",
        "the key is made and not in the log, so it is not in use": "密钥已生成但未入日志，因此没有启用",
        "affirming, warning, contraindicated or none": "affirming、warning、contraindicated 或 none",

        "revoked by re-appraisal at {0}: {1}": "经 {0} 的重新评估撤销：{1}",
        "{0}: found {1}, wanted {2} ({3})": "{0}：实际为 {1}，应为 {2}（{3}）",
        "claims with numbers that are no integers (token.form)": "声明中有非整数的数字（token.form）",

        "found a text that this service did not seal as a challenge": "该文本不是本服务签发的 challenge",
        "it ended at {0}, now is {1}": "它于 {0} 到期，现在是 {1}",
        "each challenge is good for one quote": "每个 challenge 只能用于一个 quote",
        "whether the challenge is new cannot be recorded": "无法记录该 challenge 是否为新的",

        "found a hold on the evidence of {0}, and nothing was deleted": "{0} 的证据被保全，没有删除任何内容",
        "the archive could not do it now": "归档现在无法完成该操作",

        "a token was asked for a verdict that is no accept": "为未被接受的判断请求了令牌",
        "a token without an end was made": "生成了没有到期时间的令牌",
        "the published key set cannot be read back": "无法读回已公布的密钥集",
        "the new key is not there": "新密钥不存在",
        "a version is not what it was": "某个版本与原先的不同",
    ]
}
