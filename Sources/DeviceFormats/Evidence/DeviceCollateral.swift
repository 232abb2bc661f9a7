import Wire

/// What is published about devices, as it came (devices 9.6): manifests by their identifier, answers about revocation,
/// revocation lists. Nothing in it is verified.
public struct DeviceCollateral: Sendable {
    /// Who vouches that this is what NVIDIA gives out now.
    public enum Origin: Hashable, Sendable {
        /// The one who judges fetched it, keeps it, or was given it as its source.
        case own
        /// It came with the evidence: as good as its signature, and never a reason to forget what is held.
        case supplied
    }

    public struct Manifest: Hashable, Sendable {
        public let id: String
        public let document: [UInt8]
        public let origin: Origin

        public init(id: String, document: [UInt8], origin: Origin) {
            self.id = id
            self.document = document
            self.origin = origin
        }
    }

    /// An answer about revocation.
    public struct Answer: Hashable, Sendable {
        public let der: [UInt8]
        public let origin: Origin
        /// Where it was asked for this submission: the certificate by SHA-256, and the nonce that was sent.
        public let question: Question?

        public init(der: [UInt8], origin: Origin, question: Question? = nil) {
            self.der = der
            self.origin = origin
            self.question = question
        }
    }

    public struct Question: Hashable, Sendable {
        public let certificateSHA256: [UInt8]
        public let nonce: [UInt8]

        public init(certificateSHA256: [UInt8], nonce: [UInt8]) {
            self.certificateSHA256 = certificateSHA256
            self.nonce = nonce
        }
    }

    public var manifests: [Manifest]
    public var answers: [Answer]
    public var crls: [[UInt8]]
    /// Identifiers for which a source failed, so that their absence says nothing.
    public var unavailableManifests: Set<String> = []
    /// The responder failed: the absence of an answer says nothing.
    public var isResponderUnavailable = false

    public init(manifests: [Manifest] = [], answers: [Answer] = [], crls: [[UInt8]] = []) {
        self.manifests = manifests
        self.answers = answers
        self.crls = crls
    }

    /// Refuses more than is looked at. Every way in asks it.
    package func checkLimits() throws(DeviceFailure) {
        func atMost(_ count: Int, _ limit: Int, _ what: String) throws(DeviceFailure) {
            guard count <= limit else {
                throw DeviceFailure(
                    .evidenceTooLarge, field: "device_collateral", found: "\(count) \(what)", wanted: "at most \(limit)"
                )
            }
        }
        try atMost(manifests.count, Limits.deviceManifests, "manifests")
        try atMost(answers.count, Limits.deviceAnswers, "OCSP answers")
        try atMost(crls.count, Limits.deviceCRLs, "revocation lists")
        var candidates: [ExactText: Int] = [:]
        for manifest in manifests { candidates[ExactText(manifest.id), default: 0] += 1 }
        try atMost(candidates.values.max() ?? 0, Limits.manifestCandidates, "manifests for one identifier")
    }
}

/// The bundle as JSON, and the member `device_collateral` of a request, which is the same without `v` and `fetched`.
extension DeviceCollateral {
    private static let members: [StaticString] = ["v", "rims", "ocsp", "crls", "fetched"]

    public init(bundle bytes: [UInt8], origin: Origin) throws(DeviceFailure) {
        guard bytes.count <= Limits.deviceCollateralBytes else {
            throw DeviceFailure(
                .evidenceTooLarge, field: "device_collateral", found: "\(bytes.count) bytes",
                wanted: "at most \(Limits.deviceCollateralBytes)")
        }
        let root: JSONValue
        do throws(JSONError) {
            root = try JSONDocument(parsing: bytes, limit: Limits.deviceCollateralBytes).root
        } catch {
            throw DeviceFailure(
                .evidenceMalformed, field: "device_collateral", offset: error.offset, found: error.reason.rawValue,
                wanted: "JSON")
        }
        guard root.kind == .object else { throw Self.malformed(root, "an object") }
        for member in root.members where !Self.members.contains(where: { member.name.hasSameBytes(as: "\($0)") }) {
            throw Self.malformed(member.value, "a known member: v, rims, ocsp, crls, fetched")
        }
        if let version = root.member("v"), version.integer != .value(1) { throw Self.malformed(version, "1") }
        if let fetched = root.member("fetched"), Instant(rfc3339: fetched.plainString ?? []) == nil {
            throw Self.malformed(fetched, "YYYY-MM-DDThh:mm:ssZ")
        }
        var manifests: [Manifest] = []
        if let rims = root.member("rims") {
            guard rims.kind == .object else { throw Self.malformed(rims, "an object from identifier to documents") }
            for member in rims.members {
                let documents = member.value.kind == .array ? Array(member.value.elements) : [member.value]
                for document in documents {
                    manifests.append(Manifest(id: member.name, document: try Self.bytes(document), origin: origin))
                }
            }
        }
        self.init(
            manifests: manifests,
            answers: try Self.list(root.member("ocsp")).map { Answer(der: $0, origin: origin) },
            crls: try Self.list(root.member("crls")))
        try checkLimits()
    }

    private static func malformed(_ value: JSONValue, _ wanted: String) -> DeviceFailure {
        DeviceFailure(
            .evidenceMalformed, field: "device_collateral" + value.path, offset: value.range.lowerBound,
            found: excerpt(value.bytes.prefix(40)), wanted: wanted)
    }

    private static func bytes(_ value: JSONValue) throws(DeviceFailure) -> [UInt8] {
        guard let text = value.string, let bytes = Base64.decode(Array(text.utf8)[...], allowingLineBreaks: true) else {
            throw malformed(value, "base64")
        }
        return bytes
    }

    private static func list(_ value: JSONValue?) throws(DeviceFailure) -> [[UInt8]] {
        guard let value else { return [] }
        guard value.kind == .array else { throw malformed(value, "a list") }
        var list: [[UInt8]] = []
        for element in value.elements { list.append(try bytes(element)) }
        return list
    }
}
