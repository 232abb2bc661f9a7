public import DCAPFormats
public import EventLog
public import Wire
public import Words

/// What one boot measured, as somebody who vouches for it would write it down, or compare it with another. Believes the
/// quote it is given: verifying comes before, or the person knows.
public struct Boot: Sendable {
    /// By claim, the names that rules use.
    public let values: [ExactText: [String]]
    public let log: ReplayedLog?
    public let logError: EventLogError?
    /// The word of the measured command line that protects the root file system, where the log shows one (event-logs 5.5).
    public let rootWord: String?

    public init(of quote: Quote, log bytes: [UInt8]?) {
        var values: [ExactText: [String]] = [:]
        switch quote.body {
        case .sgx(let report):
            values = [
                "mr_enclave": [report.mrEnclave.hex], "mr_signer": [report.mrSigner.hex],
                "isv_prod_id": [String(report.isvProdID)], "isv_svn": [String(report.isvSVN)],
            ]
            log = nil
            logError = bytes == nil ? nil : .notApplicable
            rootWord = nil
        case .td(let report):
            for name in TDIdentity.names { values["\(name)"] = [report.measurement("\(name)")?.hex ?? ""] }
            values["td_attributes"] = [Hex.encode(littleEndianBytes(report.tdAttributes.rawValue))]
            values["xfam"] = [Hex.encode(littleEndianBytes(report.xfam))]
            let findings = bytes.map {
                EventLogFindings(
                    of: $0, against: QuotedRegisters(report.rtmr0, report.rtmr1, report.rtmr2, report.rtmr3))
            }
            log = findings?.log
            logError = findings?.error
            let record = findings.map { EventLogRecord($0) }
            rootWord = record?.commandLine?.text.flatMap { RootProtection.word(in: $0) }
            for (name, value) in record?.claims ?? [:] where !value.texts.isEmpty {
                let name = "event_log.\(name)"
                // The digests of a register are one value (event-logs 7.2).
                let isList = ClaimCatalogue.digestsOfRegister(name) != nil
                values[ExactText(name)] = isList ? [value.texts.joined(separator: " ")] : value.texts
            }
        }
        self.values = values
    }

    /// Whether the set that this boot makes holds what an agent in the guest said, with nothing measured that protects the
    /// disk the agent comes from.
    public var leavesRootOpen: Bool { log != nil && rootWord == nil }

    /// The boot as a reference set.
    ///
    /// - Parameters:
    ///   - note: What its author adds; beside `rootIntegrity`, why that is so.
    ///   - rootIntegrity: What its author declares of the root file system. Nothing in a boot shows it.
    public func referenceSet(
        id: String, version: Int64, source: String, note: String? = nil, validFrom: Instant, validUntil: Instant?,
        rootIntegrity: RootIntegrity? = nil, manifests: [String] = []
    ) -> JSON {
        let open = leavesRootOpen ? RootFinding.sentence.english : nil
        let notes = ["written by assay policy baseline", open, note].compactMap { $0 }.joined(separator: "; ")
        var members: [(String, JSON)] = [
            ("id", .string(id)), ("version", .integer(version)),
            ("provenance", .object([("source", .string(source)), ("note", .string(notes))])),
            ("valid_from", .string(validFrom.description)),
        ]
        if let validUntil { members.append(("valid_until", .string(validUntil.description))) }
        if let rootIntegrity { members.append(("root_integrity", .string(rootIntegrity.rawValue))) }
        var lists = values.sorted { $0.key < $1.key }.map { ($0.key.text, JSON.array($0.value.map { .string($0) })) }
        if !manifests.isEmpty {
            lists.append((ReferenceLibrary.manifestsName.text, .array(manifests.map { .string($0) })))
        }
        return .object(members + [("values", .object(lists))])
    }
}

/// One thing in which two boots differ.
public struct BootDifference: Hashable, Sendable {
    let subject: Phrase
    let before: String?
    let after: String?

    public func text(_ language: Language) -> String {
        let none = language == .english ? "nothing" : "无"
        return switch language {
        case .english: "\(subject.english): was \(before ?? none), is \(after ?? none)"
        case .chinese: "\(subject.chinese)：原为 \(before ?? none)，现为 \(after ?? none)"
        }
    }

