package import Words

extension Translation {
    /// What a relying party's demands on a token should be.
    package static let tokens: Translation = [
        "a text that is not empty": "非空的文本",
        "whole seconds, from 0 on": "从 0 起的整秒数",
        "one of {0}": "其中之一：{0}",
        "SHA-256 in hex": "十六进制的 SHA-256",
    ]
}
