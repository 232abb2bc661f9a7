public import Wire

/// An Ollama (OCI) manifest: which blobs a model is made of (event-logs 6.1).
public struct ModelManifest: Hashable, Sendable {
    /// The configuration or a layer.
    public struct Blob: Hashable, Sendable {
        public let digest: FixedBytes<32>
        public let mediaType: String
        public let size: UInt64?
    }

    /// The configuration first, then the layers in order.
    public let blobs: [Blob]

    /// - Returns: `nil` for bytes that are no manifest of version 2 whose every digest is a SHA-256.
    public init?(parsing bytes: [UInt8]) {
        guard let document = try? JSONDocument(parsing: bytes, limit: Limits.modelManifestBytes),
            case .value(2) = document.root.member("schemaVersion")?.integer,
            let config = document.root.member("config"), let layers = document.root.member("layers"),
            layers.kind == .array
        else { return nil }
        var blobs: [Blob] = []
        for item in [config] + Array(layers.elements) {
            guard let text = item.member("digest")?.string, let digest = Self.digest(text) else { return nil }
            let size: UInt64? = if case .value(let size) = item.member("size")?.integer { size } else { nil }
            blobs.append(Blob(digest: digest, mediaType: item.member("mediaType")?.string ?? "", size: size))
        }
        self.blobs = blobs
    }

    /// `sha256:` and 64 hexadecimal digits.
    static func digest(_ text: String) -> FixedBytes<32>? {
        guard text.hasPrefix("sha256:") else { return nil }
        return Hex.fixed(Array(text.utf8.dropFirst(7))[...])
    }
}
