import Crypto
import Foundation
import LogSupport
import MerkleLog
import ProcessSupport
import Testing
import Wire

/// `assay audit …` as a process, on a log in files: exit codes, what is written, what proves a log wrong.
@Suite(.waiting) struct AuditProgramTests {
    private func leaves(_ range: Range<Int>) throws -> [[UInt8]] {
        try range.map { index in
            let body: LogEntryBody =
                index == 0
                ? .genesis(
                    GenesisEntry(origin: "attest.example/log/2026", logKey: "k", specification: "attest-log/1"))
                : .admin(AdminEntry(who: "op", action: "note", subject: "\(index)"))
            return try LogEntry(timeMilliseconds: 1_768_469_400_000 + Int64(index), body: body).leaf()
        }
    }

    private func log(_ size: Int) throws -> LogFolder {
        let log = try LogFolder()
        try log.append(try leaves(0..<size))
        return log
    }

    private func trust(_ log: LogFolder) throws -> String {
        try log.write(Array("log \(log.key.text)\nquorum none\n".utf8), to: "trust")
    }

    private func audit(_ arguments: [String], in folder: String? = nil) throws -> Program.Result {
        try Program.run("assay", ["audit"] + arguments, folder: folder)
    }

    @Test func proofsOfEntries() throws {
        let log = try log(700)
        let trust = try trust(log)
        let proof = try log.write(try log.proof(index: 401, withLeaf: true).bytes, to: "p")
        #expect(try audit(["verify-proof", proof, "--trust-policy", trust]).exitCode == 0)
        let bare = try log.write(try log.proof(index: 401, withLeaf: false).bytes, to: "q")
        #expect(try audit(["verify-proof", bare, "--trust-policy", trust]).exitCode == 4)
        let leaf = try log.write(log.leaves[401], to: "leaf")
        #expect(try audit(["verify-proof", bare, "--leaf", leaf, "--trust-policy", trust]).exitCode == 0)
        let other = try log.write(log.leaves[402], to: "leaf")
        #expect(try audit(["verify-proof", bare, "--leaf", other, "--trust-policy", trust]).exitCode == 2)
        let stranger = try LogFolder(seed: [UInt8](repeating: 9, count: 32))
        #expect(try audit(["verify-proof", proof, "--trust-policy", try self.trust(stranger)]).exitCode == 2)
        let needy = try log.write(
            Array(
                ("log \(log.key.text)\nwitness w1 witness.example/w1+20324abe+BCmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X\n"
                    + "quorum w1\n").utf8), to: "needy")
        let undecided = try audit(["verify-proof", proof, "--trust-policy", needy, "--json"])
        #expect(undecided.exitCode == 4)
        #expect(try JSONDocument(parsing: Array(undecided.output.utf8)).root.member("outcome")?.string == "undecidable")
        #expect(try audit(["verify-proof", proof]).exitCode == 64)
        let broken = try log.write(Array("log x\n".utf8), to: "broken")
        #expect(try audit(["verify-proof", proof, "--trust-policy", broken]).exitCode == 64)
    }

