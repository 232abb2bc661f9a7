package import EventLog
import Foundation
package import Wire

/// What was measured, as the events of a boot phase and as reference values.
package struct Measurements: Sendable {
    private(set) var events: [GuestEvent] = []
    /// By claim, as policies name them.
    package private(set) var values: [(claim: String, values: [String])] = []
    package private(set) var lines: [String] = []
    /// Blobs whose content is not what their name says.
    package private(set) var damaged: [String] = []
    private var models: [String] = []
    private var manifests: [String] = []

    package init() {}

    package mutating func addFile(_ operation: String, name: String, path: String) throws(MeasurementFailure) {
        let (digest, size) = try FileDigest.sha256(path)
        events.append(.file(operation, name: name, path: path, sha256: digest))
        values.append(("event_log.llm.\(operation).\(name)", [digest.hex]))
        lines.append("\(operation) \(name)  sha256:\(digest)  (\(size) bytes)")
    }

    package mutating func addTree(name: String, path: String) throws(MeasurementFailure) {
        let (digest, count) = try TreeWalk.digest(path)
        events.append(.tree(name: name, path: path, sha256: digest))
        values.append(("event_log.llm.tree.\(name)", [digest.hex]))
        lines.append("tree \(name)  \(PackageTree.algorithm):\(digest)  (\(count) entries)")
    }

    package mutating func add(_ model: OllamaModels.Model) {
        events.append(.manifest(model: model.name, sha256: model.manifestSHA256, size: model.manifest.count))
        values.append(("event_log.llm.manifest.\(model.name)", [model.manifestSHA256.hex]))
        models.append(model.name)
        manifests.append(Base64.encode(model.manifest))
        lines.append("model \(model.name)  manifest sha256:\(model.manifestSHA256)")
        for blob in model.blobs {
            events.append(
                .blob(model: model.name, digest: blob.digest, mediaType: blob.listed.mediaType, size: blob.size))
            lines.append("  blob sha256:\(blob.digest)  \(blob.listed.mediaType)  (\(blob.size) bytes)")
            if !blob.isIntact {
                damaged.append("\(model.name): blob sha256-\(blob.listed.digest) holds sha256:\(blob.digest)")
            }
        }
    }

    /// The boot phase: start, what was measured, ready with its count.
    package func bootPhase(agent: String) -> [GuestEvent] {
        [.start(agent: agent)] + events + [.ready(count: events.count + 1)]
    }

    /// The reference set that a policy names. Values of a damaged model are never vouched for.
    package func referenceSet(_ provenance: Provenance) -> JSON {
        var members = values.map { ($0.claim, JSON.array($0.values.map(JSON.string))) }
        if !models.isEmpty {
            members.append(("event_log.llm.models", .array(models.map(JSON.string))))
            members.append(("model_manifests", .array(manifests.map(JSON.string))))
        }
        let note: [(String, JSON)] = provenance.note.map { [("note", .string($0))] } ?? []
        let until: [(String, JSON)] = provenance.validUntil.map { [("valid_until", .string("\($0)"))] } ?? []
        return .object(
            [
                ("id", .string(provenance.id)), ("version", .integer(provenance.version)),
                ("provenance", .object([("source", .string(provenance.source))] + note)),
                ("valid_from", .string("\(provenance.validFrom)")),
            ] + until + [("values", .object(members))])
    }

    /// Who vouches for the values, and for how long.
    package struct Provenance: Sendable {
        let id: String
        let version: Int64
        let source: String
        let note: String?
        let validFrom: Instant
        let validUntil: Instant?

        /// - Parameter source: Who vouches, and how the values were measured.
        package init(
            id: String, version: Int64, source: String, note: String?, validFrom: Instant, validUntil: Instant?
        ) {
            self.id = id
            self.version = version
            self.source = source
            self.note = note
            self.validFrom = validFrom
            self.validUntil = validUntil
        }
    }
}
