import DCAPFormats
import Wire

/// dcap 7.10: times.
extension MutationCatalogue {
    static let times: [Mutation] = [
        .edit("202", "T one second before the earliest nextUpdate", .accepted) {
            $0.time = $0.tcbInfo.nextUpdate.advanced(bySeconds: -1)
        },
        .edit("203", "T = nextUpdate", .fact("collateral_expired")) { $0.time = $0.tcbInfo.nextUpdate },
        .edit("204", "T after the leaf's notAfter", .fact("collateral_expired")) {
            $0.time = $0.leaf.notAfter.advanced(bySeconds: SimulatedWorld.day)
        },
        .list("205", "T before notBefore - skew", .code(.certNotYetValid)) { make in
            let future = make.world.time.advanced(bySeconds: skewSeconds + 1)
            return [
                try make("leaf") { $0.leaf.notBefore = future },
                try make("intermediate") { $0.intermediate.notBefore = future },
                try make("root") { $0.root.notBefore = future },
                try make("TCB info signing certificate") { $0.tcbInfoSealing.chain[0].notBefore = future },
                try make("QE identity signing certificate") { $0.qeIdentitySealing.chain[0].notBefore = future },
                try make("leaf at the limit", expecting: .accepted) {
                    $0.leaf.notBefore = $0.time.advanced(bySeconds: skewSeconds)
                },
            ]
        },
        .edit("206", "TCB info issueDate = T + skew", .accepted) {
            $0.tcbInfo.issueDate = $0.time.advanced(bySeconds: skewSeconds)
        },
        .edit("207", "TCB info issueDate = T + skew + 1", .code(.tcbInfoNotYetValid)) {
            $0.tcbInfo.issueDate = $0.time.advanced(bySeconds: skewSeconds + 1)
        },
        .edit("208", "QE identity issueDate in the future", .code(.qeIdentityNotYetValid)) {
            $0.qeIdentity.issueDate = $0.time.advanced(bySeconds: SimulatedWorld.day)
        },
        .edit("209", "everything expired and the quote signature bad", .code(.quoteSignatureInvalid)) {
            $0.time = $0.root.notAfter.advanced(bySeconds: SimulatedWorld.day)
            $0.quote.edit = { try $0.flipBit(in: .quoteSignature) }
        },
        .edit("210", "only the PCK leaf expired", .fact("collateral_expired", detail: "pck_leaf")) {
            $0.leaf.notAfter = $0.time.advanced(bySeconds: -SimulatedWorld.day)
        },
        .edit("211", "collateral expired 1 h (a grace of 2 h allows it)", .fact("collateral_expired")) {
            $0.time = $0.tcbInfo.nextUpdate.advanced(bySeconds: 3_600)
        },
        .list("212", "T = 0, negative, above 2^40", .code(.internal)) { make in
            try [0, -1, 1 << 40 + 1, Int64.max].map { seconds in
                try make("T = \(seconds)") { $0.time = Instant(seconds: seconds) }
            }
        },
    ]
}
