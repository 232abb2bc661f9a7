/// What dstack's guest agent said of the application, before `system-ready`: what follows is the application's own
/// (event-logs 4.3).
public struct DstackFacts: Hashable, Sendable {
    public let appID: [UInt8]?
    public let composeHash: [UInt8]?
    public let instanceID: [UInt8]?
    public let osImageHash: [UInt8]?
    public let rootfsHash: [UInt8]?
    /// JSON text with name and id.
    public let keyProvider: String?
    /// Names and payloads after `system-ready`.
    public let runtime: [DstackEvent]

    private static let system: Set<String> = [
        "system-preparing", "rootfs-hash", "app-id", "compose-hash", "gpu-policy-hash", "gpu-attestation",
        "instance-id", "boot-mr-done", "os-image-hash", "key-provider", "storage-fs", "system-ready",
    ]

    /// - Returns: `nil` where there is no event of dstack's.
    init?(of events: [ReplayedEvent], notes: inout [EventLogNote]) {
        var first: [String: [UInt8]] = [:]
        var runtime: [DstackEvent] = []
        var isReady = false
        var isEmpty = true
        for event in events {
            guard case .dstack(let entry) = event.event.details.content else { continue }
            isEmpty = false
            let isSystem = Self.system.contains(entry.name)
            if isReady {
                if isSystem {
                    notes.append(
                        EventLogNote(.dstackNameAfterReady, event: event.event.number, offset: event.event.offset))
                }
                runtime.append(entry)
                continue
            }
            if isSystem, first[entry.name] != nil {
                notes.append(
                    EventLogNote(.dstackNameRepeated, event: event.event.number, offset: event.event.offset))
            }
            first[entry.name] = first[entry.name] ?? entry.payload
            isReady = entry.name == "system-ready"
        }
        guard !isEmpty else { return nil }
        appID = first["app-id"]
        composeHash = first["compose-hash"]
        instanceID = first["instance-id"]
        osImageHash = first["os-image-hash"]
        rootfsHash = first["rootfs-hash"]
        keyProvider = first["key-provider"].flatMap { String(validating: $0, as: UTF8.self) }
        self.runtime = runtime
    }
}
