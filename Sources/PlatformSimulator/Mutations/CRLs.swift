import DCAPFormats
import Wire

/// dcap 7.6: CRLs. Lists are signed with the defect in place unless the row says otherwise.
extension MutationCatalogue {
    static let crls: [Mutation] = revocations + crlIssuers + crlContents + crlEncodings

    private static let revocations: [Mutation] = [
        .edit("97", "PCK CRL lists the leaf", .code(.pckRevoked)) { $0.pckCRL?.revoke($0.leaf.serial) },
        .list("98", "as 97 with another reason or a future date", .code(.pckRevoked)) { make in
            [
                try make("certificateHold") { $0.pckCRL?.revoke($0.leaf.serial, reason: 6) },
                try make("no reason") { $0.pckCRL?.revoke($0.leaf.serial, reason: nil) },
                try make("future date") {
                    $0.pckCRL?.revoke($0.leaf.serial, at: $0.time.advanced(bySeconds: 365 * SimulatedWorld.day))
                },
            ]
        },
        .edit("99", "as 97 and the CRL is expired", .code(.pckRevoked)) {
            $0.pckCRL?.revoke($0.leaf.serial)
            $0.pckCRL?.nextUpdate = $0.time.advanced(bySeconds: -SimulatedWorld.day)
        },
        .edit("100", "root CRL lists the intermediate", .code(.intermediateRevoked)) {
            $0.rootCRL?.revoke($0.intermediate.serial)
        },
        .edit("101", "root CRL lists TCB Signing", .code(.signingCertRevoked)) {
            $0.rootCRL?.revoke($0.world.intel.tcbSigning.serial)
        },
        .edit("102", "leaf serial with its top bit set, listed", .code(.pckRevoked)) {
            $0.leaf.serial[0] |= 0x80
            $0.pckCRL?.revoke($0.leaf.serial)
        },
    ]

    private static let crlIssuers: [Mutation] = [
        .list("103", "CRL of the other PCK CA", .code(.crlIssuerUnknown)) { make in
            [
                try make("with its issuer chain") { recipe in
                    let other: PCKAuthority = recipe.pckAuthority == .platform ? .processor : .platform
                    recipe.pckCRL = recipe.world.pckCRL(of: other)
                    recipe.pckCRLIssuerChain = [recipe.world.intel.intermediate(other), recipe.world.intel.root]
                },
                try make("without an issuer chain") { recipe in
                    let other: PCKAuthority = recipe.pckAuthority == .platform ? .processor : .platform
                    recipe.pckCRL = recipe.world.pckCRL(of: other)
                    recipe.pckCRLIssuerChain = nil
                },
            ]
        },
        .edit("104", "root CRL supplied as PCK CRL", .code(.crlIssuerUnknown)) { $0.pckCRL = $0.rootCRL },
        .list("105", "PCK CRL with the right issuer name, signed by an attacker", .code(.crlIssuerUnknown)) { make in
            [
                try make("chain header has the attacker's CA") { recipe in
                    let other = try recipe.lookAlike()
                    recipe.pckCRL?.signer = other.intel.key(of: recipe.pckAuthority)
                    recipe.pckCRLIssuerChain = [
                        other.intel.intermediate(recipe.pckAuthority), recipe.world.intel.root,
                    ]
                },
                try make("no chain header", expecting: .code(.crlSignatureInvalid)) { recipe in
                    let attacker = try recipe.lookAlike().intel.key(of: recipe.pckAuthority)
                    recipe.pckCRL?.signer = attacker
                    recipe.pckCRLIssuerChain = nil
                },
            ]
        },
        .list("106", "CRL signature bit flipped", .code(.crlSignatureInvalid)) { make in
            try both(make) { $0.hasBrokenSignature = true }
        },
    ]

    private static let crlContents: [Mutation] = [
        .list("107", "CRL without AKI or without cRLNumber", .code(.crlInvalidExtensions)) { make in
            try both(make, "without AKI") { crl in crl.extensions.removeAll { $0.type == .authorityKeyIdentifier } }
                + both(make, "without cRLNumber") { crl in crl.extensions.removeAll { $0.type == .crlNumber } }
        },
        .list("108", "critical issuingDistributionPoint or deltaCRLIndicator", .code(.crlInvalidExtensions)) { make in
            // onlyContainsUserCerts [1] TRUE, which no reader may ignore.
            let point = ExtensionRecipe(
                type: .issuingDistributionPoint, isCritical: true,
                content: DERNode.sequence([.implicit(1, [0xFF])]).encoded)
            let delta = ExtensionRecipe(
                type: .deltaCRLIndicator, isCritical: true, content: DERNode.integer(1).encoded)
            return try both(make, "issuingDistributionPoint") { $0.extensions.append(point) }
                + both(make, "deltaCRLIndicator") { $0.extensions.append(delta) }
        },
        .list("109", "CRL without nextUpdate", .code(.crlUnsupportedFormat)) { make in
            try both(make) { $0.nextUpdate = nil }
        },
        .list("110", "CRL thisUpdate after T + skew", .code(.crlNotYetValid)) { make in
            let future = make.world.time.advanced(bySeconds: skewSeconds + 1)
            return try both(make) { $0.thisUpdate = future }
        },
        .edit("111", "PCK CRL nextUpdate = T", .fact("collateral_expired", detail: "pck_crl")) {
            $0.pckCRL?.nextUpdate = $0.time
        },
        .edit("112", "root CRL nextUpdate = T", .fact("collateral_expired", detail: "root_crl")) {
            $0.rootCRL?.nextUpdate = $0.time
        },
    ]

    private static let crlEncodings: [Mutation] = [
        .list("113", "CRL body as hex, PEM, DER", .accepted) { make in
            try both(make, "hex") { $0.encoding = .hex } + both(make, "PEM") { $0.encoding = .pem }
                + both(make, "DER") { $0.encoding = .der }
        },
        .list("114", "hex with odd length, DER with trailing garbage", .code(.crlUnsupportedFormat)) { make in
            try both(make, "odd hex") {
                $0.encoding = .hex
                $0.trailing = [0x30]
            } + both(make, "DER and a byte") { $0.trailing = [0] }
        },
        .list("115", "no CRL supplied", .code(.crlUnsupportedFormat)) { make in
            [try make("PCK CRL") { $0.pckCRL = nil }, try make("root CRL") { $0.rootCRL = nil }]
        },
    ]

    /// The same edit of either list.
    private static func both(
        _ make: MutationBuilder, _ label: String = "", _ change: (inout CRLRecipe) -> Void
    ) throws -> [MutationCase] {
        let suffix = label.isEmpty ? "" : ", \(label)"
        return [
            try make("PCK CRL\(suffix)") { recipe in
                guard var crl = recipe.pckCRL else { return }
                change(&crl)
                recipe.pckCRL = crl
            },
            try make("root CRL\(suffix)") { recipe in
                guard var crl = recipe.rootCRL else { return }
                change(&crl)
                recipe.rootCRL = crl
            },
        ]
    }
}
