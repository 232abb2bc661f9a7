/// A JSON value that keeps the order and the repetition of its members, and can be written wrongly on purpose.
package indirect enum JSONRecipe: Hashable, Sendable {
    package struct Member: Hashable, Sendable {
        package var name: String
        package var value: JSONRecipe

        package init(_ name: String, _ value: JSONRecipe) {
            self.name = name
            self.value = value
        }
    }

    case object([Member])
    case array([JSONRecipe])
    case string(String)
    case integer(Int)
    /// Bytes as they are, JSON or not.
    case raw([UInt8])

    /// Text as it is.
    static func literal(_ text: String) -> JSONRecipe { .raw(Array(text.utf8)) }

    /// Compact, as Intel serves it.
    package var encoded: [UInt8] {
        var bytes: [UInt8] = []
        write(into: &bytes)
        return bytes
    }

    /// The first member of that name. Setting `nil` removes it; setting a new name appends it.
    package subscript(_ name: String) -> JSONRecipe? {
        get {
            guard case .object(let members) = self else { return nil }
            return members.first { $0.name == name }?.value
        }
        set {
            guard case .object(var members) = self else { return }
            let position = members.firstIndex { $0.name == name }
            switch (position, newValue) {
            case (let position?, let value?): members[position].value = value
            case (let position?, nil): members.remove(at: position)
            case (nil, let value?): members.append(Member(name, value))
            case (nil, nil): break
            }
            self = .object(members)
        }
    }

    /// The members of an object; empty for anything else.
    package var members: [Member] {
        get {
            guard case .object(let members) = self else { return [] }
            return members
        }
        set { self = .object(newValue) }
    }

    /// The elements of an array; empty for anything else.
    package var elements: [JSONRecipe] {
        get {
            guard case .array(let elements) = self else { return [] }
            return elements
        }
        set { self = .array(newValue) }
    }

    /// Edits what `path` leads to: member names, or element positions as decimal numbers. A path that leads nowhere
    /// is a mistake in the caller and throws.
    package mutating func edit(_ path: [String], _ change: (inout JSONRecipe) throws -> Void) throws {
        guard let first = path.first else { return try change(&self) }
        let rest = Array(path.dropFirst())
        if let position = Int(first), elements.indices.contains(position) {
            var elements = elements
            try elements[position].edit(rest, change)
            self = .array(elements)
        } else if let position = members.firstIndex(where: { $0.name == first }) {
            var members = members
            try members[position].value.edit(rest, change)
            self = .object(members)
        } else {
            throw SimulatorError.noSuchElement(first)
        }
    }

    private func write(into bytes: inout [UInt8]) {
        switch self {
        case .object(let members):
            bytes.append(0x7B)
            for (position, member) in members.enumerated() {
                if position > 0 { bytes.append(0x2C) }
                Self.write(member.name, into: &bytes)
                bytes.append(0x3A)
                member.value.write(into: &bytes)
            }
            bytes.append(0x7D)
        case .array(let elements):
            bytes.append(0x5B)
            for (position, element) in elements.enumerated() {
                if position > 0 { bytes.append(0x2C) }
                element.write(into: &bytes)
            }
            bytes.append(0x5D)
        case .string(let text): Self.write(text, into: &bytes)
        case .integer(let value): bytes += Array(String(value).utf8)
        case .raw(let raw): bytes += raw
        }
    }

    private static func write(_ text: String, into bytes: inout [UInt8]) {
        bytes.append(0x22)
        for byte in text.utf8 {
            switch byte {
            case 0x22, 0x5C: bytes += [0x5C, byte]
            case 0x0A: bytes += [0x5C, 0x6E]
            case 0x00..<0x20:
                let digits = String(byte, radix: 16)
                bytes += Array(("\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits).utf8)
            default: bytes.append(byte)
            }
        }
        bytes.append(0x22)
    }
}
