import Crypto
import Wire

/// A model as Ollama stores it: a manifest that names blobs, and the blobs (event-logs 6.1). The weights are a few seeded
/// bytes; only their digests matter to anyone here.
package struct SimulatedModel: Hashable, Sendable {
    package struct Blob: Hashable, Sendable {
        package var mediaType: String
        package var content: [UInt8]

        package var sha256: String { Hex.encode(Array(SHA256.hash(data: content))) }
    }

    /// Canonical: host, namespace, model, tag.
    package var name: String
    package var config: Blob
    package var layers: [Blob]

    package init(seed: String, name: String = "registry.ollama.ai/library/deepseek-r1:70b") {
        self.name = name
        let type = "application/vnd.ollama.image."
        config = Blob(
            mediaType: "application/vnd.docker.container.image.v1+json",
            content: Array(#"{"model_format":"gguf","model_family":"llama"}"#.utf8))
        layers = [
            Blob(
                mediaType: type + "model",
                content: Array("GGUF".utf8) + SeededBytes.make(seed, "weights of \(name)", count: 4_096)),
            Blob(mediaType: type + "template", content: Array("{{ .Prompt }}".utf8)),
            Blob(mediaType: type + "params", content: Array(#"{"temperature":0.6}"#.utf8)),
        ]
    }

    /// The manifest file as it lies in a models directory.
    package var manifest: [UInt8] {
        func entry(_ blob: Blob) -> JSON {
            .object([
                ("mediaType", .string(blob.mediaType)), ("digest", .string("sha256:" + blob.sha256)),
                ("size", .integer(Int64(blob.content.count))),
            ])
        }
        return JSON.object([
            ("schemaVersion", .integer(2)),
            ("mediaType", .string("application/vnd.docker.distribution.manifest.v2+json")), ("config", entry(config)),
            ("layers", .array(layers.map(entry))),
        ]).compactBytes
    }

    package var manifestSHA256: String { Hex.encode(Array(SHA256.hash(data: manifest))) }

    /// The files of a models directory, by path.
    package var files: [(path: String, content: [UInt8])] {
        let parts = name.split(separator: ":").map(String.init)
        let path = "manifests/" + parts[0] + "/" + (parts.count > 1 ? parts[1] : "latest")
        return [(path, manifest)] + ([config] + layers).map { ("blobs/sha256-" + $0.sha256, $0.content) }
    }
}
