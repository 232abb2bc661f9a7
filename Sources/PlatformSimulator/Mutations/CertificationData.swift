import DCAPFormats

/// dcap 7.3: certification data.
extension MutationCatalogue {
    static let certificationData: [Mutation] = [
        .list(
            "38", "version 3 certification type 1, 2, 3, 4, 6, 7, 0, 8", .code(.quoteCertTypeUnsupported), on: [.sgxV3]
        ) { make in
            try [UInt16(1), 2, 3, 4, 6, 7, 0, 8].map { type in
                try make("type \(type)") { $0.quote.certificationType = type }
            }
        },
        .edit("39", "outer type 5", .code(.quoteCertTypeUnsupported), on: QuoteKind.nested) {
            $0.quote.outerCertificationType = 5
        },
        .list("40", "inner type 6, 1 to 4, 7", .code(.quoteCertTypeUnsupported), on: QuoteKind.nested) { make in
            try [UInt16(6), 1, 2, 3, 4, 7].map { type in
                try make("type \(type)") { $0.quote.certificationType = type }
            }
        },
        .list("41", "chain with a single trailing NUL", .accepted) { make in
            [
                try make("NUL") { _ in },
                try make("no NUL") { $0.quote.editCertificationData = { $0.removeLast() } },
            ]
        },
        .edit("42", "chain with two trailing NULs", .code(.quoteCertDataInvalid)) {
            $0.quote.editCertificationData = { $0.append(0) }
        },
        .edit("43", "NUL between certificates", .code(.quoteCertDataInvalid)) { recipe in
            let position = try PEMChain.encode([recipe.leaf]).count
            recipe.quote.editCertificationData = { $0.insert(0, at: position) }
        },
        .edit("44", "chain bytes are DER", .code(.quoteCertDataInvalid)) { recipe in
            let chain = try recipe.leaf.der() + recipe.intermediate.der() + recipe.root.der()
            recipe.quote.editCertificationData = { $0 = chain }
        },
        .edit("45", "empty chain", .code(.quoteCertDataInvalid)) { $0.quote.editCertificationData = { $0 = [] } },
        .edit("46", "attacker's PEM chain in the authentication data, re-bound", .accepted) { recipe in
            let other = try recipe.lookAlike().recipe(for: recipe.kind)
            recipe.quote.authData = try PEMChain.encode([other.leaf, other.intermediate, other.root])
        },
    ]
}
