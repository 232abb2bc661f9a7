import Wire

/// Why a text is not the XML that reference manifests are (devices D), and at which byte.
public struct XMLError: Error, Hashable, Sendable {
    public let reason: String
    public let offset: Int

    init(_ reason: String, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }
}

/// A small part of XML 1.0 with namespaces, read strictly (devices D): elements, attributes and text. No declaration, no
/// document type, no comments, no processing instructions, no entities but the five of the language. What is refused
/// cannot be told apart by two readers.
///
/// Elements lie in one array in document order, so that nothing recurses while reading.
package struct XMLDocument: Sendable {
    /// UTF-8, slices of the input wherever nothing had to be decoded.
    package typealias Text = ArraySlice<UInt8>

    package struct Attribute: Sendable {
        /// Empty where there is none.
        package let prefix: Text
        package let name: Text
        /// Of the prefix; empty where there is none.
        package var namespace: Text
        package let value: Text
    }

    /// One `xmlns`: an empty prefix is the default, an empty value undoes it.
    package struct Declaration: Sendable {
        package let prefix: Text
        package let namespace: Text
    }

    package enum Node: Sendable {
        case text(Text)
        /// The element's position in `elements`.
        case element(Int)
    }

    package struct Element: Sendable {
        package let prefix: Text
        package let name: Text
        package let namespace: Text
        package let attributes: [Attribute]
        package let declarations: [Declaration]
        package let parent: Int?
        package let offset: Int
        package internal(set) var children: [Node] = []
    }

    package let elements: [Element]

    package static let root = 0

    package init(parsing bytes: [UInt8]) throws(XMLError) {
        var reader = try XMLReader(bytes)
        elements = try reader.run()
    }

    /// The child elements of an element, by position.
    package func childElements(of position: Int) -> [Int] {
        elements[position].children.compactMap { node in
            if case .element(let child) = node { return child }
            return nil
        }
    }

    /// The text of an element that has nothing else in it.
    package func text(of position: Int) -> Text? {
        switch elements[position].children.count {
        case 0: return []
        case 1:
            if case .text(let text) = elements[position].children[0] { return text }
            return nil
        default: return nil
        }
    }

    /// Whether an element holds white space and elements, and no other text.
    package func hasOnlyElements(_ position: Int) -> Bool {
        elements[position].children.allSatisfy { node in
            guard case .text(let text) = node else { return true }
            return text.allSatisfy(XMLReader.isWhiteSpace)
        }
    }

    package func isElement(_ position: Int, _ name: StaticString, in namespace: StaticString) -> Bool {
        elements[position].name.isSame(as: name) && elements[position].namespace.isSame(as: namespace)
    }
}

extension XMLDocument.Element {
    /// The value of an attribute without prefix.
    package func attribute(_ name: StaticString) -> XMLDocument.Text? { attribute(name, in: "") }

    package func attribute(_ name: StaticString, in namespace: StaticString) -> XMLDocument.Text? {
        attributes.first { $0.name.isSame(as: name) && $0.namespace.isSame(as: namespace) }?.value
    }
}

extension ArraySlice<UInt8> {
    /// Whether these are the bytes of a literal.
    package func isSame(as text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount else { return false }
        return text.withUTF8Buffer { elementsEqual($0) }
    }
}
