import Wire

/// What the honest logs say under each claim of event-logs 2.6, read without the reader that is tried: so that rules can
/// be made about values that occur.
struct ClaimValues {
    /// By claim, each value once, in the order of their first log.
    private(set) var texts: [String: [String]] = [:]
    private(set) var names: [String] = []

    init(_ logs: [PlainLog], _ applications: [PlainEvent]) {
        for log in logs {
            for register in 0..<4 {
                let digests = log.places(in: register).map { Hex.encode(log.events[$0].digest) }
                add("event_log.rtmr\(register).digests", digests.joined(separator: " "))
                for digest in digests.prefix(3) { add("event_log.rtmr\(register).digests", digest) }
            }
        }
        for event in logs.flatMap(\.events) + applications where event.register == 3 {
            if let preimage = event.preimage { add(application: preimage) }
        }
        for register in 0..<4 {
            for status in ["replayed", "untouched", "reported", "differs", "starts_elsewhere"] {
                add("event_log.rtmr\(register).status", status)
            }
        }
        add("event_log.secure_boot", "true")
        add("event_log.secure_boot", "false")
        add("event_log.llm.complete", "true")
        add("event_log.llm.complete", "false")
    }

    private mutating func add(_ claim: String, _ value: String) {
        if texts[claim] == nil { names.append(claim) }
        if texts[claim]?.contains(value) != true { texts[claim, default: []].append(value) }
    }

    private mutating func add(application preimage: [UInt8]) {
        if preimage.starts(with: [1, 0, 0, 8, 0x3A]) {
            let parts = preimage.dropFirst(5).split(separator: 0x3A, maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { return }
            add(runtime: String(decoding: parts[0], as: UTF8.self), Array(parts[1]))
            return
        }
        let text = preimage.starts(with: "LEAA".utf8) ? preimage.dropFirst(8) : preimage[...]
        let words = text.split(separator: 0x20, maxSplits: 2, omittingEmptySubsequences: false)
        guard words.count == 3 else { return }
        let (domain, operation) = (String(decoding: words[0], as: UTF8.self), String(decoding: words[1], as: UTF8.self))
        let content = Array(words[2])
        if domain == "assay-llm/1" {
            add(model: operation, content)
        } else {
            add("event_log.aael.\(domain) \(operation)", String(decoding: content, as: UTF8.self))
            if domain == "file" { add("event_log.llm.exec.\(operation)", String(decoding: content, as: UTF8.self)) }
        }
    }

    private mutating func add(runtime name: String, _ payload: [UInt8]) {
        if name.hasPrefix("assay-llm/") { add(model: String(name.dropFirst(10)), payload) }
        let isText = name == "key-provider"
        guard isText || ["app-id", "compose-hash", "instance-id", "os-image-hash", "rootfs-hash"].contains(name) else {
            return
        }
        let claim = String(name.map { $0 == "-" ? "_" : $0 })
        add("event_log.dstack.\(claim)", isText ? String(decoding: payload, as: UTF8.self) : Hex.encode(payload))
    }

    private mutating func add(model operation: String, _ content: [UInt8]) {
        guard let object = try? JSONDocument(parsing: content, limit: content.count, depth: 4).root else { return }
        let name = object.member("name")?.string ?? ""
        let sha256 = object.member("sha256")?.string ?? ""
        switch operation {
        case "exec", "tree", "config": add("event_log.llm.\(operation).\(name)", sha256)
        case "model-manifest":
            add("event_log.llm.manifest.\(name)", sha256)
            add("event_log.llm.models", name)
            for level in ["named", "complete"] { add("event_log.llm.level.\(name)", level) }
        case "gpu":
            add(
                "event_log.llm.gpu.\(object.member("uuid")?.string ?? "")",
                object.member("evidence_sha256")?.string ?? "")
        case "change": add("event_log.llm.changes", "\(name) \(sha256)")
        default: break
        }
    }
}
