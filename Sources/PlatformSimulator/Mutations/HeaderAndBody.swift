import DCAPFormats

/// dcap 7.2: header, body, descriptors. The quote is signed with the defect in place unless the row says otherwise.
extension MutationCatalogue {
    static let headerAndBody: [Mutation] = [
        .list("23", "version 0, 1, 2, 6, 0xFFFF", .code(.quoteVersionUnsupported)) { make in
            try [UInt16(0), 1, 2, 6, 0xFFFF].map { version in
                try make("version \(version)") { $0.quote.header.version = version }
            }
        },
        .patch(
            "24", "version 3 written as 4 without re-encoding", .anyCode([.quoteCertTypeUnsupported, .quoteTruncated]),
            on: [.sgxV3]
        ) { try $0.set(.version, to: 4) },
        .list("25", "attestation key type 0, 1, 3", .code(.quoteKeyTypeUnsupported)) { make in
            try [UInt16(0), 1, 3].map { type in try make("type \(type)") { $0.quote.header.attestationKeyType = type } }
        },
        .edit("26", "version 3 with TEE type 0x81", .code(.quoteTEETypeUnsupported), on: [.sgxV3]) {
            $0.quote.header.teeType = 0x81
        },
        .list(
            "27", "TEE type 1, 0x80, 0x81000000", .code(.quoteTEETypeUnsupported), on: [.sgxV4, .tdxV4, .tdx15V5]
        ) { make in
            try [UInt32(1), 0x80, 0x8100_0000].map { type in
                try make("type \(type)") { $0.quote.header.teeType = type }
            }
        },
        .edit("28", "QE vendor id, one bit flipped", .code(.quoteVendorUnknown)) {
            $0.quote.header.qeVendorID[0] ^= 1
        },
        .list("29", "body type 0, 5, 0xFFFF", .code(.quoteBodyTypeUnsupported), on: [.sgxV5, .tdx15V5]) { make in
            try [UInt16(0), 5, 0xFFFF].map { (type: UInt16) in try make("type \(type)") { $0.quote.bodyType = type } }
        },
        .list("30", "body type 3 with size 584 or 684", .code(.quoteBodySizeInvalid), on: [.tdx15V5]) { make in
            [
                try make("584") { $0.quote.td?.version15 = nil },
                try make("684") { $0.quote.bodyTrailing = Array(repeating: 0, count: 36) },
            ]
        },
        .edit("31", "body type 2 with size 648", .code(.quoteBodySizeInvalid), on: [.tdx10V5]) { recipe in
            guard let launch = recipe.quote.td?.teeTCBSVN else { return }
            recipe.quote.td?.version15 = TDReportRecipe.Version15(teeTCBSVN2: launch)
        },
        .patch("32", "body size 0xFFFFFFFF", .code(.quoteBodySizeInvalid), on: [.sgxV5, .tdx10V5, .tdx15V5]) {
            try $0.set(.bodySize, to: .max)
        },
        .edit(
            "33", "TEE SGX with body type 2, 3, 4; TEE TDX with type 1", .code(.quoteTEEBodyMismatch),
            on: [.sgxV5, .tdx10V5, .tdx15V5, .tdx15ExV5]
        ) { $0.quote.header.teeType ^= 0x81 },
        .list("34", "ISV report, reserved byte not zero", .code(.quoteReservedNonzero), on: QuoteKind.enclaves) {
            make in
            try reservedFields.map { name, field in
                try make(name) { $0.quote.enclave?[keyPath: field][0] = 1 }
            }
        },
        .list("35", "QE report, reserved byte not zero", .code(.quoteReservedNonzero)) { make in
            try reservedFields.map { name, field in try make(name) { $0.quote.qeReport[keyPath: field][0] = 1 } }
        },
        .edit("36", "header bytes 8..12 not zero", .accepted, on: [.sgxV4, .tdxV4, .tdx15V5]) {
            $0.quote.header.reserved = [1, 2, 3, 4]
        },
        .patch("37", "user data changed, not re-signed", .code(.quoteSignatureInvalid)) {
            try $0.flipBit(in: .userData)
        },
    ]

    private static var reservedFields: [(String, WritableKeyPath<EnclaveReportRecipe, [UInt8]>)] {
        [
            ("reserved1", \.reserved1), ("reserved2", \.reserved2), ("reserved3", \.reserved3),
            ("reserved4", \.reserved4),
        ]
    }
}
