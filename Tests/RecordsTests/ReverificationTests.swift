import Appraisal
import CorpusSupport
import DCAPFormats
import DCAPVerification
import Foundation
import LogSupport
import MerkleLog
import PlatformSimulator
import ProcessSupport
import Records
import Testing
import Wire

/// Verdicts judged again from their bundles alone.
@Suite struct ReverificationTests {
    private static let world = Result { try SimulatedWorld(seed: "reverification") }

    /// Everything is sampled in ordinary runs; with `ASSAY_FULL` set, nothing is.
    private static let isFull = ProcessInfo.processInfo.environment["ASSAY_FULL"] != nil

    private func collateral(_ evidence: SimulatedEvidence) throws -> Collateral {
        evidence.collateral.form == .responses
            ? try Collateral(
                directory: Dictionary(evidence.collateral.directoryFiles.map { ($0.name, $0.content) }) { first, _ in
                    first
                })
            : try Collateral(bundle: evidence.collateral.bundleJSON)
    }

    private func recorded(
        _ kind: QuoteKind, edit: (inout RecordedVerdicts.Submission) throws -> Void = { _ in },
        lie: (inout VerdictEntry) -> Void = { _ in }
    ) throws -> (bundle: EvidenceBundle, trust: ReverificationTrust) {
        let evidence = try Self.world.get().evidence(kind)
        let anchor = try TrustAnchor(certificate: evidence.rootCertificate)
        var verdicts = try RecordedVerdicts(Verifier(trusting: anchor))
        var submission = RecordedVerdicts.Submission(
            quote: evidence.quote, collateral: try collateral(evidence), time: evidence.time)
        try edit(&submission)
        _ = try verdicts.record(submission, edit: lie)
        let bundle = try #require(try verdicts.bundles().first)
        return (bundle, ReverificationTrust(logs: TrustPolicy(log: verdicts.log.key), anchor: anchor))
    }

    private func isConfirmed(_ result: Reverification) -> Bool {
        if case .confirmed = result { true } else { false }
    }

    /// Healthy and broken evidence of the whole checklist: accepts and rejects are confirmed, errors undecidable.
    @Test func everyVerdictOnTheSimulator() throws {
        var counts: [String: Int] = [:]
        for (number, mutation) in MutationCatalogue.all.enumerated() where Self.isFull || number.isMultiple(of: 5) {
            for kind in mutation.kinds {
                for found in try mutation.cases(for: kind, in: try Self.world.get()) {
                    let evidence = found.evidence
                    // No entry is of another time than its writer's clock shows (E-7), and none of these is a clock's.
                    guard (0..<4_102_444_800).contains(evidence.time.seconds) else {
                        counts["no time of an entry", default: 0] += 1
                        continue
                    }
                    let anchor = try TrustAnchor(certificate: evidence.rootCertificate)
                    let options = VerificationOptions(acceptTCBInfoV2: evidence.acceptsTCBInfoV2)
                    var verdicts = try RecordedVerdicts(Verifier(trusting: anchor, options: options))
                    let decision = try verdicts.record(
                        RecordedVerdicts.Submission(
                            quote: evidence.quote, collateral: try collateral(evidence), time: evidence.time))
                    guard let decision else {
                        counts["no quote", default: 0] += 1
                        continue
                    }
                    counts[decision.rawValue, default: 0] += 1
                    let bundle = try #require(try verdicts.bundles().first)
                    let result = reverify(
                        bundle.archive,
                        under: ReverificationTrust(
                            logs: TrustPolicy(log: verdicts.log.key), anchor: anchor, options: options))
                    let name = "\(mutation) [\(kind.rawValue)] \(found.label): \(result)"
                    if decision == .error {
                        guard case .undecidable = result else {
                            Issue.record("\(name)")
                            continue
                        }
                    } else {
                        #expect(isConfirmed(result), "\(name)")
                    }
                }
            }
        }
        print("simulated verdicts judged again: \(counts.sorted { $0.key < $1.key })")
        #expect(counts["reject", default: 0] > 20)
    }

