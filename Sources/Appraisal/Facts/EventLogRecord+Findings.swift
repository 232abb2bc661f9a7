public import EventLog
import Wire

extension EventLogRecord {
    /// The claims that a replay establishes, by the names that rules use. What is ambiguous or unauthenticated gives none.
    public init(_ findings: EventLogFindings) {
        guard let log = findings.log else {
            self.init(
                failure: findings.error.map { ParseFailure(code: $0.code.rawValue, detail: $0.detail) })
            return
        }
        let registers = log.registers.map { RegisterStatus(rawValue: $0.status.rawValue) ?? .differs }
        var differences: [Int: String] = [:]
        for replay in log.registers where replay.status == .differs {
            differences[replay.register.rawValue] = Self.difference(replay)
        }
        self.init(
            registers: registers, differences: differences, claims: Self.claims(log),
            commandLine: log.facts.kernelCommandLine,
            violations: log.facts.llm.flatMap { Self.violation($0.phase) }.map { [$0] } ?? [])
    }

    private static func difference(_ replay: RegisterReplay) -> String {
        var text =
            "replayed \(replay.replayed.hex) from \(replay.eventCount) events, the quote has \(replay.quoted.hex)"
        if let first = replay.firstDifference {
            text += "; first at event \(first.event) (\(first.reason.rawValue))"
            if let found = first.found { text += ", found \(found.hex)" }
            if let expected = first.expected { text += ", expected \(expected.hex)" }
        }
        if let hint = replay.hint { text += "; hint \(hint.rawValue)" }
        return text
    }

    /// event-logs 5.3 R1: what contradicts itself rejects; what is merely missing (R5) only satisfies nothing.
    private static func violation(_ phase: LLMFacts.Phase) -> String? {
        switch phase {
        case .complete, .none, .noReady: nil
        case .noStart, .countMismatch, .contentRefused: "llm.phase \(phase.rawValue)"
        }
    }

    private static func claims(_ log: ReplayedLog) -> [ExactText: ClaimValue] {
        let facts = log.facts
        var claims: [ExactText: ClaimValue] = ["format": .text(log.format.rawValue)]
        for replay in log.registers where replay.status.isUsable {
            claims["\(replay.register.name).digests"] = .list((facts.digests[replay.register] ?? []).map { $0.hex })
        }
        if let secureBoot = facts.secureBoot { claims["secure_boot"] = .boolean(secureBoot) }
        if let text = facts.kernelCommandLine?.text { claims["kernel_cmdline"] = .text(text) }
        if let digest = facts.kernelDigest { claims["kernel_digest"] = .text(digest.hex) }
        if let digest = facts.initrdDigest { claims["initrd_digest"] = .text(digest.hex) }
        if !facts.bootImages.isEmpty { claims["boot_images"] = .list(facts.bootImages.map { $0.digest.hex }) }
        if let dstack = facts.dstack {
            let values: [(String, [UInt8]?)] = [
                ("app_id", dstack.appID), ("compose_hash", dstack.composeHash), ("instance_id", dstack.instanceID),
                ("os_image_hash", dstack.osImageHash), ("rootfs_hash", dstack.rootfsHash),
            ]
            for (name, value) in values { if let value { claims["dstack.\(name)"] = .text(Hex.encode(value)) } }
            if let provider = dstack.keyProvider { claims["dstack.key_provider"] = .text(provider) }
        }
        var application: [ExactText: [String]] = [:]
        for event in facts.applicationEvents {
            application["aael.\(event.entry.domain) \(event.entry.operation)", default: []].append(event.entry.content)
        }
        for (name, contents) in application { claims[name] = .list(contents) }
        if let llm = facts.llm { add(llm, to: &claims) }
        return claims
    }

    private static func add(_ llm: LLMFacts, to claims: inout [ExactText: ClaimValue]) {
        claims["llm.complete"] = .boolean(llm.isComplete)
        if !llm.changes.isEmpty { claims["llm.changes"] = .list(llm.changes.map { "\($0.name) \($0.sha256.hex)" }) }
        // Allow rules may rest on a boot's whole account only (R5).
        guard llm.isComplete else { return }
        for (family, items) in [("exec", llm.executables), ("tree", llm.trees), ("config", llm.configurations)] {
            for item in items {
                if let sha256 = item.sha256 { claims["llm.\(family).\(item.name)"] = .text(sha256.hex) }
            }
        }
        // An ambiguous model has no digest, and is still there: a list of models must not lose it.
        claims["llm.models"] = .list(llm.models.map(\.name))
        for model in llm.models {
            if let digest = model.digest {
                claims[model.kind == .manifest ? "llm.manifest.\(model.name)" : "llm.verity.\(model.name)"] = .text(
                    digest)
                claims["llm.level.\(model.name)"] = .text(model.level.rawValue)
            }
        }
        for gpu in llm.gpus { claims["llm.gpu.\(gpu.uuid)"] = .text(gpu.evidenceSHA256.hex) }
    }
}
