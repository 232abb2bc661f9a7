import Testing

@testable import AttestationService

/// Whom a budget is for, by where a request came from.
@Suite("Callers")
struct PrincipalTests {
    @Test(
        "An address is a caller, and an IPv6 network of 64 bits is one",
        arguments: [
            ("192.0.2.1", "192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1"), ("2001:db8::1", "2001:db8:0:0::/64"),
            ("2001:db8:0:0:ffff::2", "2001:db8:0:0::/64"), ("2001:db8:0:1::1", "2001:db8:0:1::/64"),
            ("fe80::1%eth0", "fe80:0:0:0::/64"), ("local", "local"), ("", ""),
        ])
    func address(_ text: String, _ wanted: String) { #expect(Principal.client(text) == .address(wanted)) }

    @Test("A name is never an address")
    func name() { #expect(Principal.named("192.0.2.1") != Principal.client("192.0.2.1")) }
}
