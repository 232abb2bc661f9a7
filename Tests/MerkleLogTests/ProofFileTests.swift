import MerkleLog
import Testing
import Wire

@Suite struct ProofFileTests {
    private let trust = try? TrustPolicy(
        parsing: Array("log \(Vectors.logKeyText)\nwitness w1 \(Vectors.witnessKeyText)\nquorum w1\n".utf8))

    @Test func workedProofs() throws {
        let trust = try #require(trust)
        let leaf = try Vectors.workedLeaves()[5]
        for (name, hasLeaf) in [("entry-5.tlog-proof", false), ("entry-5-with-leaf.tlog-proof", true)] {
            let bytes = try Vectors.file(name)
            let proof = try TextProof(parsing: bytes)
            #expect(proof.bytes == bytes)
            #expect(proof.extra == (hasLeaf ? leaf : nil))
            let accepted = try proof.verified(leaf: MerkleHashing.leaf(leaf), under: trust)
            #expect(accepted.checkpoint.size == 8)
            #expect(accepted.cosigners.map { $0.time } == [1_768_469_461])
            #expect(throws: TextProofFailure.notIncluded) {
                _ = try proof.verified(leaf: MerkleHashing.leaf([1]), under: trust)
            }
        }
    }

    /// Truncated anywhere or with any byte changed, a proof file never verifies and never traps.
    @Test func hostileProofs() throws {
        let trust = try #require(trust)
        let leaf = MerkleHashing.leaf(try Vectors.workedLeaves()[5])
        let bytes = try Vectors.file("entry-5.tlog-proof")
        for length in 0..<bytes.count {
            #expect(throws: TextProofFailure.self) {
                _ = try TextProof(parsing: Array(bytes[..<length])).verified(leaf: leaf, under: trust)
            }
        }
        for position in bytes.indices {
            for mask in [0x01, 0x20, 0x80] as [UInt8] {
                var changed = bytes
                changed[position] ^= mask
                #expect(throws: TextProofFailure.self) {
                    _ = try TextProof(parsing: changed).verified(leaf: leaf, under: trust)
                }
            }
        }
    }

    @Test func witnessRequests() throws {
        let bytes = try Vectors.file("add-checkpoint")
        let request = try #require(WitnessRequest(parsing: bytes))
        #expect(request.bytes == bytes)
        #expect(request.oldSize == 5)
        let old = try Vectors.hash(Vectors.workedRoots[4])
        let checkpoint = try Checkpoint(parsing: request.checkpoint.text)
        #expect(
            ConsistencyProof(oldSize: 5, newSize: 8, path: request.path).isValid(oldRoot: old, newRoot: checkpoint.root)
        )
        for length in 0..<bytes.count where length != bytes.count {
            if let cut = WitnessRequest(parsing: Array(bytes[..<length])) { #expect(cut != request) }
        }
        #expect(WitnessRequest(parsing: Array("old 05\n".utf8) + bytes.dropFirst(6)) == nil)
    }

    private static let log = "log \(Vectors.logKeyText)\n"
    private static let witness = "witness w1 \(Vectors.witnessKeyText)\n"

    private static let otherPolicies: [(String, Int)] = [
        ("", 1), ("quorum none\n", 1), (log, 1), (log + log + "quorum none\n", 2), (log + "quorum w1\n", 2),
        (log + witness + witness + "quorum w1\n", 3), (log + "quorum none\nquorum none\n", 3),
        (log + "group g any w1\n" + witness + "quorum g\n", 2), (log + witness + "group g 2 w1\nquorum g\n", 3),
        (log + witness + "group g 0 w1\nquorum g\n", 3), (log + witness + "group g any w1 w1\nquorum g\n", 3),
        (log + witness + "group a any w1\ngroup b any w1\nquorum b\n", 4), (log + "logs x\n", 2),
        ("log \(Vectors.witnessKeyText)\nquorum none\n", 1), ("witness w \(Vectors.logKeyText)\n" + log, 1),
        (log + "witness none \(Vectors.witnessKeyText)\nquorum none\n", 2), (log + "quorum\n", 2),
        ("log \(Vectors.logKeyText) ftp://x\nquorum none\n", 1), (log + "quorum none\r\n", 2),
        ("log\nquorum none\n", 1),
    ]

    @Test(arguments: otherPolicies)
    func otherPoliciesAreNone(_ text: String, _ line: Int) {
        do throws(TrustPolicyError) {
            _ = try TrustPolicy(parsing: Array(text.utf8))
            Issue.record("read: \(text)")
        } catch {
            #expect(error.line == line, "\(error.sentence)")
        }
    }

    @Test func quorums() throws {
        let note = try SignedNote(parsing: Vectors.file("checkpoint-8"))
        let cosigned = try TextProof(parsing: Vectors.file("entry-5.tlog-proof")).checkpoint
        let name = try #require(KeyName("other"))
        let key = NoteKey(name: name, type: .ed25519Cosignature, publicKey: [UInt8](repeating: 9, count: 32))
        let other = try #require(key).text
        let base = Self.log + Self.witness + "witness w2 \(other) https://w2.example/\n"
        func accepts(_ text: String, _ note: SignedNote) throws -> Bool {
            let policy = try TrustPolicy(parsing: Array((base + text).utf8))
            return (try? policy.accept(note)) != nil
        }
        #expect(try accepts("quorum none # no split-view protection\n", note))
        #expect(try !accepts("quorum w1\n", note))
        #expect(try accepts("quorum w1\n", cosigned))
        #expect(try accepts("group g any w1 w2\nquorum g\n", cosigned))
        #expect(try !accepts("group g all w1 w2\nquorum g\n", cosigned))
        #expect(try !accepts("group\tg 2 w1 w2\n\nquorum g\n", cosigned))
        #expect(try accepts("group g 1 w1 w2\ngroup h all g\nquorum h\n", cosigned))
        #expect(try !accepts("quorum w2\n", cosigned))
        // One bad signature by a known key refuses all of it.
        var bad = cosigned.bytes
        bad[bad.count - 8] ^= 1
        #expect(try !accepts("quorum none\n", try SignedNote(parsing: bad)))
        let foreign = try TrustPolicy(
            parsing: Array(
                "log example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k\nquorum none".utf8))
        #expect(throws: TrustFailure.self) { _ = try foreign.accept(note) }
    }
}
