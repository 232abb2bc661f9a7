import DCAPFormats

/// dcap 7.7, rows 132 to 155: what a TCB info says, signed with the defect in place.
extension MutationCatalogue {
    static let tcbInfoContent: [Mutation] = tcbInfoVersions + tcbInfoMatching + tcbInfoFields + tcbInfoLevels

    private static let tcbInfoVersions: [Mutation] = [
        .list("132", "version 1, 4, or 2 with version 2 disabled", .code(.tcbInfoUnsupportedVersion)) { make in
            try [1, 4, 2].map { version in try make("version \(version)") { $0.tcbInfo.version = version } }
        },
        .edit("133", "TDX quote with version 2, which is enabled", .code(.tcbInfoMismatch), on: QuoteKind.trustDomains)
        {
            $0.tcbInfo.version = 2
            $0.acceptsTCBInfoV2 = true
        },
    ]

    private static let tcbInfoMatching: [Mutation] = [
        .edit("134", "document of the other TEE", .code(.tcbInfoMismatch)) { recipe in
            recipe.tcbInfo = HealthyCollateral.tcbInfo(
                isTDX: !recipe.kind.isTDX, fmspc: recipe.tcbInfo.fmspc, issued: recipe.tcbInfo.issueDate,
                next: recipe.tcbInfo.nextUpdate)
        },
        .edit("135", "id in lower case", .code(.tcbInfoInvalid)) { $0.tcbInfo.id = $0.tcbInfo.id.lowercased() },
        .edit("136", "FMSPC of another platform", .code(.tcbInfoMismatch)) { $0.tcbInfo.fmspc[5] ^= 1 },
        .edit("137", "FMSPC in lower case, equal bytes", .accepted) {
            $0.tcbInfoSealing.editDocument = { try $0.edit(["fmspc"]) { $0 = .raw($0.encoded.map(lowercased)) } }
        },
        .edit("138", "pceId 0001", .code(.tcbInfoMismatch)) { $0.tcbInfo.pceID = [0, 1] },
        .edit("139", "tcbType 1", .code(.tcbInfoInvalid)) { $0.tcbInfo.tcbType = 1 },
    ]

    private static let tcbInfoFields: [Mutation] = [
        .list("140", "15 or 17 components", .code(.tcbInfoInvalid)) { make in
            var cases = [
                try make("15 sgx") { $0.tcbInfo.levels[0].sgx.removeLast() },
                try make("17 sgx") { $0.tcbInfo.levels[0].sgx.append(0) },
                try make("15 sgx, unmatched level") { $0.tcbInfo.levels[6].sgx.removeLast() },
            ]
            if make.kind.isTDX {
                cases.append(try make("15 tdx") { $0.tcbInfo.levels[0].tdx?.removeLast() })
                cases.append(try make("15 tdx, unmatched level") { $0.tcbInfo.levels[6].tdx?.removeLast() })
            }
            return cases
        },
        .list(
            "140a", "tdxtcbcomponents missing or null", .code(.tcbInfoUnsupportedFormat), on: QuoteKind.trustDomains
        ) { make in
            [
                try make("missing") { $0.tcbInfo.levels[6].tdx = nil },
                try make("null") {
                    $0.tcbInfoSealing.editDocument = {
                        try $0.edit(["tcbLevels", "6", "tcb", "tdxtcbcomponents"]) { $0 = .literal("null") }
                    }
                },
            ]
        },
        .list("141", "svn 256, -1, 1.0, \"3\"", .code(.tcbInfoInvalid)) { make in
            let other = Expectation.code(.tcbInfoUnsupportedFormat)
            let values: [(String, Expectation?)] = [("256", nil), ("-1", nil), ("1.0", other), ("\"3\"", other)]
            return try values.map { text, expectation in
                try make(text, expecting: expectation) { recipe in
                    recipe.tcbInfoSealing.editDocument = {
                        try $0.edit(["tcbLevels", "0", "tcb", "sgxtcbcomponents", "0", "svn"]) { $0 = .literal(text) }
                    }
                }
            }
        },
        .edit("142", "pcesvn 65536", .code(.tcbInfoInvalid)) { $0.tcbInfo.levels[0].pceSVN = 65_536 },
        .edit("143", "two levels with an identical key", .code(.tcbInfoInvalid)) {
            var copy = $0.tcbInfo.levels[0]
            copy.status = TCBStatusText.outOfDate
            $0.tcbInfo.levels.append(copy)
        },
        .edit("145", "no levels", .code(.tcbInfoInvalid)) { $0.tcbInfo.levels = [] },
        .list("146", "a date that is none", .code(.tcbInfoInvalid)) { make in
            let dates = [
                "2026-02-30T00:00:00Z", "2026-01-01T00:00:00z", "2026-01-01T00:00:00+00:00", "2026-01-01T00:00:00.5Z",
            ]
            return try dates.map { date in
                try make("issueDate \(date)") {
                    $0.tcbInfoSealing.editDocument = { $0["issueDate"] = .string(date) }
                }
            } + dates.map { date in try make("tcbDate \(date)") { $0.tcbInfo.levels[6].date = date } }
        },
        .edit("149", "unknown member inside tcbInfo", .accepted) {
            $0.tcbInfoSealing.editDocument = { $0["futureMember"] = .object([.init("a", .array([.integer(1)]))]) }
        },
        .edit("155", "missing tdxModule", .code(.tcbInfoUnsupportedFormat), on: QuoteKind.trustDomains) {
            $0.tcbInfo.tdxModule = nil
        },
    ]

    private static let tcbInfoLevels: [Mutation] = [
        .list("144", "levels in ascending order", .accepted) { make in
            [
                try make("platform at the top level") { $0.tcbInfo.levels.reverse() },
                try make("platform at a lower level", expecting: .status(TCBStatusText.outOfDate)) {
                    $0.setPlatform(toLevel: 4)
                    $0.setTEETCBSVN(SimulatedWorld.teeTCBSVN(0x0B, 1, 4))
                    $0.tcbInfo.levels.reverse()
                },
            ]
        },
        .edit("147", "matched level has status Foo", .code(.tcbUnrecognizedStatus)) {
            $0.tcbInfo.levels[0].status = "Foo"
        },
        .edit("148", "unmatched level has status Foo", .accepted) { $0.tcbInfo.levels[6].status = "Foo" },
        .edit("150", "PCK component below every level", .code(.tcbNotSupported, detail: "platform")) {
            $0.platform.components[0] = 0
        },
        .edit("151", "PCESVN below every level", .code(.tcbNotSupported, detail: "platform")) {
            $0.platform.pceSVN = 4
        },
        .edit("152", "components match level 1, PCESVN only level 2", .status(TCBStatusText.outOfDate)) {
            var second = $0.tcbInfo.levels[0]
            second.pceSVN = 11
            second.status = TCBStatusText.outOfDate
            $0.tcbInfo.levels.insert(second, at: 1)
            $0.platform.pceSVN = 11
        },
        .edit("153", "matched level Revoked", .code(.tcbRevoked)) {
            $0.tcbInfo.levels[0].status = TCBStatusText.revoked
        },
        .edit("154", "platform Revoked, QE OutOfDate", .code(.tcbRevoked)) {
            $0.tcbInfo.levels[0].status = TCBStatusText.revoked
            $0.qeIdentity.levels[0].status = TCBStatusText.outOfDate
        },
    ]

    @Sendable private static func lowercased(_ character: UInt8) -> UInt8 {
        (0x41...0x5A).contains(character) ? character | 0x20 : character
    }
}
