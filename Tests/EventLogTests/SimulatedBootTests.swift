import Crypto
import EventLog
import PlatformSimulator
import Testing
import Wire

/// The simulated gn8v-tee boot: written by one hand, read by another, with every named change found by what it changes.
@Suite("Simulated boots")
struct SimulatedBootTests {
    private static let seed = "boots"

    private func findings(_ variation: BootVariation) throws -> EventLogFindings {
        let log = variation.log(seed: Self.seed)
        let registers = try log.registers.map { try #require(FixedBytes<48>(exactly: $0)) }
        return EventLogFindings(
            of: log.bytes, against: QuotedRegisters(registers[0], registers[1], registers[2], registers[3]),
            manifests: [SimulatedModel(seed: Self.seed).manifest])
    }

    @Test("A healthy boot replays whole, and says what runs")
    func healthy() throws {
        let findings = try findings(.healthy)
        let boot = TrustDomainBoot(seed: Self.seed)
        #expect(findings.registers.allSatisfy { $0.status == .replayed })
        #expect(findings.notes.isEmpty)
        let facts = try #require(findings.facts)
        #expect(facts.secureBoot == true)
        #expect(facts.kernelCommandLine?.text == boot.commandLine)
        #expect(facts.kernelCommandLine?.form == .utf8)
        #expect(facts.kernelCommandLine?.form(matching: boot.commandLine) == .utf8)
        #expect(facts.kernelDigest?.bytes == LogWriter.sha384(boot.kernel))
        #expect(facts.initrdDigest?.bytes == LogWriter.sha384(boot.initrd))
        #expect(facts.bootImages.map(\.path) == [["\\EFI\\BOOT\\BOOTX64.EFI"], ["\\EFI\\alinux\\grubx64.efi"]])
        #expect(findings.events.contains { $0.label == "grub_cmd set pager=1" })
        #expect(facts.llm?.isComplete == true)
        #expect(facts.llm?.models.map(\.level) == [.complete])
        #expect(facts.llm?.models.first?.digest == boot.model.manifestSHA256)
        #expect(facts.llm?.executables.first?.sha256?.bytes == Array(SHA256.hash(data: boot.ollama)))
        #expect(facts.llm?.trees.first?.sha256?.bytes == boot.openWebUI)
        #expect(facts.llm?.configurations.count == 1)
    }

    /// The claims that a change makes different from a healthy boot's, where every register replays.
    private static let changed: [(BootVariation, [String])] = [
        (.model, ["llm.models[].sha256", "llm.models[].level"]),
        (.blob, ["llm.models[].level"]),
        (.plainRoot, ["kernel_cmdline.text"]),
        (.commandLine, ["kernel_cmdline.text"]),
        (.kernel, ["kernel_digest"]),
        (.initrd, ["initrd_digest"]),
        (.ollama, ["llm.exec[name=ollama].sha256"]),
        (.openWebUI, ["llm.trees[name=open-webui].sha256"]),
        (.secureBootOff, ["secure_boot"]),
        (
            .noReady,
            [
                "llm.complete", "llm.models[].sha256", "llm.models[].level", "llm.exec[name=ollama].sha256",
                "llm.trees[name=open-webui].sha256",
            ]
        ),
        (
            .wrongCount,
            [
                "llm.complete", "llm.models[].sha256", "llm.models[].level", "llm.exec[name=ollama].sha256",
                "llm.trees[name=open-webui].sha256",
            ]
        ),
        (.modelChanged, ["llm.changes[].sha256"]),
        (.lateManifest, ["llm.models[].sha256", "llm.models[].level"]),
        (.textChanged, ["kernel_cmdline.text"]),
    ]

    private static let claims = [
        "llm.models[].sha256", "llm.models[].level", "kernel_cmdline.text", "kernel_digest", "initrd_digest",
        "llm.exec[name=ollama].sha256", "llm.trees[name=open-webui].sha256", "secure_boot", "llm.complete",
        "llm.changes[].sha256",
    ]

    @Test("Each change of a boot changes its own claims and no other", arguments: changed)
    func changedBoots(variation: BootVariation, different: [String]) throws {
        let healthy = try findings(.healthy)
        let findings = try findings(variation)
        #expect(findings.registers.allSatisfy { $0.status == .replayed })
        for claim in Self.claims {
            let path = "event_log.facts.\(claim)"
            #expect(
                (findings.claims(at: path) != healthy.claims(at: path)) == different.contains(claim), "\(claim)")
        }
    }

    @Test("A command line shown beside another's digest is not believed")
    func textChanged() throws {
        let findings = try findings(.textChanged)
        #expect(findings.facts?.kernelCommandLine?.text == nil)
        // The true one can still be recognised.
        let boot = TrustDomainBoot(seed: Self.seed)
        #expect(findings.facts?.kernelCommandLine?.form(matching: boot.commandLine) == .utf8)
        #expect(findings.facts?.kernelCommandLine?.form(matching: "fips=1 \(boot.commandLine)") == nil)
    }

