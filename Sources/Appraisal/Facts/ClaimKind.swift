import Wire
import Words

/// What a claim's values look like (dcap 6.9), so that a rule that can never hold, or never deny, is found when the policy
/// is loaded.
enum ClaimKind: Hashable, Sendable {
    /// Any text, compared byte by byte.
    case text
    /// One of these texts, as they are written.
    case word([String])
    /// An advisory's id, which has no case.
    case advisory
    /// Byte strings of this length.
    case hex(Int)
    case hexOfAnyLength
    /// The digests of a register in their order, as one text: hex, joined by one space (event-logs 7.2).
    case digestList
    case integer
    case boolean
    case date

    /// The one text that stands for a value; `nil` for what no such claim can ever hold.
    func canonical(_ text: String) -> String? {
        switch self {
        case .text: return text.isEmpty ? nil : text
        case .word(let words): return words.contains { $0.hasSameBytes(as: text) } ? text : nil
        case .advisory: return Self.advisory(text)
        case .hex(let count): return Self.hex(text, count)
        case .hexOfAnyLength: return text.isEmpty ? nil : Self.hex(text, text.utf8.count / 2)
        case .digestList:
            let digests = text.split(separator: " ", omittingEmptySubsequences: false).map { Self.hex(String($0), 48) }
            return digests.allSatisfy { $0 != nil } ? digests.compactMap { $0 }.joined(separator: " ") : nil
        case .integer: return Int64(text).flatMap { $0 >= 0 && String($0).hasSameBytes(as: text) ? text : nil }
        case .boolean: return Bool(text) == nil ? nil : text
        case .date: return Instant(rfc3339: text)?.description
        }
    }

    /// A value of the claim as it is compared: what Intel wrote may have another case, or another form, and is never
    /// refused.
    func folded(_ text: String) -> String {
        if case .advisory = self { Self.advisory(text) ?? text.uppercased() } else { text }
    }

    private static func hex(_ text: String, _ count: Int) -> String? {
        guard text.utf8.count == 2 * count, let bytes = Hex.decode(text), bytes.count == count else { return nil }
        return Hex.encode(bytes)
    }

    /// `INTEL-SA-` or `INTEL-DOC-` and five digits (dcap 4.6).
    private static func advisory(_ text: String) -> String? {
        let id = text.uppercased()
        guard text.utf8.allSatisfy({ $0 < 0x80 }),
            let prefix = ["INTEL-SA-", "INTEL-DOC-"].first(where: { id.hasPrefix($0) })
        else { return nil }
        let number = id.dropFirst(prefix.count).utf8
        return number.count == 5 && number.allSatisfy { (0x30...0x39).contains($0) } ? id : nil
    }

    /// What is wanted, for a message; beside what was found, the allowed text that is nearest to it.
    func wanted(insteadOf text: String?) -> Phrase {
        guard case .word(let words) = self, let text else { return phrase }
        let nearest = words.min { EditDistance.between($0, text) < EditDistance.between($1, text) } ?? ""
        return phrase + Phrase("; did you mean \(nearest)?", "；是否指 \(nearest)？")
    }

    var phrase: Phrase {
        switch self {
        case .text: Phrase("a string", "字符串")
        case .word(let words): .oneOf(words)
        case .advisory: Phrase("INTEL-SA-ddddd or INTEL-DOC-ddddd", "INTEL-SA-ddddd 或 INTEL-DOC-ddddd")
        case .hex(let count): Phrase("\(2 * count) hexadecimal digits", "\(2 * count) 个十六进制数字")
        case .hexOfAnyLength: Phrase("hexadecimal digits", "十六进制数字")
        case .digestList:
            Phrase(
                "all digests of the register in order, 96 hexadecimal digits each, joined by one space",
                "寄存器的全部摘要，按顺序各 96 个十六进制数字，以一个空格相连")
        case .integer: Phrase("an integer", "整数")
        case .boolean: Phrase("true or false", "true 或 false")
        case .date: Phrase("a date as 2026-01-15T00:00:00Z", "形如 2026-01-15T00:00:00Z 的日期")
        }
    }
}

/// How far one word is from another, for "did you mean".
enum EditDistance {
    /// Insertions, deletions and replacements; case counts for less than any of them.
    static func between(_ left: String, _ right: String) -> Int {
        let (left, right) = (Array(left.utf8), Array(right.utf8.prefix(64)))
        var row = (0...right.count).map { 2 * $0 }
        for (index, byte) in left.enumerated() {
            var diagonal = row[0]
            row[0] = 2 * (index + 1)
            for (column, other) in right.enumerated() {
                let isSameLetter = (byte | 0x20) == (other | 0x20) && (0x61...0x7A).contains(byte | 0x20)
                let replacing = diagonal + (byte == other ? 0 : isSameLetter ? 1 : 2)
                diagonal = row[column + 1]
                row[column + 1] = min(replacing, row[column] + 2, diagonal + 2)
            }
        }
        return row[right.count]
    }
}
