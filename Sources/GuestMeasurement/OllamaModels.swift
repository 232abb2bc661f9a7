import EventLog
import Foundation
import Wire

/// A models directory of Ollama: `manifests/<host>/<namespace>/<model>/<tag>` and `blobs/sha256-<hex>` (event-logs 6.1).
package struct OllamaModels {
    let directory: String

    /// - Parameter directory: As `OLLAMA_MODELS` names it.
    package init(directory: String) { self.directory = directory }

    /// One model as it lies on the disk.
    package struct Model {
        let name: String
        let manifest: [UInt8]
        let manifestSHA256: FixedBytes<32>
        let blobs: [Blob]
    }

    package struct Blob {
        let listed: ModelManifest.Blob
        /// Computed from the content.
        let digest: FixedBytes<32>
        let size: Int64

        var isIntact: Bool { digest == listed.digest }
    }

    /// `deepseek-r1:70b` → `registry.ollama.ai/library/deepseek-r1:70b`.
    package static func canonicalName(_ text: String) throws(MeasurementFailure) -> String {
        var parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        if parts.count == 1 { parts.insert("library", at: 0) }
        if parts.count == 2 { parts.insert("registry.ollama.ai", at: 0) }
        let last = parts.removeLast()
        let tagged = last.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        let names = parts + [tagged[0]] + (tagged.count > 1 ? [tagged[1]] : [])
        guard parts.count == 2, tagged.count <= 2,
            names.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." })
        else {
            throw .unreadable(
                "--model \(text): a model's name looks like deepseek-r1:70b, or host/namespace/model:tag")
        }
        return (parts + [tagged[0]]).joined(separator: "/") + ":" + (tagged.count > 1 ? tagged[1] : "latest")
    }

    /// The names of all manifests, sorted.
    package func names() throws(MeasurementFailure) -> [String] {
        func children(_ path: String) -> [String] {
            ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
        }
        var names: [String] = []
        let base = directory + "/manifests"
        for host in children(base) {
            for namespace in children("\(base)/\(host)") {
                for model in children("\(base)/\(host)/\(namespace)") {
                    for tag in children("\(base)/\(host)/\(namespace)/\(model)") {
                        names.append("\(host)/\(namespace)/\(model):\(tag)")
                    }
                }
            }
        }
        guard !names.isEmpty else {
            throw .unreadable(
                "\(directory): no manifests/<host>/<namespace>/<model>/<tag> in it; give the folder that OLLAMA_MODELS names"
            )
        }
        return names
    }

    /// Reads a manifest and hashes every blob that it lists.
    package func model(named name: String) throws(MeasurementFailure) -> Model {
        guard let colon = name.lastIndex(of: ":") else {
            throw .unreadable("\(name): a model's name ends with its tag")
        }
        let path = "\(directory)/manifests/\(name[..<colon])/\(name[name.index(after: colon)...])"
        let bytes = try FileDigest.contents(path, limit: Limits.modelManifestBytes, what: "model manifest")
        guard let manifest = ModelManifest(parsing: bytes) else {
            throw .undefined("\(path): no manifest of schema version 2; an unknown layout is not measured")
        }
        return Model(
            name: name, manifest: bytes, manifestSHA256: FileDigest.sha256(of: bytes),
            blobs: try manifest.blobs.map { listed throws(MeasurementFailure) in
                let (digest, size) = try FileDigest.sha256(try blobPath(listed.digest))
                return Blob(listed: listed, digest: digest, size: size)
            })
    }

    /// Very old releases wrote a colon where newer ones write a dash.
    private func blobPath(_ digest: FixedBytes<32>) throws(MeasurementFailure) -> String {
        for separator in ["-", ":"] {
            let path = "\(directory)/blobs/sha256\(separator)\(digest.hex)"
            if FileManager.default.fileExists(atPath: path) { return path }
        }
        throw .undefined(
            "\(directory)/blobs/sha256-\(digest.hex): the manifest lists this blob and it is not there; pull the model again"
        )
    }
}