    @Test func fsckSeesEveryChange() throws {
        let log = try log(700)
        let trust = try trust(log)
        let good = try audit(["fsck", "--dir", log.path, "--trust-policy", trust, "--json"])
        #expect(good.exitCode == 0, "\(good.output)")
        #expect(try audit(["fsck", "--dir", log.path]).exitCode == 0)
        for name in ["tile/0/001", "tile/1/000.p/2", "tile/0/002.p/188"] {
            let file = log.url.appending(path: name)
            let bytes = [UInt8](try Data(contentsOf: file))
            var changed = bytes
            changed[40 % bytes.count] ^= 1
            try log.write(changed, to: name)
            #expect(try audit(["fsck", "--dir", log.path, "--trust-policy", trust]).exitCode == 2, "\(name)")
            try FileManager.default.removeItem(at: file)
            #expect(try audit(["fsck", "--dir", log.path, "--trust-policy", trust]).exitCode == 2, "\(name)")
            try log.write(bytes, to: name)
        }
        // An entry edited under a signed root: the log is proven wrong, and the proof is left behind.
        let scratch = try Scratch()
        let bundle = [UInt8](try Data(contentsOf: log.url.appending(path: "tile/entries/001")))
        var edited = bundle
        edited[bundle.count - 10] ^= 1
        try log.write(edited, to: "tile/entries/001")
        let wrong = try audit(["fsck", "--dir", log.path, "--trust-policy", trust], in: scratch.path)
        #expect(wrong.exitCode == 3)
        let evidence = try FileManager.default.contentsOfDirectory(atPath: scratch.path).first { $0.hasPrefix("misb") }
        let document = try JSONDocument(
            parsing: [UInt8](try Data(contentsOf: URL(filePath: scratch.path + "/" + (evidence ?? "none")))))
        #expect(document.root.member("reason")?.string == "contents")
        #expect(try audit(["fsck", "--dir", log.path]).exitCode == 2)
        try log.write(bundle, to: "tile/entries/001")
        try FileManager.default.removeItem(at: log.url.appending(path: "tile/entries/000"))
        #expect(try audit(["fsck", "--dir", log.path, "--trust-policy", trust]).exitCode == 2)
        #expect(try audit(["fsck", "--dir", log.path + "/nowhere"]).exitCode == 1)
        #expect(try audit(["fsck"]).exitCode == 64)
    }