    /// By claim; lists as sets.
    public static func between(_ one: [ExactText: [String]], _ other: [ExactText: [String]]) -> [BootDifference] {
        Set(one.keys).union(other.keys).sorted().compactMap { name in
            // The single digests of a register's list say more than two lists do.
            let isList = ClaimCatalogue.digestsOfRegister(name.text) != nil
            func values(_ texts: [String]) -> [ExactText] {
                isList ? texts.flatMap { $0.split(separator: " ") }.map { ExactText($0) } : texts.map { ExactText($0) }
            }
            let before = one[name].map(values)
            let after = other[name].map(values)
            guard before.map(Set.init) != after.map(Set.init) else { return nil }
            let gone = before?.filter { !(after ?? []).contains($0) }
            let new = after?.filter { !(before ?? []).contains($0) }
            return BootDifference(
                subject: subject(name.text),
                before: gone.map { $0.map(\.text).joined(separator: ", ") }.flatMap { $0.isEmpty ? nil : $0 },
                after: new.map { $0.map(\.text).joined(separator: ", ") }.flatMap { $0.isEmpty ? nil : $0 })
        }
    }

    /// The first event of each register in which two logs part.
    public static func events(_ one: ReplayedLog?, _ other: ReplayedLog?) -> [BootDifference] {
        guard let one, let other else { return [] }
        return RuntimeRegister.allCases.compactMap { register in
            guard let difference = other.firstDifference(from: one, in: register) else { return nil }
            let text = other.events.filter { $0.running != nil && $0.event.register == register }
                .dropFirst(difference.event - 1).first.flatMap(label)
            let place = text.map { " (\($0))" } ?? ""
            return BootDifference(
                subject: Phrase(
                    "\(register.name), event \(difference.event)\(place)",
                    "\(register.name) 的第 \(difference.event) 个事件\(place)"),
                before: difference.expected?.hex, after: difference.found?.hex)
        }
    }

    /// What an event says of itself; a display aid, not evidence.
    private static func label(_ event: ReplayedEvent) -> String? {
        if case .aael(let entry) = event.event.details.content {
            return "\(entry.domain) \(entry.operation) \(entry.content.prefix(96))"
        }
        let text = String(decoding: event.event.data.prefix(96), as: UTF8.self)
        let isPlain =
            !text.isEmpty && text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value < 0x7F || $0.value == 0 }
        return isPlain ? text.replacing("\0", with: "") : nil
    }

    private static func subject(_ name: String) -> Phrase {
        switch name {
        case "mr_td": return Phrase("mr_td (virtual firmware)", "mr_td（虚拟固件）")
        case "rtmr0": return Phrase("rtmr0 (firmware configuration)", "rtmr0（固件配置）")
        case "rtmr1": return Phrase("rtmr1 (boot loader and kernel)", "rtmr1（引导程序与内核）")
        case "rtmr2": return Phrase("rtmr2 (command line and initrd)", "rtmr2（命令行与 initrd）")
        case "rtmr3": return Phrase("rtmr3 (applications)", "rtmr3（应用）")
        case "event_log.kernel_cmdline": return Phrase("the kernel command line", "内核命令行")
        case "event_log.kernel_digest": return Phrase("the kernel", "内核")
        case "event_log.initrd_digest": return Phrase("the initial ram disk", "initrd")
        case "event_log.secure_boot": return Phrase("Secure Boot", "安全启动")
        case "event_log.llm.models": return Phrase("the models", "模型列表")
        default: break
        }
        for (prefix, english, chinese) in [
            ("event_log.llm.exec.", "the executable", "可执行文件"), ("event_log.llm.tree.", "the package tree", "软件包目录"),
            ("event_log.llm.manifest.", "the manifest of the model", "模型清单"),
            ("event_log.llm.level.", "the completeness of the model", "模型完整性"),
            ("event_log.llm.config.", "the configuration", "配置"),
        ] where name.hasPrefix(prefix) {
            let rest = name.dropFirst(prefix.count)
            return Phrase("\(english) \(rest)", "\(chinese) \(rest)")
        }
        return Phrase(name)
    }
}
