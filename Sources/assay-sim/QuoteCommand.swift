import ArgumentParser
import Foundation
import PlatformSimulator
import Wire

/// `assay-sim quote`.
struct QuoteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "quote", abstract: "Writes a simulated quote.")

    @OptionGroup var options: WorldOptions

    @Option(help: ArgumentHelp("What the attester binds: up to 64 bytes, zeros behind them.", valueName: "hex"))
    var reportData: String?

    @Option(
        help: ArgumentHelp(
            "Bind this nonce of 16 to 64 bytes in the scheme assay: base64url, or hex.", valueName: "nonce"))
    var nonce: String?

    @Option(
        help: ArgumentHelp("The key that is bound with it: a file with a JWK, or its thumbprint.", valueName: "key"))
    var key: String?

    @Option(help: "Write one quote each of so many machines into a folder, 1.quote and on.")
    var machines: Int?

    @Option(help: "Where to write the quote; - for standard output. A folder, with --machines.")
    var out: String

    func run() throws {
        guard options.mutation == nil || (reportData == nil && nonce == nil && machines == nil) else {
            throw Problem.usage("--mutation makes evidence by itself: leave --report-data, --nonce and --machines out")
        }
        guard reportData == nil || nonce == nil else {
            throw Problem.usage("--report-data is all of report_data: leave --nonce out")
        }
        guard key == nil || nonce != nil else { throw Problem.usage("--key is bound with a --nonce") }
        let time =
            if let machines { try write(machines) } else { try writeOne() }
        Terminal.standardError("simulated; verify with --at \(time) and the simulator's --trust-root\n")
    }

    private func writeOne() throws -> Instant {
        let evidence = reportData == nil && nonce == nil ? try options.evidence() : try evidence(of: "")
        try OutputFile.write(evidence.quote, to: out)
        return evidence.time
    }

    private func write(_ machines: Int) throws -> Instant {
        guard (1...100_000).contains(machines) else {
            throw Problem.usage("--machines \(machines): write a number from 1 to 100000")
        }
        try OutputFile.makeDirectory(out)
        for number in 1...machines {
            try OutputFile.write(try evidence(of: "\(number)").quote, to: "\(out)/\(number).quote")
        }
        return try options.world().time
    }

    private func evidence(of machine: String) throws -> SimulatedEvidence {
        var recipe = try options.world().recipe(for: try options.quoteKind(), machine: machine)
        try options.boot(&recipe)
        if let bound = try reportDataBytes() {
            recipe.quote.td?.reportData = bound
            recipe.quote.enclave?.reportData = bound
        }
        return try recipe.build()
    }

    private func reportDataBytes() throws -> [UInt8]? {
        if let nonce { return try bound(nonce) }
        guard let reportData else { return nil }
        guard let bytes = Hex.decode(reportData), (1...64).contains(bytes.count) else {
            throw Problem.usage("--report-data: give 1 to 64 bytes in hexadecimal")
        }
        return bytes + [UInt8](repeating: 0, count: 64 - bytes.count)
    }

    private func bound(_ nonce: String) throws -> [UInt8] {
        guard let bytes = Hex.decode(nonce) ?? Base64URL.decode(Array(nonce.utf8)[...]),
            let data = SimulatedBinding.assay(nonce: bytes, thumbprint: try key.map { try thumbprint($0) } ?? [])
        else { throw Problem.usage("--nonce: give 16 to 64 bytes in base64url without padding, or in hexadecimal") }
        return data
    }

    private func thumbprint(_ key: String) throws -> [UInt8] {
        if let bytes = Hex.decode(key) ?? Base64URL.decode(Array(key.utf8)[...]), bytes.count == 32 { return bytes }
        guard let text = FileManager.default.contents(atPath: key),
            let bytes = SimulatedBinding.thumbprint(ofWebKey: Array(text))
        else {
            throw Problem.usage("--key \(key): neither a file with a JWK nor a thumbprint of 32 bytes")
        }
        return bytes
    }
}
