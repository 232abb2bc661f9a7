import Crypto
import Foundation
import Testing
import Wire

@testable import GuestMeasurement

/// A models directory of this test's own (event-logs 6.1).
@Suite("A model store on a disk", .timeLimit(.minutes(2)))
final class OllamaModelsTests: Sendable {
    private static let name = "registry.ollama.ai/library/m:latest"
    private let folder = FileManager.default.temporaryDirectory.path + "/model-store-" + UUID().uuidString
    private let manifest: String

    init() throws {
        let (config, layer) = (Array("{}".utf8), Array("GGUF".utf8))
        manifest = """
            {"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json",\
            "config":{"mediaType":"application/vnd.docker.container.image.v1+json","digest":"sha256:\(Self.hex(config))",\
            "size":\(config.count)},"layers":[{"mediaType":"application/vnd.ollama.image.model",\
            "digest":"sha256:\(Self.hex(layer))","size":\(layer.count)}]}
            """
        try write("blobs/sha256-\(Self.hex(config))", config)
        try write("blobs/sha256-\(Self.hex(layer))", layer)
        try write("manifests/registry.ollama.ai/library/m/latest", Array(manifest.utf8))
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private static func hex(_ bytes: [UInt8]) -> String { Hex.encode(Array(SHA256.hash(data: bytes))) }

    private func write(_ path: String, _ bytes: [UInt8]) throws {
        let place = folder + "/" + path
        try FileManager.default.createDirectory(
            atPath: (place as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(filePath: place))
    }

    private struct Measured: Error {}

    private func failure(_ body: () throws(MeasurementFailure) -> Void) throws -> String {
        do throws(MeasurementFailure) {
            try body()
        } catch {
            switch error {
            case .unreadable(let message), .undefined(let message): return message
            }
        }
        throw Measured()
    }

    @Test("Every manifest is found, its bytes are hashed as they are, and each blob is what its name says")
    func whole() throws {
        let store = OllamaModels(directory: folder)
        #expect(try store.names() == [Self.name])
        let model = try store.model(named: Self.name)
        #expect(model.manifest == Array(manifest.utf8) && model.manifestSHA256.hex == Self.hex(model.manifest))
        #expect(model.blobs.count == 2 && model.blobs.allSatisfy(\.isIntact))
        var measured = Measurements()
        measured.add(model)
        #expect(measured.damaged.isEmpty)
        #expect(measured.bootPhase(agent: "a").count == 5)
    }

    @Test("A blob with other content is named, with what it is")
    func damaged() throws {
        try write("blobs/sha256-\(Self.hex(Array("GGUF".utf8)))", Array("GGUG".utf8))
        var measured = Measurements()
        measured.add(try OllamaModels(directory: folder).model(named: Self.name))
        let (listed, found) = (Self.hex(Array("GGUF".utf8)), Self.hex(Array("GGUG".utf8)))
        #expect(measured.damaged == ["\(Self.name): blob sha256-\(listed) holds sha256:\(found)"])
    }

    @Test("A blob that is missing, a manifest of another layout, one too long, and none: each says what to do")
    func refused() throws {
        let store = OllamaModels(directory: folder)
        let layer = "blobs/sha256-" + Self.hex(Array("GGUF".utf8))
        try FileManager.default.removeItem(atPath: folder + "/" + layer)
        #expect(
            try failure { () throws(MeasurementFailure) in _ = try store.model(named: Self.name) }.hasSuffix(
                "pull the model again"))
        let place = "manifests/registry.ollama.ai/library/m/latest"
        try write(place, Array(#"{"schemaVersion":1}"#.utf8))
        #expect(
            try failure { () throws(MeasurementFailure) in _ = try store.model(named: Self.name) }.contains(
                "schema version 2"))
        try write(place, [UInt8](repeating: 0x20, count: Limits.modelManifestBytes + 1))
        #expect(
            try failure { () throws(MeasurementFailure) in _ = try store.model(named: Self.name) }.contains(
                "larger than"))
        #expect(
            try failure { () throws(MeasurementFailure) in _ = try store.model(named: "x/y/z:t") }.contains(
                "cannot be opened"))
        #expect(
            try failure { () throws(MeasurementFailure) in _ = try store.model(named: "x") }.contains(
                "ends with its tag"))
        #expect(
            try failure { () throws(MeasurementFailure) in _ = try OllamaModels(directory: folder + "/blobs").names() }
                .contains("OLLAMA_MODELS"))
    }

    @Test(
        "What people write for a model, in full",
        arguments: [
            ("m", "registry.ollama.ai/library/m:latest"), ("m:70b", "registry.ollama.ai/library/m:70b"),
            ("me/m", "registry.ollama.ai/me/m:latest"), ("host/me/m:1", "host/me/m:1"),
        ])
    func canonicalName(_ text: String, _ full: String) throws {
        #expect(try OllamaModels.canonicalName(text) == full)
    }

    @Test(
        "What is no name of a model, or would leave the folder",
        arguments: ["", ":", "a/b/c/d", "../../x", "a/../m", "m:", ":t", "m:a:b", "a//m", ".", "./m"])
    func noName(_ text: String) throws {
        #expect(
            try failure { () throws(MeasurementFailure) in _ = try OllamaModels.canonicalName(text) }.contains(
                "looks like"))
    }
}
