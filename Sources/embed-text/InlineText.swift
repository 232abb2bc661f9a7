/// What stands in a paragraph or a cell: code, bold, emphasis, links, anchors. Everything else is text.
struct InlineText {
    private(set) var html = ""
    private var isStrong = false
    private var isEmphasis = false
    /// The character before the next one; a blank at the beginning.
    private var previous: Character = " "

    init(_ text: String) {
        var rest = text[...]
        while let next = rest.first {
            switch next {
            case "`": takeCode(&rest)
            case "*": takeStars(&rest)
            case "[": takeLink(&rest)
            case "<": takeAnchor(&rest)
            case "\\": takeEscape(&rest)
            default: takePlain(&rest, rest.prefix { !Self.isSpecial($0) })
            }
        }
        if isEmphasis { html += "</em>" }
        if isStrong { html += "</strong>" }
    }

    private static func isSpecial(_ character: Character) -> Bool {
        switch character {
        case "`", "*", "[", "<", "\\": true
        default: false
        }
    }

    /// - Parameter text: What `rest` begins with; not empty.
    private mutating func takePlain(_ rest: inout Substring, _ text: Substring) {
        html += HTML.escaped(text)
        previous = text.last ?? " "
        rest = rest[text.endIndex...]
    }

    /// Between one or more backquotes and as many again.
    private mutating func takeCode(_ rest: inout Substring) {
        let fence = rest.prefix { $0 == "`" }
        let inside = rest[fence.endIndex...]
        guard let end = inside.firstRange(of: fence) else { return takePlain(&rest, fence) }
        html += "<code>\(HTML.escaped(inside[..<end.lowerBound]))</code>"
        previous = "`"
        rest = inside[end.upperBound...]
    }

    /// `**bold**` and `*emphasis*`; a star that neither begins nor ends anything is a star.
    private mutating func takeStars(_ rest: inout Substring) {
        let stars = rest.hasPrefix("**") ? rest.prefix(2) : rest.prefix(1)
        let after = rest[stars.endIndex...]
        if stars.count == 2, isStrong || after.firstRange(of: stars) != nil {
            html += isStrong ? "</strong>" : "<strong>"
            isStrong.toggle()
        } else if stars.count == 1, isEmphasis, !previous.isWhitespace {
            html += "</em>"
            isEmphasis = false
        } else if stars.count == 1, !isEmphasis, beginsEmphasis(after) {
            html += "<em>"
            isEmphasis = true
        } else {
            return takePlain(&rest, stars)
        }
        previous = "*"
        rest = after
    }

    private func beginsEmphasis(_ after: Substring) -> Bool {
        guard let next = after.first, !next.isWhitespace, !previous.isLetter, !previous.isNumber else { return false }
        return after.dropFirst().contains("*")
    }

    /// `[text](address)`; where the service does not serve the address, the text alone.
    private mutating func takeLink(_ rest: inout Substring) {
        guard let close = rest.firstIndex(of: "]"), let target = Self.target(rest[rest.index(after: close)...]) else {
            return takePlain(&rest, rest.prefix(1))
        }
        let text = InlineText(String(rest[rest.index(after: rest.startIndex)..<close])).html
        html += target.address.map { "<a href=\"\(HTML.escaped($0))\">\(text)</a>" } ?? text
        previous = ")"
        rest = target.rest
    }

    /// What stands in parentheses at the beginning, and what follows them.
    private static func target(_ text: Substring) -> (address: String?, rest: Substring)? {
        guard text.first == "(", let end = text.firstIndex(of: ")") else { return nil }
        return (served(text[text.index(after: text.startIndex)..<end]), text[text.index(after: end)...])
    }

    /// The address as this service has it: of the specifications, and of the web; `nil` for other files of the repository.
    private static func served(_ address: Substring) -> String? {
        if address.hasPrefix("#") || address.hasPrefix("https://") { return String(address) }
        let parts = address.split(separator: "#", maxSplits: 1)
        guard let file = parts.first, file.hasSuffix(".md"), !file.contains("/") else { return nil }
        let name = file.dropLast(3)
        let page = name == "README" ? "/docs/spec" : "/docs/spec/\(name)"
        return parts.count > 1 ? "\(page)#\(parts[1])" : page
    }

    private mutating func takeAnchor(_ rest: inout Substring) {
        guard let anchor = Self.anchor(rest) else { return takePlain(&rest, rest.prefix(1)) }
        html += "<a id=\"\(anchor.name)\"></a>"
        rest = anchor.rest
    }

    /// The name of the anchor that a text begins with, `<a id="5.2"></a>`, and what follows it.
    static func anchor(_ text: Substring) -> (name: Substring, rest: Substring)? {
        let (start, end) = ("<a id=\"", "\"></a>")
        guard text.hasPrefix(start) else { return nil }
        let name = text.dropFirst(start.count).prefix { character in
            character.isASCII && (character.isLetter || character.isNumber || ".-_".contains(character))
        }
        let rest = text[name.endIndex...]
        guard !name.isEmpty, rest.hasPrefix(end) else { return nil }
        return (name, rest.dropFirst(end.count))
    }

    /// A backslash takes its meaning from the sign behind it.
    private mutating func takeEscape(_ rest: inout Substring) {
        guard let next = rest.dropFirst().first, next.isASCII, next.isPunctuation || next.isSymbol else {
            return takePlain(&rest, rest.prefix(1))
        }
        rest = rest.dropFirst()
        takePlain(&rest, rest.prefix(1))
    }
}

/// Text between tags, and in attributes.
enum HTML {
    static func escaped(_ text: some StringProtocol) -> String {
        var escaped = ""
        escaped.reserveCapacity(text.utf8.count)
        for character in text {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            default: escaped.append(character)
            }
        }
        return escaped
    }
}
