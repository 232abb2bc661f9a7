import Wire

extension LLMFacts {
    /// Stands for a digest where the boot gave two: it is in no reference set, so nothing that names it is satisfied.
    static let ambiguous = "ambiguous"

    var document: JSON {
        .object([
            ("complete", .bool(isComplete)), ("phase", .string(phase.rawValue)),
            ("exec", .array(executables.map(\.document))), ("trees", .array(trees.map(\.document))),
            ("configs", .array(configurations.map(\.document))), ("models", .array(models.map(\.document))),
            ("gpus", .array(gpus.map(\.document))), ("changes", .array(changeDocuments)),
            ("runtime", .array(runtime.map(\.document))),
        ])
    }

    /// In the log's order; of one that nobody can read, its number.
    private var changeDocuments: [JSON] {
        let read = changes.map { ($0.event, $0.document) }
        let unreadable = unreadableChanges.map { event in
            (event, JSON.object([("n", .integer(Int64(event))), ("unreadable", .bool(true))]))
        }
        return (read + unreadable).sorted { $0.0 < $1.0 }.map(\.1)
    }
}

extension MeasuredItem {
    var document: JSON {
        .object(
            [
                ("n", .integer(Int64(event))), ("name", .string(name)), ("path", .string(path)),
                ("sha256", .string(sha256?.hex ?? LLMFacts.ambiguous)),
            ])
    }
}

extension MeasuredModel {
    /// The digest's member is named by its kind, so that a verity root is never compared with a SHA-256.
    var document: JSON {
        .object(
            [
                ("n", .integer(Int64(event))), ("name", .string(name)), ("kind", .string(kind.rawValue)),
                (kind.rawValue, .string(digest ?? LLMFacts.ambiguous)), ("level", .string(level.rawValue)),
            ] + (size.flatMap { Int64(exactly: $0) }.map { [("size", .integer($0))] } ?? []))
    }
}

extension MeasuredGPU {
    var document: JSON {
        .object(
            [("uuid", .string(uuid)), ("evidence_sha256", .string(evidenceSHA256?.hex ?? LLMFacts.ambiguous))]
                + (cc.map { [("cc", .string($0))] } ?? []))
    }
}

extension MeasuredChange {
    var document: JSON {
        .object(
            [
                ("n", .integer(Int64(event))), ("name", .string(name)), ("sha256", .string(sha256.hex)),
                ("was", .string(was.hex)),
            ])
    }
}

extension RuntimeLLMEvent {
    var document: JSON {
        .object(
            [("n", .integer(Int64(event)))]
                + [operation.map { ("operation", .string($0)) } ?? ("unreadable", .bool(true))]
                + [("content", .string(content))])
    }
}
