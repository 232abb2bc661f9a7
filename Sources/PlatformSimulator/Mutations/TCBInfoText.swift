import DCAPFormats
import Wire

/// dcap 7.7, rows 116 to 131: the text of a TCB info, its signature and its issuer chain.
extension MutationCatalogue {
    static let tcbInfoText: [Mutation] = tcbInfoBytes + tcbInfoEnvelope + tcbInfoSigning

    private static let tcbInfoBytes: [Mutation] = [
        .edit("116", "one byte changed inside tcbInfo", .code(.tcbInfoSignatureInvalid)) { recipe in
            var altered = recipe.tcbInfo
            altered.evaluationNumber += 1
            let body = altered.document.encoded
            recipe.tcbInfoSealing.editSealed = { $0.body = body }
        },
        .edit("117", "white space inserted inside tcbInfo", .code(.tcbInfoSignatureInvalid)) {
            $0.tcbInfoSealing.editSealed = { $0.body.insert(0x20, at: 1) }
        },
        .edit("119", "members of tcbInfo re-ordered", .code(.tcbInfoSignatureInvalid)) { recipe in
            var document = recipe.tcbInfo.document
            document.members.sort { $0.name < $1.name }
            let body = document.encoded
            recipe.tcbInfoSealing.editSealed = { $0.body = body }
        },
        .list("125", "duplicate key inside the signed object", .code(.tcbInfoUnsupportedFormat)) { make in
            [
                try make("at the top") { recipe in
                    recipe.tcbInfoSealing.editDocument = { $0.members.append(.init("version", .integer(3))) }
                },
                try make("in a level") { recipe in
                    recipe.tcbInfoSealing.editDocument = {
                        try $0.edit(["tcbLevels", "0"]) { $0.members.append(.init("tcbStatus", .string("UpToDate"))) }
                    }
                },
            ]
        },
        .list("126", "nesting 100,000 deep", .code(.tcbInfoUnsupportedFormat)) { make in
            try [("arrays", "[", "]", ""), ("objects", "{\"a\":", "}", "1")].map { label, open, close, core in
                try make(label) { recipe in
                    let text = String(repeating: open, count: 100_000) + core + String(repeating: close, count: 100_000)
                    recipe.tcbInfoSealing.editDocument = { $0["extra"] = .literal(text) }
                }
            }
        },
    ]

    private static let tcbInfoEnvelope: [Mutation] = [
        .edit("118", "white space around the members outside tcbInfo", .accepted) { recipe in
            recipe.form = .responses
            recipe.tcbInfoSealing.editSealed = { document in
                document.responseOverride =
                    Array(" {\n\t\"tcbInfo\" : ".utf8) + document.body
                    + Array(" ,\r\n \"signature\" : \"\(document.signature)\" } \n".utf8)
            }
        },
        .edit("120", "signature before tcbInfo", .accepted) { recipe in
            recipe.form = .responses
            recipe.tcbInfoSealing.editSealed = { document in
                document.responseOverride =
                    Array("{\"signature\":\"\(document.signature)\",\"tcbInfo\":".utf8) + document.body + [0x7D]
            }
        },
        .list("121", "signature 126 or 130 digits, or not hexadecimal", .code(.tcbInfoUnsupportedFormat)) { make in
            [
                try make("126") { $0.tcbInfoSealing.editSealed = { $0.signature.removeLast(2) } },
                try make("130") { $0.tcbInfoSealing.editSealed = { $0.signature += "00" } },
                try make("not hexadecimal") {
                    $0.tcbInfoSealing.editSealed = { $0.signature = $0.signature.dropLast(2) + "zz" }
                },
            ]
        },
        .edit("122", "signature in upper case", .accepted) {
            $0.tcbInfoSealing.editSealed = { $0.signature = $0.signature.uppercased() }
        },
        .list("123", "two tcbInfo members at the top level", .code(.tcbInfoUnsupportedFormat)) { make in
            try [("the signed one last", false), ("the signed one first", true)].map { label, signedFirst in
                try make(label) { recipe in
                    var altered = recipe.tcbInfo
                    altered.levels = Array(altered.levels.prefix(1))
                    let other = altered.document.encoded
                    recipe.form = .responses
                    recipe.tcbInfoSealing.editSealed = { document in
                        let (first, second) = signedFirst ? (document.body, other) : (other, document.body)
                        let head = Array("{\"tcbInfo\":".utf8) + first + Array(",\"tcbInfo\":".utf8) + second
                        document.responseOverride = head + Array(",\"signature\":\"\(document.signature)\"}".utf8)
                    }
                }
            }
        },
        .list("124", "extra top-level member", .code(.tcbInfoUnsupportedFormat)) { make in
            try [("TCBINFO", "\"TCBINFO\":{}"), ("another", "\"comment\":1")].map { label, member in
                try make(label) { recipe in
                    recipe.form = .responses
                    recipe.tcbInfoSealing.editSealed = { document in
                        document.responseOverride = document.response.dropLast() + Array(",\(member)}".utf8)
                    }
                }
            }
        },
        .list("127", "invalid UTF-8, a BOM, trailing bytes", .code(.tcbInfoUnsupportedFormat)) { make in
            [
                try make("invalid UTF-8, signed") { recipe in
                    recipe.form = .responses
                    recipe.tcbInfoSealing.editDocument = { $0["extra"] = .raw([0x22, 0xC3, 0x28, 0x22]) }
                },
                try make("BOM") { recipe in
                    recipe.form = .responses
                    recipe.tcbInfoSealing.editSealed = { $0.responseOverride = [0xEF, 0xBB, 0xBF] + $0.response }
                },
                try make("a byte after the response") { recipe in
                    recipe.form = .responses
                    recipe.tcbInfoSealing.editSealed = { $0.responseOverride = $0.response + [0x78] }
                },
                try make("a byte after the document") { $0.tcbInfoSealing.editSealed = { $0.body.append(0x78) } },
            ]
        },
    ]

    private static let tcbInfoSigning: [Mutation] = [
        .edit("128", "signed by an attacker under a look-alike chain", .code(.tcbSigningChainUntrusted)) { recipe in
            let other = try recipe.lookAlike().intel
            recipe.tcbInfoSealing.signer = other.tcbSigningKey
            recipe.tcbInfoSealing.chain = [other.tcbSigning, other.root]
        },
        .list("129", "signed by a PCK leaf or intermediate", .code(.tcbSigningChainInvalid)) { make in
            [
                try make("leaf") { recipe in
                    recipe.tcbInfoSealing.signer = recipe.pckKey
                    recipe.tcbInfoSealing.chain = [recipe.leaf, recipe.root]
                },
                try make("intermediate") { recipe in
                    recipe.tcbInfoSealing.signer = recipe.world.intel.key(of: recipe.pckAuthority)
                    recipe.tcbInfoSealing.chain = [recipe.intermediate, recipe.root]
                },
            ]
        },
        .list("130", "issuer chain of 1 or 3 certificates", .code(.tcbSigningChainInvalid)) { make in
            [
                try make("1") { $0.tcbInfoSealing.chain.removeLast() },
                try make("3") { $0.tcbInfoSealing.chain.insert($0.intermediate, at: 1) },
            ]
        },
        .edit("131", "signing certificate notAfter = T", .fact("collateral_expired", detail: "tcb_signing")) {
            $0.tcbInfoSealing.chain[0].notAfter = $0.time
        },
    ]
}
