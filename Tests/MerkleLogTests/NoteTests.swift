import Crypto
import MerkleLog
import Testing
import Wire

@Suite struct NoteTests {
    private let log = try? NoteKey(parsing: Vectors.logKeyText)
    private let witness = try? NoteKey(parsing: Vectors.witnessKeyText)

    private func sign(_ text: [UInt8], seed: [UInt8]) throws -> [UInt8] {
        Array(try Curve25519.Signing.PrivateKey(rawRepresentation: seed).signature(for: text))
    }

    @Test func keysRoundTrip() throws {
        let log = try #require(log)
        #expect(log.text == Vectors.logKeyText)
        #expect(log.id.hex == "c600d723")
        #expect(Hex.encode(log.publicKey) == "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8")
        let made = try Curve25519.Signing.PrivateKey(rawRepresentation: Vectors.logSeed).publicKey.rawRepresentation
        #expect(NoteKey(name: log.name, type: .ed25519, publicKey: [UInt8](made)) == log)
        let witness = try #require(witness)
        #expect(witness.text == Vectors.witnessKeyText)
        #expect(witness.type == .ed25519Cosignature)
    }

    @Test(arguments: [
        "", "a", "a+b", "a+c600d723", "+c600d723+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
        "attest.example/log/2026+C600D723+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
        "attest.example/log/2026+c600d724+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
        "attest.example/log/2027+c600d723+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
        "attest.example/log/2026+c600d723+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG5",
        "attest.example/log/2026+c600d723+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTE=",
        "attest.example/log/2026+c600d723+CQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
        "attest example+c600d723+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
        "attest.example/log/2026+c600d723+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4\n",
    ])
    func otherKeysAreNone(_ text: String) {
        #expect(throws: NoteFailure.self) { _ = try NoteKey(parsing: text) }
    }

    /// The note format's own example.
    @Test func foreignExample() throws {
        let key = try NoteKey(parsing: "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")
        let note = try SignedNote(
            parsing: Array(
                ("This is an example message.\n\n— example.com/foo "
                    + "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n")
                    .utf8))
        #expect(note.text == Array("This is an example message.\n".utf8))
        #expect(try note.verified(by: [key]).count == 1)
    }

    @Test func workedCheckpoints() throws {
        let log = try #require(log)
        for (name, size) in [("checkpoint-5", 5), ("checkpoint-8", 8)] {
            let bytes = try Vectors.file(name)
            let note = try SignedNote(parsing: bytes)
            #expect(note.bytes == bytes)
            let checkpoint = try Checkpoint(parsing: note.text)
            #expect(checkpoint.origin == log.name)
            #expect(checkpoint.size == UInt64(size))
            #expect(checkpoint.root.hex == Vectors.workedRoots[size - 1])
            #expect(checkpoint.text == note.text)
            #expect(try note.verified(by: [log]).map { $0.time } == [nil])
            // Signed again: another signature may differ, the text may not (N-6).
            let again = try SignedNote.signed(checkpoint.text, by: log) { try sign($0, seed: Vectors.logSeed) }
            #expect(try again.verified(by: [log]).count == 1)
            #expect(again.text == note.text)
        }
    }

