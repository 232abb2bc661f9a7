import DCAPFormats

/// dcap 7.8: the QE identity and the QE report judged by it, signed with the defect in place.
extension MutationCatalogue {
    static let qeIdentities: [Mutation] = identityDocuments + qeReports + qeLevels

    private static let identityDocuments: [Mutation] = [
        .edit("156", "identity of the other TEE's QE", .code(.qeIdentityMismatch, detail: "id")) { recipe in
            recipe.qeIdentity = HealthyCollateral.qeIdentity(
                isTDX: !recipe.kind.isTDX, mrSigner: QuotingEnclave.mrSigner(isTDX: !recipe.kind.isTDX),
                issued: recipe.qeIdentity.issueDate, next: recipe.qeIdentity.nextUpdate)
        },
        .list("157", "id QVE or QAE", .code(.qeIdentityMismatch, detail: "id")) { make in
            try ["QVE", "QAE"].map { id in try make(id) { $0.qeIdentity.id = id } }
        },
        .edit("158", "identity altered after signing", .code(.qeIdentitySignatureInvalid)) { recipe in
            var altered = recipe.qeIdentity
            altered.evaluationNumber += 1
            let body = altered.document.encoded
            recipe.qeIdentitySealing.editSealed = { $0.body = body }
        },
        .list("159", "TCB info submitted as identity", .code(.qeIdentityUnsupportedFormat)) { make in
            try [(SimulatedCollateral.Form.responses, nil), (.bundle, Expectation.code(.qeIdentityUnsupportedVersion))]
                .map { form, expectation in
                    try make(form == .bundle ? "in a bundle" : "as a response", expecting: expectation) { recipe in
                        let document = try recipe.tcbInfoSealing.seal(recipe.tcbInfo.document, as: "tcbInfo")
                        recipe.form = form
                        recipe.qeIdentitySealing.editSealed = { $0 = document }
                    }
                }
        },
        .edit("160", "version 1", .code(.qeIdentityUnsupportedVersion)) { $0.qeIdentity.version = 1 },
        .edit("167", "empty mrsigner", .code(.qeIdentityInvalid)) { $0.qeIdentity.mrSigner = [] },
        .edit("173", "nextUpdate = T", .fact("collateral_expired", detail: "qe_identity")) {
            $0.qeIdentity.nextUpdate = $0.time
        },
    ]

    private static let qeReports: [Mutation] = [
        .edit("161", "QE report by another enclave", .code(.qeIdentityMismatch, detail: "mrsigner")) {
            $0.quote.qeReport.mrSigner = SeededBytes.make($0.world.seed, "signer of another enclave", count: 32)
        },
        .edit("162", "QE report by another Intel enclave", .code(.qeIdentityMismatch, detail: "isvprodid")) {
            $0.quote.qeReport.isvProdID = 3
        },
        .list("163", "QE report has DEBUG set", .code(.qeIdentityMismatch, detail: "attributes")) { make in
            [
                try make("the mask covers it") { $0.quote.qeReport.flags |= EnclaveFlags.debug },
                try make("the mask leaves it out") {
                    $0.quote.qeReport.flags |= EnclaveFlags.debug
                    $0.qeIdentity.attributesMask[0] &= ~UInt8(EnclaveFlags.debug)
                },
            ]
        },
        .edit("164", "miscselect differs under the mask", .code(.qeIdentityMismatch, detail: "miscselect")) {
            $0.quote.qeReport.miscSelect = 1
        },
        .edit("165", "attributes differ in a bit outside the mask", .accepted) {
            $0.quote.qeReport.flags ^= EnclaveFlags.mode64Bit
        },
        .edit("166", "identity attributes outside their mask", .code(.qeIdentityMismatch, detail: "attributes")) {
            $0.qeIdentity.attributes[0] |= UInt8(EnclaveFlags.mode64Bit)
        },
        .edit("168", "QE isvsvn below the lowest level", .code(.tcbNotSupported, detail: "qe")) {
            $0.quote.qeReport.isvSVN = 0
        },
    ]

    private static let qeLevels: [Mutation] = [
        .edit("169", "QE OutOfDate, platform UpToDate", .status(TCBStatusText.outOfDate)) {
            $0.qeIdentity.levels[0].status = TCBStatusText.outOfDate
        },
        .edit(
            "170", "QE OutOfDate, platform ConfigurationNeeded", .status(TCBStatusText.outOfDateConfigurationNeeded)
        ) {
            $0.qeIdentity.levels[0].status = TCBStatusText.outOfDate
            $0.tcbInfo.levels[0].status = TCBStatusText.configurationNeeded
        },
        .list("171", "QE level Revoked", .code(.tcbRevoked)) { make in
            [
                try make("all signatures good") { $0.qeIdentity.levels[0].status = TCBStatusText.revoked },
                try make("quote signature bad", expecting: .code(.quoteSignatureInvalid)) {
                    $0.qeIdentity.levels[0].status = TCBStatusText.revoked
                    $0.quote.edit = { try $0.flipBit(in: .quoteSignature) }
                },
            ]
        },
        .edit("172", "QE level status SWHardeningNeeded", .code(.qeIdentityInvalid)) {
            $0.qeIdentity.levels[0].status = TCBStatusText.swHardeningNeeded
        },
    ]
}
