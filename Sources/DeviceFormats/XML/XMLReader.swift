import Wire

/// Text → elements, in one pass and without recursion: open elements are on a stack of at most `Limits.xmlDepth`.
struct XMLReader {
    private let bytes: [UInt8]
    private var position = 0
    private var elements: [XMLDocument.Element] = []
    /// Positions of the elements that are open, and where the name of each begins and ends.
    private var open: [(element: Int, name: Range<Int>)] = []

    static let xmlNamespace: StaticString = "http://www.w3.org/XML/1998/namespace"
    static let xmlnsNamespace: StaticString = "http://www.w3.org/2000/xmlns/"

    init(_ bytes: [UInt8]) throws(XMLError) {
        guard bytes.count <= Limits.manifestBytes else {
            throw XMLError("a document above \(Limits.manifestBytes) bytes", at: Limits.manifestBytes)
        }
        guard String(validating: bytes, as: UTF8.self) != nil else { throw XMLError("bytes that are no UTF-8", at: 0) }
        self.bytes = bytes
    }

    mutating func run() throws(XMLError) -> [XMLDocument.Element] {
        skipWhiteSpace()
        guard position < bytes.count else { throw XMLError("a document without an element", at: position) }
        guard bytes[position] == 0x3C else { throw XMLError("something before the root element", at: position) }
        try startTag()
        while !open.isEmpty {
            guard position < bytes.count else { throw XMLError("an end inside an element", at: position) }
            if bytes[position] != 0x3C {
                try text()
            } else if position + 1 < bytes.count, bytes[position + 1] == 0x2F {
                try endTag()
            } else {
                try startTag()
            }
        }
        skipWhiteSpace()
        guard position == bytes.count else { throw XMLError("something after the root element", at: position) }
        return elements
    }

    static func isWhiteSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }

    private mutating func skipWhiteSpace() {
        while position < bytes.count, Self.isWhiteSpace(bytes[position]) { position += 1 }
    }
}

/// Tags.
extension XMLReader {
    private struct RawAttribute {
        let prefix: XMLDocument.Text
        let name: XMLDocument.Text
        let value: XMLDocument.Text
        let offset: Int
    }

    private mutating func startTag() throws(XMLError) {
        let start = position
        guard open.count < Limits.xmlDepth else { throw XMLError("nesting above \(Limits.xmlDepth) levels", at: start) }
        guard elements.count < Limits.xmlElements else {
            throw XMLError("more than \(Limits.xmlElements) elements", at: start)
        }
        position += 1
        if position < bytes.count, bytes[position] == 0x21 || bytes[position] == 0x3F {
            throw XMLError("a declaration, comment, CDATA section or processing instruction", at: start)
        }
        let nameStart = position
        let (prefix, name) = try qualifiedName()
        let nameRange = nameStart..<position
        let (attributes, isEmpty) = try attributeList()
        let index = elements.count
        elements.append(try element(prefix, name, attributes, at: start))
        if let parent = open.last?.element { elements[parent].children.append(.element(index)) }
        if !isEmpty { open.append((index, nameRange)) }
    }

    /// What stands between an element's name and the end of its tag.
    private mutating func attributeList() throws(XMLError) -> (attributes: [RawAttribute], isEmpty: Bool) {
        var attributes: [RawAttribute] = []
        while true {
            let before = position
            skipWhiteSpace()
            guard position < bytes.count else { throw XMLError("an end inside a tag", at: position) }
            if bytes[position] == 0x3E {
                position += 1
                return (attributes, false)
            }
            if bytes[position] == 0x2F {
                guard position + 1 < bytes.count, bytes[position + 1] == 0x3E else {
                    throw XMLError("a slash inside a tag", at: position)
                }
                position += 2
                return (attributes, true)
            }
            guard position > before else { throw XMLError("attributes without white space between", at: position) }
            guard attributes.count < Limits.xmlAttributes else {
                throw XMLError("more than \(Limits.xmlAttributes) attributes", at: position)
            }
            let offset = position
            let (prefix, name) = try qualifiedName()
            skipWhiteSpace()
            guard position < bytes.count, bytes[position] == 0x3D else {
                throw XMLError("an attribute without a value", at: position)
            }
            position += 1
            skipWhiteSpace()
            attributes.append(RawAttribute(prefix: prefix, name: name, value: try attributeValue(), offset: offset))
        }
    }

