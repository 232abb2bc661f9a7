import Wire

/// What RTMR1 and RTMR2 say as the sender labels it: images, kernel, command line, initrd (event-logs 1.8, 7.1). No digest
/// covers the labels, so these are shown, and rules on them narrow what a pinned register allows.
struct BootFacts {
    let kernelCommandLine: KernelCommandLine?
    let kernelDigest: FixedBytes<48>?
    let initrdDigest: FixedBytes<48>?
    let images: [BootImage]

    /// - Parameter events: Those of registers that replayed.
    init(of events: [ReplayedEvent], notes: inout [EventLogNote]) {
        kernelCommandLine = Self.commandLine(events, notes: &notes)
        images = events.filter { $0.event.register == .rtmr1 && $0.event.type.isImage }.compactMap(Self.image)
        let loaded = Self.loaderDigests(events, label: "grub_linuxefi Kernel")
        // A kernel that firmware starts itself is the only application there is.
        kernelDigest = Self.single(loaded.isEmpty ? images.map(\.digest) : loaded)
        let stub = events.filter { Self.isStub(TaggedEvent.initrd, $0) }.compactMap(\.event.digest)
        initrdDigest = Self.single(stub.isEmpty ? Self.loaderDigests(events, label: "grub_linuxefi Initrd") : stub)
    }

    private static func image(_ event: ReplayedEvent) -> BootImage? {
        guard let digest = event.event.digest else { return nil }
        let path: [String] = if case .image(let path) = event.event.details.content { path } else { [] }
        return BootImage(event: event.event.number, digest: digest, path: path)
    }

    /// GRUB's text first, since it is in the log; then the EFI stub's digest.
    private static func commandLine(_ events: [ReplayedEvent], notes: inout [EventLogNote]) -> KernelCommandLine? {
        let rtmr2 = events.filter { $0.event.register == .rtmr2 }
        let grub = rtmr2.filter {
            $0.event.type == .bootLoader && BootLoaderPrefix.of($0.event.data)?.isKernelCommandLine == true
        }
        if !grub.isEmpty {
            let texts = Set(grub.map { Array($0.preimage?.bytes ?? []) })
            guard texts.count == 1, let preimage = grub.first?.preimage,
                [.bootLoaderText, .bootLoaderTextNUL].contains(preimage.rule)
            else {
                if texts.count > 1 { notes.append(EventLogNote(.kernelCommandLineAmbiguous)) }
                return KernelCommandLine(
                    text: nil, form: nil, digests: grub.compactMap(\.event.digest), isLabelled: true)
            }
            let hasNUL = preimage.rule == .bootLoaderTextNUL
            let text = hasNUL ? preimage.bytes.dropLast() : preimage.bytes
            return KernelCommandLine(
                text: String(validating: text, as: UTF8.self), form: hasNUL ? .utf8NUL : .utf8,
                digests: grub.compactMap(\.event.digest), isLabelled: true)
        }
        let stub = rtmr2.filter { isStub(TaggedEvent.loadOptions, $0) }.compactMap(\.event.digest)
        if !stub.isEmpty {
            if Set(stub).count > 1 { notes.append(EventLogNote(.kernelCommandLineAmbiguous)) }
            return KernelCommandLine(text: nil, form: nil, digests: stub, isLabelled: true)
        }
        // dstack leaves the data of firmware events out: any tagged event may be it.
        let unlabelled = rtmr2.filter { $0.event.type == .tag && $0.event.data.isEmpty }.compactMap(\.event.digest)
        return unlabelled.isEmpty
            ? nil : KernelCommandLine(text: nil, form: nil, digests: unlabelled, isLabelled: false)
    }

    private static func isStub(_ tag: UInt32, _ event: ReplayedEvent) -> Bool {
        guard event.event.register == .rtmr2, event.event.type == .tag, case .tag(tag, _) = event.event.details.content
        else { return false }
        return true
    }

    private static func loaderDigests(_ events: [ReplayedEvent], label: String) -> [FixedBytes<48>] {
        events.filter {
            $0.event.register == .rtmr2 && $0.event.type == .bootLoader && $0.event.data.starts(with: label.utf8)
        }.compactMap(\.event.digest)
    }

    /// The one value; none where there are two that differ.
    private static func single(_ digests: [FixedBytes<48>]) -> FixedBytes<48>? {
        Set(digests).count == 1 ? digests.first : nil
    }
}
