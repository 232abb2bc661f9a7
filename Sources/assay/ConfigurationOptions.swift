import ArgumentParser
import ServiceConfiguration
import Wire

/// Where the settings of a service come from, for every command that works on one.
struct ConfigurationOptions: ParsableArguments {
    @Option(help: "Configuration file, JSON.")
    var config: String?

    @Option(name: .customLong("set"), help: "A setting, KEY=VALUE; may be given several times.")
    var settings: [String] = []

    @Option(help: "Short for --set data=FOLDER.")
    var data: String?

    /// - Parameter more: Flags of the command that are settings too.
    func read(_ more: [ConfigurationKey: String?] = [:]) throws -> ServiceConfiguration {
        var flags = CollateralCommand.StoreOptions.flags(more)
        if let data { flags[ConfigurationKey.data.rawValue] = data }
        for setting in settings {
            let parts = setting.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { throw Problem.usage("--set \(setting): write it as KEY=VALUE") }
            flags[String(parts[0])] = String(parts[1])
        }
        let file = try config.map { try InputFile.read($0, limit: Limits.jsonBytes, what: "configuration file") }
        return try ServiceConfiguration.effective(file: file, flags: flags)
    }
}