    private mutating func endTag() throws(XMLError) {
        let start = position
        position += 2
        guard let (_, wanted) = open.popLast() else { throw XMLError("an end tag without its start", at: start) }
        let nameStart = position
        _ = try qualifiedName()
        guard bytes[nameStart..<position] == bytes[wanted] else {
            throw XMLError("an end tag of another name", at: start)
        }
        skipWhiteSpace()
        guard position < bytes.count, bytes[position] == 0x3E else {
            throw XMLError("an end tag that is not closed", at: position)
        }
        position += 1
    }

    /// `[A-Za-z_][A-Za-z0-9_.-]*`, with at most one prefix of the same form.
    private mutating func qualifiedName() throws(XMLError) -> (prefix: XMLDocument.Text, name: XMLDocument.Text) {
        let first = try simpleName()
        guard position < bytes.count, bytes[position] == 0x3A else { return ([], first) }
        position += 1
        return (first, try simpleName())
    }

    private mutating func simpleName() throws(XMLError) -> XMLDocument.Text {
        let start = position
        while position < bytes.count {
            switch bytes[position] {
            case 0x41...0x5A, 0x61...0x7A, 0x5F: break
            case 0x30...0x39, 0x2E, 0x2D:
                guard position > start else { throw XMLError("a name that begins with no letter", at: start) }
            default:
                guard position > start else { throw XMLError("something else than a name", at: start) }
                return bytes[start..<position]
            }
            position += 1
        }
        throw XMLError("an end inside a name", at: position)
    }
}

/// Namespaces.
extension XMLReader {
    private func element(
        _ prefix: XMLDocument.Text, _ name: XMLDocument.Text, _ raw: [RawAttribute], at offset: Int
    ) throws(XMLError) -> XMLDocument.Element {
        var declarations: [XMLDocument.Declaration] = []
        var attributes: [XMLDocument.Attribute] = []
        for found in raw {
            if let declared = try declaration(found) {
                guard !declarations.contains(where: { $0.prefix == declared.prefix }) else {
                    throw XMLError("a namespace declared twice", at: found.offset)
                }
                declarations.append(declared)
            }
        }
        for found in raw where !isDeclaration(found) {
            let namespace = found.prefix.isEmpty ? [] : try self.namespace(of: found.prefix, declarations, found.offset)
            guard !attributes.contains(where: { $0.name == found.name && $0.namespace == namespace }) else {
                throw XMLError("an attribute twice", at: found.offset)
            }
            attributes.append(
                XMLDocument.Attribute(
                    prefix: found.prefix, name: found.name, namespace: namespace, value: found.value))
        }
        return XMLDocument.Element(
            prefix: prefix, name: name, namespace: try namespace(of: prefix, declarations, offset),
            attributes: attributes, declarations: declarations, parent: open.last?.element, offset: offset)
    }

    private func isDeclaration(_ attribute: RawAttribute) -> Bool {
        attribute.prefix.isSame(as: "xmlns") || attribute.prefix.isEmpty && attribute.name.isSame(as: "xmlns")
    }

    private func declaration(_ attribute: RawAttribute) throws(XMLError) -> XMLDocument.Declaration? {
        guard isDeclaration(attribute) else { return nil }
        let isDefault = attribute.prefix.isEmpty
        guard isDefault || !attribute.value.isEmpty else {
            throw XMLError("a prefix bound to nothing", at: attribute.offset)
        }
        guard isDefault || !attribute.name.isSame(as: "xml") && !attribute.name.isSame(as: "xmlns"),
            !attribute.value.isSame(as: Self.xmlNamespace), !attribute.value.isSame(as: Self.xmlnsNamespace)
        else { throw XMLError("a binding of xml or xmlns", at: attribute.offset) }
        return XMLDocument.Declaration(prefix: isDefault ? [] : attribute.name, namespace: attribute.value)
    }

    /// What a prefix stands for: declared here, or by the nearest open element that declares it.
    private func namespace(
        of prefix: XMLDocument.Text, _ declarations: [XMLDocument.Declaration], _ offset: Int
    ) throws(XMLError) -> XMLDocument.Text {
        if let own = declarations.first(where: { $0.prefix == prefix }) { return own.namespace }
        for (element, _) in open.reversed() {
            if let found = elements[element].declarations.first(where: { $0.prefix == prefix }) {
                return found.namespace
            }
        }
        guard prefix.isEmpty else { throw XMLError("a prefix that is not bound, or xml", at: offset) }
        return []
    }
}

