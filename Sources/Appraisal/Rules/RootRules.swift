import DCAPFormats
import EventLog
import Wire

/// From measured to running (event-logs 5.5).
extension Rules {
    /// `nil` where no rule rests on a fact of RTMR3.
    func rootFinding() -> RootFinding? {
        guard policy.usesRTMR3 else { return nil }
        if let word = measuredRoot() { return RootFinding(word: word) }
        let names = policy.claimRules.flatMap(\.expression.leaves).filter { ClaimCatalogue.restsOnRTMR3($0.claim) }
            .compactMap(\.referenceSet)
        let set = names.lazy.compactMap { references[$0] }.first {
            $0.rootIntegrity != nil && $0.isValid(at: facts.time)
        }
        return RootFinding(declaredBy: set)
    }

    /// The word in the command line that a rule compared as a whole, beside a pinned RTMR2: another text of RTMR2 that is
    /// labelled the command line is not the one that somebody listed.
    private func measuredRoot() -> String? {
        let tests = policy.claimRules.filter { !policy.hasGrace($0) }.flatMap(\.expression.mandatory)
        guard isRTMR2Compared(by: tests) else { return nil }
        return tests.lazy.filter { $0.claim == Self.commandLineClaim && ($0.test == .equals || $0.test == .in) }
            .compactMap { matchedCommandLine($0) }.compactMap { RootProtection.word(in: $0) }.first
    }

    private func isRTMR2Compared(by tests: [ClaimTest]) -> Bool {
        if tests.contains(where: { $0.pinnedRegister == "rtmr2" && answer($0, isDenied: false).truth == .yes }) {
            return true
        }
        guard case .td(let report) = facts.body, let identity = policy.tdIdentity else { return false }
        return identity.measurements.contains { $0.name == "rtmr2" && $0.values.contains(report.rtmr2.hex) }
    }

    private func matchedCommandLine(_ test: ClaimTest) -> String? {
        let answer = answer(test, isDenied: false)
        guard answer.truth == .yes else { return nil }
        if let text = answer.commandLine { return text }
        guard case .value(.text(let text)) = claim(test.claim) else { return nil }
        return text
    }
}
