/// What it means that a policy or reference set does not load.
extension PolicyError {
    public static func meaning(_ code: Code) -> Phrase {
        switch code {
        case .unknownMember: Phrase("A member has no meaning, so it would not be enforced.", "某成员没有含义，不会被执行。")
        case .invalid: Phrase("A member's value cannot be used.", "某成员的值无法使用。")
        }
    }

    public static func fix(_ code: Code) -> Phrase {
        switch code {
        case .unknownMember: Phrase("Correct the name, or remove the member.", "请改正名称，或删除该成员。")
        case .invalid:
            Phrase(
                "Correct the value; policies/policy.schema.json describes every member.",
                "请改正该值；各成员说明见 policies/policy.schema.json。")
        }
    }

    /// For a person: where, what is there, what should be.
    public func sentence(_ language: Language) -> String {
        let place = offset.map { language == .english ? " at byte \($0)" : "（第 \($0) 字节）" } ?? ""
        let name = field.isEmpty ? (language == .english ? "the document" : "文档") : field
        switch language {
        case .english:
            return
                "\(code.rawValue): \(name)\(place): found \(found), wanted \(wanted.english). \(Self.fix(code).english)"
        case .chinese:
            return "\(code.rawValue)：\(name)\(place)：实际为 \(found)，应为 \(wanted.chinese)。\(Self.fix(code).chinese)"
        }
    }
}
