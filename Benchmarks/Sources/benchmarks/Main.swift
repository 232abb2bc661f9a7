import Crypto
import DCAPFormats
import DCAPVerification
import Foundation
import Wire

/// `benchmarks QUOTE BUNDLE TIME [ROOT]`: what a verification costs, in bare P-256 verifications of the same run.
/// `benchmarks unit`: microseconds of one of those, for other measurements to be held against.
@main
enum Main {
    static func main() throws {
        let arguments = CommandLine.arguments
        if arguments.dropFirst() == ["unit"] {
            let (unit, _) = Harness(rounds: 15, yardstick: try bareVerification()).run([])
            return print(String(format: "%.2f", unit * 1e6))
        }
        guard arguments.count >= 4, let time = Instant(rfc3339: arguments[3]) else {
            print("usage: benchmarks QUOTE BUNDLE TIME [ROOT]")
            exit(64)
        }
        let quote = try read(arguments[1])
        let collateral = try Collateral(bundle: try read(arguments[2]))
        let anchor = arguments.count > 4 ? try TrustAnchor(certificate: try read(arguments[4])) : .intel
        let verifier = Verifier(trusting: anchor)
        guard case .verified(let known) = verifier.verify(try Quote(parsing: quote), using: collateral, at: time) else {
            print("the evidence is refused: nothing to measure")
            exit(2)
        }
        let (unit, figures) = Harness(rounds: 15, yardstick: try bareVerification()).run([
            Benchmark(name: "parse", floor: nil) { check((try? Quote(parsing: quote)) != nil) },
            Benchmark(name: "cold", floor: 12) {
                check((try? Quote(parsing: quote)).map { verifier.verify($0, using: collateral, at: time) })
            },
            Benchmark(name: "new platform", floor: 4) {
                check(
                    (try? Quote(parsing: quote)).map {
                        verifier.verify($0, using: known.endorsements.collateral, at: time)
                    })
            },
            Benchmark(name: "warm", floor: 1.3) {
                check((try? Quote(parsing: quote)).map { verifier.verify($0, from: known.endorsements, at: time) })
            },
        ])
        print(String(format: "bare P-256 verification   %8.1f µs   %9.0f /s", unit * 1e6, 1 / unit))
        for figure in figures {
            let floor = figure.floor.map { String(format: "  (floor %.1f)", $0) } ?? ""
            let name = figure.name.padding(toLength: 24, withPad: " ", startingAt: 0)
            print(
                String(
                    format: "%@  %8.1f µs   %9.0f /s   %6.2f ×%@", name, figure.secondsEach * 1e6,
                    1 / figure.secondsEach, figure.ratio, floor))
        }
        print(String(format: "peak memory               %8.1f MB", peakMemory()))
        if figures.contains(where: { !$0.isWithinFloor }) { exit(1) }
    }

    /// One signature over as many bytes as a v4 TDX quote signs, by a key that is imported already.
    private static func bareVerification() throws -> () -> Void {
        let key = P256.Signing.PrivateKey()
        let message = [UInt8](repeating: 7, count: 632)
        let signature = try key.signature(for: message)
        let publicKey = key.publicKey
        return { check(publicKey.isValidSignature(signature, for: message)) }
    }

    private static func read(_ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(filePath: path)))
    }
}

/// A benchmark that does not do its work measures nothing.
private func check(_ holds: Bool) {
    if !holds {
        print("a benchmark failed to do its work")
        exit(2)
    }
}

private func check(_ verification: Verification?) {
    if case .verified? = verification { check(true) } else { check(false) }
}
