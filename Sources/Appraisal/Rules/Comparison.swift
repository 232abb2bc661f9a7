/// Which measurements a policy compared with reference values, and how it came out: what AR4SI's `executables` says.
struct Comparison: Hashable, Sendable {
    enum Result: Hashable, Sendable { case recognised, unrecognised }

    /// MRTD and RTMR0 to RTMR2, by claim name. A register counts as recognised by its value, or by all its events.
    private(set) var registers: [String: Result] = [:]
    /// RTMR3, or something measured into it: software that starts after boot.
    private(set) var runtime: Result?
    var enclave: Result?
    /// Something was found on a list it must not be on.
    var isDenied = false
    /// The kernel command line, where the log holds its digest and a reference value its text.
    var commandLine: String?

    mutating func compared(_ claim: String, _ isMatch: Bool) {
        let result: Result = isMatch ? .recognised : .unrecognised
        switch claim {
        case "mr_td", "rtmr0", "rtmr1", "rtmr2": merge(&registers[claim], result)
        case "event_log.rtmr0.digests", "event_log.rtmr1.digests", "event_log.rtmr2.digests":
            merge(&registers[String(claim.dropFirst(10).prefix(5))], result)
        case "rtmr3", "event_log.rtmr3.digests": merge(&runtime, result)
        case "mr_enclave": merge(&enclave, result)
        case _ where claim.hasPrefix("event_log.llm.") || claim.hasPrefix("event_log.aael."): merge(&runtime, result)
        default: break
        }
    }

    /// Once unrecognised, a further match does not mend it.
    private func merge(_ slot: inout Result?, _ result: Result) {
        if slot != .unrecognised { slot = result }
    }

    mutating func formUnion(_ other: Comparison) {
        for (name, result) in other.registers { merge(&registers[name], result) }
        if let result = other.runtime { merge(&runtime, result) }
        if let result = other.enclave { merge(&enclave, result) }
        isDenied = isDenied || other.isDenied
    }

    var isEmpty: Bool { registers.isEmpty && runtime == nil && enclave == nil && !isDenied }

    /// Registers that say which software runs and that nobody compared.
    var missing: [String] { ClaimCatalogue.registers.filter { registers[$0] != .recognised } }

    /// wire-formats 3.2, the rows about measurements.
    func executables(isTD: Bool) -> Int8 {
        if isDenied { return 96 }
        guard isTD else {
            switch enclave {
            case nil: return 0
            case .recognised: return 3
            case .unrecognised: return 33
            }
        }
        guard !isEmpty else { return 0 }
        guard missing.isEmpty, runtime != .unrecognised else { return 33 }
        return runtime == .recognised ? 2 : 3
    }
}
