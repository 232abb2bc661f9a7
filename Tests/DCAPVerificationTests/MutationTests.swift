import Appraisal
import DCAPFormats
import DCAPVerification
import PlatformSimulator
import Testing
import Wire

/// Every row of dcap section 7 that is evidence, by its number, on every kind of quote it applies to. What must be said
/// comes from the specification's table, through a simulator that knows nothing of the verifier.
@Suite("The negative-case checklist")
struct MutationTests {
    private static let world = Result { try SimulatedWorld(seed: "checklist") }

    @Test("Row", arguments: MutationCatalogue.all)
    func row(_ mutation: Mutation) throws {
        #expect(!mutation.kinds.isEmpty)
        for kind in mutation.kinds {
            for found in try mutation.cases(for: kind, in: try Self.world.get()) {
                try Self.judge(found, "\(mutation) [\(kind.rawValue)] \(found.label)")
            }
        }
    }

    private static func judge(_ found: MutationCase, _ name: String) throws {
        let evidence = found.evidence
        let verification = try evidence.verify()
        let verdict = try evidence.verdict(verification)
        switch (found.expectation, verification) {
        case (.code(let code, let detail), .refused(let refusal, _)):
            #expect(refusal.code == code, "\(name): \(refusal.failure)")
            if let detail { #expect(refusal.failure.field.contains(detail), "\(name): \(refusal.failure)") }
            #expect(verdict.decision != .accept, "\(name)")
        case (.anyCode(let codes), .refused(let refusal, _)):
            #expect(codes.contains(refusal.code), "\(name): \(refusal.failure)")
        case (.accepted, .verified), (.property, .verified):
            #expect(verdict.decision == .accept, "\(name): \(verdict.reasons)")
        case (.fact(let fact, let detail), .verified(let quote)):
            #expect(facts(of: quote).contains(fact), "\(name): \(facts(of: quote))")
            if let detail { #expect(details(of: quote).contains(detail), "\(name): \(details(of: quote))") }
            #expect(verdict.decision == .reject, "\(name)")
        case (.status(let status, let current), .verified(let quote)):
            #expect(quote.tcb.status.rawValue == status, "\(name)")
            if let current { #expect(quote.tcb.current.status.rawValue == current, "\(name)") }
            let isGood = status == "UpToDate" && current != "Revoked"
            #expect((verdict.decision == .accept) == isGood, "\(name): \(verdict.reasons)")
        case (_, .refused(let refusal, _)):
            Issue.record("\(name): refused, \(refusal.step.rawValue) \(refusal.failure)")
        case (_, .verified(let quote)):
            Issue.record("\(name): verified as \(quote.tcb.status.rawValue)")
        }
    }

    /// The facts of dcap 5.9 that the default policy denies, by their names there.
    private static func facts(of quote: VerifiedQuote) -> Set<String> {
        var facts: Set<String> = []
        if quote.collateralExpired { facts.insert("collateral_expired") }
        switch quote.quote.body {
        case .sgx(let report):
            if report.flags.contains(.debug) { facts.insert("sgx_debug") }
        case .td(let report):
            if report.tdAttributes.contains(.debug) { facts.insert("td_debug") }
            if !report.tdAttributes.isDisjoint(with: .profiling) { facts.insert("td_profiling") }
            if !report.tdAttributes.isDisjoint(with: .mustBeZero) { facts.insert("td_reserved_bits") }
            if report.tdx15?.mrServiceTD.isZero == false { facts.insert("servtd_bound") }
            if report.tdx15 == nil, report.tdAttributes.contains(.migratable) { facts.insert("service_td_unsayable") }
        }
        return facts
    }

    private static func details(of quote: VerifiedQuote) -> Set<String> { Set(quote.expiredItems.map(\.name)) }
}
