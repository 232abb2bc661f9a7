public import Words

/// What it means that a policy or reference set does not load.
extension PolicyError {
    public static func meaning(_ code: Code) -> Phrase {
        switch code {
        case .unknownMember: Phrase("A member has no meaning, so it would not be enforced.", "某成员没有含义，不会被执行。")
        case .invalid: Phrase("A member's value cannot be used.", "某成员的值无法使用。")
        case .unanchoredClaim:
            Phrase(
                "The rule reads what the sender of the log labels, and the policy does not pin the register it comes from.",
                "该规则读取由日志提交方标注的内容，而策略没有固定其所在的寄存器。")
        case .idReserved:
            Phrase("The id belongs to a policy that comes with the program, with other bytes.", "该 id 属于随程序提供的另一份策略。")
        case .referenceSetDouble: Phrase("Two reference sets have one id.", "两个参考值集合的 id 相同。")
        }
    }

    public static func fix(_ code: Code) -> Phrase {
        switch code {
        case .unknownMember: Phrase("Correct the name, or remove the member.", "请改正名称，或删除该成员。")
        case .invalid:
            Phrase(
                "Correct the value; policies/policy.schema.json describes every member.",
                "请改正该值；各成员说明见 policies/policy.schema.json。")
        case .unanchoredClaim:
            Phrase(
                "Add a rule beside it that compares the register, or its list of digests, with equals or in.",
                "请在其旁添加用 equals 或 in 比较该寄存器或其摘要列表的规则。")
        case .idReserved:
            Phrase("Give the policy another id, and name that one.", "请给策略另取 id，并使用该 id。")
        case .referenceSetDouble:
            Phrase("Leave one of them out, or make one set of both.", "请去掉其中一个，或把两者合为一个集合。")
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
