/// A distinguished name: one attribute per RDN, in the order written.
package struct NameRecipe: Hashable, Sendable {
    package struct Attribute: Hashable, Sendable {
        package var type: ObjectIdentifierArcs
        package var value: DERNode
    }

    package var attributes: [Attribute]

    /// The five RDNs every Intel name has: CN, O, L, ST as UTF8String, C as PrintableString (dcap 2.1).
    init(intel commonName: String, organization: String = "Intel Corporation") {
        attributes = [
            Attribute(type: .commonName, value: .utf8(commonName)),
            Attribute(type: .organization, value: .utf8(organization)),
            Attribute(type: .locality, value: .utf8("Santa Clara")),
            Attribute(type: .state, value: .utf8("CA")),
            Attribute(type: .country, value: .printable("US")),
        ]
    }

    init(commonName: String) { attributes = [Attribute(type: .commonName, value: .utf8(commonName))] }

    var node: DERNode {
        .sequence(attributes.map { .set([.sequence([.identifier($0.type), $0.value])]) })
    }
}

/// What kind of certificate authority issued a PCK certificate (dcap 2.7).
package enum PCKAuthority: String, Hashable, Sendable, CaseIterable {
    case platform
    case processor

    var commonName: String {
        switch self {
        case .platform: "Intel SGX PCK Platform CA"
        case .processor: "Intel SGX PCK Processor CA"
        }
    }
}
