import Wire

/// What dstack's guest agent said of the application, before `system-ready`: what follows is the application's own
/// (event-logs 4.3). Only of an RTMR3 that is accounted for; where there is no `system-ready`, nobody knows where the
/// agent's own events end, and nothing is said.
public struct DstackFacts: Hashable, Sendable {
    /// Whether there is a `system-ready`.
    public let isReady: Bool
    public let appID: [UInt8]?
    public let composeHash: [UInt8]?
    public let instanceID: [UInt8]?
    public let osImageHash: [UInt8]?
    public let rootfsHash: [UInt8]?
    /// JSON text with name and id; `nil` also where it is no text.
    public let keyProvider: String?
    /// The agent named a key provider, and not in UTF-8.
    public let isKeyProviderUnreadable: Bool
    /// Names and payloads after `system-ready`.
    public let runtime: [DstackEvent]

    private static let system: Set<ExactText> = [
        "system-preparing", "rootfs-hash", "app-id", "compose-hash", "gpu-policy-hash", "gpu-attestation",
        "instance-id", "boot-mr-done", "os-image-hash", "key-provider", "storage-fs", "system-ready",
    ]

    /// - Returns: `nil` where there is no event of dstack's.
    init?(of events: [ReplayedEvent], notes: inout [EventLogNote]) {
        var first: [ExactText: [UInt8]] = [:]
        var runtime: [DstackEvent] = []
        var isReady = false
        var isEmpty = true
        for event in events {
            guard let entry = event.preimage?.eventClass.runtimeEvent, LLMEvent(event) == nil else { continue }
            isEmpty = false
            let name = ExactText(entry.name)
            let isSystem = Self.system.contains(name)
            if isReady {
                if isSystem {
                    notes.append(
                        EventLogNote(.dstackNameAfterReady, event: event.event.number, offset: event.event.offset))
                }
                runtime.append(entry)
                continue
            }
            // Other names are in nobody's facts, and there may be thousands.
            guard isSystem else { continue }
            if first[name] != nil {
                notes.append(
                    EventLogNote(.dstackNameRepeated, event: event.event.number, offset: event.event.offset))
            }
            first[name] = first[name] ?? entry.payload
            isReady = name == "system-ready"
        }
        guard !isEmpty else { return nil }
        self.isReady = isReady
        if !isReady { first = [:] }
        appID = first["app-id"]
        composeHash = first["compose-hash"]
        instanceID = first["instance-id"]
        osImageHash = first["os-image-hash"]
        rootfsHash = first["rootfs-hash"]
        keyProvider = first["key-provider"].flatMap { String(validating: $0, as: UTF8.self) }
        isKeyProviderUnreadable = first["key-provider"] != nil && keyProvider == nil
        self.runtime = runtime
    }
}
