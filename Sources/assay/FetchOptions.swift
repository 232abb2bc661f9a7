import ArgumentParser
import CollateralService
import DCAPFormats
import DCAPVerification
import Foundation
import ServiceConfiguration
import Wire

/// Which collateral services a command asks, and how: the same settings as the service's, with the same words for what
/// is wrong with them.
struct FetchOptions: ParsableArguments {
    @Option(
        name: .customLong("pccs"),
        help: ArgumentHelp(
            "A collateral service: base URL of its SGX interface, pcs+ before a PCS. May be given several times, in the "
                + "order they are asked.", valueName: "url"))
    var services: [String] = []

    @Option(name: .customLong("pccs-ca"), help: "PEM file of the only roots to trust for TLS to the services.")
    var authorityFile: String?

    @Flag(
        name: .customLong("pccs-allow-http"), help: "Take plain http too, as services in a VPC and on loopback need it."
    )
    var allowHTTP = false

    /// - Parameter more: Settings of the command that are the service's too.
    func configuration(_ more: [ConfigurationKey: String?]) throws -> ServiceConfiguration {
        var flags = CollateralCommand.StoreOptions.flags(more)
        if !services.isEmpty { flags[ConfigurationKey.pccs.rawValue] = services.joined(separator: ",") }
        if let authorityFile { flags[ConfigurationKey.pccsCA.rawValue] = authorityFile }
        if allowHTTP { flags[ConfigurationKey.pccsAllowHTTP.rawValue] = "true" }
        return try ServiceConfiguration.effective(file: nil, flags: flags)
    }
}

extension ServiceConfiguration {
    /// From file, environment and flags; what is wrong with them is a usage error that names everything at once.
    static func effective(file: [UInt8]?, flags: [String: String]) throws -> ServiceConfiguration {
        do throws(ConfigurationErrors) {
            return try ServiceConfiguration(
                file: file, environment: ProcessInfo.processInfo.environment, flags: flags,
                readFile: { try? InputFile.read($0, limit: Limits.jsonBytes, what: "QCNL file") })
        } catch {
            throw Problem.usage(
                "the configuration is wrong:\n" + error.problems.map { "  \($0.sentence)" }.joined(separator: "\n"))
        }
    }
}

extension CollateralSettings {
    init(_ configuration: ServiceConfiguration) {
        self.init(
            services: configuration.services, certificateAuthorityFile: configuration.serviceCAFile,
            update: configuration.update, refreshAfterSeconds: configuration.refreshAfterSeconds)
    }
}