/// Characters.
extension XMLReader {
    private mutating func text() throws(XMLError) {
        let start = position
        var decoded: [UInt8]?
        while position < bytes.count, bytes[position] != 0x3C {
            let byte = bytes[position]
            if byte == 0x26 {
                if decoded == nil { decoded = Array(bytes[start..<position]) }
                decoded?.append(contentsOf: try reference())
                continue
            }
            if byte == 0x5D, bytes[position...].starts(with: [0x5D, 0x5D, 0x3E]) {
                throw XMLError("]]> in text", at: position)
            }
            try checkCharacter()
            if byte == 0x0D {
                // CRLF and CR are LF (XML 1.0, 2.11).
                if decoded == nil { decoded = Array(bytes[start..<position]) }
                decoded?.append(0x0A)
                if position + 1 < bytes.count, bytes[position + 1] == 0x0A { position += 1 }
            } else {
                decoded?.append(byte)
            }
            position += 1
        }
        guard let parent = open.last?.element else { return }
        elements[parent].children.append(.text(decoded.map { $0[...] } ?? bytes[start..<position]))
    }

    private mutating func attributeValue() throws(XMLError) -> XMLDocument.Text {
        guard position < bytes.count, bytes[position] == 0x22 || bytes[position] == 0x27 else {
            throw XMLError("an attribute's value without quotes", at: position)
        }
        let quote = bytes[position]
        position += 1
        let start = position
        var decoded: [UInt8]?
        while position < bytes.count, bytes[position] != quote {
            let byte = bytes[position]
            switch byte {
            case 0x3C: throw XMLError("< in an attribute's value", at: position)
            case 0x26:
                if decoded == nil { decoded = Array(bytes[start..<position]) }
                decoded?.append(contentsOf: try reference())
                continue
            case 0x09, 0x0A, 0x0D:
                // White space in a value is a blank (XML 1.0, 3.3.3).
                if decoded == nil { decoded = Array(bytes[start..<position]) }
                decoded?.append(0x20)
                if byte == 0x0D, position + 1 < bytes.count, bytes[position + 1] == 0x0A { position += 1 }
            default:
                try checkCharacter()
                decoded?.append(byte)
            }
            position += 1
        }
        guard position < bytes.count else { throw XMLError("an end inside an attribute's value", at: position) }
        position += 1
        return decoded.map { $0[...] } ?? bytes[start..<position - 1]
    }

    /// Refuses control characters, and U+FFFE and U+FFFF (XML 1.0, 2.2). The bytes are known to be UTF-8.
    private func checkCharacter() throws(XMLError) {
        let byte = bytes[position]
        guard byte >= 0x20 || Self.isWhiteSpace(byte) else { throw XMLError("a control character", at: position) }
        guard byte != 0xEF || bytes[position + 1] != 0xBF || bytes[position + 2] < 0xBE else {
            throw XMLError("a character that XML does not allow", at: position)
        }
    }

    /// One of the five entities, or a character by number.
    private mutating func reference() throws(XMLError) -> [UInt8] {
        let start = position
        guard let end = bytes[start...].prefix(12).firstIndex(of: 0x3B) else {
            throw XMLError("an ampersand that begins no reference", at: start)
        }
        let name = bytes[start + 1..<end]
        position = end + 1
        if name.first == 0x23 {
            guard let scalar = Self.scalar(name.dropFirst()) else {
                throw XMLError("a number that is no character", at: start)
            }
            return Array(String(Character(scalar)).utf8)
        }
        for (known, character) in Self.entities where name.isSame(as: known) { return [character] }
        throw XMLError("an entity that is not one of the five", at: start)
    }

    private static let entities: [(StaticString, UInt8)] = [
        ("amp", 0x26), ("lt", 0x3C), ("gt", 0x3E), ("quot", 0x22), ("apos", 0x27),
    ]

    private static func scalar(_ digits: XMLDocument.Text) -> Unicode.Scalar? {
        let isHex = digits.first == 0x78
        let digits = isHex ? digits.dropFirst() : digits
        guard (1...8).contains(digits.count) else { return nil }
        var number: UInt32 = 0
        for digit in digits {
            guard let value = Hex.value(of: digit), isHex || value < 10 else { return nil }
            number = number * (isHex ? 16 : 10) + UInt32(value)
            guard number <= 0x10_FFFF else { return nil }
        }
        guard number >= 0x20 || number == 9 || number == 10 || number == 13, number != 0xFFFE, number != 0xFFFF else {
            return nil
        }
        return Unicode.Scalar(number)
    }
}
