public import Wire

/// What an agent measured of the programs and models it serves (event-logs 5.3). Only of an RTMR3 that is accounted for.
public struct LLMFacts: Hashable, Sendable {
    /// Whether the events of the domain have the order that makes them a boot's whole account.
    public enum Phase: String, CaseIterable, Hashable, Sendable {
        /// `start` first, then the facts, then `ready` with their number.
        case complete
        /// No event of the domain at all.
        case none
        case noStart = "no_start"
        case noReady = "no_ready"
        case countMismatch = "count_mismatch"
        /// An event between `start` and `ready` is not what its operation says, so nobody knows what it reported.
        case contentRefused = "content_refused"
    }

    public let phase: Phase
    public let executables: [MeasuredItem]
    public let trees: [MeasuredItem]
    public let configurations: [MeasuredItem]
    public let models: [MeasuredModel]
    public let gpus: [MeasuredGPU]
    /// An alias says that a model was loaded and not which, or of what digest.
    public let hasUnreadableModel: Bool
    /// Replacements that were reported; where there is none, none was reported, which is not that there was none (5.5).
    public let changes: [MeasuredChange]
    /// The numbers of changes that nobody can read: what they replaced may be anything.
    public let unreadableChanges: [Int]
    /// All events of the domain after the first `ready`: shown, and satisfying nothing.
    public let runtime: [RuntimeLLMEvent]

    public var isComplete: Bool { phase == .complete }
}

/// A file or tree by name; without a digest where the boot gave it two (rule R2).
public struct MeasuredItem: Hashable, Sendable {
    public let name: String
    public let path: String
    public let sha256: FixedBytes<32>?
    public let event: Int
}

/// A model by name.
public struct MeasuredModel: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable {
        /// SHA-256 of an Ollama manifest.
        case manifest = "sha256"
        /// cryptpilot's verity root of a directory; never compared with a SHA-256.
        case verity
    }

    public enum Level: String, Hashable, Sendable {
        /// The log names the manifest.
        case named
        /// The manifest is known, and each blob that it lists was measured too.
        case complete
    }

    public let name: String
    public let kind: Kind
    /// Lower-case hexadecimal; `nil` where the boot gave the name two digests.
    public let digest: String?
    public let size: UInt64?
    public let level: Level
    public let event: Int
}

/// A GPU by its identifier; without a digest where the boot gave it two (rule R2).
public struct MeasuredGPU: Hashable, Sendable {
    public let uuid: String
    public let evidenceSHA256: FixedBytes<32>?
    public let cc: String?
    public let event: Int
}

/// Something replaced after `ready`, such as by `ollama pull`.
public struct MeasuredChange: Hashable, Sendable {
    public let name: String
    public let sha256: FixedBytes<32>
    public let was: FixedBytes<32>
    public let event: Int
}

public struct RuntimeLLMEvent: Hashable, Sendable {
    public let event: Int
    /// `nil` where the event cannot be read.
    public let operation: String?
    public let content: String
}
