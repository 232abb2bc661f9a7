import Wire

/// Ways in which a boot, or the log that is sent of it, is not the one that was vouched for. Each is one change.
package enum BootVariation: String, CaseIterable, Sendable {
    case healthy
    /// Another model under the same name: other weights, other manifest.
    case model
    /// One blob on the disk is not the one that the manifest lists.
    case blob
    /// The command line names the root file system and has no hash of it, as that of most guests.
    case plainRoot = "plain-root"
    case commandLine = "command-line"
    case kernel
    case initrd
    case ollama
    case openWebUI = "open-webui"
    case secureBootOff = "secure-boot-off"
    /// The agent never said that it was done.
    case noReady = "no-ready"
    /// The agent says that it is done, one event short of what it counted.
    case wrongCount = "wrong-count"
    /// A model was replaced while the service ran.
    case modelChanged = "model-changed"
    /// A good model's manifest, claimed after the boot phase of a bad one.
    case lateManifest = "late-manifest"
    /// The log was taken after the quote and has one event more.
    case eventAfterQuote = "event-after-quote"
    /// The last event of RTMR3 is left out of the log.
    case eventDropped = "event-dropped"
    /// All events of RTMR3 are left out of the log.
    case applicationsHidden = "applications-hidden"
    /// Two events of RTMR2 stand in the other order.
    case eventsSwapped = "events-swapped"
    /// The log shows another command line beside the digest of the true one.
    case textChanged = "text-changed"

    package var title: String {
        switch self {
        case .healthy: "as vouched for"
        case .model: "another model under the same name"
        case .blob: "one blob on the disk is not the manifest's"
        case .plainRoot: "a root file system that nothing measured protects"
        case .commandLine: "another kernel command line"
        case .kernel: "another kernel"
        case .initrd: "another initrd"
        case .ollama: "another Ollama"
        case .openWebUI: "another Open WebUI"
        case .secureBootOff: "Secure Boot off"
        case .noReady: "the agent never said ready"
        case .wrongCount: "the agent's count does not fit its events"
        case .modelChanged: "a model replaced after ready"
        case .lateManifest: "a manifest claimed after ready"
        case .eventAfterQuote: "an event after the quote was taken"
        case .eventDropped: "the last event of RTMR3 left out of the log"
        case .applicationsHidden: "all events of RTMR3 left out of the log"
        case .eventsSwapped: "two events of RTMR2 swapped in the log"
        case .textChanged: "another command line shown beside the true digest"
        }
    }

    /// The log of such a boot and, in `registers`, what a quote taken during it says.
    package func log(seed: String) -> EventLogRecipe {
        var boot = TrustDomainBoot(seed: seed)
        changeBoot(&boot)
        var log = boot.log
        changeLog(&log, boot)
        return log
    }

    private func changeBoot(_ boot: inout TrustDomainBoot) {
        switch self {
        case .model: boot.model.layers[0].content[100] ^= 1
        case .blob:
            var stored = boot.model
            stored.layers[0].content[100] ^= 1
            boot.storedModel = stored
        case .plainRoot: boot.commandLine = TrustDomainBoot.commandLine(TrustDomainBoot.plainRoot)
        case .commandLine: boot.commandLine += " init=/bin/sh"
        case .kernel: boot.kernel[0] ^= 1
        case .initrd: boot.initrd[0] ^= 1
        case .ollama: boot.ollama[0] ^= 1
        case .openWebUI: boot.openWebUI[0] ^= 1
        case .secureBootOff: boot.hasSecureBoot = false
        case .noReady, .wrongCount: boot.isReady = false
        case .lateManifest: boot.model.layers[0].content[100] ^= 1
        default: break
        }
    }

    private func changeLog(_ log: inout EventLogRecipe, _ boot: TrustDomainBoot) {
        let good = SimulatedModel(seed: boot.seed)
        switch self {
        case .wrongCount: log.addAgentEvent("ready", .object([("count", .integer(3))]))
        case .modelChanged:
            log.addAgentEvent(
                "change",
                .object([
                    ("name", .string(good.name)), ("sha256", .string(TrustDomainBoot.sha256([0]))),
                    ("was", .string(good.manifestSHA256)),
                ]))
        case .lateManifest:
            log.addAgentEvent(
                "model-manifest",
                .object([("name", .string(good.name)), ("sha256", .string(good.manifestSHA256))]))
        case .eventAfterQuote:
            log.addAgentEvent("gpu", .object([("uuid", .string("GPU-0"))]))
            log.events[log.events.count - 1].isExtended = false
        case .eventDropped: log.events[log.events.count - 1].isLogged = false
        case .applicationsHidden:
            for index in log.events.indices where log.events[index].register == 3 { log.events[index].isLogged = false }
        case .eventsSwapped: swapInLog(&log)
        case .textChanged:
            for index in log.events.indices
            where log.events[index].data.starts(with: "grub_kernel_cmdline ".utf8) {
                log.events[index].data.insert(contentsOf: Array("fips=1 ".utf8), at: 20)
            }
        default: break
        }
    }

    /// The quote keeps the true order; the log has the two last events of RTMR2 in the other.
    private func swapInLog(_ log: inout EventLogRecipe) {
        let places = log.events.indices.filter { log.events[$0].register == 2 }.suffix(2)
        guard let first = places.first, let second = places.last else { return }
        var shown = [log.events[second], log.events[first]]
        for index in shown.indices { shown[index].isExtended = false }
        log.events[first].isLogged = false
        log.events[second].isLogged = false
        log.events.insert(contentsOf: shown, at: second + 1)
    }
}

extension EvidenceRecipe {
    /// Gives the trust domain the registers that it holds after a boot; nothing happens to an enclave's quote.
    package mutating func setRegisters(after log: EventLogRecipe) { quote.td?.rtmr = log.registers }
}
