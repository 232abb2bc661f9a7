package import Words

extension Translation {
    /// What the readers of hostile bytes say.
    package static let wire: Translation = [
        "a document above the size limit": "文档超过大小上限",
        "nesting above the depth limit": "嵌套超过深度上限",
        "more values than the limit": "值的数量超过上限",
        "a byte that JSON does not allow here": "JSON 在此处不允许的字节",
        "an end inside a value": "值未完即结束",
        "bytes that are no UTF-8": "不是 UTF-8 的字节",
        "an escape that stands for nothing": "无意义的转义",
        "a number that JSON does not allow": "JSON 不允许的数字",
        "a member name that stood before in the same object": "同一对象中重复的成员名",
        "bytes after the value": "值之后还有字节",
    ]
}
