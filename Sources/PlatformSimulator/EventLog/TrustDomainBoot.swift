import Crypto
package import Wire

/// What a gn8v-tee guest measures while it boots: firmware, GRUB with its commands, kernel and initrd as an Alibaba Cloud
/// image logs them, then Ollama, a model and Open WebUI through an agent (event-logs 1.6 to 1.8, 5.3).
package struct TrustDomainBoot: Hashable, Sendable {
    package let seed: String
    package var hasSecureBoot = true
    package var kernel: [UInt8]
    package var initrd: [UInt8]
    /// With the root hash of a verity file system in it: what is measured fixes what the agent comes from (event-logs 5.5).
    package var commandLine: String
    package var ollama: [UInt8]
    /// SHA-256 of Open WebUI's tree.
    package var openWebUI: [UInt8]
    /// What the manifest says the model is.
    package var model: SimulatedModel
    /// What lies on the disk, where that is not what the manifest says.
    package var storedModel: SimulatedModel?
    package var isReady = true

    package init(seed: String) {
        self.seed = seed
        kernel = SeededBytes.make(seed, "kernel", count: 512)
        initrd = SeededBytes.make(seed, "initrd", count: 512)
        ollama = SeededBytes.make(seed, "ollama", count: 256)
        openWebUI = SeededBytes.make(seed, "Open WebUI tree", count: 32)
        model = SimulatedModel(seed: seed)
        commandLine = Self.commandLine("root=/dev/mapper/root roothash=\(Self.sha256(Array("\(seed) root".utf8)))")
    }

    /// As the confidential guests of Alibaba Cloud have it, with what says where the root file system is.
    static func commandLine(_ root: String) -> String {
        "(hd0,gpt3)/boot/vmlinuz-5.10.134-18.al8.x86_64 \(root) ro console=ttyS0 rd.luks=1 quiet"
    }

    /// The root of a real guest: a disk by its name, and nothing about what is on it.
    static let plainRoot = "root=UUID=6dd1-4f2a"

    /// The log of the boot, every event extended and logged.
    package var log: EventLogRecipe {
        var log = EventLogRecipe()
        addFirmware(to: &log)
        addImages(to: &log)
        addBootLoader(to: &log)
        addAgent(to: &log)
        return log
    }

    /// RTMR0: the hand-off block, the configuration volume, the variables of Secure Boot, ACPI, the separator.
    private func addFirmware(to log: inout EventLogRecipe) {
        let handOff = UEFIStructures.description("TdxTable") + UInt64(1).littleEndianBytes
        log.add(0, 0x8000_000B, handOff + [UInt8](repeating: 0, count: 24), covering: seeded("TD HOB"))
        log.add(
            0, 0x8000_000A, UEFIStructures.description("Fv(X)") + [UInt8](repeating: 0, count: 16),
            covering: seeded("configuration volume"))
        log.add(0, 0x8000_0001, UEFIStructures.variable("SecureBoot", hasSecureBoot ? [1] : []))
        for name in ["PK", "KEK", "db", "dbx"] {
            log.add(0, 0x8000_0001, UEFIStructures.variable(name, hasSecureBoot ? seeded("keys in \(name)") : []))
        }
        log.add(0, 0x1, Array("ACPI DATA".utf8), covering: seeded("ACPI tables"))
        log.add(0, 0x4, [0, 0, 0, 0])
    }

    /// RTMR1: boot options, shim and GRUB as PE images, the way out of the firmware.
    private func addImages(to log: inout EventLogRecipe) {
        // Only the variable's data is hashed.
        for (name, value) in [("BootOrder", [0, 0]), ("Boot0000", seeded("boot option"))] as [(String, [UInt8])] {
            log.add(1, 0x8000_0002, UEFIStructures.variable(name, value), covering: value)
        }
        log.add(1, 0x8000_0007, Array("Calling EFI Application from Boot Option".utf8))
        log.add(1, 0x4, [0, 0, 0, 0])
        for (path, label) in [("\\EFI\\BOOT\\BOOTX64.EFI", "shim"), ("\\EFI\\alinux\\grubx64.efi", "GRUB")] {
            log.add(1, 0x8000_0003, UEFIStructures.image(path), covering: seeded(label))
        }
        log.add(1, 0x8000_0007, Array("Exit Boot Services Invocation".utf8))
        log.add(1, 0x8000_0007, Array("Exit Boot Services Returned with Success".utf8))
    }

    /// RTMR2: what GRUB ran and read. Alibaba's GRUB logs one byte past each text; commands are hashed with their NUL, the
    /// kernel command line without.
    private func addBootLoader(to log: inout EventLogRecipe) {
        log.add(2, 0xD, Array("/efi/boot/grub.cfg".utf8) + [0], covering: seeded("grub.cfg"))
        for command in ["set pager=1", "linuxefi \(commandLine)", "initrdefi /boot/initramfs.img"] {
            log.add(2, 0xD, Array("grub_cmd \(command)".utf8) + [0, 0x5A], covering: Array(command.utf8) + [0])
        }
        log.add(2, 0xD, Array("grub_linuxefi Kernel".utf8) + [0], covering: kernel)
        log.add(
            2, 0xD, Array("grub_kernel_cmdline \(commandLine)".utf8) + [0, 0x5A], covering: Array(commandLine.utf8))
        log.add(2, 0xD, Array("grub_linuxefi Initrd".utf8) + [0], covering: initrd)
    }

    /// RTMR3: the agent's account of what it starts.
    private func addAgent(to log: inout EventLogRecipe) {
        let stored = storedModel ?? model
        var account: [(operation: String, content: [(String, JSON)])] = [
            ("start", [("agent", .string("assay-sim/1"))]),
            (
                "exec",
                [
                    ("name", .string("ollama")), ("path", .string("/usr/local/bin/ollama")),
                    ("sha256", .string(Self.sha256(ollama))),
                ]
            ),
            (
                "tree",
                [
                    ("alg", .string("assay-tree-1")), ("name", .string("open-webui")),
                    ("path", .string("/opt/open-webui")), ("sha256", .string(Hex.encode(openWebUI))),
                ]
            ),
            (
                "config",
                [
                    ("name", .string("ollama.service")), ("path", .string("/etc/systemd/system/ollama.service")),
                    ("sha256", .string(Self.sha256(seeded("ollama.service")))),
                ]
            ),
            (
                "model-manifest",
                [
                    ("name", .string(model.name)), ("sha256", .string(model.manifestSHA256)),
                    ("size", .integer(Int64(model.manifest.count))),
                ]
            ),
        ]
        account += ([stored.config] + stored.layers).map { blob in
            (
                "model-blob",
                [
                    ("digest", .string("sha256:" + blob.sha256)), ("media_type", .string(blob.mediaType)),
                    ("model", .string(model.name)), ("size", .integer(Int64(blob.content.count))),
                ]
            )
        }
        for event in account { log.addAgentEvent(event.operation, .object(event.content)) }
        if isReady { log.addAgentEvent("ready", .object([("count", .integer(Int64(account.count)))])) }
    }

    private func seeded(_ label: String) -> [UInt8] { SeededBytes.make(seed, label, count: 96) }

    static func sha256(_ bytes: [UInt8]) -> String { Hex.encode(Array(SHA256.hash(data: bytes))) }
}

extension EventLogRecipe {
    /// An event of the domain `assay-llm/1`: tag, length and text, all of them hashed.
    package mutating func addAgentEvent(_ operation: String, _ content: JSON) {
        let text = Array("assay-llm/1 \(operation) \(content.canonicalText)".utf8)
        add(3, 0x6, UInt32(0x4141_454C).littleEndianBytes + UInt32(text.count).littleEndianBytes + text)
    }
}
