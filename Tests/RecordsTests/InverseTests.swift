import Appraisal
import DCAPFormats
import DCAPVerification
import Foundation
import LogSupport
import MerkleLog
import PlatformSimulator
import ResultToken
import Testing
import Wire

@testable import Records

/// Recording and judging again are inverses: what a service records of a judgement, read from the archive or from a bundle,
/// gives the same judgement, and that the same entry, the same items and the same claims.
@Suite("Recorded and judged again")
struct InverseTests {
    private static let world = Result { try SimulatedWorld(seed: "inverse") }

    /// Everything is sampled in ordinary runs; with `ASSAY_FULL` set, nothing is.
    private static let isFull = ProcessInfo.processInfo.environment["ASSAY_FULL"] != nil

    private func read(
        _ entry: VerdictEntry, at milliseconds: Int64, from archive: [MerkleHash: [UInt8]]
    ) throws -> RecordedVerdict {
        var reading = RecordReading(entry, at: milliseconds, .archive)
        while let part = reading.next {
            let bytes = try #require(archive[part.sha256], "\(part.name) is not archived")
            #expect(MerkleHashing.sha256(bytes) == part.sha256, "\(part.name)")
            reading.take(bytes)
        }
        return reading.record
    }

    /// Every way of one judgement into a record and out of it.
    ///
    /// - Returns: the decision.
    private func check(_ recorded: Recorder.Recorded, _ recorder: Recorder, _ name: String) throws -> Verdict.Decision {
        let (judgement, commitment) = (recorded.judgement, recorded.commitment)
        let entry = judgement.verdictEntry(verifier: recorder.identity.sha256, commitment)
        let written = judgement.logEntry(verifier: recorder.identity.sha256, commitment)
        let leaf = try written.leaf()
        #expect(try LogEntry(leaf: leaf) == written, "\(name): the entry is not read as it was written")

        // From the archive, where nothing is that no part names.
        let archive = recorder.archive(recorded)
        let record = try read(entry, at: judgement.timeMilliseconds, from: archive)
        #expect(Set(record.parts.keys.map(\.sha256)) == Set(archive.keys), "\(name)")

        // From a bundle.
        let log = try LogFolder()
        try log.append([leaf])
        let bundle = try EvidenceBundle(
            parsing: record.bundle(leaf: leaf, proof: try log.proof(index: 0, withLeaf: true)).archive)
        var reading = BundleReading(bundle, try CommittedEntry(bundle))
        _ = try reading.verifier()
        #expect(try reading.verdict(isOfWithdrawnRuleset: false) == record, "\(name)")

        guard judgement.verdict.decision != .error else {
            #expect(throws: RecordedVerdict.Stop.worldFailed) {
                _ = try record.judge(by: recorder.verifier, under: [.strict], references: .empty)
            }
            return .error
        }
        let again = try judgeAgain(record, recorder)
        #expect(again.verdictEntry(verifier: recorder.identity.sha256, commitment) == entry, "\(name)")
        #expect(Set(again.items(commitment)) == Set(judgement.items(commitment)), "\(name)")
        #expect(
            again.verdict.document(verifierVersion: "test", forecast: again.forecast)
                == judgement.verdict.document(verifierVersion: "test", forecast: judgement.forecast), "\(name)")
        #expect(record.forecast(of: again.verdict, by: recorder.verifier) == judgement.forecast, "\(name)")
        if let free = recorded.free {
            let sources = try #require(TokenSources(again, verifier: recorder.identity))
            #expect(try TokenBinding.canonicalClaims(sources.claims(free)) == record.claims, "\(name)")
        }
        let trust = ReverificationTrust(
            logs: TrustPolicy(log: log.key), anchor: recorder.verifier.anchor, options: recorder.verifier.options)
        let result = reverify(bundle.archive, under: trust)
        if case .confirmed = result {} else { Issue.record("\(name): \(result)") }
        return judgement.verdict.decision
    }

    /// From nothing but the record.
    private func judgeAgain(_ record: RecordedVerdict, _ recorder: Recorder) throws -> Judgement {
        let (policies, references) = (try #require(record.policies), record.references)
        let submission = try #require(record.submission(under: policies, references: references))
        let verdict = try record.judge(by: recorder.verifier, under: policies, references: references)
        let (_, endorsements) = recorder.endorsements(
            record.collateral, record.early, for: submission.evidence.quote, at: verdict.time)
        return Judgement(
            verdict, on: submission, identifier: record.entry.jti, timeMilliseconds: record.timeMilliseconds,
            endorsements: endorsements)
    }

    @Test("Every simulated verdict, healthy and broken")
    func everyVerdict() throws {
        var counts: [Verdict.Decision: Int] = [:]
        for (number, mutation) in MutationCatalogue.all.enumerated() where Self.isFull || number.isMultiple(of: 6) {
            for kind in mutation.kinds {
                for found in try mutation.cases(for: kind, in: try Self.world.get()) {
                    let evidence = found.evidence
                    // No entry is of another time than its writer's clock shows (E-7).
                    guard (0..<4_102_444_800).contains(evidence.time.seconds) else { continue }
                    let recorder = Recorder(
                        verifier: Verifier(
                            trusting: try TrustAnchor(certificate: evidence.rootCertificate),
                            options: VerificationOptions(acceptTCBInfoV2: evidence.acceptsTCBInfoV2)))
                    let submission = RecordedVerdicts.Submission(
                        quote: evidence.quote, collateral: try evidence.received, time: evidence.time)
                    guard let recorded = try recorder.record(submission) else { continue }
                    let name = "\(mutation) [\(kind.rawValue)] \(found.label)"
                    counts[try check(recorded, recorder, name), default: 0] += 1
                }
            }
        }
        print("simulated verdicts recorded and judged again: \(counts)")
        for decision in [Verdict.Decision.accept, .reject, .error] { #expect(counts[decision, default: 0] > 10) }
    }

    @Test(
        "Accepts with everything that a caller can give, through each interface",
        arguments: [Adapter.native, .trustee, .alibaba, .cczoo], [QuoteKind.tdx15V5, .tdxV4, .sgxV4])
    func everythingGiven(_ adapter: Adapter, _ kind: QuoteKind) throws {
        let tokens = try AccountableTokens(adapter, kind)
        let recorder = Recorder(verifier: tokens.verifier)
        let recorded = try #require(try recorder.record(tokens.submission))
        #expect(try check(recorded, recorder, "\(adapter) \(kind)") == .accept)
        // What the test is about is there.
        let roles = Set(recorded.judgement.items(recorded.commitment).map(\.role))
        #expect(roles.isSuperset(of: [.quote, .policy, .manifest, .collateral, .claims]))
        #expect(roles.contains(adapter == .native ? .nonce : .userData))
        #expect(roles.isSuperset(of: [.eventLog, .referenceSet]) == kind.isTDX)
        #expect((recorded.judgement.policy.policies.count > 1) == kind.isTDX)
        #expect(recorded.judgement.forecast != nil)
    }

    @Test("An item is archived under the hash that it was given, and that hash is its own")
    func hashes() throws {
        for kind in [QuoteKind.tdx15V5, .sgxV4] {
            let tokens = try AccountableTokens(.native, kind)
            let recorder = Recorder(verifier: tokens.verifier)
            let recorded = try #require(try recorder.record(tokens.submission))
            for item in recorded.judgement.items(recorded.commitment) {
                #expect(item.sha256 == MerkleHashing.sha256(item.bytes), "\(item.role)")
            }
        }
    }

    @Test("A policy that stands twice in a set is one part, and judges twice")
    func twice() throws {
        let tokens = try AccountableTokens(.native)
        var submission = tokens.submission
        submission.policies = [.strict, .strict] + submission.policies
        let recorder = Recorder(verifier: tokens.verifier)
        let recorded = try #require(try recorder.record(submission))
        #expect(try check(recorded, recorder, "twice") == .accept)
        let entry = recorded.judgement.verdictEntry(verifier: recorder.identity.sha256, recorded.commitment)
        let record = try read(
            entry, at: recorded.judgement.timeMilliseconds, from: recorder.archive(recorded))
        #expect(record.parts.keys.count { $0.kind == .memberPolicy } == 2)
        #expect(record.policies == submission.policies)
    }

    @Test("What was submitted can be read alone, and be held against something else")
    func submissionAlone() throws {
        let tokens = try AccountableTokens(.native)
        let recorder = Recorder(verifier: tokens.verifier)
        let recorded = try #require(try recorder.record(tokens.submission))
        let entry = recorded.judgement.verdictEntry(verifier: recorder.identity.sha256, recorded.commitment)
        let archive = recorder.archive(recorded)
        var reading = RecordReading(entry, at: recorded.judgement.timeMilliseconds, .submission)
        var kinds: [RecordedPart.Kind] = []
        while let part = reading.next {
            kinds.append(part.kind)
            reading.take(archive[part.sha256])
        }
        #expect(kinds == [.quote, .eventLog, .nonce])
        let (given, record) = (tokens.submission, reading.record)
        let submission = try #require(record.submission(under: given.policies, references: given.references))
        #expect(submission.evidence.sha256 == recorded.judgement.submission.evidence.sha256)
        #expect(submission.evidence.eventLog == given.eventLog)
        #expect(submission.given == recorded.judgement.submission.given)
        let verdict = judge(
            submission.evidence, with: .documents(try #require(given.collateral)), under: submission.policies,
            references: submission.references, expecting: submission.expectedReportData, trusting: recorder.verifier,
            at: given.time)
        #expect(
            verdict.document(verifierVersion: "test")
                == recorded.judgement.verdict.document(verifierVersion: "test"))
        // There is no collateral in it, and no verdict without.
        #expect(throws: RecordedVerdict.Stop.noCollateral) {
            _ = try record.judge(by: recorder.verifier, under: [.strict], references: .empty)
        }
    }
}

extension SimulatedEvidence {
    /// The collateral as it comes out of a form in which it can be stored.
    fileprivate var received: Collateral {
        get throws {
            try collateral.form == .responses
                ? Collateral(
                    directory: Dictionary(
                        collateral.directoryFiles.map { ($0.name, $0.content) }, uniquingKeysWith: { first, _ in first }
                    ))
                : Collateral(bundle: collateral.bundleJSON)
        }
    }
}
