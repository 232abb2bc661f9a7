import AuditStore
import Crypto
import Foundation
import MerkleLog

/// `log-benchmarks [SECONDS] [ENTRIES]`: what recording costs with full durability, how large the log becomes, how fast it
/// is asked while it grows, and how long a start takes.
@main
enum LogMain {
    static func main() async throws {
        let arguments = CommandLine.arguments
        let seconds = arguments.count > 1 ? Double(arguments[1]) ?? 3 : 3
        let entries = arguments.count > 2 ? UInt64(arguments[2]) ?? 100_000 : 100_000
        let folder = FileManager.default.temporaryDirectory.path + "/assay-log-bench-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let bench = LogBench(folder: folder)
        var isWithinFloors = true
        func require(_ holds: Bool, _ text: String) {
            print(text + (holds ? "" : "   BELOW ITS FLOOR"))
            isWithinFloors = isWithinFloors && holds
        }

        var log = try await bench.open()
        for concurrency in [1, 64, 512] {
            var best: Throughput?
            for _ in 0..<3 {
                let figure = try await bench.append(log, concurrency: concurrency, seconds: seconds)
                if figure.perSecond > best?.perSecond ?? 0 { best = figure }
            }
            guard let best else { continue }
            require(
                concurrency < 64 || best.perSecond >= 5_000,
                String(
                    format: "append, %3d at once   %8.0f /s   p50 %7.2f ms   p99 %7.2f ms", concurrency, best.perSecond,
                    best.median * 1e3, best.p99 * 1e3))
        }
        let paced = try await bench.paced(log, perSecond: 1_000, seconds: seconds)
        require(
            paced.p99 <= 0.05,
            String(
                format: "added at 1,000 /s     %8.0f /s   p50 %7.2f ms   p99 %7.2f ms", paced.perSecond,
                paced.median * 1e3, paced.p99 * 1e3))

        while log.tree.size < entries { try await bench.fill(log, to: entries) }
        let (proofs, queries) = try await bench.askWhileAppending(log, seconds: seconds)
        print(
            String(
                format: "proof while appending                p50 %7.2f ms   p99 %7.2f ms", proofs.median * 1e3,
                proofs.p99 * 1e3))
        print(
            String(
                format: "filtered page (100)                  p50 %7.2f ms   p99 %7.2f ms", queries.median * 1e3,
                queries.p99 * 1e3))
        let size = log.tree.size
        await LogBench.stop(log)
        let bytes = try FileManager.default.attributesOfItem(atPath: folder + "/log.db")[.size] as? Int ?? 0
        require(
            Double(bytes) / Double(size) <= 1_200,
            String(
                format: "log.db                %8.0f bytes per entry at %d entries", Double(bytes) / Double(size), size)
        )
        let started = ContinuousClock.now
        log = try await bench.open()
        let start = started.duration(to: .now) / .seconds(1)
        require(start <= 1, String(format: "start                 %8.3f s at %d entries", start, size))
        let exported = ContinuousClock.now
        var position: UInt64 = 0
        var range = CompactRange()
        while position < size {
            let end = min(size, position + 512)
            for leaf in try await log.reader.leaves(in: position..<end) { range.append(leaf: MerkleHashing.leaf(leaf)) }
            position = end
        }
        guard try await log.reader.root(of: size) == range.root else { fatal("the export has another root") }
        print(
            String(
                format: "verified export       %8.0f entries/s",
                Double(size) / (exported.duration(to: .now) / .seconds(1))))
        await LogBench.stop(log)
        if !isWithinFloors { exit(1) }
    }
}

func fatal(_ text: String) -> Never {
    print(text)
    exit(2)
}