    @Test(
        "Each change of the log alone is a register that differs or says nothing",
        arguments: [
            (BootVariation.eventAfterQuote, [3], RegisterReplay.Status.differs, ReplayHint.extraEvents),
            (.eventDropped, [3], .differs, .prefixOfNothing), (.applicationsHidden, [3], .reported, nil),
            (.eventsSwapped, [2], .differs, .prefixOfNothing),
        ] as [(BootVariation, [Int], RegisterReplay.Status, ReplayHint?)])
    func changedLogs(variation: BootVariation, registers: [Int], status: RegisterReplay.Status, hint: ReplayHint?)
        throws
    {
        let findings = try findings(variation)
        for register in findings.registers {
            let isChanged = registers.contains(register.register.rawValue)
            #expect(register.status == (isChanged ? status : .replayed))
            #expect(register.hint == (isChanged ? hint : nil))
        }
        #expect((findings.facts?.llm == nil) == registers.contains(3))
    }

    @Test("Every variation has a test here")
    func coverage() {
        let tested = Set(Self.changed.map(\.0))
            .union([.healthy, .eventAfterQuote, .eventDropped, .applicationsHidden, .eventsSwapped])
        #expect(tested == Set(BootVariation.allCases))
    }

    @Test("Two boots are compared event by event")
    func comparison() throws {
        let healthy = try #require(try findings(.healthy).log)
        let other = try #require(try findings(.ollama).log)
        #expect(other.firstDifference(from: healthy, in: .rtmr0) == nil)
        let difference = try #require(other.firstDifference(from: healthy, in: .rtmr3))
        #expect(difference.event == 2)
        #expect(difference.reason == .reference)
        #expect(difference.expected != difference.found)
        let short = try #require(try findings(.noReady).log)
        #expect(short.firstDifference(from: healthy, in: .rtmr3)?.found == nil)
        #expect(healthy.firstDifference(from: short, in: .rtmr3)?.expected == nil)
    }

    @Test("A quote with the boot's registers and its log fit together")
    func quote() throws {
        let world = try SimulatedWorld(seed: Self.seed)
        var recipe = try world.recipe(for: .tdx15V5)
        let log = BootVariation.healthy.log(seed: Self.seed)
        recipe.setRegisters(after: log)
        #expect(recipe.quote.td?.rtmr == log.registers)
        #expect(try recipe.build().quote.count > 1_000)
    }
}

/// What a guest agent emits, by the vectors of event-logs 9.3 and 9.4.
@Suite("Measuring")
struct EmissionTests {
    @Test("9.3: the texts and digests of a boot phase")
    func events() throws {
        let manifest: FixedBytes<32> = try #require(
            Hex.fixed(Array("d5242f8e224813d0984e54e4dc652c1749a0e7690e77490c72ed4eaebb2ae561".utf8)[...]))
        let blob: FixedBytes<32> = try #require(
            Hex.fixed(Array("f4fc5a272157baf9667952b9b0a9b7defd0ab509fbd2b8eb59e8f8a4c8b44b78".utf8)[...]))
        let ollama: FixedBytes<32> = try #require(
            Hex.fixed(Array("8b0fbaacf901078951d3412a35577be7c85734f66b8b05727b2c3b4c62379c0d".utf8)[...]))
        let model = "registry.ollama.ai/library/deepseek-r1:70b"
        let events: [GuestEvent] = [
            .start(agent: "example/1"), .file("exec", name: "ollama", path: "/usr/local/bin/ollama", sha256: ollama),
            .tree(name: "open-webui", path: "/opt/open-webui", sha256: try tree()),
            .manifest(model: model, sha256: manifest, size: 552),
            .blob(model: model, digest: blob, mediaType: "application/vnd.ollama.image.model", size: 12),
            .ready(count: 5),
        ]
        #expect(events.map(\.text) == Vectors.llm.map(\.text))
        #expect(events.map { $0.digest.hex } == Vectors.llm.map(\.digest))
    }

    /// The tree of 9.4, its entries given in another order than they are hashed in.
    private func tree() throws -> FixedBytes<32> {
        var tree = PackageTree()
        func add(_ path: String, _ kind: PackageTree.Kind, _ content: String, isExecutable: Bool = false) throws {
            let digest = try #require(FixedBytes<32>(exactly: Array(SHA256.hash(data: Array(content.utf8)))))
            tree.add(
                Array(path.utf8), kind, isExecutable: isExecutable, length: UInt64(content.utf8.count), sha256: digest)
        }
        try add("data/link", .link, "../app.py")
        try add("bin/run", .file, "#!/bin/sh\n", isExecutable: true)
        try add("app.py", .file, "print(1)\n")
        return tree.digest
    }

    @Test("9.4: assay-tree-1")
    func treeVector() throws {
        #expect(try tree().hex == "979092fbef96774404210fca99e6a6576323c8acb11d33defecbbd3371121a8b")
    }
}
