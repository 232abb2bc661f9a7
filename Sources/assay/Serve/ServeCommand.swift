import ArgumentParser
import AttestationService
import CollateralService
import DCAPFormats
import DCAPVerification
import Foundation
import KeyCustody
import ServiceConfiguration
import Wire

/// `assay serve`: the service. `--check` says what it would do and what would fail, and ends.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Runs the verification service.",
        discussion: """
            Settings come from the file, then the environment (ASSAY_…), then flags; each overrides the one before. \
            Without any it listens on 127.0.0.1:8080 and keeps its data in ./assay-data.
            """)

    @OptionGroup var options: ConfigurationOptions

    @Option(help: "Short for --set listen=ADDRESS:PORT.")
    var listen: String?

    @Flag(help: "Print the effective configuration, try what can be tried, and end.")
    var check = false

    @Flag(name: .customLong("print-table"), help: .hidden)
    var printTable = false

    func run() async throws {
        guard !printTable else { return Terminal.standardOutput(ServiceConfiguration.table + "\n") }
        let configuration = try options.read([.listen: listen])
        guard !check else { return try await ConfigurationCheck(configuration: configuration).run() }
        let service = try await Service(configuration)
        try await withTaskExecutorPreference(EventLoopExecutor()) { try await service.run() }
    }
}

/// `--check`: the settings in force and their sources, every file that they name, the ports, and one fetch for a platform
/// that Intel has documented. Makes nothing and takes no lock, so that it can be asked beside the running service.
struct ConfigurationCheck {
    let configuration: ServiceConfiguration

    /// Xeon of the fourth generation: the platform of the public samples, known to every service.
    private static let knownFMSPC = "90c06f000000"

    func run() async throws {
        for setting in configuration.settings {
            let text = setting.text.isEmpty ? "(none)" : setting.text
            Terminal.standardOutput(
                "\(setting.key.rawValue.padding(toLength: 28, withPad: " ", startingAt: 0))\(text)  (\(setting.source))\n"
            )
        }
        let issuer = configuration.effectiveIssuer
        Terminal.standardOutput("issuer in tokens            \(issuer)\n\n")
        for warning in ServiceInputs.warnings(configuration, issuer: issuer) {
            Terminal.standardOutput("warning: \(warning)\n")
        }
        let inputs = try ServiceInputs(configuration)
        try keys(inputs.passphrase)
        try await ports()
        try await fetch(inputs.verifier)
    }

    private func keys(_ passphrase: [UInt8]?) throws {
        do throws(KeyError) {
            try KeyStore.check(
                path: configuration.data + "/keys", passphrase: passphrase, storeURI: configuration.tokenKeyURI,
                at: Service.now)
        } catch {
            throw Problem.undecided("keys in \(configuration.data)/keys: \(error.sentence)")
        }
    }

    /// A port that is taken is no fault here: mostly this service has it, and runs.
    private func ports() async throws {
        do {
            try await ReservedPorts(configuration).release()
        } catch let problem as Problem where problem.exitCode == ServiceExit.port.rawValue {
            Terminal.standardOutput("note: \(problem.message)\n")
        }
    }

    private func fetch(_ verifier: Verifier) async throws {
        guard let bytes = Hex.decode(Self.knownFMSPC), let fmspc = FixedBytes<6>(exactly: bytes) else { return }
        let key = CollateralKey(tee: .tdx, fmspc: fmspc, authority: .platform)
        do throws(CollateralFailure) {
            let set = try await CollateralService.fetchOnce(
                key, settings: CollateralSettings(configuration), verifier: verifier, at: Service.now,
                logger: Service.logger(configuration))
            Terminal.standardOutput(
                "collateral for TDX \(Self.knownFMSPC): from \(set.service), evaluation "
                    + "\(set.collateral.tcbInfo.evaluationNumber), in date until \(set.collateral.nextUpdate)\n")
        } catch {
            throw Problem.undecided(
                "collateral for TDX \(Self.knownFMSPC): \(error.code.rawValue): \(error.sentence). "
                    + "Verdicts on unknown platforms would be errors; check pccs, pccs_ca and the network.")
        }
    }
}
