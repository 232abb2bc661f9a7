import Glibc
public import Wire

/// A folder of keys: PEM files of mode 0600 and `keys.json`, which says when each is used. All functions block; call them
/// at start, from commands, and from a thread that may wait.
public struct KeyStore: Sendable {
    let folder: PrivateFolder
    let passphrase: [UInt8]?
    /// How long before it signs a new key is published, in seconds.
    public static let noticeSeconds: Int64 = 86_400

    /// - Parameters:
    ///   - path: Made with mode 0700 where it is not there.
    ///   - passphrase: For the PEM files, and the PIN of tokens; `nil` for files without.
    public init(path: String, passphrase: [UInt8]? = nil) throws(KeyError) {
        folder = try PrivateFolder(path: path)
        self.passphrase = passphrase
    }

    /// Whether the keys that are there can be used; makes nothing, and is content where there are none yet.
    ///
    /// - Parameter storeURI: Of a key in a store or an HSM.
    public static func check(
        path: String, passphrase: [UInt8]?, storeURI: String?, at time: Instant
    ) throws(KeyError) {
        if let storeURI { _ = try SigningKey(storeURI: storeURI, passphrase: passphrase) }
        guard access(path, F_OK) == 0 else { return }
        let store = try KeyStore(path: path, passphrase: passphrase)
        _ = try store.ring(try store.readRecords(), at: time)
        _ = try store.checkpointKey()
    }

    /// The keys as they are; for ES256 and RS256, where there is none yet, one is made that signs at once.
    public func open(at time: Instant) throws(KeyError) -> KeyRing {
        var records = try readRecords()
        let missing = [SignatureAlgorithm.es256, .rs256].filter { wanted in !records.contains { $0.algorithm == wanted }
        }
        for algorithm in missing { records.append(try make(algorithm, created: time, signsFrom: time)) }
        if !missing.isEmpty { try write(records) }
        return try ring(records, at: time)
    }

    /// Makes the next key for an algorithm and publishes it; it signs after the notice, and the present one stays published until
    /// its last token has expired.
    ///
    /// - Parameter overlapSeconds: The longest lifetime of a token, and the skew that relying parties allow.
    public func rotate(
        _ algorithm: SignatureAlgorithm, at time: Instant, overlapSeconds: Int64
    ) throws(KeyError) -> KeyRing {
        var records = try readRecords()
        let isFirst = !records.contains { $0.algorithm == algorithm }
        let signsFrom = isFirst ? time : time.advanced(bySeconds: Self.noticeSeconds)
        try Self.retire(&records, algorithm, at: signsFrom, now: time, overlapSeconds: overlapSeconds)
        records.append(try make(algorithm, created: time, signsFrom: signsFrom))
        try write(records)
        return try ring(records, at: time)
    }

    /// Takes a key of a store or an HSM in, as the next for its algorithm; nothing happens where it is known.
    ///
    /// - Parameter wanted: What it shall sign with, if a key of its kind can; otherwise it has the first of its kind.
    public func adopt(
        storeURI: String, for wanted: SignatureAlgorithm, at time: Instant, overlapSeconds: Int64
    ) throws(KeyError) -> KeyRing {
        var records = try readRecords()
        let key = try SigningKey(storeURI: storeURI, passphrase: passphrase)
        let algorithm = wanted.kind == key.kind ? wanted : key.kind.algorithms[0]
        if let known = records.first(where: { $0.keyIdentifier == key.publicKey.keyIdentifier }) {
            guard known.algorithm == algorithm else {
                throw .store(
                    "the key \(known.keyIdentifier) is published for \(known.algorithm.rawValue); "
                        + "\(algorithm.rawValue) needs a key of its own")
            }
        } else {
            let isFirst = !records.contains { $0.algorithm == algorithm }
            let signsFrom = isFirst ? time : time.advanced(bySeconds: Self.noticeSeconds)
            try Self.retire(&records, algorithm, at: signsFrom, now: time, overlapSeconds: overlapSeconds)
            records.append(
                KeyRecord(
                    keyIdentifier: key.publicKey.keyIdentifier, algorithm: algorithm, source: .store(uri: storeURI),
                    created: time, signsFrom: signsFrom))
            try folder.write(
                publicFile(key.publicKey.keyIdentifier), key.publicKey.webKey(for: algorithm).compactBytes)
            try write(records)
        }
        return try ring(records, at: time)
    }

    private static func retire(
        _ records: inout [KeyRecord], _ algorithm: SignatureAlgorithm, at signsUntil: Instant, now: Instant,
        overlapSeconds: Int64
    ) throws(KeyError) {
        for index in records.indices where records[index].algorithm == algorithm && records[index].signsUntil == nil {
            guard records[index].signsFrom <= now else {
                throw .store(
                    "the next \(algorithm.rawValue) key is published already; it signs from \(records[index].signsFrom)"
                )
            }
            records[index].signsUntil = signsUntil
            records[index].publishedUntil = signsUntil.advanced(bySeconds: overlapSeconds)
        }
    }

    private func make(
        _ algorithm: SignatureAlgorithm, created: Instant, signsFrom: Instant
    ) throws(KeyError) -> KeyRecord {
        let key = try SigningKey.generate(algorithm.kind)
        let identifier = key.publicKey.keyIdentifier
        let file = "\(identifier).pem"
        try folder.write(file, try key.pem(passphrase: passphrase))
        try folder.write(publicFile(identifier), key.publicKey.webKey(for: algorithm).compactBytes)
        return KeyRecord(
            keyIdentifier: identifier, algorithm: algorithm, source: .file(file), created: created,
            signsFrom: signsFrom)
    }

    private func publicFile(_ identifier: String) -> String { "\(identifier).jwk" }

