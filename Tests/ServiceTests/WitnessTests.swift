import AttestationService
import AuditStore
import Crypto
import Foundation
import MerkleLog
import PlatformSimulator
import ProcessSupport
import ServiceSupport
import Testing
import Wire

@testable import assay

/// The log brings its checkpoints to witnesses: honest ones, one that is down, and some that lie (transparency-log 7).
@Suite("Witnesses of the log")
struct WitnessTests {
    /// The log's key, made by a first start in `folder`.
    private static func begin(_ folder: ScratchFolder) async throws -> NoteKey {
        try await Live.run(folder: folder) { live in live.service.log.key }
    }

    private static func policy(_ key: NoteKey, _ lines: [String], quorum: String) -> String {
        "log \(key.text)\n" + lines.joined() + quorum + "\n"
    }

    /// The checkpoint that everybody sees, once it is good.
    private static func checkpoint(_ live: Live, until isGood: (SignedNote) -> Bool) async throws -> SignedNote {
        let log = live.service.log
        let path = live.base + String(log.origin.description.drop { $0 != "/" }) + "/checkpoint"
        return try await eventually(
            "the checkpoint is good",
            finding: {
                let note = try SignedNote(parsing: try await live.client.get(path).body)
                return isGood(note) ? note : nil
            })
    }

    private static func size(_ note: SignedNote) throws -> UInt64 { try Checkpoint(parsing: note.text).size }

    /// Published is what is signed, within a second or two.
    private static func published(_ live: Live) async throws {
        let log = live.service.log
        try await eventually("what is signed is published") { log.published.size >= log.tree.size }
    }

    @Test("Two honest ones make the quorum; one that is down and three that lie change nothing, and no verdict waits")
    func quorum() async throws {
        let folder = try ScratchFolder()
        let key = try await Self.begin(folder)
        let honest = try ["w1", "w2"].map { try SimulatedWitness($0, .honest, of: key) }
        let liars = [
            try SimulatedWitness("l1", .foreignKey, of: key), try SimulatedWitness("l2", .otherTree, of: key),
            try SimulatedWitness("l3", .boastful, of: key),
        ]
        let down = try SimulatedWitness("d1", .honest, of: key)
        try await honest[0].serve { first in
            try await honest[1].serve { second in
                try await liars[0].serve { third in
                    try await liars[1].serve { fourth in
                        try await liars[2].serve { fifth in
                            let lines =
                                [honest[0].line(port: first), honest[1].line(port: second)]
                                + [liars[0].line(port: third), liars[1].line(port: fourth), liars[2].line(port: fifth)]
                                + [down.line(port: try RawConnection.freePort())]
                            let text = Self.policy(key, lines, quorum: "group q 2 w1 w2 d1 l1 l2 l3\nquorum q")
                            let file = try folder.write(text, to: "witnesses")
                            try await Live.run(["audit.witnesses_file": file], folder: folder) { live in
                                try await Self.rounds(live, file, honest, liars)
                            }
                            // What was cosigned is known after the next start, before anybody was asked.
                            try await Live.run(["audit.witnesses_file": file], folder: folder) { live in
                                let note = try await Self.checkpoint(live) { _ in true }
                                #expect(note.signatures.count == 3)
                            }
                        }
                    }
                }
            }
        }
    }

