import Wire
import Words

/// One object of a policy or a reference set, read strictly: every member is known, every value of its type, every list
/// holds something. A member that is absent is `nil`; one that is wrong is an error with its place.
struct MemberReader {
    let value: JSONValue

    init(_ value: JSONValue, members known: [StaticString]) throws(PolicyError) {
        guard value.kind == .object else { throw PolicyError(value, wanted: Phrase("an object", "一个对象")) }
        self.value = value
        for (name, member) in value.members where !known.contains(where: { "\($0)" == name }) {
            throw PolicyError(
                .unknownMember, String(member.path.dropFirst()), at: member.range.lowerBound,
                found: "a member that has no meaning here",
                wanted: Phrase("any of ", "以下之一：") + Phrase(known.map { "\($0)" }.joined(separator: ", ")))
        }
    }

    func has(_ name: StaticString) -> Bool { value.member(name) != nil }

    func missing(_ name: StaticString, _ wanted: Phrase) -> PolicyError {
        let path = String(value.path.dropFirst())
        return PolicyError(
            .invalid, path.isEmpty ? "\(name)" : "\(path).\(name)", at: value.range.lowerBound, found: "nothing",
            wanted: wanted)
    }

    func invalid(_ name: StaticString, found: String? = nil, wanted: Phrase) -> PolicyError {
        guard let member = value.member(name) else { return missing(name, wanted) }
        return PolicyError(member, found: found, wanted: wanted)
    }

    func boolean(_ name: StaticString) throws(PolicyError) -> Bool? {
        guard let member = value.member(name) else { return nil }
        guard let flag = member.boolean else {
            throw PolicyError(member, wanted: Phrase("true or false", "true 或 false"))
        }
        return flag
    }

    func integer(_ name: StaticString, atMost limit: UInt64 = UInt64(Int64.max)) throws(PolicyError) -> Int64? {
        guard let member = value.member(name) else { return nil }
        guard case .value(let number) = member.integer, number <= limit else {
            throw PolicyError(member, wanted: Phrase("an integer from 0 to \(limit)", "0 到 \(limit) 的整数"))
        }
        return Int64(number)
    }

    func text(_ name: StaticString) throws(PolicyError) -> String? {
        guard let member = value.member(name) else { return nil }
        return try Self.text(member)
    }

    static func text(_ member: JSONValue) throws(PolicyError) -> String {
        guard let text = member.string, !text.isEmpty else {
            throw PolicyError(member, wanted: Phrase("a string that is not empty", "非空字符串"))
        }
        return text
    }

    /// A name of ours: lower-case letters, digits, `.`, `_` and `-`, at most 64, none of the marks in front.
    func identifier(_ name: StaticString) throws(PolicyError) -> String? {
        guard let member = value.member(name) else { return nil }
        guard let text = member.string, Self.isIdentifier(text) else {
            throw PolicyError(
                member,
                wanted: Phrase(
                    "1 to 64 lower-case letters, digits, '.', '_' or '-', a letter or digit first",
                    "1 到 64 个小写字母、数字、'.'、'_' 或 '-'，以字母或数字开头"))
        }
        return text
    }

    static func isIdentifier(_ text: String) -> Bool {
        let isPlain = { (byte: UInt8) in (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) }
        guard let first = text.utf8.first, isPlain(first), text.utf8.count <= 64 else { return false }
        return text.utf8.allSatisfy { isPlain($0) || $0 == 0x2E || $0 == 0x5F || $0 == 0x2D }
    }

    func date(_ name: StaticString) throws(PolicyError) -> Instant? {
        guard let member = value.member(name) else { return nil }
        guard let text = member.plainString, let date = Instant(rfc3339: text) else {
            throw PolicyError(member, wanted: Phrase("a date as 2026-01-15T00:00:00Z", "形如 2026-01-15T00:00:00Z 的日期"))
        }
        return date
    }