    private func ring(_ records: [KeyRecord], at time: Instant) throws(KeyError) -> KeyRing {
        var entries: [KeyRing.Entry] = []
        for record in records {
            let isNeeded = record.signsUntil.map { time < $0 } ?? true
            let key = isNeeded ? try load(record) : nil
            let published = if let key { key.publicKey.webKey(for: record.algorithm) } else { try webKey(record) }
            entries.append(KeyRing.Entry(record: record, key: key, webKey: published))
        }
        return KeyRing(entries: entries)
    }

    private func load(_ record: KeyRecord) throws(KeyError) -> SigningKey {
        let key =
            switch record.source {
            case .file(let name): try SigningKey(pem: try folder.read(name), passphrase: passphrase)
            case .store(let uri): try SigningKey(storeURI: uri, passphrase: passphrase)
            }
        guard key.publicKey.keyIdentifier == record.keyIdentifier, key.kind == record.kind else {
            throw .store("the key named \(record.keyIdentifier) in keys.json is another one where it lies")
        }
        return key
    }

    /// A retired key's public half; its private one may be gone.
    private func webKey(_ record: KeyRecord) throws(KeyError) -> JSON {
        let bytes = try folder.read(publicFile(record.keyIdentifier))
        guard let root = try? JSONDocument(parsing: bytes).root,
            root.member("kid")?.string.hasSameBytes(as: record.keyIdentifier) == true
        else { throw .store("\(publicFile(record.keyIdentifier)) is not the public key of that name") }
        return .object(root.members.map { ($0.name, .string($0.value.string ?? "")) })
    }

    private func readRecords() throws(KeyError) -> [KeyRecord] {
        guard let bytes = try folder.readIfPresent("keys.json") else { return [] }
        let root: JSONValue
        do throws(JSONError) {
            root = try JSONDocument(parsing: bytes).root
        } catch {
            throw .store("keys.json is no JSON: \(error.reason.rawValue), at byte \(error.offset)")
        }
        guard let keys = root.member("keys"), keys.kind == .array else { throw .store("keys.json has no array keys") }
        var records: [KeyRecord] = []
        for value in keys.elements { records.append(try KeyRecord(value)) }
        guard Set(records.map(\.keyIdentifier)).count == records.count else {
            throw .store("keys.json names a key twice")
        }
        return records
    }

    /// The log that tokens under these keys are entered in; `nil` where none was yet. Two logs of one issuer would each
    /// know half of its tokens, so the keys carry the name of theirs wherever they are copied.
    public func boundLog() throws(KeyError) -> String? {
        guard let bytes = try folder.readIfPresent("keys.json") else { return nil }
        return (try? JSONDocument(parsing: bytes).root)?.member("log")?.string
    }

    /// - Parameter log: Its verifier key, as text; `nil` where another log begins.
    public func bind(toLog log: String?) throws(KeyError) {
        guard try folder.readIfPresent("keys.json") != nil else { return }
        try write(try readRecords(), log: log)
    }

    private func write(_ records: [KeyRecord]) throws(KeyError) { try write(records, log: try boundLog()) }

    private func write(_ records: [KeyRecord], log: String?) throws(KeyError) {
        var members: [(String, JSON)] = [("keys", .array(records.map(\.document)))]
        if let log { members.append(("log", .string(log))) }
        try folder.write("keys.json", Array(JSON.object(members).prettyText.utf8) + [0x0A])
    }
}

/// A folder that its owner alone reads. Files are written whole or not at all, and are on the disk when a call returns.
struct PrivateFolder: Sendable {
    let path: String

    init(path: String) throws(KeyError) {
        self.path = path
        if mkdir(path, 0o700) != 0, errno != EEXIST { throw .store("\(path) cannot be made: \(Self.reason)") }
        try Self.checkPermissions(path)
    }

    func readIfPresent(_ name: String) throws(KeyError) -> [UInt8]? {
        guard access("\(path)/\(name)", F_OK) == 0 else { return nil }
        return try read(name)
    }

    func read(_ name: String) throws(KeyError) -> [UInt8] {
        let file = "\(path)/\(name)"
        let descriptor = Glibc.open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { throw .store("\(file) cannot be read: \(Self.reason)") }
        defer { close(descriptor) }
        try Self.checkPermissions(file)
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 65_536)
        while bytes.count <= 1 << 20 {
            let count = Glibc.read(descriptor, &part, part.count)
            guard count >= 0 else { throw .store("\(file) cannot be read: \(Self.reason)") }
            guard count > 0 else { return bytes }
            bytes += part[..<count]
        }
        throw .store("\(file) is far too large")
    }

    func write(_ name: String, _ bytes: [UInt8]) throws(KeyError) {
        let file = "\(path)/\(name)"
        let draft = "\(file).new"
        unlink(draft)
        let descriptor = Glibc.open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .store("\(draft) cannot be made: \(Self.reason)") }
        let isWritten = Glibc.write(descriptor, bytes, bytes.count) == bytes.count && fsync(descriptor) == 0
        close(descriptor)
        guard isWritten, rename(draft, file) == 0 else {
            unlink(draft)
            throw .store("\(file) cannot be written: \(Self.reason)")
        }
        let folder = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return }
        fsync(folder)
        close(folder)
    }

    private static func checkPermissions(_ path: String) throws(KeyError) {
        var status = stat()
        guard stat(path, &status) == 0 else { throw .store("\(path) cannot be looked at: \(reason)") }
        guard status.st_mode & 0o077 == 0 else {
            let mode = status.st_mode & S_IFMT == S_IFDIR ? "700" : "600"
            throw .store(
                "\(path) can be read by others than its owner; run: chmod \(mode) \(path), and have new keys made if somebody did"
            )
        }
    }

    private static var reason: String { String(cString: strerror(errno)) }
}
