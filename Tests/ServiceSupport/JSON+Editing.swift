package import Wire

extension JSON {
    /// With a member of an object set, added at the end, or removed; a path leads into nested objects.
    package func setting(_ path: String..., to value: JSON?) -> JSON { setting(path[...], value) }

    private func setting(_ path: ArraySlice<String>, _ value: JSON?) -> JSON {
        guard case .object(var members) = self, let name = path.first else { return self }
        let position = members.firstIndex { $0.0 == name }
        let new = path.count == 1 ? value : position.map { members[$0].1.setting(path.dropFirst(), value) } ?? nil
        switch (position, new) {
        case (let position?, let new?): members[position].1 = new
        case (let position?, nil): members.remove(at: position)
        case (nil, let new?): members.append((name, new))
        case (nil, nil): break
        }
        return .object(members)
    }

    /// The text behind names, one inside the other.
    package func text(_ path: String...) -> String? {
        var value: JSON? = self
        for name in path { value = value?[name] }
        guard case .string(let text)? = value else { return nil }
        return text
    }

    package func number(_ name: String) -> Int64? {
        if case .integer(let number)? = self[name] { number } else { nil }
    }
}

/// A compact JWS taken apart, with nothing verified.
package struct TokenParts: Sendable {
    package let header: JSON
    package let claims: JSON
    package let signingInput: [UInt8]
    package let signature: [UInt8]

    package init(_ token: String) throws {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false).map { Array($0.utf8) }
        guard parts.count == 3, let header = Self.json(parts[0]), let claims = Self.json(parts[1]),
            let signature = Base64URL.decode(parts[2][...])
        else { throw TestFailure("no compact JWS: \(token.prefix(80))") }
        self.header = header
        self.claims = claims
        self.signature = signature
        signingInput = parts[0] + [0x2E] + parts[1]
    }

    private static func json(_ part: [UInt8]) -> JSON? {
        Base64URL.decode(part[...]).flatMap { try? JSONDocument(parsing: $0).root }.flatMap { JSON(document: $0) }
    }
}
