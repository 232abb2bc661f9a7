import Wire

/// Which bytes of an event its digest covers (event-logs 1.7, 1.8). The first rule that gives the digest is recorded.
public enum DigestRule: String, CaseIterable, Hashable, Sendable {
    case whole
    case variableData = "variable_data"
    case tagData = "tag_data"
    case bootLoaderText = "ipl_text"
    case bootLoaderTextNUL = "ipl_text_nul"
    case bootLoaderRest = "ipl_rest"
    case unifiedKernelName = "uki_name"
    case aaelLine = "aael_line"
    case dstackV1 = "dstack_v1"
    case dstackV2 = "dstack_v2"

    /// The rule by which the event's digest follows from its data, and the bytes that are thereby genuine.
    static func match(_ event: LoggedEvent, in format: EventLog.Format) -> (
        rule: DigestRule, covered: ArraySlice<UInt8>
    )? {
        guard let digest = event.extended?.digest else { return nil }
        if case .dstack(let runtime) = event.details.content {
            return (runtime.version == 1 ? .dstackV1 : .dstackV2, runtime.payload[...])
        }
        if format == .aaelText { return (.aaelLine, event.data) }
        guard !event.data.isEmpty, !event.details.isMalformed else { return nil }
        for (rule, covered) in candidates(event) where Digest.sha384(covered) == digest { return (rule, covered) }
        return nil
    }

    /// The digest of an event whose type fixes it: for these a difference is a fault, not another convention.
    static func certainDigest(of event: LoggedEvent) -> FixedBytes<48>? {
        let certain: Set<EventType> = [
            .separator, .firmwareAction, .variableDriverConfiguration, .variableBoot, .variableAuthority,
            .partitionTable,
        ]
        let isAAEL = if case .aael = event.details.content { true } else { false }
        guard certain.contains(event.type) || isAAEL && event.type == .tag, !event.data.isEmpty,
            !event.details.isMalformed
        else { return nil }
        return candidates(event).first.map { Digest.sha384($0.covered) }
    }

    private static func candidates(_ event: LoggedEvent) -> [(rule: DigestRule, covered: ArraySlice<UInt8>)] {
        let data = event.data
        switch event.type.rawValue {
        // Digests of something that is not in the log.
        case 0x7, 0x9, 0xA, 0x8000_0003...0x8000_0005, 0x8000_0008...0x8000_000B, 0x8000_00E1...0x8000_00E4: return []
        case EventType.tag.rawValue: return tagCandidates(event)
        case EventType.bootLoader.rawValue: return bootLoaderCandidates(data)
        case EventType.variableBoot.rawValue: return variableData(event)
        case EventType.variableBoot2.rawValue: return [(.whole, data)] + variableData(event)
        default: return [(.whole, data)]
        }
    }

    private static func variableData(_ event: LoggedEvent) -> [(rule: DigestRule, covered: ArraySlice<UInt8>)] {
        guard case .variable(let variable) = event.details.content else { return [] }
        return [(.variableData, variable.data)]
    }

    private static func tagCandidates(_ event: LoggedEvent) -> [(rule: DigestRule, covered: ArraySlice<UInt8>)] {
        switch event.details.content {
        case .tag(TaggedEvent.loadOptions, _), .tag(TaggedEvent.initrd, _): []
        case .tag(TaggedEvent.aael, _), .aael: [(.whole, event.data)]
        case .tag(_, let data): [(.whole, event.data), (.tagData, data)]
        default: [(.whole, event.data)]
        }
    }

    private static func bootLoaderCandidates(_ data: ArraySlice<UInt8>)
        -> [(rule: DigestRule, covered: ArraySlice<UInt8>)]
    {
        guard let prefix = BootLoaderPrefix.of(data) else {
            let name = unifiedKernelName(data)
            return [(.whole, data)] + (name.map { [(.unifiedKernelName, $0)] } ?? [])
        }
        let rest = data.dropFirst(prefix.text.utf8.count)
        guard let end = rest.firstIndex(of: 0) else { return [(.bootLoaderText, rest)] }
        return [(.bootLoaderText, rest[..<end]), (.bootLoaderTextNUL, rest[...end]), (.bootLoaderRest, rest)]
    }

    /// A section's name in UTF-16, as the ASCII text with one NUL that systemd-stub hashes.
    private static func unifiedKernelName(_ data: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard data.count >= 2, data.count.isMultiple(of: 2) else { return nil }
        var text: [UInt8] = []
        var position = data.startIndex
        while position < data.endIndex {
            guard data[position] < 0x80, data[position + 1] == 0 else { return nil }
            text.append(data[position])
            position += 2
        }
        if text.last == 0 { text.removeLast() }
        return (text + [0])[...]
    }
}

/// What GRUB writes before a text that it measures. The digest does not cover it: it says what the sender says.
enum BootLoaderPrefix: String, CaseIterable {
    case grubKernelCommandLine = "grub_kernel_cmdline "
    case grubCommandColon = "grub_cmd: "
    case grubCommand = "grub_cmd "
    case kernelCommandLineColon = "kernel_cmdline: "
    case kernelCommandLine = "kernel_cmdline "
    case moduleCommandLineColon = "module_cmdline: "
    case moduleCommandLine = "module_cmdline "

    var text: String { rawValue }

    var isKernelCommandLine: Bool {
        [.grubKernelCommandLine, .kernelCommandLineColon, .kernelCommandLine].contains(self)
    }

    /// The longest that matches; the forms with a colon stand before those without.
    static func of(_ data: ArraySlice<UInt8>) -> BootLoaderPrefix? {
        allCases.first { data.starts(with: $0.rawValue.utf8) }
    }
}
