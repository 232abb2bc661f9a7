import DCAPFormats

/// dcap 7.4: signatures and binding.
extension MutationCatalogue {
    static let signatures: [Mutation] = [
        .property("47", "one bit flipped at every offset of the signed prefix"),
        .patch("48", "one bit of the quote signature flipped", .code(.quoteSignatureInvalid)) {
            try $0.flipBit(ofByte: 17, in: .quoteSignature)
        },
        .list("49", "quote signature out of range", .code(.quoteSignatureInvalid)) { make in
            let order = DeterministicSigner.order
            let zero = [UInt8](repeating: 0, count: 32)
            let values: [(String, [UInt8]?, [UInt8]?)] = [
                ("all zero", zero, zero), ("r = 0", zero, nil), ("s = 0", nil, zero), ("r = n", order, nil),
                ("s = n", nil, order), ("r = 2^256 - 1", [UInt8](repeating: 0xFF, count: 32), nil),
            ]
            return try values.map { label, r, s in
                try make(label) { recipe in
                    recipe.quote.edit = { quote in
                        let signature = try quote.content(of: .quoteSignature)
                        try quote.replace(
                            .quoteSignature,
                            with: (r ?? Array(signature.prefix(32))) + (s ?? Array(signature.suffix(32))))
                    }
                }
            }
        },
        .patch("50", "quote signature (r, n - s)", .accepted) { quote in
            let signature = try quote.content(of: .quoteSignature)
            try quote.replace(.quoteSignature, with: DeterministicSigner.mirrored(signature))
        },
        .list("51", "quote signature in DER", .code(.quoteSignatureInvalid)) { make in
            [
                try make("its first 64 bytes in place") { recipe in
                    recipe.quote.edit = { quote in
                        let encoded = try derSignature(of: quote)
                        try quote.replace(.quoteSignature, with: Array(encoded.prefix(64)))
                    }
                },
                try make(
                    "whole, everything after it moved",
                    expecting: .anyCode([
                        .quoteTruncated, .quoteTrailingData, .quoteCertTypeUnsupported, .quoteReservedNonzero,
                        .quoteSignatureInvalid,
                    ])
                ) { recipe in
                    recipe.quote.edit = { quote in
                        let encoded = try derSignature(of: quote)
                        try quote.replace(.quoteSignature, with: Array(encoded.prefix(64)))
                        try quote.insert(Array(encoded.dropFirst(64)), after: .quoteSignature)
                        try quote.add(Int32(encoded.count - 64), to: .authLength)
                    }
                },
            ]
        },
        .patch("52", "r and s little-endian", .code(.quoteSignatureInvalid)) { quote in
            let signature = try quote.content(of: .quoteSignature)
            try quote.replace(.quoteSignature, with: signature.prefix(32).reversed() + signature.suffix(32).reversed())
        },
        .edit("53", "attacker's attestation key, QE report unchanged", .code(.qeReportDataMismatch)) { recipe in
            let healthy = try recipe.world.evidence(recipe.kind).assembled
            recipe.quote.qeReportDataOverride = Array(try healthy.content(of: .qeReport).suffix(64))
            recipe.quote.attestationKey = try recipe.attackerKey()
        },
        .edit("54", "as 53 with the QE report data updated", .code(.qeReportSignatureInvalid)) { recipe in
            let healthy = try recipe.world.evidence(recipe.kind).assembled
            let stale = try healthy.content(of: .qeReportSignature)
            recipe.quote.attestationKey = try recipe.attackerKey()
            recipe.quote.edit = { try $0.replace(.qeReportSignature, with: stale) }
        },
        .list("55", "attestation key not on the curve, bound", .code(.attestationKeyInvalid)) { make in
            [
                try make("y changed") { recipe in
                    var key = recipe.quote.attestationKey.publicKey
                    key[63] ^= 1
                    recipe.quote.attestationKeyOverride = key
                },
                try make("x not below p") { recipe in
                    let key = recipe.quote.attestationKey.publicKey
                    recipe.quote.attestationKeyOverride = Array(repeating: 0xFF, count: 32) + key.suffix(32)
                },
            ]
        },
        .edit("56", "attestation key all zero, bound", .code(.attestationKeyInvalid)) {
            $0.quote.attestationKeyOverride = Array(repeating: 0, count: 64)
        },
        .patch("57", "authentication data byte flipped", .code(.qeReportDataMismatch)) {
            try $0.flipBit(ofByte: 5, in: .authData)
        },
        .edit("58", "QE report data bytes 32..63 not zero, re-signed", .code(.qeReportDataMismatch)) { recipe in
            let healthy = try recipe.world.evidence(recipe.kind).assembled
            var data = Array(try healthy.content(of: .qeReport).suffix(64))
            data[63] = 1
            recipe.quote.qeReportDataOverride = data
        },
        .property("59", "one bit of the QE report flipped"),
        .list("60", "QE report signature of another platform", .code(.qeReportSignatureInvalid)) { make in
            [
                try make("over this report") { recipe in
                    recipe.quote.qeReportSigner = try SimulatedKey(seed: recipe.world.seed, label: "another PCK")
                },
                try make("over its own report") { recipe in
                    let other = try recipe.world.evidence(recipe.kind.isTDX ? .sgxV4 : .tdxV4).assembled
                    let signature = try other.content(of: .qeReportSignature)
                    recipe.quote.edit = { try $0.replace(.qeReportSignature, with: signature) }
                },
            ]
        },
        .edit("61", "signed with authLen included", .code(.quoteSignatureInvalid)) {
            $0.quote.signedMessage = .prefixAndLength
        },
        .list(
            "62", "version 5 signed without the descriptor", .code(.quoteSignatureInvalid), on: [.sgxV5, .tdx15V5]
        ) { make in
            [
                try make("header and body") { $0.quote.signedMessage = .headerAndBody },
                try make("body alone") { $0.quote.signedMessage = .body },
            ]
        },
    ]

    private static func derSignature(of quote: AssembledQuote) throws -> [UInt8] {
        let signature = try quote.content(of: .quoteSignature)
        return DERNode.sequence([
            .unsigned(Array(signature.prefix(32))), .unsigned(Array(signature.suffix(32))),
        ]).encoded
    }
}