    @Test(.enabled(if: Corpus.isAvailable, "\(Corpus.absence)")) func everyVerdictOnTheCorpus() throws {
        let corpus = try #require(Corpus.available)
        let intel = TrustAnchor.intel
        let options = VerificationOptions(acceptTCBInfoV2: true)
        var verdicts = try RecordedVerdicts(Verifier(trusting: intel, options: options))
        var decisions: [(String, Verdict.Decision)] = []
        var skipped = 0
        for (number, testCase) in corpus.cases.enumerated() where Self.isFull || number.isMultiple(of: 11) {
            guard testCase.trustRoot == nil,
                let decision = try verdicts.record(
                    RecordedVerdicts.Submission(
                        quote: try corpus.quote(of: testCase),
                        collateral: try Collateral(bundle: try corpus.bundle(of: testCase)), time: testCase.time))
            else {
                skipped += 1
                continue
            }
            decisions.append((testCase.description, decision))
        }
        let trust = ReverificationTrust(logs: TrustPolicy(log: verdicts.log.key), options: options)
        var counts: [String: Int] = [:]
        for (bundle, (name, decision)) in zip(try verdicts.bundles(), decisions) {
            let result = reverify(bundle.archive, under: trust)
            #expect(isConfirmed(result), "\(name): \(result)")
            counts[decision.rawValue, default: 0] += 1
        }
        print("corpus verdicts judged again: \(counts.sorted { $0.key < $1.key }), no entry: \(skipped)")
        #expect(counts["accept", default: 0] > 10 && counts["reject", default: 0] > 10)
    }

    /// One changed byte anywhere, and the bundle is not confirmed; cut anywhere, neither.
    @Test func noChangedByteIsConfirmed() throws {
        let (bundle, trust) = try recorded(.tdx15V5)
        let archive = bundle.archive
        #expect(isConfirmed(reverify(archive, under: trust)))
        var generator = SeededChoice(state: 7)
        for position in stride(from: 0, to: archive.count, by: Self.isFull ? 1 : 13) {
            var changed = archive
            changed[position] ^= 1 << UInt8(generator.next() % 8)
            let result = reverify(changed, under: trust)
            if isConfirmed(result) { Issue.record("byte \(position)") }
        }
        for count in stride(from: 0, to: archive.count, by: Self.isFull ? 7 : 211) {
            if isConfirmed(reverify(Array(archive[..<count]), under: trust)) { Issue.record("\(count) bytes") }
        }
        #expect(!isConfirmed(reverify(archive + [0], under: trust)))
        #expect(!isConfirmed(reverify(archive + [UInt8](repeating: 0, count: 512), under: trust)))
    }

    /// Whoever changes a file and makes the archive anew still has the log against them.
    @Test func noChangedFileIsConfirmed() throws {
        let (bundle, trust) = try recorded(.tdx15V5)
        for (name, content) in bundle.files where name != "proof.tlog-proof" {
            var changed = bundle
            var bytes = content
            bytes[bytes.count / 2] ^= 1
            changed.add(name, bytes)
            let result = reverify(changed.archive, under: trust)
            guard case .notVerified = result else {
                Issue.record("\(name): \(result)")
                continue
            }
            var emptied = bundle
            emptied.remove(name)
            #expect(!isConfirmed(reverify(emptied.archive, under: trust)), "\(name)")
        }
        var more = bundle
        more.add("notes.txt", Array("trust me".utf8))
        #expect(reverify(more.archive, under: trust) == .notVerified("notes.txt is nothing that the entry speaks of"))
    }

