import Foundation
import KeyCustody
import ServiceSupport
import Testing
import Wire

/// The keys of challenges (wire-formats 3.9): of their own, for the owner alone, replaced in time, published nowhere.
@Suite("Challenge keys")
struct ChallengeKeysTests {
    private static let start = Instant(seconds: 1_800_000_000)
    private static let overlap: Int64 = 120
    private static let bytes = Array("a signing input".utf8)

    private static func after(_ seconds: Int64) -> Instant { start.advanced(bySeconds: seconds) }

    private static func keys(_ store: KeyStore, _ seconds: Int64) throws -> ChallengeKeys {
        try store.challengeKeys(at: after(seconds), overlapSeconds: overlap)
    }

    @Test("Made at the first start, mode 0600, beside the others and not among them; the next start finds it")
    func firstStart() throws {
        let scratch = try ScratchFolder()
        let store = try KeyStore(path: scratch.path + "/keys")
        let code = try Self.keys(store, 0).code(for: Self.bytes)
        #expect(code.count == 32)
        let attributes = try FileManager.default.attributesOfItem(atPath: scratch.path + "/keys/challenge.json")
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        #expect(try Self.keys(try KeyStore(path: scratch.path + "/keys"), 5).code(for: Self.bytes) == code)
        // Another service has another one.
        #expect(try Self.keys(try KeyStore(path: scratch.path + "/others"), 0).code(for: Self.bytes) != code)
        let secret = try #require(
            JSONDocument(parsing: try scratch.read("keys/challenge.json")).root.member("keys")?.elements.first { _ in
                true
            }?
            .member("key")?.string)
        let ring = try store.open(at: Self.start)
        for document in [ring.keySet(at: Self.start), ring.history(at: Self.start)] {
            #expect(!document.compactText.contains(secret) && !document.compactText.contains("oct"))
        }
        #expect(!String(decoding: try scratch.read("keys/keys.json"), as: UTF8.self).contains(secret))
    }

    @Test("Only its own code over its own bytes is authentic")
    func codes() throws {
        let scratch = try ScratchFolder()
        let keys = try Self.keys(try KeyStore(path: scratch.path + "/keys"), 0)
        let code = keys.code(for: Self.bytes)
        #expect(keys.isAuthentic(code, for: Self.bytes, at: Self.start))
        #expect(!keys.isAuthentic(code, for: Self.bytes + [0], at: Self.start))
        for bad in [[], Array(code.dropLast()), code + [0], code.reversed(), [code[0] ^ 1] + code.dropFirst()] {
            #expect(!keys.isAuthentic(bad, for: Self.bytes, at: Self.start))
        }
    }

    @Test("The next key takes over in time; what the old one made is good for one lifetime of a challenge")
    func rotation() throws {
        let scratch = try ScratchFolder()
        let store = try KeyStore(path: scratch.path + "/keys")
        let life = ChallengeKeys.lifetimeSeconds
        let old = try Self.keys(store, 0).code(for: Self.bytes)
        #expect(try Self.keys(store, life - 1).code(for: Self.bytes) == old)
        let rotated = try Self.keys(store, life)
        let new = rotated.code(for: Self.bytes)
        #expect(new != old)
        for (seconds, isGood) in [(life, true), (life + Self.overlap - 1, true), (life + Self.overlap, false)] {
            let time = Self.after(seconds)
            #expect(rotated.isAuthentic(old, for: Self.bytes, at: time) == isGood, "\(seconds)")
            let read = try Self.keys(store, seconds)
            #expect(read.isAuthentic(old, for: Self.bytes, at: time) == isGood, "\(seconds), read again")
            #expect(read.isAuthentic(new, for: Self.bytes, at: time) && read.code(for: Self.bytes) == new)
        }
        // What ended is gone from the disk.
        let file = try JSONDocument(parsing: try scratch.read("keys/challenge.json")).root
        #expect(file.member("keys")?.elements.map { _ in true }.count == 1)
    }

    @Test(
        "A file that is no key is said, and nothing is made in its place",
        arguments: [
            "", "{", "{}", #"{"keys":[{}]}"#, #"{"keys":[{"key":"AAAA","created":"2026-01-01T00:00:00Z"}]}"#,
            #"{"keys":[{"key":"\#(String(repeating: "A", count: 43))","created":"soon"}]}"#,
        ])
    func broken(_ text: String) throws {
        let scratch = try ScratchFolder()
        let store = try KeyStore(path: scratch.path + "/keys")
        let file = try scratch.write(Array(text.utf8), to: "keys/challenge.json")
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
        #expect(throws: KeyError.self) { try Self.keys(store, 0) }
        #expect(try scratch.read("keys/challenge.json") == Array(text.utf8))
    }

    @Test("A file that others can read is refused")
    func permissions() throws {
        let scratch = try ScratchFolder()
        let store = try KeyStore(path: scratch.path + "/keys")
        _ = try Self.keys(store, 0)
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o644], ofItemAtPath: scratch.path + "/keys/challenge.json")
        #expect(throws: KeyError.self) { try Self.keys(store, 0) }
    }
}