    private static func rounds(
        _ live: Live, _ file: String, _ honest: [SimulatedWitness], _ liars: [SimulatedWitness]
    ) async throws {
        let rounds = try #require(live.service.witnesses)
        let trust = try TrustPolicy(parsing: Array(String(contentsOfFile: file, encoding: .utf8).utf8))
        let quote = try TestWorld.evidence().quote
        var last: UInt64 = 0
        for turn in 1...2 {
            // While they are asked, verdicts are given as ever.
            #expect(try await live.raw(quote).status == 200)
            try await published(live)
            async let asking: Void = rounds.round()
            #expect(try await live.raw(quote).value("verdict") == "accept")
            await asking
            let note = try await checkpoint(live) { note in
                note.signatures.count == 3 && (try? size(note)).map { $0 > last } == true
            }
            let accepted = try trust.accept(note)
            #expect(Set(accepted.cosigners.map(\.key)) == Set(honest.map(\.key)), "turn \(turn)")
            #expect(accepted.checkpoint.size > last)
            last = accepted.checkpoint.size
        }
        // The second time each was shown the way from what it knew; the liars are not asked again at once.
        for witness in honest { #expect(witness.olds.count == 2 && witness.olds[0] == 0 && witness.olds[1] > 0) }
        for liar in liars { #expect(liar.olds.count == 1) }
        // One that has lost its memory says what it knows, and is shown the way from there.
        honest[0].forget()
        _ = try await live.raw(quote)
        try await published(live)
        await rounds.round()
        #expect(honest[0].olds.suffix(2).last == 0 && honest[0].olds.count == 4)
        #expect(honest[1].olds.count == 3)
        // Proofs carry the cosignatures, and convince a reader who asks for the quorum.
        let proof = try await live.client.get(live.base + "/audit/v1/proof?index=1")
        let text = try TextProof(parsing: proof.body)
        let leaf = try #require(text.extra)
        #expect(try text.verified(leaf: MerkleHashing.leaf(leaf), under: trust).cosigners.count == 2)
        let prefix = live.base + String(live.service.log.origin.description.drop { $0 != "/" })
        let seen = try await ProgramRun.run("assay", ["audit", "checkpoint", "--url", prefix, "--trust-policy", file])
        #expect(seen.exitCode == 0, "\(seen.output)\(seen.error)")
        let metrics = try await live.client.get(live.base + "/metrics").text
        for line in ["witness_failures{witness=\"l3\"} 1", "witness_failures{witness=\"w1\"} 0"] {
            #expect(metrics.contains("\n\(line)\n"), "\(line)")
        }
        #expect(metrics.contains("# TYPE witness_last_success_ms gauge\n"))
        #expect(!metrics.contains("\nwitness_last_success_ms{witness=\"w1\"} 0\n"))
        let keys = try await live.client.get(live.base + "/log/v1/keys")
        #expect(try keys.value("witnesses")?.contains(honest[0].key.text) == true)
        #expect(live.service.log.condition.takesEntries)
    }

    @Test(
        "Below the quorum the log's own checkpoint is shown, and says so to who asks; or none, where that is configured"
    )
    func tooFew() async throws {
        let folder = try ScratchFolder()
        let key = try await Self.begin(folder)
        let witness = try SimulatedWitness("w1", .honest, of: key)
        let refusing = try SimulatedWitness("w2", .refusing(404), of: key)
        try await witness.serve { first in
            try await refusing.serve { second in
                let text = Self.policy(
                    key, [witness.line(port: first), refusing.line(port: second)], quorum: "group q all w1 w2\nquorum q"
                )
                let file = try folder.write(text, to: "witnesses")
                try await Live.run(["audit.witnesses_file": file], folder: folder) { live in
                    try await Self.published(live)
                    try await #require(live.service.witnesses).round()
                    let note = try await Self.checkpoint(live) { _ in true }
                    #expect(note.signatures.count == 1)
                    let prefix = live.base + String(live.service.log.origin.description.drop { $0 != "/" })
                    let seen = try await ProgramRun.run(
                        "assay", ["audit", "checkpoint", "--url", prefix, "--trust-policy", file])
                    #expect(seen.exitCode == 4, "\(seen.output)\(seen.error)")
                }
                let strict = ["audit.witnesses_file": file, "audit.witnesses_fail_open": "false"]
                try await Live.run(strict, folder: folder) { live in
                    try await Self.published(live)
                    try await #require(live.service.witnesses).round()
                    let path = String(live.service.log.origin.description.drop { $0 != "/" }) + "/checkpoint"
                    #expect(try await live.client.get(live.base + path).problem(503) == "NOT_READY")
                    #expect(try await live.raw(try TestWorld.evidence().quote).value("verdict") == "accept")
                }
            }
        }
    }

    @Test(
        "A file that does not name this log, names nobody to ask, or is none, is refused at the start with what to write"
    )
    func configuration() async throws {
        let folder = try ScratchFolder()
        let key = try await Self.begin(folder)
        let witness = try SimulatedWitness("w1", .honest, of: key)
        let other = try SimulatedWitness("x", .honest, of: key).key
        let foreign = try #require(NoteKey(name: other.name, type: .ed25519, publicKey: other.publicKey))
        let table: [(String, String)] = [
            (Self.policy(foreign, [witness.line(port: 1)], quorum: "quorum w1"), "add: log \(key.text)"),
            ("log \(key.text)\nwitness w1 \(witness.key.text)\nquorum w1\n", "nobody to ask"),
            ("log \(key.text)\nquorum w1\n", "line 2"),
        ]
        for (text, sentence) in table {
            let file = try folder.write(text, to: "witnesses")
            let error = await Self.refusal(file, folder)
            #expect(error?.message.contains(sentence) == true, "\(error?.message ?? "")")
        }
    }

    /// Why the service does not start with these witnesses.
    private static func refusal(_ file: String, _ folder: ScratchFolder) async -> Problem? {
        await #expect(throws: Problem.self) {
            try await Live.run(["audit.witnesses_file": file], folder: folder) { _ in }
        }
    }

    @Test("An older copy of the data, and one that went another way, do not start beside a witness who has seen more")
    func olderCopy() async throws {
        let folder = try ScratchFolder()
        let key = try await Self.begin(folder)
        let witness = try SimulatedWitness("w1", .honest, of: key)
        let quote = try TestWorld.evidence().quote
        let (data, copy) = (folder.path + "/data", folder.path + "/copy")
        try FileManager.default.copyItem(atPath: data, toPath: copy)
        try await witness.serve { port in
            let file = try folder.write(
                Self.policy(key, [witness.line(port: port)], quorum: "quorum none"), to: "witnesses")
            try await Live.run(["audit.witnesses_file": file], folder: folder) { live in
                for _ in 0..<3 { #expect(try await live.raw(quote).status == 200) }
                try await Self.published(live)
                try await #require(live.service.witnesses).round()
            }
            // In order, it starts again.
            try await Live.run(["audit.witnesses_file": file], folder: folder) { _ in }

            try FileManager.default.removeItem(atPath: data)
            try FileManager.default.copyItem(atPath: copy, toPath: data)
            for _ in 1...2 {
                // The guard is of the copy, and knows nothing. Refusing appends nothing, so the second time is the same.
                let error = await Self.refusal(file, folder)
                #expect(error?.exitCode == 75)
                #expect(error?.message.contains("(rollback)") == true, "\(error?.message ?? "")")
                #expect(error?.message.contains("w1 has a checkpoint of ") == true)
            }
            // An operator who says that nothing newer exists, and is wrong.
            let copied = try await ProgramRun.run("assay", ["recover", "--data", data, "--copied"])
            #expect(copied.exitCode == 0, "\(copied.error)")
            try await Live.run(folder: folder) { live in
                for _ in 0..<9 {
                    let answer = try await live.raw(quote)
                    #expect(answer.status == 200)
                }
            }
            let error = await Self.refusal(file, folder)
            #expect(error?.exitCode == 75)
            #expect(error?.message.contains("(fork)") == true, "\(error?.message ?? "")")
        }
    }

    @Test("What a witness publishes that the log never signed, or that is no checkpoint, stops nothing")
    func foreignCheckpoint() async throws {
        let folder = try ScratchFolder()
        let key = try await Self.begin(folder)
        let larger = try #require(Checkpoint(origin: key.name, size: 1 << 40, root: MerkleHash()))
        let stranger = Curve25519.Signing.PrivateKey()
        let strangerKey = try #require(
            NoteKey(name: key.name, type: .ed25519, publicKey: stranger.publicKey.rawRepresentation))
        let forged = try SignedNote.signed(larger.text, by: strangerKey) { Array(try stranger.signature(for: $0)) }
        for bytes in [forged.bytes, Array("nothing of the kind".utf8), []] {
            let witness = try SimulatedWitness("w1", .publishing(bytes), of: key)
            try await witness.serve { port in
                let file = try folder.write(
                    Self.policy(key, [witness.line(port: port)], quorum: "quorum none"), to: "witnesses")
                try await Live.run(["audit.witnesses_file": file], folder: folder) { live in
                    #expect(live.service.log.condition.takesEntries)
                }
            }
        }
    }
}
