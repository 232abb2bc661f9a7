import DCAPFormats
import DCAPVerification
import PlatformSimulator
import Testing
import Wire

/// Nothing in the registry and nothing in the check list may be there without a case that reaches it.
@Suite("Coverage of codes and checks")
struct CoverageTests {
    /// What every row of the checklist is refused with, by code and by check; and the checks that fail as facts.
    private static let reached: Result<(codes: Set<ErrorCode>, steps: Set<VerificationStep>), any Error> = Result {
        let world = try SimulatedWorld(seed: "coverage")
        var codes: Set<ErrorCode> = []
        var steps: Set<VerificationStep> = []
        for mutation in MutationCatalogue.all {
            for kind in mutation.kinds {
                for found in try mutation.cases(for: kind, in: world) {
                    let verification = try found.evidence.verify()
                    if case .refused(let refusal, _) = verification { codes.insert(refusal.code) }
                    steps.formUnion(verification.checks.filter { $0.outcome == .failed }.map(\.step))
                }
            }
        }
        return (codes, steps)
    }

    /// Codes of the client that fetches collateral: verification never raises them.
    private static let ofTheClient: Set<ErrorCode> = Set(
        ErrorCode.allCases.filter { $0.rawValue.hasPrefix("COLLATERAL_") })

    @Test("Every code that verification can raise is reached", arguments: ErrorCode.allCases)
    func codes(_ code: ErrorCode) throws {
        let reached = try Self.reached.get().codes.contains(code)
        #expect(reached == !Self.ofTheClient.contains(code))
    }

    @Test("Every check has a case that fails it", arguments: VerificationStep.allCases)
    func steps(_ step: VerificationStep) throws {
        // Evidence cannot fail to be fetched: the next test does.
        #expect(try Self.reached.get().steps.contains(step) == (step != .collateralAvailable))
    }

    @Test("Collateral out of reach is a failure of the world, after the chain and before anything Intel signed")
    func unavailable() throws {
        let evidence = try SimulatedWorld(seed: "coverage").recipe(for: .tdx15V5).build()
        let verifier = Verifier(trusting: try TrustAnchor(certificate: evidence.rootCertificate))
        let anchored = try verifier.anchor(try evidence.parsed(), at: evidence.time)
        for (given, wanted) in [
            (ErrorCode.collateralUnavailable, ErrorCode.collateralUnavailable),
            (.collateralRollback, .collateralRollback),
            (.internal, .internal), (.quoteSignatureInvalid, .internal),
        ] {
            let refusal = anchored.refusal(
                for: VerificationFailure(given, field: "collateral", found: "a", wanted: "b"))
            let verification = Verification.refused(refusal, anchored.quote)
            #expect(refusal.code == wanted)
            let failed = try #require(verification.checks.firstIndex { $0.outcome == .failed })
            #expect(verification.checks[failed].step == .collateralAvailable)
            #expect(verification.checks[failed - 1].step == .pckValidity)
            #expect(verification.checks[failed - 1].outcome == .passed)
        }
    }

    @Test("Every row that is evidence is in the catalogue, once")
    func rows() {
        let rows = MutationCatalogue.rows.map(\.row)
        #expect(Set(rows).count == rows.count)
        var wanted: [String] = []
        for number in 1...212 {
            wanted.append("\(number)")
            if [69, 140, 200].contains(number) { wanted.append("\(number)a") }
        }
        #expect(rows == wanted)
    }

    @Test("A refusal's list is complete: passed before, failed here, not performed after")
    func refusedList() throws {
        let mutation = try #require(MutationCatalogue.mutation(named: "58"))
        let evidence = try #require(try mutation.cases(for: .tdxV4, in: try SimulatedWorld(seed: "coverage")).first)
            .evidence
        let checks = try evidence.verify().checks
        #expect(checks.map(\.step) == VerificationStep.allCases)
        let failed = try #require(checks.firstIndex { $0.outcome == .failed })
        #expect(checks[failed].step == .qeReportBinding)
        #expect(checks[..<failed].allSatisfy { $0.outcome == .passed })
        #expect(
            checks[(failed + 1)...].allSatisfy { $0.outcome == .notPerformed(reason: "qe_report.binding failed") })
    }

    @Test("The embedded root is the one the specification names")
    func intelRoot() {
        #expect(TrustAnchor.intel.isIntel)
        #expect(
            Hex.encode(TrustAnchor.intel.certificateSHA256)
                == "44a0196b2b99f889b8e149e95b807a350e7424964399e885a7cbb8ccfab674d3")
        #expect(
            Hex.encode(TrustAnchor.intel.publicKeyInfoSHA256 ?? [])
                == "a0af031289f5d5d4132f9186068a7fc13628633ba235777472e29b6b6c67a49e")
    }
}
