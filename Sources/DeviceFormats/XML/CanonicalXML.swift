/// Canonical XML 1.1, inclusive and without comments, of what `XMLDocument` reads (devices D). Without `xml:` attributes
/// it is byte for byte Canonical XML 1.0.
extension XMLDocument {
    /// - Parameters:
    ///   - apex: The element that is written, in its context: every namespace in scope stands on it.
    ///   - omitted: An element that is left out with everything in it; the text around it stays. That is the transform of
    ///     enveloped signatures.
    package func canonicalBytes(of apex: Int = root, omitting omitted: Int? = nil) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(32_768)
        var inScope: [Declaration] = []
        var ancestor: Int? = apex
        while let position = ancestor {
            for declared in elements[position].declarations
            where !inScope.contains(where: { $0.prefix == declared.prefix }) { inScope.append(declared) }
            ancestor = elements[position].parent
        }
        // Nothing has been written yet, and an empty default is only written to undo another.
        write(apex, declaring: inScope.filter { !$0.namespace.isEmpty }, omitting: omitted, into: &output)
        return output
    }

    /// Recursion as deep as the document, which `Limits.xmlDepth` bounds.
    private func write(_ position: Int, declaring: [Declaration], omitting omitted: Int?, into output: inout [UInt8]) {
        let element = elements[position]
        output.append(0x3C)
        writeName(element.prefix, element.name, into: &output)
        for declared in declaring.sorted(by: { $0.prefix.lexicographicallyPrecedes($1.prefix) }) {
            output.append(contentsOf: " xmlns".utf8)
            if !declared.prefix.isEmpty {
                output.append(0x3A)
                output.append(contentsOf: declared.prefix)
            }
            writeValue(declared.namespace, into: &output)
        }
        for attribute in element.attributes.sorted(by: Self.precedes) {
            output.append(0x20)
            writeName(attribute.prefix, attribute.name, into: &output)
            writeValue(attribute.value, into: &output)
        }
        output.append(0x3E)
        for node in element.children {
            switch node {
            case .text(let text): Self.writeText(text, into: &output)
            case .element(let child) where child == omitted: continue
            case .element(let child):
                write(child, declaring: changes(at: child), omitting: omitted, into: &output)
            }
        }
        output.append(contentsOf: "</".utf8)
        writeName(element.prefix, element.name, into: &output)
        output.append(0x3E)
    }

    /// The declarations of an element that say something new: another value than the nearest ancestor's.
    private func changes(at position: Int) -> [Declaration] {
        elements[position].declarations.filter { declared in
            var ancestor = elements[position].parent
            while let above = ancestor {
                if let known = elements[above].declarations.first(where: { $0.prefix == declared.prefix }) {
                    return known.namespace != declared.namespace
                }
                ancestor = elements[above].parent
            }
            return !declared.namespace.isEmpty
        }
    }

    /// By namespace, then by name; those without a prefix have an empty namespace and come first.
    private static func precedes(_ left: Attribute, _ right: Attribute) -> Bool {
        left.namespace == right.namespace
            ? left.name.lexicographicallyPrecedes(right.name)
            : left.namespace.lexicographicallyPrecedes(right.namespace)
    }

    private func writeName(_ prefix: Text, _ name: Text, into output: inout [UInt8]) {
        if !prefix.isEmpty {
            output.append(contentsOf: prefix)
            output.append(0x3A)
        }
        output.append(contentsOf: name)
    }

    private func writeValue(_ value: Text, into output: inout [UInt8]) {
        output.append(contentsOf: "=\"".utf8)
        for byte in value {
            switch byte {
            case 0x26: output.append(contentsOf: "&amp;".utf8)
            case 0x3C: output.append(contentsOf: "&lt;".utf8)
            case 0x22: output.append(contentsOf: "&quot;".utf8)
            case 0x09: output.append(contentsOf: "&#x9;".utf8)
            case 0x0A: output.append(contentsOf: "&#xA;".utf8)
            case 0x0D: output.append(contentsOf: "&#xD;".utf8)
            default: output.append(byte)
            }
        }
        output.append(0x22)
    }

    private static func writeText(_ text: Text, into output: inout [UInt8]) {
        for byte in text {
            switch byte {
            case 0x26: output.append(contentsOf: "&amp;".utf8)
            case 0x3C: output.append(contentsOf: "&lt;".utf8)
            case 0x3E: output.append(contentsOf: "&gt;".utf8)
            case 0x0D: output.append(contentsOf: "&#xD;".utf8)
            default: output.append(byte)
            }
        }
    }
}
