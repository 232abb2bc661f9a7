import Glibc

/// Who asks: the name behind a token that is known, else the client's address. A token that nobody gave out names nobody.
package enum Principal: Hashable, Sendable {
    case named(String)
    /// An address of IPv4 as it is, of IPv6 its first 64 bits, which one client has for itself.
    case address(String)

    /// - Parameter address: Of the client, as text. What is no address stays as it is, cut to a sensible length.
    package static func client(_ address: String) -> Principal {
        let text = address.prefix { $0 != "%" }
        var bytes = [UInt8](repeating: 0, count: 16)
        guard text.contains(":"), inet_pton(AF_INET6, String(text), &bytes) == 1 else {
            return .address(String(text.prefix(64)))
        }
        let isMapped = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
        if isMapped { return .address(bytes[12...].map { String($0) }.joined(separator: ".")) }
        let groups = stride(from: 0, to: 8, by: 2).map { position in
            String(UInt16(bytes[position]) << 8 | UInt16(bytes[position + 1]), radix: 16)
        }
        return .address(groups.joined(separator: ":") + "::/64")
    }

    /// One text for each, a name never being an address.
    var text: String {
        switch self {
        case .named(let name): "n " + name
        case .address(let address): "a " + address
        }
    }
}