    @Test func fsckReadsWhatEntriesSay() throws {
        let log = try LogFolder()
        let hash = MerkleHashing.leaf([1])
        let verdict = VerdictEntry(
            verdict: .reject, reasons: ["R"], tee: "tdx", evidenceSHA256: hash, jti: "j", policyID: "p",
            policySHA256: hash, verifierSHA256: hash)
        try log.append(
            try leaves(0..<1) + [
                try LogEntry(timeMilliseconds: 1_768_469_400_001, body: .verdict(verdict)).leaf(),
                Array(#"{"kind": "x","time_ms":1,"v":1}"#.utf8),
            ])
        let answer = try audit(["fsck", "--dir", log.path, "--trust-policy", try trust(log)])
        #expect(answer.exitCode == 2)
        for text in ["entry 1: no policy", "entry 1: no verifier", "entry 2: not canonical JSON"] {
            #expect(answer.output.contains(text), "\(answer.output)")
        }
    }

    @Test func consistencyOfTwoCheckpoints() throws {
        let log = try log(300)
        let trust = try trust(log)
        let old = try log.write(try log.checkpoint().bytes, to: "old")
        try log.append(try leaves(300..<700))
        let new = try log.write(try log.checkpoint().bytes, to: "new")
        let proof = try log.consistency(from: 300)
        let path = proof.path.map { "\"\($0.hex)\"" }.joined(separator: ",")
        let json = try log.write(Array(#"{"from":300,"to":700,"path":[\#(path)]}"#.utf8), to: "json")
        let lines = "old 300\n" + proof.path.map { Base64.encode($0.bytes) + "\n" }.joined()
        let text = try log.write(Array(lines.utf8), to: "text")
        for proof in [json, text] {
            #expect(try audit(["consistency", old, new, "--proof", proof, "--trust-policy", trust]).exitCode == 0)
            #expect(try audit(["consistency", new, old, "--proof", proof, "--trust-policy", trust]).exitCode == 0)
        }
        #expect(try audit(["consistency", old, new, "--trust-policy", trust]).exitCode == 4)
        #expect(try audit(["consistency", old, old, "--trust-policy", trust]).exitCode == 0)
        let bad = try log.write(Array("old 300\n".utf8), to: "bad")
        #expect(try audit(["consistency", old, new, "--proof", bad, "--trust-policy", trust]).exitCode == 2)
        let fork = try log.write(try log.checkpoint(size: 300, root: MerkleHash()).bytes, to: "fork")
        let scratch = try Scratch()
        #expect(try audit(["consistency", old, fork, "--trust-policy", trust], in: scratch.path).exitCode == 3)
    }

    @Test func aWitnessNeverGoesBack() throws {
        let log = try log(300)
        let trust = try trust(log)
        let key = Curve25519.Signing.PrivateKey()
        // PKCS#8 of RFC 8410: the seed behind a fixed head.
        let der = Hex.decode("302e020100300506032b657004220420") ?? []
        let pem =
            "-----BEGIN PRIVATE KEY-----\n" + Base64.encode(der + [UInt8](key.rawRepresentation))
            + "\n-----END PRIVATE KEY-----\n"
        let keyFile = try log.write(Array(pem.utf8), to: "witness.pem")
        let state = log.path + "/state"
        func cosign(_ checkpoint: SignedNote, _ proof: ConsistencyProof? = nil) throws -> Program.Result {
            let request: [UInt8] =
                proof.map { WitnessRequest(oldSize: $0.oldSize, path: $0.path, checkpoint: checkpoint).bytes }
                ?? checkpoint.bytes
            return try audit(
                [
                    "cosign", "--in", try log.write(request, to: "in"), "--state", state, "--key", keyFile, "--name",
                    "witness.example/w1", "--trust-policy", trust,
                ], in: log.path)
        }
        let first = try log.checkpoint()
        let answer = try cosign(first)
        #expect(answer.exitCode == 0, "\(answer.output)\(answer.error)")
        let name = try #require(KeyName("witness.example/w1"))
        let noteKey = try #require(
            NoteKey(
                name: name, type: .ed25519Cosignature, publicKey: [UInt8](key.publicKey.rawRepresentation)))
        let line = try #require(answer.output.split(separator: "\n").first)
        let signature = try #require(SignedNote.Signature(line: Array(line.utf8)[...]))
        #expect(try first.adding([signature]).verified(by: [noteKey]).count == 1)
        try log.append(try leaves(300..<700))
        let second = try log.checkpoint()
        #expect(try cosign(second).exitCode == 4)
        let proof = try log.consistency(from: 300)
        let wrong = ConsistencyProof(oldSize: 300, newSize: 700, path: Array(proof.path.dropLast()))
        #expect(try cosign(second, wrong).exitCode == 2)
        #expect(try cosign(second, proof).exitCode == 0)
        #expect(try cosign(second).exitCode == 0)
        #expect(try cosign(first).exitCode == 2)
        #expect(try cosign(try log.checkpoint(root: MerkleHash())).exitCode == 3)
        #expect(try cosign(second).exitCode == 0)
        _ = try log.write(Array("{}".utf8), to: "state")
        #expect(try cosign(second).exitCode == 1)
    }

    @Test func exportsAreWholeOrNotThere() throws {
        let log = try log(700)
        let trust = try trust(log)
        let out = log.path + "/out.ndjson"
        let answer = try audit([
            "export", "--dir", log.path, "--from", "250", "--to", "600", "--verify", "--out", out, "--trust-policy",
            trust,
        ])
        #expect(answer.exitCode == 0, "\(answer.output)")
        let lines = try String(contentsOfFile: out, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 352)
        let entry = try JSONDocument(parsing: Array(lines[1].utf8)).root
        #expect(entry.member("leaf")?.string.map { Array($0.utf8) } == log.leaves[250])
        let filtered = try audit([
            "export", "--dir", log.path, "--where", "subject=3", "--where", "subject=5", "--out", out, "--trust-policy",
            trust,
        ])
        #expect(filtered.exitCode == 0)
        #expect(try String(contentsOfFile: out, encoding: .utf8).split(separator: "\n").count == 4)
        try FileManager.default.removeItem(atPath: out)
        var bundle = [UInt8](try Data(contentsOf: log.url.appending(path: "tile/entries/001")))
        bundle[bundle.count - 10] ^= 1
        try log.write(bundle, to: "tile/entries/001")
        let bad = try audit(["export", "--dir", log.path, "--out", out, "--trust-policy", trust])
        #expect(bad.exitCode == 2)
        #expect(!FileManager.default.fileExists(atPath: out))
        #expect(!FileManager.default.fileExists(atPath: out + ".part"))
        let beyond = ["export", "--dir", log.path, "--to", "701", "--out", out, "--trust-policy", trust]
        #expect(try audit(beyond).exitCode == 4)
    }
}