    @Test func cosignatures() throws {
        let witness = try #require(witness)
        let proof = try TextProof(parsing: Vectors.file("entry-5.tlog-proof"))
        let line = try #require(proof.checkpoint.signatures.last)
        #expect(line.name == witness.name)
        let signers = try proof.checkpoint.verified(by: [witness])
        #expect(signers.map { $0.time } == [1_768_469_461])
        #expect(
            Cosignature.message(text: proof.checkpoint.text, time: 1_768_469_461)
                == Array(
                    ("cosignature/v1\ntime 1768469461\nattest.example/log/2026\n8\n"
                        + "4XUVI63138uBufRNJGNFVv6oPMBgNASu8M0zATGYiLI=\n").utf8))
        let made = try Cosignature.make(over: proof.checkpoint.text, by: witness, time: 1_768_469_462) {
            try sign($0, seed: Vectors.witnessSeed)
        }
        let cosigned = SignedNote(text: proof.checkpoint.text, signatures: []).adding([made])
        #expect(try SignedNote(parsing: cosigned.bytes).verified(by: [witness]).first?.time == 1_768_469_462)
        // Another time than the one signed.
        var payload = made.payload
        payload[7] ^= 1
        let moved = SignedNote(
            text: cosigned.text,
            signatures: [SignedNote.Signature(name: made.name, keyID: made.keyID, payload: payload)])
        #expect(throws: NoteFailure.badSignature(witness.name)) { _ = try moved.verified(by: [witness]) }
    }

    @Test func postQuantumMessage() throws {
        let witness = try #require(witness)
        let checkpoint = try Checkpoint(parsing: try SignedNote(parsing: Vectors.file("checkpoint-8")).text)
        let message = Cosignature.subtreeMessage(cosigner: witness.name, time: 1_768_469_461, checkpoint: checkpoint)
        #expect(message.count == 111)
        #expect(
            MerkleHashing.sha256(message).hex == "75f3e611d4b938f53ea8816ba0e9b653748a4ee12ac242d11aee110cdda0463e")
    }

    /// A line that cannot be checked here is carried through unchanged, and counts for nothing.
    @Test func postQuantumLinesAreKept() throws {
        let name = try #require(KeyName("pq.example"))
        let key = try #require(
            NoteKey(name: name, type: .mldsa44Cosignature, publicKey: [UInt8](repeating: 7, count: 1_312)))
        #expect(try NoteKey(parsing: key.text) == key)
        let note = try SignedNote(parsing: Vectors.file("checkpoint-8")).adding([
            SignedNote.Signature(name: key.name, keyID: key.id, payload: [UInt8](repeating: 1, count: 2_428))
        ])
        let read = try SignedNote(parsing: note.bytes)
        #expect(read == note)
        #expect(throws: NoteFailure.noKnownSignature) { _ = try read.verified(by: [key]) }
        #expect(try read.verified(by: [key, try #require(log)]).count == 1)
    }

    private static let good = "text\n\n— name AQIDBAU=\n"

    @Test(arguments: [
        "", "text", "text\n", "text\n\n", "\n\n", "text\n— name AQIDBAU=\n", "text\n\n— name AQIDBAU=",
        "text\n\n— name AQIDBAU=\n\n", "text\n\n-- name AQIDBAU=\n", "text\n\n—name AQIDBAU=\n",
        "text\n\n— name  AQIDBAU=\n", "text\n\n— name AQIDBAU= x\n", "text\n\n— na+me AQIDBAU=\n",
        "text\n\n— na\u{2003}me AQIDBAU=\n", "text\n\n—  AQIDBAU=\n", "text\n\n— name AQIDBA==\n",
        "text\n\n— name AQIDBAV=\n", "text\n\n— name AQIDBAU\n", "text\n\n— name\n", "te\rxt\n\n— name AQIDBAU=\n",
        "te\tt\n\n— name AQIDBAU=\n", "text\n\n— name AQIDBAU=\r\n", "text\n\n\u{2014}\u{00A0}name AQIDBAU=\n",
    ])
    func otherNotesAreNone(_ text: String) {
        #expect(throws: NoteFailure.self) { _ = try SignedNote(parsing: Array(text.utf8)) }
    }

    @Test func notesAreReadAsBytes() throws {
        let note = try SignedNote(parsing: Array(Self.good.utf8))
        #expect(note.signatures.first?.payload == [5])
        // The blank line that counts is the last one; a combining mark after a newline hides nothing.
        let text = "a\n\nb\n\u{301}c\n\n— name AQIDBAU=\n"
        #expect(try SignedNote(parsing: Array(text.utf8)).text == Array("a\n\nb\n\u{301}c\n".utf8))
        #expect(throws: NoteFailure.self) { _ = try SignedNote(parsing: [0xC0, 0xAF] + Array(Self.good.utf8)) }
        #expect(KeyName("e\u{301}") != KeyName("\u{e9}"))
        let many = Self.good + String(repeating: "— name AQIDBAU=\n", count: 15)
        #expect(try SignedNote(parsing: Array(many.utf8)).signatures.count == 16)
        let tooMany = Self.good + String(repeating: "— name AQIDBAU=\n", count: 64)
        #expect(throws: NoteFailure.self) { _ = try SignedNote(parsing: Array(tooMany.utf8)) }
    }

    @Test(arguments: [
        "o\n08\nR\n", "o\n+8\nR\n", "o\n-0\nR\n", "o\n9223372036854775808\nR\n", "o\n18446744073709551615\nR\n",
        "o\n\nR\n",
        "o\n8 \nR\n", "o\n8\nS\n", "o\n8\nR", "o\n8\n", "\n8\nR\n", "o p\n8\nR\n", "o\n8\nR\n\n", "o\n8\nR\n\nx\n",
        "o\n8\nRR\n", "o\n0x8\nR\n", "o\n٨\nR\n",
    ])
    func otherCheckpointsAreNone(_ pattern: String) {
        let text = pattern.replacing("R", with: "4XUVI63138uBufRNJGNFVv6oPMBgNASu8M0zATGYiLI=")
            .replacing("S", with: "4XUVI63138uBufRNJGNFVv6oPMBgNASu8M0zATGYiLJ=")
        #expect(throws: NoteFailure.self) { _ = try Checkpoint(parsing: Array(text.utf8)) }
    }

    @Test func extensionLinesAreKept() throws {
        let text = Array("o\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\nmore\n".utf8)
        let checkpoint = try Checkpoint(parsing: text)
        #expect(checkpoint.extensions == [Array("more".utf8)])
        #expect(checkpoint.text == text)
        #expect(checkpoint.root == MerkleHashing.empty)
    }

    @Test(arguments: ["0", "1", "10", "9223372036854775807"]) func decimals(_ text: String) {
        #expect(Decimal.parse(Array(text.utf8)) == UInt64(text))
    }

    @Test(arguments: [
        "", "00", "05", "+5", "-0", " 5", "5 ", "9223372036854775808", "99999999999999999999", "5.0", "٥",
    ])
    func otherDecimalsAreNone(_ text: String) { #expect(Decimal.parse(Array(text.utf8)) == nil) }
}
