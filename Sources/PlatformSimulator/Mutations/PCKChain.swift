import DCAPFormats
import Wire

/// dcap 7.5, rows 63 to 84: the certificates of the quote. Every certificate is signed with its defect in place.
extension MutationCatalogue {
    static let pckChain: [Mutation] = pckChainShape + pckAuthorities + pckLeaf

    private static let pckChainShape: [Mutation] = [
        .list("63", "two certificates, four certificates", .code(.pckChainInvalid)) { make in
            [
                try make("two") { $0.pckChain = [$0.leaf, $0.intermediate] },
                try make("four") { $0.pckChain = [$0.leaf, $0.intermediate, $0.world.intel.tcbSigning, $0.root] },
            ]
        },
        .edit("64", "leaf twice instead of the root", .code(.pckChainInvalid)) {
            $0.pckChain = [$0.leaf, $0.intermediate, $0.leaf]
        },
        .edit("65", "order root, intermediate, leaf", .accepted) {
            $0.pckChain = [$0.root, $0.intermediate, $0.leaf]
        },
        .edit("66", "whole chain under a look-alike root", .code(.pckRootUntrusted)) { recipe in
            let other = try recipe.lookAlike().recipe(for: recipe.kind)
            recipe.pckChain = [other.leaf, other.intermediate, other.root]
            recipe.quote = other.quote
        },
        .edit("67", "root is a pre-production root", .code(.pckRootUntrusted)) { recipe in
            let other = try SimulatedWorld(seed: recipe.world.seed + ", pre-production", time: recipe.world.time)
                .recipe(for: recipe.kind)
            recipe.pckChain = [other.leaf, other.intermediate, other.root]
            recipe.quote = other.quote
        },
        .edit("68", "trusted key, root re-encoded with a bad self-signature", .code(.pckRootInvalid)) {
            $0.root.notAfter = $0.root.notAfter.advanced(bySeconds: -SimulatedWorld.day)
            $0.root.hasBrokenSignature = true
        },
        .edit("69", "root re-issued with the same key", .accepted) {
            $0.root.notAfter = $0.root.notAfter.advanced(bySeconds: -SimulatedWorld.day)
        },
        .edit("69a", "as 69 with path length 0", .accepted) {
            $0.root.notAfter = $0.root.notAfter.advanced(bySeconds: -SimulatedWorld.day)
            $0.root.replaceExtension(.authorityConstraints(pathLength: 0))
        },
    ]

    private static let pckAuthorities: [Mutation] = [
        .edit("70", "intermediate signed by an attacker", .code(.pckIntermediateInvalid)) {
            $0.intermediate.signer = try $0.attackerKey()
        },
        .list("71", "intermediate's common name not quite Intel's", .code(.pckChainInvalid)) { make in
            let changes: [(String, @Sendable (String) -> String)] = [
                ("blank after it", { $0 + " " }), ("a word before it", { "Evil " + $0 }),
                // Equal in Swift, by canonical equivalence, and other bytes.
                ("a Kelvin sign for its K", { $0.replacing("K", with: "\u{212A}") }),
            ]
            return try changes.map { label, change in
                try make(label) { recipe in
                    let name = NameRecipe(intel: change(recipe.pckAuthority.commonName))
                    recipe.intermediate.subject = name
                    recipe.leaf.issuer = name
                    recipe.pckCRL?.issuer = name
                }
            }
        },
        .edit("72", "intermediate with another organization", .code(.pckIntermediateInvalid)) { recipe in
            let name = NameRecipe(intel: recipe.pckAuthority.commonName, organization: "Other")
            recipe.intermediate.subject = name
            recipe.leaf.issuer = name
            recipe.pckCRL?.issuer = name
        },
        .list("73", "intermediate CA:FALSE, or without keyCertSign", .code(.pckIntermediateInvalid)) { make in
            [
                try make("CA:FALSE") { $0.intermediate.replaceExtension(.endEntityConstraints) },
                try make("cRLSign alone") { $0.intermediate.replaceExtension(.keyUsage([0x02], unused: 1)) },
            ]
        },
        .edit("74", "leaf issued by the TCB signing certificate", .code(.pckChainInvalid)) { recipe in
            let signing = recipe.world.intel.tcbSigning
            recipe.leaf.issuer = signing.subject
            recipe.leaf.signer = recipe.world.intel.tcbSigningKey
            recipe.leaf.replaceExtension(.authorityKeyIdentifier(recipe.world.intel.tcbSigningKey.identifier))
            recipe.pckChain = [recipe.leaf, signing, recipe.root]
        },
        .edit("76", "a PCK leaf as intermediate of another leaf", .code(.pckChainInvalid)) { recipe in
            let key = try SimulatedKey(seed: recipe.world.seed, label: "PCK that issues")
            var issuer = recipe.leaf
            issuer.publicKey = KeyInfoRecipe.p256(key)
            issuer.serial = key.identifier
            issuer.replaceExtension(.subjectKeyIdentifier(key.identifier))
            recipe.leaf.issuer = issuer.subject
            recipe.leaf.signer = key
            recipe.leaf.replaceExtension(.authorityKeyIdentifier(key.identifier))
            recipe.pckChain = [recipe.leaf, issuer, recipe.root]
        },
    ]

    private static let pckLeaf: [Mutation] = [
        .edit("75", "leaf CA:TRUE", .code(.pckLeafInvalid)) {
            $0.leaf.replaceExtension(.authorityConstraints(pathLength: nil))
        },
        .edit("77", "leaf signature bit flipped", .code(.pckLeafInvalid)) { $0.leaf.hasBrokenSignature = true },
        .list("78", "leaf key P-384 or RSA", .code(.pckLeafInvalid)) { make in
            [
                try make("P-384") { $0.leaf.publicKey = try KeyInfoRecipe.p384(seed: $0.world.seed) },
                try make("RSA") { $0.leaf.publicKey = KeyInfoRecipe.rsa2048(seed: $0.world.seed) },
            ]
        },
        .edit("79", "leaf with explicit EC parameters", .code(.pckLeafInvalid)) {
            $0.leaf.publicKey = KeyInfoRecipe.explicitP256($0.pckKey)
        },
        .edit("80", "leaf signed ecdsa-with-SHA384", .code(.pckLeafInvalid)) {
            $0.leaf.signatureAlgorithm = .ecdsaWithSHA384
        },
        .edit("81", "leaf with an unknown critical extension", .code(.pckLeafInvalid)) {
            $0.leaf.extensions.append(
                ExtensionRecipe(type: [1, 3, 6, 1, 4, 1, 99_999, 1], isCritical: true, content: [0x05, 0x00]))
        },
        .list("82", "leaf without a required extension", .code(.pckLeafInvalid)) { make in
            let required: [(String, ObjectIdentifierArcs)] = [
                ("AKI", .authorityKeyIdentifier), ("SKI", .subjectKeyIdentifier), ("CRL DP", .crlDistributionPoints),
                ("key usage", .keyUsage), ("basic constraints", .basicConstraints),
            ]
            return try required.map { label, type in try make(label) { $0.leaf.removeExtension(type) } }
        },
        .edit("83", "leaf AKI is not the intermediate's SKI", .code(.pckLeafInvalid)) {
            $0.leaf.replaceExtension(.authorityKeyIdentifier(try $0.attackerKey().identifier))
        },
        .edit("84", "trailing byte after the leaf's DER", .code(.pckChainInvalid)) { $0.leaf.trailing = [0] },
    ]
}
