import ArgumentParser
import DCAPFormats
import Foundation
import PlatformSimulator
import Wire

/// `assay-sim pccs`: a caching service for the simulated world, or for given collateral.
struct PCCSCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pccs", abstract: "Serves simulated collateral as a PCCS does, until it is interrupted.",
        discussion: "Prints the base URL of its SGX interface on one line when it is ready.")

    @Option(help: "Address and port; port 0 takes any that is free.")
    var listen = "127.0.0.1:0"

    @Option(help: "Everything follows from it: same seed, same keys.")
    var seed = "assay"

    @Option(help: "When the documents are to be in date, such as 2026-01-15T00:00:00Z, or now.")
    var at = "now"

    @Option(help: "Serve this collateral bundle instead of a simulated world; may be given several times.")
    var bundle: [String] = []

    @Flag(help: "Be a PCS: CRLs in PEM, the root CRL at its distribution point.")
    var pcs = false

    @Option(help: ArgumentHelp("Write the simulator's root certificate, PEM.", valueName: "file"))
    var trustRoot: String?

    @Option(help: ArgumentHelp("Serve HTTPS, and write the CA to be trusted, PEM.", valueName: "file"))
    var tlsCAOut: String?

    @Option(help: "ITEM:FAULT, such as tcb_info:status=503; may be given several times. ITEM * is all.")
    var fault: [String] = []

    func run() async throws {
        let service = SimulatedPCCS(try catalogue(), kind: pcs ? .pcs : .pccs)
        for text in fault { try set(text, on: service) }
        guard let colon = listen.lastIndex(of: ":"), let port = Int(listen[listen.index(after: colon)...]) else {
            throw Problem.usage("--listen \(listen): write an address and a port, as 127.0.0.1:8081")
        }
        let certificate = try tlsCAOut.map { path in
            let certificate = try LoopbackCertificate()
            try OutputFile.write(Array(certificate.authorityPEM.utf8), to: path)
            return certificate
        }
        try await service.serve(host: String(listen[..<colon]), port: port, certificate: certificate) { base in
            Terminal.standardOutput(base + "\n")
            try await Task.sleep(for: .seconds(1 << 31))
        }
    }

    private func catalogue() throws -> PCCSCatalogue {
        var catalogue = PCCSCatalogue()
        for path in bundle {
            guard let bytes = FileManager.default.contents(atPath: path) else {
                throw Problem.usage("--bundle \(path): the file cannot be read")
            }
            try catalogue.add(try Collateral(bundle: Array(bytes)), update: .standard)
        }
        guard bundle.isEmpty else { return catalogue }
        let world = try SimulatedWorld(seed: seed, time: try WorldOptions.time(at))
        if let trustRoot {
            try OutputFile.write(Array(try world.evidence(.tdx15V5).rootPEM.utf8), to: trustRoot)
        }
        return try PCCSCatalogue(of: world)
    }

    private func set(_ text: String, on service: SimulatedPCCS) throws {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        guard parts.count == 2, let fault = PCCSFault(text: parts[1]) else {
            throw Problem.usage("--fault \(text): write ITEM:FAULT, such as tcb_info:status=503")
        }
        guard parts[0] != "*" else { return service.fail(fault) }
        guard let item = PCCSItem(rawValue: parts[0]) else {
            throw Problem.usage(
                "--fault \(text): the item is one of \(PCCSItem.allCases.map(\.rawValue).joined(separator: ", ")), *")
        }
        service.fail(fault, for: [item])
    }
}
