import Foundation

/// Who asks, as budgets know callers: by the name of a known token, else by the address that the request came from
/// (transparency-log 17).
package enum Principal: Hashable, Sendable {
    case named(String)
    /// An IPv4 address, or the first 64 bits of an IPv6 one: who has one address of such a network has all of them.
    case address(String)

    /// The caller at an address. What is no address stands for itself.
    package static func client(at text: String) -> Principal {
        var v4 = in_addr()
        var v6 = in6_addr()
        if inet_pton(AF_INET, text, &v4) == 1 { return .address(text) }
        // A link-local address names its interface behind a percent sign.
        guard inet_pton(AF_INET6, String(text.prefix { $0 != "%" }), &v6) == 1 else { return .address(text) }
        let bytes = withUnsafeBytes(of: &v6) { Array($0) }
        if bytes.starts(with: mapped) {
            return .address(bytes[12...].map { "\($0)" }.joined(separator: "."))
        }
        let groups = stride(from: 0, to: 8, by: 2).map { String(Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]), radix: 16) }
        return .address(groups.joined(separator: ":") + "::/64")
    }

    /// Before an IPv4 address that is written as an IPv6 one.
    private static let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
}
