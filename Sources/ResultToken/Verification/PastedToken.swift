import Wire

/// The token in what people paste (wire-formats 3.7): with white space, quotes or `Bearer`, or a whole answer with a member
/// `token`. What is something else is named.
package enum PastedToken {
    package static func text(_ pasted: String) throws(ParsedSignature.Malformed) -> String {
        var text = trimmed(Array(pasted.utf8)[...])
        if text.first == 0x7B { text = trimmed(Array(try token(inside: Array(text)).utf8)[...]) }
        let quotes: Set<UInt8> = [0x22, 0x27]
        while let first = text.first, isSpace(first) || quotes.contains(first) { text.removeFirst() }
        while let last = text.last, isSpace(last) || quotes.contains(last) { text.removeLast() }
        if text.starts(with: "Bearer".utf8), text.dropFirst(6).first.map(isSpace) == true { text = text.dropFirst(6) }
        let token = String(decoding: text.filter { !isSpace($0) }, as: UTF8.self)
        guard !isQuote(token) else {
            throw ParsedSignature.Malformed(sentence: "a quote, which has to be judged first")
        }
        return token
    }

    private static func token(inside answer: [UInt8]) throws(ParsedSignature.Malformed) -> String {
        guard let root = try? JSONDocument(parsing: answer).root else {
            throw ParsedSignature.Malformed(sentence: "neither a token nor an answer with one")
        }
        guard root.member("keys") == nil else {
            throw ParsedSignature.Malformed(sentence: "a key set, wanted a token that one of its keys signed")
        }
        guard let token = root.member("token")?.string else {
            throw ParsedSignature.Malformed(sentence: "an answer without a token")
        }
        return token
    }

    /// How quotes of versions 3 to 5 begin, in hex and in base64.
    private static func isQuote(_ text: String) -> Bool {
        let digits = text.hasPrefix("0x") ? text.dropFirst(2) : text[...]
        return ["03000200", "04000200", "05000200"].contains { digits.hasPrefix($0) }
            || ["AwAC", "BAAC", "BQAC"].contains { text.hasPrefix($0) }
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var bytes = bytes
        while let first = bytes.first, isSpace(first) { bytes.removeFirst() }
        while let last = bytes.last, isSpace(last) { bytes.removeLast() }
        return bytes
    }
}
