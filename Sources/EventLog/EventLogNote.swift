/// Something odd about a log that is no failure; where it stands, if it stands somewhere.
public struct EventLogNote: Hashable, Sendable {
    public enum Kind: String, CaseIterable, Hashable, Sendable {
        /// The header has an all-zero signature: an agent made it for want of a firmware log.
        case headerSynthetic = "header_synthetic"
        /// The bytes behind the last event are not uniform padding; they were not read.
        case tailDirty = "tail_dirty"
        case specIDRepeated = "spec_id_repeated"
        /// An event for MRTD, which software cannot extend; not replayed.
        case eventOnMRTD = "event_on_mrtd"
        /// The firmware logged an error with its separator.
        case separatorError = "separator_error"
        case separatorDuplicate = "separator_duplicate"
        /// Event data that is not the structure of its type; its digest counts all the same.
        case eventDataMalformed = "event_data_malformed"
        /// RTMR1 has no successful exit of boot services: not the log of a booted system, or not all of it.
        case noExitBootServices = "no_exit_boot_services"
        case secureBootAfterSeparator = "secure_boot_after_separator"
        case secureBootAmbiguous = "secure_boot_ambiguous"
        case applicationBeforeSeparator = "application_before_separator"
        /// Two events claim to be the kernel command line and differ: none is taken.
        case kernelCommandLineAmbiguous = "kernel_cmdline_ambiguous"
        /// A tagged AAEL event or a line without domain, operation and content.
        case aaelMalformed = "aael_malformed"
        /// A name that counts only once stands again.
        case dstackNameRepeated = "dstack_name_repeated"
        /// An identity event after `system-ready`, where applications write.
        case dstackNameAfterReady = "dstack_name_after_ready"
        /// Facts about models without the protection of a boot phase (event-logs 5.3).
        case llmNoPhase = "llm.no_phase"
        /// The events of `assay-llm/1` are not `start`, others, `ready` with the right count.
        case llmPhase = "llm.phase"
        case llmReadyRepeated = "llm.ready_repeated"
        /// Content of `assay-llm/1` that is not the JSON its operation needs.
        case llmContentRefused = "llm.content_refused"
        /// Two events of the boot phase give one name two digests: neither counts.
        case llmAmbiguous = "llm.ambiguous"
    }

    public let kind: Kind
    /// The number of the event, from 1.
    public let event: Int?
    /// A byte of the log.
    public let offset: Int?

    public init(_ kind: Kind, event: Int? = nil, offset: Int? = nil) {
        self.kind = kind
        self.event = event
        self.offset = offset
    }
}
