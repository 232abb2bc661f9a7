import EventLog
import Wire
import Words

/// Turns the facts of a log into claims: each is established with one value, or there is a reason why nobody can say
/// (event-logs 2.6).
struct ClaimCollector {
    private(set) var values: [ExactText: ClaimValue] = [:]
    private(set) var lookups: [ExactText: ClaimLookup] = [:]
    private(set) var gaps = ClaimGaps()
    private(set) var aliases: Set<ExactText> = []

    mutating func add(_ log: ReplayedLog) {
        values["format"] = .text(log.format.rawValue)
        for replay in log.registers where replay.status.isUsable {
            values["\(replay.register.name).digests"] = .list(
                (log.facts.digests[replay.register] ?? []).map { $0.hex })
        }
        add(log.facts.secureBootState)
        addLabelled(log.facts)
        // Of a register that is not accounted for, the lookup says why nothing is known.
        guard let llm = log.facts.llm else { return }
        addEntries(log.facts.applicationEvents)
        add(log.facts.dstack)
        add(llm)
    }

    private mutating func add(_ secureBoot: SecureBoot) {
        func unknown(_ english: String, _ chinese: String) {
            lookups["secure_boot"] = .unknown(Phrase(english, chinese))
        }
        switch secureBoot {
        case .on: values["secure_boot"] = .boolean(true)
        case .off: values["secure_boot"] = .boolean(false)
        case .notReplayed: unknown("rtmr0 did not replay with events", "rtmr0 没有可重放的事件")
        case .noSeparator: unknown("rtmr0 has no separator of the firmware", "rtmr0 中没有固件的分隔事件")
        case .ambiguous:
            unknown("ambiguous: rtmr0 measured SecureBoot with two values", "有歧义：rtmr0 以两个值度量了 SecureBoot")
        case .notMeasured:
            unknown("rtmr0 did not measure SecureBoot before its separator", "rtmr0 在分隔事件之前没有度量 SecureBoot")
        }
    }

    private mutating func addLabelled(_ facts: EventLogFacts) {
        if let text = facts.kernelCommandLine?.text { values["kernel_cmdline"] = .text(text) }
        if let digest = facts.kernelDigest { values["kernel_digest"] = .text(digest.hex) }
        if let digest = facts.initrdDigest { values["initrd_digest"] = .text(digest.hex) }
        if !facts.bootImages.isEmpty { values["boot_images"] = .list(facts.bootImages.map { $0.digest.hex }) }
    }

    private mutating func addEntries(_ events: [ApplicationEvent]) {
        gaps.entries = nil
        var contents: [ExactText: [String]] = [:]
        for event in events {
            contents["aael.\(event.entry.domain) \(event.entry.operation)", default: []].append(event.entry.content)
        }
        for (name, contents) in contents { values[name] = .list(contents) }
    }

    private mutating func add(_ dstack: DstackFacts?) {
        guard let dstack, dstack.isReady else {
            gaps.dstack = Phrase("RTMR3 has no system-ready", "RTMR3 中没有 system-ready")
            return
        }
        gaps.dstack = nil
        let digests: [(String, [UInt8]?)] = [
            ("app_id", dstack.appID), ("compose_hash", dstack.composeHash), ("instance_id", dstack.instanceID),
            ("os_image_hash", dstack.osImageHash), ("rootfs_hash", dstack.rootfsHash),
        ]
        for (name, value) in digests { if let value { values["dstack.\(name)"] = .text(Hex.encode(value)) } }
        if let provider = dstack.keyProvider { values["dstack.key_provider"] = .text(provider) }
        if dstack.isKeyProviderUnreadable {
            lookups["dstack.key_provider"] = .unknown(Phrase("it is not UTF-8", "不是 UTF-8 文本"))
        }
    }

    // MARK: assay-llm/1

    private static let ambiguous = Phrase(
        "ambiguous: the boot measured it with two digests", "有歧义：启动时以两个摘要度量了它")
    private static let unreadableChange = Phrase(
        "a change was reported that cannot be read", "报告了一项无法解析的更改")

    private static let unreadableModel = Phrase("a model was loaded that cannot be read", "加载了一个无法解析的模型")

