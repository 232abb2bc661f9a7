import AuditStore
import MerkleLog
import Records
import Testing
import Wire

/// What an archive still has of a verdict, and which part is named where something is gone.
@Suite("Recorded verdicts read from an archive")
struct RecordReadingTests {
    private static func hash(_ text: String) -> MerkleHash { MerkleHashing.sha256(text.utf8) }

    /// A verdict with a part of every kind. Nothing in it is judged here.
    private struct World {
        var entry: VerdictEntry
        var archive: [MerkleHash: [UInt8]] = [:]

        init() {
            let members = JSON.object([
                ("kind", .string("policy-set")),
                ("policies", .array(["a", "b", "a"].map { .string(RecordReadingTests.hash($0).hex) })),
                ("v", .integer(1)),
            ]).canonicalBytes
            let manifest = CollateralManifest(
                parts: [
                    .tcbInfo: RecordReadingTests.hash("tcb"), .qeIdentity: RecordReadingTests.hash("qe"),
                    // One chain may be that of both.
                    .tcbInfoIssuerChain: RecordReadingTests.hash("chain"),
                    .qeIdentityIssuerChain: RecordReadingTests.hash("chain"),
                ], tee: "tdx")
            entry = VerdictEntry(
                verdict: .accept, reasons: [], tee: "tdx", evidenceSHA256: RecordReadingTests.hash("quote"), jti: "j",
                policyID: "a+b+a", policySHA256: MerkleHashing.sha256(members),
                verifierSHA256: RecordReadingTests.hash("verifier"))
            entry.tcbStatus = "UpToDate"
            entry.eventLogSHA256 = RecordReadingTests.hash("log")
            entry.nonceSHA256 = RecordReadingTests.hash("nonce")
            entry.userDataSHA256 = RecordReadingTests.hash("data")
            entry.claimsSHA256 = RecordReadingTests.hash("claims")
            entry.collateralSHA256 = manifest.sha256
            entry.references = [RecordReadingTests.hash("set")]
            for text in ["quote", "verifier", "log", "nonce", "data", "claims", "set", "a", "b", "tcb", "qe", "chain"] {
                archive[RecordReadingTests.hash(text)] = Array(text.utf8)
            }
            archive[entry.policySHA256] = members
            archive[manifest.sha256] = manifest.document
        }

        /// What was asked for, and what came of it.
        func read(
            _ order: RecordReading.Order = .archive
        ) async -> (asked: [MerkleHash], result: Result<RecordedVerdict, RecordReadingFailure>) {
            var asked: [MerkleHash] = []
            do throws(RecordReadingFailure) {
                let record = try await RecordedVerdict(entry, at: 1, order) { hash async throws(EvidenceFailure) in
                    asked.append(hash)
                    return archive[hash]
                }
                return (asked, .success(record))
            } catch {
                return (asked, .failure(error))
            }
        }
    }

    @Test("Everything is read, each part once, in the order in which it is missed")
    func everything() async throws {
        let world = World()
        let (asked, result) = await world.read()
        let record = try result.get()
        #expect(Set(record.parts.keys.map(\.kind)) == Set(RecordedPart.Kind.allCases))
        #expect(Set(record.parts.keys.map(\.sha256)) == Set(world.archive.keys))
        #expect(asked.count == world.archive.count)
        #expect(record.parts.allSatisfy { MerkleHashing.sha256($0.value) == $0.key.sha256 })
        let kinds = asked.map { hash in record.parts.keys.first { $0.sha256 == hash }?.kind }
        #expect(
            kinds == [
                .quote, .eventLog, .nonce, .userData, .policy, .memberPolicy, .memberPolicy, .verifier, .claims,
                .manifest, .collateral, .collateral, .collateral, .referenceSet,
            ])
        #expect(record.claims == Array("claims".utf8))
    }

    @Test("A part that is gone is named; and nothing is asked for after it")
    func purged() async throws {
        let world = World()
        let record = try await world.read().result.get()
        let names: [RecordedPart.Kind: String] = [
            .quote: "the quote", .eventLog: "the event log", .nonce: "the nonce", .userData: "the user data",
            .policy: "the policy", .memberPolicy: "a policy", .verifier: "the verifier object",
            .manifest: "the collateral manifest", .collateral: "a collateral document",
            .referenceSet: "a reference set",
        ]
        for part in record.parts.keys where part.kind != .claims {
            var poorer = world
            poorer.archive[part.sha256] = nil
            let (asked, result) = await poorer.read()
            #expect(result == .failure(.purged(part)))
            #expect(part.name == names[part.kind])
            #expect(asked.last == part.sha256)
        }
        var empty = world
        empty.archive = [:]
        #expect(await empty.read().result == .failure(.purged(RecordedPart(.quote, Self.hash("quote")))))
    }

    @Test("Claims that are not kept are left out: the verdict does not rest on them")
    func claims() async throws {
        var world = World()
        world.archive[Self.hash("claims")] = nil
        let record = try await world.read().result.get()
        #expect(record.claims == nil)
        #expect(record.parts.count == world.archive.count)
    }

    @Test("What came with a quote that did not verify is read where it is kept, and not missed")
    func refused() async throws {
        var world = World()
        world.entry.tcbStatus = nil
        #expect(try await world.read().result.get().parts.count == world.archive.count)
        for name in ["log", "nonce", "data"] { world.archive[Self.hash(name)] = nil }
        #expect(try await world.read().result.get().parts.count == world.archive.count)
        world.archive[Self.hash("quote")] = nil
        #expect(await world.read().result == .failure(.purged(RecordedPart(.quote, Self.hash("quote")))))
    }

    @Test("For what was submitted, nothing else is asked")
    func submission() async throws {
        let (asked, result) = await World().read(.submission)
        #expect(asked == ["quote", "log", "nonce", "data"].map { Self.hash($0) })
        #expect(try result.get().userData == Array("data".utf8))
    }

    @Test("An archive that fails is no deletion")
    func unreadable() async throws {
        let (folder, world) = (try TestLog(), World())
        let archive = try EvidenceArchive(path: folder.folder + "/evidence.db", retentionDays: 1)
        defer { withExtendedLifetime(folder) { archive.stop() } }
        await #expect(throws: RecordReadingFailure.purged(RecordedPart(.quote, Self.hash("quote")))) {
            _ = try await RecordedVerdict(world.entry, at: 1) { hash async throws(EvidenceFailure) in
                try await archive.bytes(of: hash)
            }
        }
        // Not what its name says: a failure of the archive (V-1).
        try await archive.store(
            [EvidenceItem(.quote, Array("another".utf8), sha256: Self.hash("quote"))], owner: "j", at: 1)
        do throws(RecordReadingFailure) {
            _ = try await RecordedVerdict(world.entry, at: 1) { hash async throws(EvidenceFailure) in
                try await archive.bytes(of: hash)
            }
            Issue.record("other bytes than the quote's are read as the quote")
        } catch {
            guard case .unreadable(let failure) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(failure.sentence == "blob \(Self.hash("quote").hex) is not what its name says")
        }
    }
}
