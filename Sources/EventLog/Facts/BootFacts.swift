import Wire

/// What RTMR0 to RTMR2 say: firmware configuration, images, kernel, command line, initrd (event-logs 1.7, 1.8).
struct BootFacts {
    let secureBoot: Bool?
    let kernelCommandLine: KernelCommandLine?
    let kernelDigest: FixedBytes<48>?
    let initrdDigest: FixedBytes<48>?
    let images: [BootImage]

    /// - Parameter events: Those whose digests are genuine.
    init(of events: [ReplayedEvent], notes: inout [EventLogNote]) {
        secureBoot = Self.secureBoot(events, notes: &notes)
        kernelCommandLine = Self.commandLine(events, notes: &notes)
        images = events.filter { $0.event.register == .rtmr1 && $0.event.type.isImage }.compactMap(Self.image)
        let loaded = Self.loaderDigests(events, label: "grub_linuxefi Kernel")
        // A kernel that firmware starts itself is the only application there is.
        kernelDigest = Self.single(loaded.isEmpty ? images.map(\.digest) : loaded)
        let stub = events.filter { Self.isStub(TaggedEvent.initrd, $0) }.compactMap(\.event.digest)
        initrdDigest = Self.single(stub.isEmpty ? Self.loaderDigests(events, label: "grub_linuxefi Initrd") : stub)
    }

    /// On only if the variable says so before the first separator of RTMR0, and says so once or always the same.
    private static func secureBoot(_ events: [ReplayedEvent], notes: inout [EventLogNote]) -> Bool? {
        let absent = Digest.sha384((UEFIVariable.globalGUID + variableHeader("SecureBoot", dataLength: 0))[...])
        var values: Set<Bool> = []
        for event in events where event.event.register == .rtmr0 {
            if event.event.type == .separator { break }
            guard event.event.type == .variableDriverConfiguration else { continue }
            // The digest of the absent variable is known, so it speaks even where the data was left out.
            if event.event.digest == absent { values.insert(false) }
            guard event.authentication.rule == .whole, case .variable(let variable) = event.event.details.content,
                variable.guid.bytes == UEFIVariable.globalGUID, variable.name == "SecureBoot"
            else { continue }
            values.insert(variable.data.elementsEqual([1]))
        }
        if values.count > 1 { notes.append(EventLogNote(.secureBootAmbiguous)) }
        return values.count == 1 ? values.first : nil
    }

    private static func variableHeader(_ name: String, dataLength: UInt64) -> [UInt8] {
        func littleEndian(_ value: UInt64) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
        return littleEndian(UInt64(name.utf16.count)) + littleEndian(dataLength) + UTF16Text.encode(name)
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
            let texts = Set(grub.map { Array($0.content ?? []) })
            guard texts.count == 1, let first = grub.first, let content = first.content,
                let rule = first.authentication.rule, rule != .bootLoaderRest
            else {
                if texts.count > 1 { notes.append(EventLogNote(.kernelCommandLineAmbiguous)) }
                return KernelCommandLine(
                    text: nil, form: nil, digests: grub.compactMap(\.event.digest), isLabelled: true)
            }
            let text = rule == .bootLoaderTextNUL ? content.dropLast() : content
            return KernelCommandLine(
                text: String(validating: text, as: UTF8.self), form: rule == .bootLoaderTextNUL ? .utf8NUL : .utf8,
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
