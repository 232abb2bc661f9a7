extension JSON {
    /// A value that was read, to be written again.
    ///
    /// - Returns: `nil` where a number is not an integer of 64 bits.
    public init?(document value: JSONValue) {
        switch value.kind {
        case .object:
            var members: [(String, JSON)] = []
            for member in value.members {
                guard let converted = JSON(document: member.value) else { return nil }
                members.append((member.name, converted))
            }
            self = .object(members)
        case .array:
            var elements: [JSON] = []
            for element in value.elements {
                guard let converted = JSON(document: element) else { return nil }
                elements.append(converted)
            }
            self = .array(elements)
        case .string: self = .string(value.string ?? "")
        case .number:
            guard let number = Int64(String(decoding: value.bytes, as: UTF8.self)) else { return nil }
            self = .integer(number)
        case .boolean: self = .bool(value.boolean ?? false)
        case .null: self = .null
        }
    }
}
