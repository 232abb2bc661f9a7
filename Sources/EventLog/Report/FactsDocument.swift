package import Wire

/// The member `facts`: only what was established has a member, and what rests on labels says so (event-logs 2.6, 7).
extension EventLogFacts {
    /// Without the digests of every register, of which there can be thousands.
    package var summary: JSON {
        guard case .object(let members) = document else { return document }
        return .object(members.filter { $0.0 != "digests" })
    }

    var document: JSON {
        var members: [(String, JSON)] = []
        if let secureBoot { members.append(("secure_boot", .bool(secureBoot))) }
        if let kernelCommandLine { members.append(("kernel_cmdline", kernelCommandLine.document)) }
        if let kernelDigest { members.append(("kernel_digest", Self.labelled(kernelDigest))) }
        if let initrdDigest { members.append(("initrd_digest", Self.labelled(initrdDigest))) }
        // An empty list says that there is none, so it stands only where that is known.
        if self.digests[.rtmr1] != nil { members.append(("boot_images", .array(bootImages.map(\.document)))) }
        if llm != nil { members.append(("aael", .array(applicationEvents.map(\.document)))) }
        if let dstack { members.append(("dstack", dstack.document)) }
        if let llm { members.append(("llm", llm.document)) }
        let digests = RuntimeRegister.allCases.compactMap { register in
            self.digests[register].map { (register.name, JSON.array($0.map { .string($0.hex) })) }
        }
        members.append(("digests", .object(digests)))
        return .object(members)
    }

    /// A digest that the sender's word alone gives a meaning (event-logs 7.1).
    private static func labelled(_ digest: FixedBytes<48>) -> JSON {
        .object([("digest", .string(digest.hex)), labelledMember])
    }
}

private let labelledMember: (String, JSON) = ("labelled", .bool(true))

extension KernelCommandLine {
    var document: JSON {
        var members: [(String, JSON)] = []
        if let text { members.append(("text", .string(text))) }
        if let form { members.append(("form", .string(form.rawValue))) }
        members.append(("digests", .array(digests.map { .string($0.hex) })))
        members.append(labelledMember)
        return .object(members)
    }
}

extension BootImage {
    var document: JSON {
        .object([
            ("n", .integer(Int64(event))), ("digest", .string(digest.hex)),
            ("path", .string(path.joined(separator: "/"))), labelledMember,
        ])
    }
}

extension ApplicationEvent {
    /// The content as JSON where it is JSON that loses nothing by being parsed, and its exact text beside it.
    var document: JSON {
        let parsed = (try? JSONDocument(parsing: Array(entry.content.utf8), limit: Limits.eventAAELBytes))
            .flatMap { JSON(document: $0.root) }
        return .object([
            ("n", .integer(Int64(event))), ("domain", .string(entry.domain)),
            ("operation", .string(entry.operation)), ("content", parsed ?? .string(entry.content)),
            ("content_raw", .string(entry.content)),
        ])
    }
}

extension DstackFacts {
    var document: JSON {
        let digests = [
            ("app_id", appID), ("compose_hash", composeHash), ("instance_id", instanceID),
            ("os_image_hash", osImageHash), ("rootfs_hash", rootfsHash),
        ]
        var members = digests.compactMap { name, value in value.map { (name, JSON.string(Hex.encode($0))) } }
        if let keyProvider { members.append(("key_provider", .string(keyProvider))) }
        let events = runtime.map {
            JSON.object([("name", .string($0.name)), ("payload", .string(Hex.encode($0.payload)))])
        }
        members.append(("runtime", .array(events)))
        return .object(members)
    }
}
