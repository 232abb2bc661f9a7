import Wire
import Words

/// Why a claim that a log does not give is not known to be absent; `nil` where it is known (event-logs 2.6).
struct ClaimGaps: Hashable, Sendable {
    static let nothingShown = Phrase("the event log shows no such thing", "事件日志中没有这一项")

    /// The entries of RTMR3.
    var entries: Phrase? = nothingShown
    /// What dstack's agent said before `system-ready`.
    var dstack: Phrase? = nothingShown
    /// What the boot phase of `assay-llm/1` says.
    var llm: Phrase? = nothingShown
}

extension EventLogRecord {
    private static let labelled: Set<String> = ["kernel_cmdline", "kernel_digest", "initrd_digest", "boot_images"]
    private static let dstackNames: Set<String> = [
        "app_id", "compose_hash", "instance_id", "os_image_hash", "rootfs_hash", "key_provider",
    ]

    /// Whether a claim rests on labels that no digest covers (event-logs 7.1).
    /// - Parameter name: With or without `event_log.` in front.
    static func isLabelled(_ name: some StringProtocol) -> Bool { labelled.contains(String(bare(name))) }

    /// Whether a claim is a fact of RTMR3: what an agent in the guest said (event-logs 5.5). The register itself and its
    /// list of digests are none.
    /// - Parameter name: With or without `event_log.` in front.
    static func restsOnRTMR3(_ name: some StringProtocol) -> Bool {
        let name = bare(name)
        return ["aael.", "dstack.", "llm."].contains { name.utf8.starts(with: $0.utf8) }
    }

    /// Whether the fact came from an alias with no boot phase around it: whoever is root can append one at any time, and a
    /// rule that it satisfied leaves `EVENT_LOG_INCOMPLETE` (event-logs 5.3 R6).
    /// - Parameter name: With or without `event_log.` in front.
    func isAlias(_ name: some StringProtocol) -> Bool { aliases.contains(ExactText(String(Self.bare(name)))) }

    private static func bare(_ name: some StringProtocol) -> Substring {
        let text = Substring(name)
        let prefix = "event_log."
        guard text.utf8.starts(with: prefix.utf8) else { return text }
        return Substring(text.utf8.dropFirst(prefix.utf8.count))
    }

    /// - Parameter name: Without `event_log.`.
    func claim(_ name: Substring) -> ClaimLookup {
        guard failure == nil else { return .unknown(Phrase("the event log cannot be read", "事件日志无法读取")) }
        if let register = Self.register(of: name, "status"), registers.indices.contains(register) {
            return .value(.text(registers[register].rawValue))
        }
        if let value = claims[ExactText(name)] { return .value(value) }
        if let lookup = lookups[ExactText(name)] { return lookup }
        return missing(name)
    }

    /// A claim that the log does not give: whether it is known not to be there.
    private func missing(_ name: Substring) -> ClaimLookup {
        func known(_ gap: Phrase?) -> ClaimLookup { gap.map { .unknown($0) } ?? .absent }
        if let register = Self.register(of: name, "digests") { return .unknown(reason(register)) }
        if Self.isLabelled(name) || name == "secure_boot" { return .unknown(ClaimGaps.nothingShown) }
        let rtmr3 = accounted.count == 4 && accounted[3] == .yes ? nil : reason(3)
        if name == "llm.changes" { return known(rtmr3) }
        guard Self.restsOnRTMR3(name) else { return .unknown(ClaimGaps.nothingShown) }
        if let rtmr3 { return .unknown(rtmr3) }
        if name.utf8.starts(with: "aael.".utf8) { return known(gaps.entries) }
        guard name.utf8.starts(with: "dstack.".utf8) else { return known(gaps.llm) }
        // Of a name that is no fact of ours nobody can say that it is absent.
        guard Self.dstackNames.contains(String(name.dropFirst(7))) else { return .unknown(ClaimGaps.nothingShown) }
        return known(gaps.dstack)
    }

    private static func register(of name: Substring, _ member: String) -> Int? {
        for index in 0..<4 where name.hasSameBytes(as: "rtmr\(index).\(member)") { return index }
        return nil
    }

    /// Why nothing is known of the events of a register.
    func reason(_ register: Int) -> Phrase {
        guard accounted.indices.contains(register) else { return ClaimGaps.nothingShown }
        switch accounted[register] {
        case .yes: return ClaimGaps.nothingShown
        case .unshown(let event, let count): return Self.unshown(register, event, count)
        case .no(.startsElsewhere):
            return Phrase("rtmr\(register) starts elsewhere than at zero", "rtmr\(register) 不是从零开始")
        case .no(.reported):
            return Phrase("the log has no event of rtmr\(register)", "日志中没有 rtmr\(register) 的事件")
        case .no(.differs):
            return Phrase("rtmr\(register) of the log and of the quote differ", "日志与 quote 中的 rtmr\(register) 不一致")
        case .no(.replayed), .no(.untouched): return ClaimGaps.nothingShown
        }
    }

    /// The one sentence about an event whose bytes the sender did not show.
    static func unshown(_ register: Int, _ event: Int, _ count: Int) -> Phrase {
        let more = count - 1
        guard more > 0 else {
            return Phrase("event \(event) of RTMR\(register) is not shown", "RTMR\(register) 的事件 \(event) 未出示内容")
        }
        return Phrase(
            "event \(event) of RTMR\(register) is not shown, and \(more) more",
            "RTMR\(register) 的事件 \(event) 未出示内容，另有 \(more) 个")
    }
}
