import Appraisal
import DCAPFormats
import DCAPVerification
import PlatformSimulator
import Testing
import Wire
import Words

/// The strict policy on genuine, simulated evidence: every rule holds, and every rule fails where it should.
@Suite("The strict policy")
struct StrictPolicyTests {
    private func verdict(
        _ kind: QuoteKind = .tdx15V5, expecting: ExpectedReportData? = nil,
        _ edit: (inout EvidenceRecipe) throws -> Void = { _ in }
    ) throws -> Verdict {
        var recipe = try SimulatedWorld(seed: "policy").recipe(for: kind)
        try edit(&recipe)
        let evidence = try recipe.build()
        let anchor = try TrustAnchor(certificate: evidence.rootCertificate)
        let verification = Verifier(trusting: anchor).verify(
            try Quote(parsing: evidence.quote), using: try Collateral(bundle: evidence.collateral.bundleJSON),
            at: evidence.time)
        return appraise(verification, trusting: anchor, under: .strict, expecting: expecting, at: evidence.time)
    }

    @Test("Accepts what is healthy, and never affirms what nobody compared", arguments: QuoteKind.allCases)
    func healthy(_ kind: QuoteKind) throws {
        let verdict = try verdict(kind)
        #expect(verdict.decision == .accept)
        #expect(verdict.status == .warning)
        #expect(verdict.reasons == ["NO_REFERENCE_VALUES", "NOT_FRESH"])
        #expect(explain(verdict).items.map(\.place) == ["dcap 6.7", "dcap 6.7"])
    }

    @Test("Lists every rule that fails, not the first")
    func several() throws {
        let verdict = try verdict { recipe in
            recipe.quote.td?.tdAttributes |= 0x21 | 1 << 40
            recipe.quote.td?.version15?.mrServiceTD[0] = 1
            recipe.time = recipe.time.advanced(bySeconds: 30 * 86_400)
        }
        #expect(verdict.decision == .reject)
        #expect(verdict.status == .contraindicated)
        #expect(
            verdict.reasons == [
                "POLICY_COLLATERAL_EXPIRED", "POLICY_DEBUG", "POLICY_TD_PROFILING", "POLICY_TD_RESERVED",
                "POLICY_SERVICE_TD",
            ])
    }

    @Test(
        "Each status but UpToDate is rejected with a warning",
        arguments: [
            (1, "ConfigurationNeeded"), (2, "SWHardeningNeeded"), (4, "OutOfDate"), (5, "OutOfDateConfigurationNeeded"),
        ])
    func statuses(_ level: Int, _ status: String) throws {
        let verdict = try verdict(.tdxV4) { $0.setPlatform(toLevel: level) }
        #expect(verdict.decision == .reject)
        #expect(verdict.status == .warning)
        #expect(verdict.reasons.first == "POLICY_TCB_STATUS")
        guard case .verified(let quote) = verdict.verification else {
            Issue.record("not verified")
            return
        }
        #expect(quote.tcb.status.rawValue == status)
        #expect(quote.tcb.outOfDate.isEmpty == !status.hasPrefix("OutOfDate"))
    }

    @Test("A relaunch that is advised has a rule of its own")
    func relaunch() throws {
        let verdict = try verdict {
            $0.setTEETCBSVN(
                [4, 1, 4] + [UInt8](repeating: 0, count: 13), current: [13, 1, 4] + [UInt8](repeating: 0, count: 13))
        }
        #expect(verdict.decision == .reject)
        #expect(verdict.reasons == ["POLICY_RELAUNCH"])
    }

    @Test("A terminal failure is contraindicated, and no rule is asked")
    func terminal() throws {
        let verdict = try verdict { $0.quote.edit = { try $0.flipBit(ofByte: 0, in: .quoteSignature) } }
        #expect(verdict.decision == .reject)
        #expect(verdict.status == .contraindicated)
        #expect(verdict.rules.isEmpty)
    }

    @Test("A time nobody can mean is an error, not a rejection", arguments: [0, -1, 1 << 41])
    func invalidTime(_ seconds: Int64) throws {
        let verdict = try verdict { $0.time = Instant(seconds: seconds) }
        #expect(verdict.decision == .error)
        #expect(verdict.status == .none)
        #expect(verdict.reasons == ["INTERNAL"])
    }

    @Test("Report data: 1 to 64 bytes that are not all zero", arguments: [0, 1, 64, 65])
    func expectedReportData(_ count: Int) {
        #expect((ExpectedReportData(raw: [UInt8](repeating: 7, count: count)) != nil) == (1...64).contains(count))
        #expect(ExpectedReportData(raw: [UInt8](repeating: 0, count: count)) == nil)
    }

    @Test("The policy's identity is the hash of its document")
    func identity() {
        #expect(Policy.strict.sha256.count == 64)
        #expect(Policy.strict.sha256 == Policy.strict.sha256)
    }

    @Test("Every code has a remedy that ends a sentence")
    func remedies() {
        for code in ErrorCode.allCases { #expect(Remedy.text(for: code).hasSuffix("."), "\(code.rawValue)") }
        for code in PolicyCode.allCases { #expect(Remedy.text(for: code).hasSuffix("."), "\(code.rawValue)") }
    }
}
