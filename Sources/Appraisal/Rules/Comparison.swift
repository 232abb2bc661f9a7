/// Which measurements a policy compared with reference values, and how it came out: what AR4SI's `executables` says.
struct Comparison: Hashable, Sendable {
    enum Result: Hashable, Sendable { case recognised, unrecognised }

    /// MRTD and RTMR0 to RTMR3, by claim name. A register counts as recognised by its value, or by all its events.
    private(set) var registers: [String: Result] = [:]
    /// Single events of RTMR3: what an agent read at boot.
    private(set) var events: Result?
    var enclave: Result?
    /// MRSIGNER, product and SVN, which name an enclave only together.
    private(set) var signer: [String: Result] = [:]
    /// Something was found on a list it must not be on.
    var isDenied = false
    /// A rule holds by an event that stands outside a boot phase (event-logs 5.3 R6).
    var usesAlias = false
    /// The kernel command line, where the log holds its digest and a reference value its text.
    var commandLine: String?

    /// A test of a claim rule. Less than a whole register in its order, or than a least SVN, says no more than what failed.
    mutating func compared(_ test: ClaimTest, _ isMatch: Bool) {
        switch test.test {
        case .equals, .in: compared(test.claim, isMatch)
        case .atLeast where test.claim == "isv_svn": compared(test.claim, isMatch)
        case .subsetOf where !isMatch: compared(test.claim, isMatch)
        case .subsetOf, .atLeast, .maskEquals, .absent: break
        }
    }

    mutating func compared(_ claim: String, _ isMatch: Bool) {
        let result: Result = isMatch ? .recognised : .unrecognised
        switch claim {
        case "mr_td", "rtmr0", "rtmr1", "rtmr2", "rtmr3": merge(&registers[claim], result)
        case "mr_enclave": merge(&enclave, result)
        case "mr_signer", "isv_prod_id", "isv_svn": merge(&signer[claim], result)
        default:
            if let register = ClaimCatalogue.digestsOfRegister(claim) {
                merge(&registers["rtmr\(register)"], result)
            } else if ClaimCatalogue.restsOnRTMR3(claim) {
                merge(&events, result)
            }
        }
    }

    /// Once unrecognised, a further match does not mend it.
    private func merge(_ slot: inout Result?, _ result: Result) {
        if slot != .unrecognised { slot = result }
    }

    mutating func formUnion(_ other: Comparison) {
        for (name, result) in other.registers { merge(&registers[name], result) }
        for (name, result) in other.signer { merge(&signer[name], result) }
        if let result = other.events { merge(&events, result) }
        if let result = other.enclave { merge(&enclave, result) }
        isDenied = isDenied || other.isDenied
        usesAlias = usesAlias || other.usesAlias
    }

    private var isEmpty: Bool { registers.isEmpty && events == nil }

    /// Registers that say which software runs and that nobody compared.
    var missing: [String] { ClaimCatalogue.registers.filter { registers[$0] != .recognised } }

    /// Whether RTMR3 was compared as a whole: by its value, or by all its digests.
    var coversRTMR3: Bool { registers["rtmr3"] == .recognised }

    /// wire-formats 3.2, the rows about measurements.
    func executables(isTD: Bool) -> Int8 {
        if isDenied { return 96 }
        guard isTD else { return enclaveExecutables }
        guard !isEmpty else { return 0 }
        guard missing.isEmpty, registers["rtmr3"] != .unrecognised, events != .unrecognised else { return 33 }
        return coversRTMR3 ? 2 : 3
    }

    /// MRENCLAVE, or signer, product and a least SVN together; less than that says nothing of which software it is.
    private var enclaveExecutables: Int8 {
        let parts = ["mr_signer", "isv_prod_id", "isv_svn"].map { signer[$0] }
        switch enclave {
        case .recognised?: return 3
        case .unrecognised?: return 33
        case nil: return parts.contains(nil) ? 0 : parts.contains(.unrecognised) ? 33 : 3
        }
    }
}