    private mutating func add(_ llm: LLMFacts) {
        values["llm.complete"] = .boolean(llm.isComplete)
        addChanges(llm)
        // An unreadable change may be of anything.
        guard llm.unreadableChanges.isEmpty else {
            gaps.llm = Self.unreadableChange
            return
        }
        switch llm.phase {
        case .complete: gaps.llm = nil
        case .none: gaps.llm = Phrase("no boot phase of assay-llm/1 is shown", "没有 assay-llm/1 的启动阶段")
        default:
            gaps.llm = Phrase("the boot phase of assay-llm/1 is not complete", "assay-llm/1 的启动阶段不完整")
            return
        }
        addFacts(llm)
        weigh(llm)
    }

    private mutating func addChanges(_ llm: LLMFacts) {
        if !llm.unreadableChanges.isEmpty {
            lookups["llm.changes"] = .present(Self.unreadableChange)
        } else if !llm.changes.isEmpty {
            values["llm.changes"] = .list(llm.changes.map { "\($0.name) \($0.sha256.hex)" })
        }
    }

    /// What the boot measured; of what it measured with two digests, that nobody can say (R2).
    private mutating func addFacts(_ llm: LLMFacts) {
        for (family, items) in [("exec", llm.executables), ("tree", llm.trees), ("config", llm.configurations)] {
            for item in items { set("llm.\(family).\(item.name)", item.sha256?.hex, llm.phase) }
        }
        for model in llm.models {
            set("llm.\(model.kind == .manifest ? "manifest" : "verity").\(model.name)", model.digest, llm.phase)
        }
        if llm.hasUnreadableModel {
            // It may be any of those that aliases name, or one that would otherwise be absent.
            gaps.llm = Self.unreadableModel
            for model in llm.models where model.kind == .verity {
                values["llm.verity.\(model.name)"] = nil
                lookups["llm.verity.\(model.name)"] = .unknown(Self.unreadableModel)
            }
        }
        // A manifest has a level of its own; a verity root is named, and no more.
        for model in llm.models.filter({ $0.kind == .verity }) + llm.models.filter({ $0.kind == .manifest }) {
            set("llm.level.\(model.name)", model.digest.map { _ in model.level.rawValue }, llm.phase)
        }
        for gpu in llm.gpus { set("llm.gpu.\(gpu.uuid)", gpu.evidenceSHA256?.hex, llm.phase) }
        addModels(llm)
    }

    /// The list of names: unknown where one of them has no digest to stand for, or an alias does not say which it is.
    private mutating func addModels(_ llm: LLMFacts) {
        if llm.hasUnreadableModel {
            lookups["llm.models"] = .unknown(Self.unreadableModel)
        } else if llm.models.contains(where: { $0.digest == nil }) {
            lookups["llm.models"] = .unknown(Self.ambiguous)
        } else if llm.phase == .complete || !llm.models.isEmpty {
            values["llm.models"] = .list(llm.models.map(\.name))
            if llm.phase == .none { aliases.insert("llm.models") }
        }
    }

    private mutating func set(_ name: ExactText, _ value: String?, _ phase: LLMFacts.Phase) {
        values[name] = value.map { .text($0) }
        lookups[name] = value == nil ? .unknown(Self.ambiguous) : nil
        if phase == .none { aliases.insert(name) }
    }

    /// What changed behind `ready` stands for its boot value and that of every change (R3).
    private mutating func weigh(_ llm: LLMFacts) {
        var changed: [ExactText: [ClaimValue]] = [:]
        for change in llm.changes { changed[ExactText(change.name), default: []].append(.text(change.sha256.hex)) }
        for (name, values) in changed { weigh(name, values) }
        let files = Set((llm.executables + llm.trees + llm.configurations).map { ExactText($0.name) })
        if let model = llm.changes.first(where: { !files.contains(ExactText($0.name)) }) {
            values["llm.models"] = nil
            lookups["llm.models"] = .unknown(Self.changed(model.name))
        }
    }

    private mutating func weigh(_ name: ExactText, _ changes: [ClaimValue]) {
        for family in ["exec", "tree", "config", "manifest", "verity", "gpu"] {
            let claim: ExactText = "llm.\(family).\(name.text)"
            if let boot = values.removeValue(forKey: claim) {
                lookups[claim] = .each([boot] + changes)
            } else if lookups[claim] == nil {
                // The boot had none of this name, and something of this name was reported: it is not known to be absent.
                lookups[claim] = .unknown(Self.changed(name.text))
            }
        }
        values["llm.level.\(name.text)"] = nil
        lookups["llm.level.\(name.text)"] = .unknown(Self.changed(name.text))
    }

    private static func changed(_ name: String) -> Phrase {
        Phrase("a change of \(name) was reported", "报告了对 \(name) 的更改")
    }
}
