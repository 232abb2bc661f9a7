import Wire
import Words

/// A JSON request, read strictly: duplicate members, unknown members and wrong types are refused with their place.
struct JSONBody {
    let root: JSONValue

    init(_ bytes: [UInt8], limit: Int, members known: [String]) throws(HTTPProblem) {
        do throws(JSONError) {
            root = try JSONDocument(parsing: bytes, limit: limit, values: Limits.requestValues).root
        } catch {
            throw HTTPProblem(
                .jsonInvalid, error.reason.sentence, offset: error.offset, fix: "Send one JSON object.")
        }
        guard root.kind == .object else {
            throw HTTPProblem(
                .jsonInvalid, "found \(root.kind.rawValue), wanted an object", offset: root.range.lowerBound)
        }
        try Self.check(root, at: "", members: known)
    }

    /// Refuses members that nobody would read: a misspelt nonce must not become no nonce.
    static func check(_ object: JSONValue, at path: String, members known: [String]) throws(HTTPProblem) {
        for (name, value) in object.members where !known.contains(name) {
            throw HTTPProblem(
                .memberUnknown,
                "found a member that has no meaning here, wanted any of \(known.joined(separator: ", "))",
                field: path + String(name.prefix(64)), offset: value.range.lowerBound,
                fix: NearestName.of(name, among: known).map { "Did you mean \($0)?" }
                    ?? "Remove the member, or correct its name.")
        }
    }

    /// `nil` for a member that is absent or null.
    func string(_ name: StaticString, in object: JSONValue? = nil) throws(HTTPProblem) -> String? {
        guard let value = (object ?? root).member(name), value.kind != .null else { return nil }
        guard let string = value.string else {
            throw HTTPProblem(
                .memberInvalid, "found \(value.kind.rawValue), wanted a string", field: "\(name)",
                offset: value.range.lowerBound)
        }
        return string
    }

    func required(_ name: StaticString) throws(HTTPProblem) -> String {
        guard let string = try string(name) else {
            throw HTTPProblem(.memberMissing, "found nothing, wanted a string", field: "\(name)")
        }
        return string
    }

    /// Base64 or base64url, with or without padding.
    func bytes(_ name: StaticString, in object: JSONValue? = nil) throws(HTTPProblem) -> [UInt8]? {
        guard let value = (object ?? root).member(name), value.kind != .null else { return nil }
        guard let text = value.plainString else {
            throw HTTPProblem(
                .memberInvalid, "found \(value.kind.rawValue), wanted a string of base64", field: "\(name)",
                offset: value.range.lowerBound)
        }
        guard let bytes = AnyBase64.decode(text) else {
            throw HTTPProblem(
                .memberInvalid, "found text that is not base64", field: "\(name)", offset: value.range.lowerBound,
                fix: "Encode the bytes in base64 or base64url, without line breaks.")
        }
        return bytes
    }

    /// Hexadecimal, with or without `0x`.
    func hex(_ name: StaticString) throws(HTTPProblem) -> [UInt8]? {
        guard let value = root.member(name), value.kind != .null else { return nil }
        guard let bytes = value.plainString.flatMap({ Self.hexBytes($0) }) else {
            throw HTTPProblem(
                .memberInvalid, "found text that is not hex", field: "\(name)", offset: value.range.lowerBound,
                fix: "Write each byte as two hexadecimal digits.")
        }
        return bytes
    }

    static func hexBytes(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        let hasPrefix = text.starts(with: [0x30, 0x78]) || text.starts(with: [0x30, 0x58])
        return Hex.decode(hasPrefix ? text.dropFirst(2) : text)
    }
}

/// Callers mix the two alphabets and forget the padding. Both are unambiguous, so both are read; one text still has one
/// meaning, because unused bits must be zero.
enum AnyBase64 {
    static func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        if text.count.isMultiple(of: 4), let bytes = Base64.decode(text) { return bytes }
        var standard: [UInt8] = []
        standard.reserveCapacity(text.count + 3)
        for character in text {
            switch character {
            case 0x2D: standard.append(0x2B)
            case 0x5F: standard.append(0x2F)
            default: standard.append(character)
            }
        }
        while !standard.isEmpty, !standard.count.isMultiple(of: 4) { standard.append(0x3D) }
        return Base64.decode(standard[...])
    }
}