    /// An array that is not empty: an empty list would accept nothing or everything, and nobody can tell which was meant.
    func list(_ name: StaticString, atMost limit: Int = Limits.policyListEntries) throws(PolicyError) -> [JSONValue]? {
        guard let member = value.member(name) else { return nil }
        let elements = Array(member.elements)
        guard member.kind == .array, !elements.isEmpty else {
            throw PolicyError(member, wanted: Phrase("an array that is not empty", "非空数组"))
        }
        guard elements.count <= limit else {
            throw PolicyError(
                member, found: "\(elements.count) entries", wanted: Phrase("at most \(limit)", "最多 \(limit) 项"))
        }
        return elements
    }

    /// Distinct strings.
    func texts(_ name: StaticString) throws(PolicyError) -> [String]? {
        guard let list = try list(name) else { return nil }
        var seen: Set<ExactText> = []
        var texts: [String] = []
        for element in list {
            let text = try Self.text(element)
            guard seen.insert(ExactText(text)).inserted else {
                throw PolicyError(element, wanted: Phrase("each entry once", "每项只出现一次"))
            }
            texts.append(text)
        }
        return texts
    }

    /// Distinct byte strings of one length, in lower-case hex.
    func hexes(_ name: StaticString, count: Int) throws(PolicyError) -> Set<String>? {
        guard let list = try list(name) else { return nil }
        var values: Set<String> = []
        for element in list {
            guard values.insert(try Self.hex(element, count: count)).inserted else {
                throw PolicyError(element, wanted: Phrase("each entry once", "每项只出现一次"))
            }
        }
        return values
    }

    func hex(_ name: StaticString, count: Int) throws(PolicyError) -> String? {
        guard let member = value.member(name) else { return nil }
        return try Self.hex(member, count: count)
    }

    static func hex(_ member: JSONValue, count: Int) throws(PolicyError) -> String {
        guard let text = member.plainString, text.count == 2 * count, let bytes = Hex.decode(text) else {
            throw PolicyError(
                member,
                wanted: Phrase(
                    "\(2 * count) hexadecimal digits, in the order of the bytes in memory",
                    "\(2 * count) 个十六进制数字，按内存字节顺序"))
        }
        return Hex.encode(bytes)
    }

    /// `{"value": hex, "mask": hex}`, both of `count` bytes.
    func masked(_ name: StaticString, count: Int) throws(PolicyError) -> MaskedBytes? {
        guard let member = value.member(name) else { return nil }
        let reader = try MemberReader(member, members: ["value", "mask"])
        guard let value = try reader.hex("value", count: count) else {
            throw reader.missing("value", Phrase("\(2 * count) hexadecimal digits", "\(2 * count) 个十六进制数字"))
        }
        guard let mask = try reader.hex("mask", count: count) else {
            throw reader.missing("mask", Phrase("\(2 * count) hexadecimal digits", "\(2 * count) 个十六进制数字"))
        }
        guard let masked = MaskedBytes(value: value, mask: mask) else {
            throw reader.invalid(
                "value",
                wanted: Phrase("no bit that the mask does not cover, and a mask with a bit set", "不含掩码之外的位，且掩码至少置一位"))
        }
        return masked
    }
}

/// Bits that are compared: (found & mask) must be the value.
struct MaskedBytes: Hashable, Sendable {
    let value: [UInt8]
    let mask: [UInt8]

    /// - Returns: `nil` for different lengths, a mask of zeros, or a value with a bit outside its mask: it could never match.
    init?(value: [UInt8], mask: [UInt8]) {
        guard value.count == mask.count, mask.contains(where: { $0 != 0 }),
            zip(value, mask).allSatisfy({ $0 & ~$1 == 0 })
        else { return nil }
        self.value = value
        self.mask = mask
    }

    init?(value: String, mask: String) {
        guard let value = Hex.decode(value), let mask = Hex.decode(mask) else { return nil }
        self.init(value: value, mask: mask)
    }

    func matches(_ bytes: [UInt8]) -> Bool {
        bytes.count == value.count && bytes.indices.allSatisfy { bytes[$0] & mask[$0] == value[$0] }
    }

    var phrase: Phrase {
        Phrase(
            "\(Hex.encode(value)) under the mask \(Hex.encode(mask))", "在掩码 \(Hex.encode(mask)) 下为 \(Hex.encode(value))"
        )
    }
}
