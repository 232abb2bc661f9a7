import Crypto
import Foundation
import KeyCustody
import ServiceSupport
import Testing
import Wire

/// A folder of keys: made, kept, rotated, and never shown.
@Suite("Key store")
struct KeyStoreTests {
    private static let start = Instant(seconds: 1_800_000_000)
    private static let day: Int64 = 86_400
    private static let overlap: Int64 = 360

    private static func after(_ seconds: Int64) -> Instant { start.advanced(bySeconds: seconds) }

    private static func identifiers(_ document: JSON) -> [String] {
        guard case .array(let keys)? = document["keys"] else { return [] }
        return keys.compactMap { if case .string(let text)? = $0["kid"] { text } else { nil } }
    }

    private static func mode(_ path: String) throws -> Int {
        try #require(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
    }

    @Test("The first start makes one P-256 and one RSA key that sign at once, for the owner alone; the next finds them")
    func firstStart() throws {
        let scratch = try ScratchFolder()
        let folder = scratch.path + "/keys"
        let ring = try KeyStore(path: folder).open(at: Self.start)
        #expect(ring.entries.map(\.record.kind) == [.p256, .rsa])
        #expect(ring.signer(for: .es256, at: Self.start) != nil)
        #expect(ring.signer(for: .rs256, at: Self.start) != nil)
        #expect(ring.signer(for: .edDSA, at: Self.start) == nil)
        #expect(try Self.mode(folder) == 0o700)
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            #expect(try Self.mode(folder + "/" + name) == 0o600, "\(name)")
        }
        let again = try KeyStore(path: folder).open(at: Self.after(5))
        #expect(Self.identifiers(again.keySet(at: Self.after(5))) == Self.identifiers(ring.keySet(at: Self.start)))
    }

    @Test("Rotation: the next key is published a day before it signs; the old one until its last token has ended")
    func rotation() throws {
        let scratch = try ScratchFolder()
        let store = try KeyStore(path: scratch.path + "/keys")
        let first = try #require(try store.open(at: Self.start).signer(for: .es256, at: Self.start)).publicKey
            .keyIdentifier
        let rotated = try store.rotate(.es256, at: Self.after(100), overlapSeconds: Self.overlap)
        let second = try #require(rotated.entries.last).record.keyIdentifier
        #expect(first != second)
        /// What anybody can see at a time: signer, published, retired.
        func state(_ seconds: Int64) throws -> (signer: String?, published: Set<String>, retired: [String]) {
            let time = Self.after(seconds)
            let ring = try store.open(at: time)
            guard case .array(let history)? = ring.history(at: time)["keys"] else { return (nil, [], []) }
            return (
                ring.signer(for: .es256, at: time)?.publicKey.keyIdentifier,
                Set(Self.identifiers(ring.keySet(at: time))),
                Self.identifiers(.object([("keys", .array(history.filter { $0["retired"] == .bool(true) }))]))
            )
        }
        let change = 100 + Self.day
        let table: [(Int64, String, both: Bool, retired: Bool)] = [
            (101, first, true, false), (change - 1, first, true, false), (change, second, true, false),
            (change + Self.overlap - 1, second, true, false), (change + Self.overlap, second, false, true),
            (change + 1_000 * Self.day, second, false, true),
        ]
        for (seconds, signer, both, retired) in table {
            let found = try state(seconds)
            #expect(found.signer == signer, "at \(seconds)")
            #expect(found.published.contains(second))
            #expect(found.published.contains(first) == both, "at \(seconds)")
            #expect(found.retired == (retired ? [first] : []), "at \(seconds)")
        }
    }

    @Test("Only one next key at a time; afterwards the next rotation is free")
    func rotationTwice() throws {
        let scratch = try ScratchFolder()
        let store = try KeyStore(path: scratch.path + "/keys")
        _ = try store.open(at: Self.start)
        _ = try store.rotate(.es256, at: Self.start, overlapSeconds: Self.overlap)
        #expect(throws: KeyError.self) { try store.rotate(.es256, at: Self.after(60), overlapSeconds: Self.overlap) }
        let third = try store.rotate(.es256, at: Self.after(Self.day), overlapSeconds: Self.overlap)
        #expect(third.entries.count { $0.record.kind == .p256 } == 3)
        // A kind that was not there signs at once.
        let fresh = try store.rotate(.edDSA, at: Self.after(Self.day), overlapSeconds: Self.overlap)
        #expect(fresh.signer(for: .edDSA, at: Self.after(Self.day)) != nil)
    }

    @Test("One key, one algorithm: RS256 and PS384 have an RSA key each, published, kept and remembered as what it is")
    func oneAlgorithmEach() throws {
        let scratch = try ScratchFolder()
        let store = try KeyStore(path: scratch.path + "/keys")
        _ = try store.open(at: Self.start)
        let ring = try store.rotate(.ps384, at: Self.start, overlapSeconds: Self.overlap)
        let expected = ["ES256", "RS256", "PS384"]
        func names(_ document: JSON, _ member: String) -> [String] {
            guard case .array(let keys)? = document["keys"] else { return [] }
            return keys.compactMap { if case .string(let text)? = $0[member] { text } else { nil } }
        }
        for ring in [ring, try store.open(at: Self.after(1))] {
            #expect(names(ring.keySet(at: Self.after(1)), "alg") == expected)
            #expect(names(ring.history(at: Self.after(1)), "alg") == expected)
            #expect(Set(names(ring.keySet(at: Self.after(1)), "kid")).count == 3)
            let signers = [.rs256, .ps384].compactMap {
                ring.signer(for: $0, at: Self.after(1))?.publicKey.keyIdentifier
            }
            #expect(Set(signers).count == 2)
        }
        // A later key for PS384 leaves the one for RS256 alone.
        let rotated = try store.rotate(.ps384, at: Self.after(1), overlapSeconds: Self.overlap)
        #expect(rotated.entries.filter { $0.record.signsUntil != nil }.map(\.record.algorithm) == [.ps384])
        // Files that do not say are of the time when every RSA key was published for RS256.
        let file = scratch.path + "/keys/keys.json"
        let text = try String(contentsOfFile: file, encoding: .utf8)
        try text.replacingOccurrences(of: "\"alg\": \"ES256\",", with: "")
            .write(toFile: file, atomically: false, encoding: .utf8)
        #expect(try store.open(at: Self.after(2)).signer(for: .es256, at: Self.after(2)) != nil)
    }

    @Test("A key behind a store URI signs with what is wanted of it, and is refused for a second algorithm")
    func adoptedAlgorithm() throws {
        let scratch = try ScratchFolder()
        let outside = try KeyStore(path: scratch.path + "/outside").open(at: Self.start)
        let kid = try #require(outside.signer(for: .rs256, at: Self.start)).publicKey.keyIdentifier
        let uri = "file:\(scratch.path)/outside/\(kid).pem"
        let store = try KeyStore(path: scratch.path + "/keys")
        let ring = try store.adopt(storeURI: uri, for: .ps384, at: Self.start, overlapSeconds: Self.overlap)
        #expect(ring.signer(for: .ps384, at: Self.start)?.publicKey.keyIdentifier == kid)
        #expect(ring.signer(for: .rs256, at: Self.start) == nil)
        let refusal = #expect(throws: KeyError.self) {
            try store.adopt(storeURI: uri, for: .rs256, at: Self.start, overlapSeconds: Self.overlap)
        }
        #expect(String(describing: refusal).contains("is published for PS384"))
    }

    @Test("A retired key's private half may be gone: its public half is history, with its dates")
    func history() throws {
        let scratch = try ScratchFolder()
        let folder = scratch.path + "/keys"
        let store = try KeyStore(path: folder)
        let first = try #require(try store.open(at: Self.start).entries.first).record.keyIdentifier
        _ = try store.rotate(.es256, at: Self.start, overlapSeconds: Self.overlap)
        try FileManager.default.removeItem(atPath: "\(folder)/\(first).pem")
        let end = Self.after(Self.day)
        guard case .array(let keys)? = try store.open(at: end).history(at: end)["keys"] else {
            Issue.record("no history")
            return
        }
        let old = try #require(keys.first { $0["kid"] == .string(first) })
        #expect(old["nbf"] == .string(Self.start.description))
        #expect(old["exp"] == .string(end.description))
        #expect(old["x"] != nil)
        // Before the end it is needed, and missing.
        #expect(throws: KeyError.self) { try store.open(at: Self.after(Self.day - 1)) }
    }

    @Test("With a passphrase the files are encrypted, and open with it alone")
    func passphrase() throws {
        let scratch = try ScratchFolder()
        let folder = scratch.path + "/keys"
        let secret = Array("correct horse".utf8)
        let ring = try KeyStore(path: folder, passphrase: secret).open(at: Self.start)
        for entry in ring.entries {
            let text = String(decoding: try scratch.read("keys/\(entry.record.keyIdentifier).pem"), as: UTF8.self)
            #expect(text.hasPrefix("-----BEGIN ENCRYPTED PRIVATE KEY-----"))
        }
        #expect(try KeyStore(path: folder, passphrase: secret).open(at: Self.start).entries.count == 2)
        for wrong in [nil, Array("wrong".utf8), []] as [[UInt8]?] {
            #expect(throws: KeyError.self) { try KeyStore(path: folder, passphrase: wrong).open(at: Self.start) }
        }
    }

    @Test("A key behind a store URI is taken in: as the first of its kind at once, later after its notice; once")
    func adoption() throws {
        let scratch = try ScratchFolder()
        let files = try (1...2).map {
            "file:" + (try scratch.write(P256.Signing.PrivateKey().pemRepresentation, to: "outside-\($0).pem"))
        }
        let store = try KeyStore(path: scratch.path + "/keys")
        let first = try store.adopt(storeURI: files[0], for: .es256, at: Self.start, overlapSeconds: Self.overlap)
        let signer = try #require(first.signer(for: .es256, at: Self.start)).publicKey.keyIdentifier
        // The service's other key is made beside it, and no second P-256 one.
        #expect(try store.open(at: Self.start).entries.map(\.record.kind) == [.p256, .rsa])
        for time in [Self.after(1), Self.after(2)] {
            let ring = try store.adopt(storeURI: files[1], for: .es256, at: time, overlapSeconds: Self.overlap)
            #expect(ring.entries.count == 3)
            #expect(ring.signer(for: .es256, at: time)?.publicKey.keyIdentifier == signer)
        }
        let later = Self.after(1 + Self.day)
        #expect(try store.open(at: later).signer(for: .es256, at: later)?.publicKey.keyIdentifier != signer)
        #expect(throws: KeyError.self) {
            try store.adopt(
                storeURI: "file:/nowhere/key.pem", for: .es256, at: Self.start, overlapSeconds: Self.overlap)
        }
    }

    @Test("A folder that does not fit together is refused, and says what is wrong")
    func damaged() throws {
        typealias Damage = (name: String, sentence: String, make: (String, [String]) throws -> Void)
        func edit(_ folder: String, _ change: (String) -> String) throws {
            let file = folder + "/keys.json"
            try change(try String(contentsOfFile: file, encoding: .utf8)).write(
                toFile: file, atomically: false, encoding: .utf8)
        }
        let table: [Damage] = [
            (
                "a key that others can read", "can be read by others",
                { folder, keys in
                    try FileManager.default.setAttributes(
                        [.posixPermissions: 0o644], ofItemAtPath: "\(folder)/\(keys[0]).pem")
                }
            ),
            (
                "a folder that others can enter", "can be read by others",
                { folder, _ in
                    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder)
                }
            ),
            (
                "another key under the name", "is another one",
                { folder, keys in
                    let pem = P256.Signing.PrivateKey().pemRepresentation
                    try pem.write(toFile: "\(folder)/\(keys[0]).pem", atomically: false, encoding: .utf8)
                }
            ),
            (
                "a key that is gone", "cannot be read",
                { folder, keys in try FileManager.default.removeItem(atPath: "\(folder)/\(keys[0]).pem") }
            ),
            ("no JSON", "is no JSON", { folder, _ in try edit(folder) { $0 + "}" } }),
            ("no keys", "has no array keys", { folder, _ in try edit(folder) { _ in "{}" } }),
            (
                "a path out of the folder", "not a name in this folder",
                { folder, keys in
                    try edit(folder) {
                        $0.replacingOccurrences(of: "\"\(keys[0]).pem\"", with: "\"../\(keys[0]).pem\"")
                    }
                }
            ),
            (
                "a member that nobody reads", "means nothing here",
                { folder, _ in
                    try edit(folder) { $0.replacingOccurrences(of: "\"created\"", with: "\"x\": 1, \"created\"") }
                }
            ),
            (
                "a date that is none", "is no date",
                { folder, _ in try edit(folder) { $0.replacingOccurrences(of: "2027-", with: "soon-") } }
            ),
            (
                "an algorithm of another kind", "alg is none that a P-256 key signs with",
                { folder, _ in try edit(folder) { $0.replacingOccurrences(of: "\"ES256\"", with: "\"RS256\"") } }
            ),
            (
                "a key named twice", "names a key twice",
                { folder, keys in try edit(folder) { $0.replacingOccurrences(of: keys[1], with: keys[0]) } }
            ),
        ]
        let scratch = try ScratchFolder()
        let template = scratch.path + "/template"
        let keys = try KeyStore(path: template).open(at: Self.start).entries.map(\.record.keyIdentifier)
        for (position, damage) in table.enumerated() {
            let folder = scratch.path + "/keys-\(position)"
            try FileManager.default.copyItem(atPath: template, toPath: folder)
            try damage.make(folder, keys)
            let error = #expect(throws: KeyError.self, "\(damage.name)") {
                try KeyStore(path: folder).open(at: Self.start)
            }
            #expect(String(describing: error).contains(damage.sentence), "\(damage.name): \(String(describing: error))")
        }
    }
}
