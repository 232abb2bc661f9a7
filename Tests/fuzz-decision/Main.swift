import DecisionFuzz
import Foundation

/// Edits honest event logs, and then honest requests, and looks for a decision that moved towards accept and for a claim
/// that the quote does not bind:
/// `fuzz-decision COUNT LOGS… [--seed N] [--from CASE] [--finds N] [--out FOLDER]`.
///
/// COUNT is the number of edits of each. LOGS are folders of honest logs, any form, and of model manifests (`*.manifest`); a file
/// that is no such log is passed over. Exits 1 with the first find, its logs written to FOLDER; the same seed, case and
/// files find it again.
@main
enum Main {
    static func main() async {
        guard let arguments = Arguments(CommandLine.arguments.dropFirst()) else {
            write("usage: fuzz-decision COUNT LOGS… [--seed N] [--from CASE] [--finds N] [--out FOLDER]\n")
            exit(64)
        }
        let bases = arguments.logs.compactMap { DecisionFuzzer.Base(name: $0.name, $0.bytes) }
        guard bases.contains(where: { $0.name == "healthy" }) else {
            write("fuzz-decision: no honest log `healthy` among \(arguments.logs.count) files\n")
            exit(64)
        }
        write("\(bases.count) honest logs of \(arguments.logs.count) files\n")
        let fuzzer = DecisionFuzzer(bases, manifests: arguments.manifests, seed: arguments.seed)
        let start = ContinuousClock.now
        func report(_ text: String) {
            let seconds = (ContinuousClock.now - start).components.seconds
            write("seed \(arguments.seed), \(seconds) s: \(text)\n")
        }
        let (requests, faults) = requests(arguments)
        if let fault = faults { write("\(fault)\n") }
        report("\(requests)")
        let (counts, finds) = await run(fuzzer, arguments)
        for find in finds {
            write("\(find)\n")
            arguments.write(find)
        }
        report("\(counts)")
        guard finds.isEmpty, faults == nil else { exit(1) }
        // A run in which everything is refused would find nothing for ever.
        guard counts.editedAccepts * 4 > counts.edits, counts.readable * 2 > counts.edits, requests.confirmations > 0
        else {
            write("fuzz-decision: too little was accepted for this to show anything\n")
            exit(1)
        }
    }

    /// These are quick, and need no processors.
    private static func requests(_ arguments: Arguments) -> (RequestCounts, RequestFind?) {
        let fuzzer = RequestFuzzer(seed: arguments.seed)
        var counts = RequestCounts()
        for number in 0..<UInt64(max(1, arguments.count / RequestFuzzer.editsPerCase)) {
            if let find = fuzzer.run(case: arguments.from + number, counting: &counts) { return (counts, find) }
        }
        return (counts, nil)
    }

    /// Cases in portions, one for each processor at a time; stops with the portion that finds enough.
    private static func run(_ fuzzer: DecisionFuzzer, _ arguments: Arguments) async -> (DecisionCounts, [DecisionFind])
    {
        let cases = UInt64(max(1, arguments.count / DecisionFuzzer.editsPerCase))
        let portion: UInt64 = 64
        var next = arguments.from
        let end = arguments.from + cases
        var counts = DecisionCounts()
        var finds: [DecisionFind] = []
        await withTaskGroup(of: (DecisionCounts, [DecisionFind]).self) { group in
            func add() {
                guard next < end, finds.count < arguments.finds else { return }
                let range = next..<min(next + portion, end)
                next = range.upperBound
                group.addTask {
                    var counts = DecisionCounts()
                    let finds = range.compactMap { fuzzer.run(case: $0, counting: &counts) }
                    return (counts, finds)
                }
            }
            for _ in 0..<ProcessInfo.processInfo.activeProcessorCount { add() }
            for await (some, found) in group {
                counts.add(some)
                finds += found
                add()
            }
        }
        return (counts, Array(finds.prefix(arguments.finds)))
    }

    static func write(_ text: String) { FileHandle.standardOutput.write(Data(text.utf8)) }
}
