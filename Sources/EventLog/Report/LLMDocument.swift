import Wire

extension LLMFacts {
    /// Stands for a digest where the boot gave two: it is in no reference set, so nothing that names it is satisfied.
    static let ambiguous = "ambiguous"

    var document: JSON {
        .object([
            ("complete", .bool(isComplete)), ("phase", .string(phase.rawValue)),
            ("exec", .array(executables.map(\.document))), ("trees", .array(trees.map(\.document))),
            ("configs", .array(configurations.map(\.document))), ("models", .array(models.map(\.document))),
            ("gpus", .array(gpus.map(\.document))), ("changes", .array(changes.map(\.document))),
            ("runtime", .array(runtime.map(\.document))),
        ])
    }
}

extension MeasuredItem {
    var document: JSON {
        .object(
            [("n", .integer(Int64(event))), ("name", .string(name))]
                + (path.map { [("path", .string($0))] } ?? [])
                + [("sha256", .string(sha256?.hex ?? LLMFacts.ambiguous))])
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
            [("uuid", .string(uuid)), ("evidence_sha256", .string(evidenceSHA256.hex))]
                + (cc.map { [("cc", .string($0))] } ?? []))
    }
}

extension MeasuredChange {
    var document: JSON {
        .object(
            [("n", .integer(Int64(event))), ("name", .string(name)), ("sha256", .string(sha256.hex))]
                + (was.map { [("was", .string($0.hex))] } ?? []))
    }
}

extension RuntimeLLMEvent {
    var document: JSON {
        .object([
            ("n", .integer(Int64(event))), ("operation", .string(operation)), ("content", .string(content)),
        ])
    }
}
