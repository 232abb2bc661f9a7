public import Wire

/// What a log establishes beside the quote that confirms it. Each fact comes from registers that replayed; an absent one was
/// not established, which no rule may take for satisfaction (event-logs 0.6, 2.6, 7).
public struct EventLogFacts: Hashable, Sendable {
    /// Whether the firmware had Secure Boot on, from RTMR0; and if that is unknown, why.
    public let secureBootState: SecureBoot
    /// As the sender labels it.
    public let kernelCommandLine: KernelCommandLine?
    /// The Linux kernel image, as the sender labels it: the digest that GRUB measured, or the PE digest of the one image that
    /// was started. From RTMR1 and RTMR2, both replayed.
    public let kernelDigest: FixedBytes<48>?
    /// As the sender labels it.
    public let initrdDigest: FixedBytes<48>?
    /// Images that the firmware started, in order, from RTMR1; as the sender labels them.
    public let bootImages: [BootImage]
    /// Application events of RTMR3, every one of them; none where it is not accounted for.
    public let applicationEvents: [ApplicationEvent]
    /// Absent where RTMR3 is not accounted for.
    public let dstack: DstackFacts?
    /// Absent where RTMR3 is not accounted for.
    public let llm: LLMFacts?
    /// For each register that replayed, every digest extended into it, in order.
    public let digests: [RuntimeRegister: [FixedBytes<48>]]

    /// `nil` where it is unknown.
    public var secureBoot: Bool? { secureBootState.isOn }

    init(
        of events: [ReplayedEvent], _ registers: [RegisterReplay], manifests: [[UInt8]],
        notes: inout [EventLogNote]
    ) {
        var digests: [RuntimeRegister: [FixedBytes<48>]] = [:]
        for event in events where event.isGenuine {
            if let (register, digest) = event.event.extended { digests[register, default: []].append(digest) }
        }
        self.digests = digests
        secureBootState = SecureBoot(digests[.rtmr0])
        if secureBootState == .ambiguous { notes.append(EventLogNote(.secureBootAmbiguous)) }
        // A log has few events of the boot and may have thousands of applications'.
        let boot = BootFacts(of: events.filter { $0.isGenuine && $0.event.register != .rtmr3 }, notes: &notes)
        kernelCommandLine = boot.kernelCommandLine
        kernelDigest = registers[1].status == .replayed && registers[2].status == .replayed ? boot.kernelDigest : nil
        initrdDigest = boot.initrdDigest
        bootImages = boot.images
        guard registers[RuntimeRegister.rtmr3.rawValue].isAccounted else {
            applicationEvents = []
            dstack = nil
            llm = nil
            return
        }
        let application = events.filter { $0.isGenuine && $0.event.register == .rtmr3 }
        applicationEvents = application.compactMap(ApplicationEvent.init)
        dstack = DstackFacts(of: application, notes: &notes)
        llm = LLMFacts(of: application, manifests: manifests, notes: &notes)
    }
}

/// An image that the firmware started. The digest is genuine; that it is an image's, and where it came from, is the sender's
/// word.
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
        guard let entry = event.preimage?.eventClass.entry else { return nil }
        self.event = event.event.number
        self.entry = entry
    }
}
