import Appraisal
import Wire

/// Reference values of a boot that is vouched for, written from its log as a person would.
enum References {
    /// - Parameters:
    ///   - rootIntegrity: What the set declares of the disk, where it declares anything (event-logs 5.5).
    static func set(id: String, of log: PlainLog, manifests: [[UInt8]], rootIntegrity: String?) -> ReferenceSet? {
        let values = ClaimValues([log], [])
        var lists: [(String, JSON)] = [("mr_td", .array([.string(Hex.encode(TrustDomain.mrTD))]))]
        for (index, register) in log.registers.enumerated() {
            lists.append(("rtmr\(index)", .array([.string(Hex.encode(register))])))
        }
        for name in values.names where name.hasPrefix("event_log.llm.") && name != "event_log.llm.complete" {
            lists.append((name, .array((values.texts[name] ?? []).map { .string($0) })))
        }
        let lines = log.events.filter { $0.register == 2 && $0.data.starts(with: "grub_kernel_cmdline ".utf8) }
        if let line = lines.first?.preimage {
            lists.append(("event_log.kernel_cmdline", .array([.string(String(decoding: line, as: UTF8.self))])))
        }
        if !manifests.isEmpty {
            lists.append(("model_manifests", .array(manifests.map { .string(Base64.encode($0)) })))
        }
        return set(id: id, lists, rootIntegrity)
    }

    /// What every one of the logs' boots may have in the registers that say which image boots.
    static func pins(_ logs: [PlainLog]) -> ReferenceSet? {
        var lists: [(String, JSON)] = [("mr_td", .array([.string(Hex.encode(TrustDomain.mrTD))]))]
        for index in 0..<3 {
            let values = Set(logs.map { Hex.encode($0.registers[index]) }).sorted()
            lists.append(("rtmr\(index)", .array(values.map { .string($0) })))
        }
        return set(id: "pins", lists, "accepted-by-owner") ?? set(id: "pins", lists, nil)
    }

    private static func set(id: String, _ lists: [(String, JSON)], _ rootIntegrity: String?) -> ReferenceSet? {
        var members: [(String, JSON)] = [
            ("id", .string(id)), ("version", .integer(1)),
            ("provenance", .object([("source", .string("an honest boot"))])),
            ("valid_from", .string(TrustDomain.time.advanced(bySeconds: -60).description)), ("values", .object(lists)),
        ]
        if let rootIntegrity { members.append(("root_integrity", .string(rootIntegrity))) }
        return try? ReferenceSet(parsing: JSON.object(members).compactBytes)
    }
}
