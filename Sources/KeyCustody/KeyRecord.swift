public import Wire

/// What is known of one key besides itself: where it is, and when it does what.
///
/// A key is published from the day it is made, signs in its own time, and stays published until the last token it signed
/// has expired. After that it is history, for ever, because auditors verify old tokens (wire-formats 3.5).
public struct KeyRecord: Hashable, Sendable {
    public enum Source: Hashable, Sendable {
        /// A PEM file in the key folder.
        case file(String)
        /// Somewhere an OpenSSL store or engine reaches: an HSM.
        case store(uri: String)
    }

    public let keyIdentifier: String
    public let kind: KeyKind
    /// The one algorithm it signs with. A key set names one for each key, and so does the log; strict readers hold a key
    /// to it (RFC 8725 3.1), so an RSA key does not serve RS256 and PS384 both.
    public let algorithm: SignatureAlgorithm
    public let source: Source
    public let created: Instant
    public let signsFrom: Instant
    /// `nil` while no other key follows.
    public internal(set) var signsUntil: Instant?
    public internal(set) var publishedUntil: Instant?

    func signs(at time: Instant) -> Bool { signsFrom <= time && (signsUntil.map { time < $0 } ?? true) }
    package func isPublished(at time: Instant) -> Bool { publishedUntil.map { time < $0 } ?? true }

    var document: JSON {
        func date(_ instant: Instant?) -> JSON { instant.map { .string($0.description) } ?? .null }
        var members: [(String, JSON)] = [
            ("kid", .string(keyIdentifier)), ("kind", .string(kind.rawValue)), ("alg", .string(algorithm.rawValue)),
        ]
        switch source {
        case .file(let name): members.append(("file", .string(name)))
        case .store(let uri): members.append(("store_uri", .string(uri)))
        }
        return .object(
            members + [
                ("created", date(created)), ("signs_from", date(signsFrom)), ("signs_until", date(signsUntil)),
                ("published_until", date(publishedUntil)),
            ])
    }

    private static let members: Set<String> = [
        "kid", "kind", "alg", "file", "store_uri", "created", "signs_from", "signs_until", "published_until",
    ]

    init(_ value: JSONValue) throws(KeyError) {
        func text(_ name: StaticString) throws(KeyError) -> String {
            guard let text = value.member(name)?.string else { throw .store("keys.json\(value.path) has no \(name)") }
            return text
        }
        func date(_ name: StaticString) throws(KeyError) -> Instant? {
            guard let member = value.member(name), member.kind != .null else { return nil }
            guard let date = member.string.flatMap({ Instant(rfc3339: $0) }) else {
                throw .store("keys.json\(value.path): \(name) is no date")
            }
            return date
        }
        func required(_ name: StaticString) throws(KeyError) -> Instant {
            guard let date = try date(name) else { throw .store("keys.json\(value.path) has no \(name)") }
            return date
        }
        for member in value.members where !Self.members.contains(member.name) {
            throw .store("keys.json\(value.path) has a member \(member.name), which means nothing here")
        }
        keyIdentifier = try text("kid")
        guard let kind = KeyKind(rawValue: try text("kind")) else {
            throw .store("keys.json\(value.path): kind is none of P-256, RSA, Ed25519")
        }
        self.kind = kind
        // Files of the time when an RSA key was published for RS256, whatever it signed with, do not say.
        let name = value.member("alg") == nil ? kind.algorithms[0].rawValue : try text("alg")
        guard let algorithm = SignatureAlgorithm(rawValue: name), algorithm.kind == kind else {
            throw .store("keys.json\(value.path): alg is none that a \(kind.rawValue) key signs with")
        }
        self.algorithm = algorithm
        if value.member("store_uri") != nil {
            source = .store(uri: try text("store_uri"))
        } else {
            let name = try text("file")
            guard !name.contains("/"), !name.hasPrefix(".") else {
                throw .store("keys.json\(value.path): file is not a name in this folder")
            }
            source = .file(name)
        }
        created = try required("created")
        signsFrom = try required("signs_from")
        signsUntil = try date("signs_until")
        publishedUntil = try date("published_until")
    }

    init(
        keyIdentifier: String, algorithm: SignatureAlgorithm, source: Source, created: Instant, signsFrom: Instant
    ) {
        self.keyIdentifier = keyIdentifier
        kind = algorithm.kind
        self.algorithm = algorithm
        self.source = source
        self.created = created
        self.signsFrom = signsFrom
    }
}
