/// The checklist of dcap 7 as data: for every row the evidence and what a verifier must say about it.
///
/// The verdict on each row comes from the specification and not from any verifier, so that a verifier can be tried
/// against it.
package enum MutationCatalogue {
    /// Allowed difference of clocks in "not yet valid" tests, the default of dcap 5.0.
    static let skewSeconds: Int64 = 300

    /// Rows 1 to 212 of 7.1 to 7.10, in order.
    package static let rows: [Mutation] =
        (inputLengths + headerAndBody + certificationData + signatures + pckChain + pckExtensions + crls + tcbInfoText
        + tcbInfoContent + qeIdentities + tdxModules + times)
        .sorted { order($0.row) < order($1.row) }

    /// Evidence beyond the rows: worked vectors, statuses, and what 7.12 needs.
    package static let scenarios: [Mutation] = workedVectors + platformStatuses + qeSigningChains + appraisal

    package static let all: [Mutation] = rows + scenarios

    /// Rows that are not evidence, with the reason.
    package static let notData: [(rows: String, reason: String)] = [
        ("213", "a clock that jumps: a property of the program, which must read it once"),
        ("214-244", "collateral service: behaviour of the client against a faulty service"),
        ("245-247", "appraisal: defects of a policy document"),
        ("249-251", "appraisal: defects of a policy document, and a rule over any evidence with advisories"),
        ("254-255", "appraisal: defects of a policy document, and of its import"),
    ]

    package static func mutation(named row: String) -> Mutation? { all.first { $0.row == row } }

    /// 69a comes after 69 and before 70.
    private static func order(_ row: String) -> Int {
        let digits = row.prefix { $0.isNumber }
        return (Int(digits) ?? 0) * 2 + (digits.count == row.count ? 0 : 1)
    }
}