    /// Nor in an archive whose manifest was made anew: least of all in the copy of the entry beside the path (V-10).
    @Test func noChangedProofIsConfirmed() throws {
        let (bundle, trust) = try recorded(.tdx15V5)
        let proof = bundle.proof.bytes
        for position in 0..<proof.count {
            var changed = bundle
            var bytes = proof
            bytes[position] ^= 1
            changed.add("proof.tlog-proof", bytes)
            #expect(!isConfirmed(reverify(changed.archive, under: trust)), "byte \(position)")
        }
        var other = bundle
        other.add(
            "proof.tlog-proof",
            TextProof(
                extra: Array("another".utf8), index: bundle.proof.index, path: bundle.proof.path,
                checkpoint: bundle.proof.checkpoint
            ).bytes)
        #expect(
            reverify(other.archive, under: trust)
                == .notVerified("proof.tlog-proof: its extra line is not entry.json"))
        // A proof may come without it.
        var bare = bundle
        bare.add(
            "proof.tlog-proof",
            TextProof(
                extra: nil, index: bundle.proof.index, path: bundle.proof.path, checkpoint: bundle.proof.checkpoint
            ).bytes)
        #expect(isConfirmed(reverify(bare.archive, under: trust)))
    }

    /// A log that signs what does not follow is found out, field by field.
    @Test(arguments: [
        "verdict", "reasons", "tee", "tcb_status", "tcb_eval", "advisories", "fmspc", "measurement",
        "collateral_expired", "trust_root", "references", "devices", "token_expires_ms",
    ])
    func liesDiverge(_ field: String) throws {
        let (bundle, trust) = try recorded(
            .tdx15V5,
            lie: { entry in
                switch field {
                case "verdict":
                    entry.verdict = .reject
                    entry.claimsSHA256 = nil
                case "reasons": entry.reasons = []
                case "tee": entry.tee = "sgx"
                case "tcb_status": entry.tcbStatus = "OutOfDate"
                case "tcb_eval": entry.tcbEvaluationNumber = 99
                case "advisories": entry.advisories = ["INTEL-SA-00001"]
                case "fmspc": entry.fmspc = [0, 0, 0, 0, 0, 0]
                case "measurement": entry.measurement = nil
                case "collateral_expired": entry.isCollateralExpired = true
                case "references": entry.references = []
                case "devices":
                    entry.devices = [.init(sha256: MerkleHashing.sha256([7]), type: "gpu", verdict: .accept)]
                case "token_expires_ms": entry.tokenExpiresMilliseconds = 1
                default: entry.trustRoot = nil
                }
            })
        guard case .diverges(let differences) = reverify(bundle.archive, under: trust) else {
            Issue.record("\(field) is not compared")
            return
        }
        #expect(differences.map(\.field) == [field])
    }

    @Test func trustIsTheAuditors() throws {
        let (bundle, trust) = try recorded(.sgxV3)
        let stranger = try LogFolder(seed: [UInt8](repeating: 3, count: 32))
        guard
            case .notVerified = reverify(
                bundle.archive,
                under: ReverificationTrust(logs: TrustPolicy(log: stranger.key), anchor: trust.anchor))
        else {
            Issue.record("another log's key is as good")
            return
        }
        // Under Intel's root the simulator's quote is a forgery.
        guard case .diverges = reverify(bundle.archive, under: ReverificationTrust(logs: trust.logs)) else {
            Issue.record("another root is as good")
            return
        }
        guard case .undecidable = reverify(bundle.archive, under: trust, ruleset: 9) else {
            Issue.record("an unknown ruleset is as good")
            return
        }
        #expect(isConfirmed(reverify(bundle.archive, under: trust, ruleset: Ruleset.current)))
    }

    @Test func whatTheCallerGaveIsJudgedAgain() throws {
        let log = TrustDomainBoot(seed: "reverification").log
        let set = try ReferenceSet(
            parsing: Array(
                #"{"id":"mrtd","version":1,"provenance":{"source":"test"},"valid_from":"2020-01-01T00:00:00Z","values":{"mr_td":["00"]}}"#
                    .utf8))
        let policy = try Policy(
            parsing: Array(
                #"{"id":"p","version":1,"claims":[{"id":"m","claim":"mr_td","operator":"in","reference_set":"mrtd"}]}"#
                    .utf8))
        let (bundle, trust) = try recorded(.tdx15V5) { submission in
            submission.policies = [policy]
            submission.references = ReferenceLibrary([set])
            submission.nonce = Array("sixteen bytes of nonce".utf8)
            submission.expected = ExpectedReportData(.sha512, of: Array("sixteen bytes of nonce".utf8))
            submission.eventLog = log.bytes
        }
        #expect(bundle.files.keys.contains { $0.hasPrefix("references/") })
        guard case .confirmed(let confirmation) = reverify(bundle.archive, under: trust) else {
            Issue.record("\(reverify(bundle.archive, under: trust))")
            return
        }
        #expect(confirmation.entry.verdict == .reject)
        #expect(confirmation.entry.binding == "sha512")
        #expect(confirmation.entry.reasons.contains("POLICY_REPORT_DATA"))
        #expect(confirmation.notCompared.isEmpty)
    }

    @Test func withoutCollateralOnlyTheChainIsJudged() throws {
        // A chain that leads nowhere needs no collateral to be refused.
        let evidence = try Self.world.get().evidence(.tdx10V5)
        var verdicts = try RecordedVerdicts(Verifier(trusting: .intel))
        let decision = try verdicts.record(
            RecordedVerdicts.Submission(quote: evidence.quote, collateral: nil, time: evidence.time))
        #expect(decision == .reject)
        let bundle = try #require(try verdicts.bundles().first)
        let trust = ReverificationTrust(logs: TrustPolicy(log: verdicts.log.key))
        #expect(isConfirmed(reverify(bundle.archive, under: trust)))
        // Under the simulator's own root it leads somewhere, and then something is missing.
        let anchor = try TrustAnchor(certificate: evidence.rootCertificate)
        guard case .undecidable = reverify(bundle.archive, under: ReverificationTrust(logs: trust.logs, anchor: anchor))
        else {
            Issue.record("judged without collateral")
            return
        }
    }

    @Test(.waiting) func archivesAreReadByOthers() throws {
        let (bundle, _) = try recorded(.sgxV3)
        let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString + ".tar")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(bundle.archive).write(to: file)
        let tar = try ChildProcess.run(["tar", "-tf", file.path])
        #expect(tar.exitCode == 0)
        #expect(tar.output.split(separator: "\n").map(String.init) == (bundle.files.keys + ["manifest.json"]).sorted())
    }
}

private struct SeededChoice {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state >> 33
    }
}
