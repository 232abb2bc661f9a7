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
    /// dstack's member of this name.
    case preimage

    /// What else of an event's data some rule hashes, whatever the type says: the data of a variable and of a tag, GRUB's
    /// text, the name of a section.
    static func partialReadings(of data: ArraySlice<UInt8>) -> [(rule: DigestRule, covered: ArraySlice<UInt8>)] {
        var readings: [(rule: DigestRule, covered: ArraySlice<UInt8>)] = []
        if case .variable(let variable) = UEFIVariable.details(of: data).content {
            readings.append((.variableData, variable.data))
        }
        switch TaggedEvent.details(of: data).content {
        case .tag(_, let content): readings.append((.tagData, content))
        case .aael: readings.append((.tagData, data.dropFirst(8)))
        default: break
        }
        return readings + bootLoaderReadings(of: data)
    }

    /// The digest of an event whose type fixes it: for these a difference is a fault, not another convention.
    static func certainDigest(of event: LoggedEvent) -> FixedBytes<48>? {
        guard !event.data.isEmpty, !event.details.isMalformed else { return nil }
        switch (event.type, event.details.content) {
        case (.variableBoot, .variable(let variable)): return Digest.sha384(variable.data)
        case (.separator, _), (.firmwareAction, _), (.variableDriverConfiguration, _), (.variableAuthority, _),
            (.partitionTable, _), (.tag, .aael):
            return Digest.sha384(event.data)
        default: return nil
        }
    }

    private static func bootLoaderReadings(of data: ArraySlice<UInt8>)
        -> [(rule: DigestRule, covered: ArraySlice<UInt8>)]
    {
        guard let prefix = BootLoaderPrefix.of(data) else {
            return unifiedKernelName(data).map { [(.unifiedKernelName, $0)] } ?? []
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
