public import Wire

/// What a log establishes beside the quote that confirms it. Each fact comes from registers that replayed; an absent one was
/// not established, which no rule may take for satisfaction (event-logs 0.6, 7).
public struct EventLogFacts: Hashable, Sendable {
    /// Whether the firmware had Secure Boot on, from RTMR0.
    public let secureBoot: Bool?
    public let kernelCommandLine: KernelCommandLine?
    /// The Linux kernel image: the digest that GRUB measured, or the PE digest of the one image that was started.
    public let kernelDigest: FixedBytes<48>?
    public let initrdDigest: FixedBytes<48>?
    /// Images that the firmware started, in order, from RTMR1.
    public let bootImages: [BootImage]
    /// Application events of RTMR3.
    public let applicationEvents: [ApplicationEvent]
    public let dstack: DstackFacts?
    /// Absent where RTMR3 did not replay.
    public let llm: LLMFacts?
    /// For each register that replayed, every digest extended into it, in order.
    public let digests: [RuntimeRegister: [FixedBytes<48>]]

    init(
        of events: [ReplayedEvent], _ registers: [RegisterReplay], manifests: [[UInt8]],
        notes: inout [EventLogNote]
    ) {
        let genuine = events.filter(\.isGenuine)
        // A log has few events of the boot and may have thousands of applications'.
        let boot = BootFacts(of: genuine.filter { $0.event.register != .rtmr3 }, notes: &notes)
        secureBoot = boot.secureBoot
        kernelCommandLine = boot.kernelCommandLine
        kernelDigest = boot.kernelDigest
        initrdDigest = boot.initrdDigest
        bootImages = boot.images
        let application = genuine.filter { $0.event.register == .rtmr3 && $0.content != nil }
        applicationEvents = application.compactMap(ApplicationEvent.init)
        dstack = DstackFacts(of: application, notes: &notes)
        llm =
            registers[RuntimeRegister.rtmr3.rawValue].status.isUsable
            ? LLMFacts(of: application, manifests: manifests, notes: &notes) : nil
        var digests: [RuntimeRegister: [FixedBytes<48>]] = [:]
        for event in genuine {
            if let (register, digest) = event.event.extended { digests[register, default: []].append(digest) }
        }
        self.digests = digests
    }
}

/// An image that the firmware started. The digest is genuine; where it came from is the sender's word.
public struct BootImage: Hashable, Sendable {
    public let event: Int
    /// Authenticode SHA-384 of the PE file.
    public let digest: FixedBytes<48>
    public let path: [String]
}

/// An application event whose whole text is genuine.
public struct ApplicationEvent: Hashable, Sendable {
    public let event: Int
    public let entry: AAELEntry

    init?(_ event: ReplayedEvent) {
        guard event.content != nil, case .aael(let entry) = event.event.details.content else { return nil }
        self.event = event.event.number
        self.entry = entry
    }
}
