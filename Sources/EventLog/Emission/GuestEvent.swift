public import Wire

/// An event of `assay-llm/1` as an agent in the guest emits it (event-logs 5.2, 5.3).
public struct GuestEvent: Hashable, Sendable {
    public let operation: String
    /// Written in RFC 8785's form.
    public let content: JSON

    public static func start(agent: String) -> GuestEvent {
        GuestEvent(operation: "start", content: .object([("agent", .string(agent))]))
    }

    /// An executable, `exec`, or a file that steers one, `config`.
    public static func file(_ operation: String, name: String, path: String, sha256: FixedBytes<32>) -> GuestEvent {
        GuestEvent(
            operation: operation,
            content: .object([
                ("name", .string(name)), ("path", .string(path)), ("sha256", .string(sha256.hex)),
            ]))
    }

    public static func tree(name: String, path: String, sha256: FixedBytes<32>) -> GuestEvent {
        GuestEvent(
            operation: "tree",
            content: .object([
                ("alg", .string(PackageTree.algorithm)), ("name", .string(name)), ("path", .string(path)),
                ("sha256", .string(sha256.hex)),
            ]))
    }

    public static func manifest(model: String, sha256: FixedBytes<32>, size: Int) -> GuestEvent {
        GuestEvent(
            operation: "model-manifest",
            content: .object([
                ("name", .string(model)), ("sha256", .string(sha256.hex)), ("size", .integer(Int64(size))),
            ]))
    }

    /// - Parameter digest: Computed from the content, never read from the file's name.
    public static func blob(model: String, digest: FixedBytes<32>, mediaType: String, size: Int64) -> GuestEvent {
        GuestEvent(
            operation: "model-blob",
            content: .object([
                ("digest", .string("sha256:" + digest.hex)), ("media_type", .string(mediaType)),
                ("model", .string(model)), ("size", .integer(size)),
            ]))
    }

    /// - Parameter count: The events of the domain before this one.
    public static func ready(count: Int) -> GuestEvent {
        GuestEvent(operation: "ready", content: .object([("count", .integer(Int64(count)))]))
    }

    /// The AAEL entry: domain, operation, content.
    public var text: String { "\(LLMEvent.domain) \(operation) \(content.canonicalText)" }

    /// What is extended into RTMR3: SHA-384 of the tagged record, its eight bytes of header included.
    public var digest: FixedBytes<48> {
        let bytes = Array(text.utf8)
        let header = [TaggedEvent.aael, UInt32(bytes.count)].flatMap { word in
            (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
        }
        return Digest.sha384((header + bytes)[...])
    }
}
