import Foundation

/// One thing to measure, and the most that it may cost in bare P-256 verifications.
struct Benchmark {
    let name: String
    let floor: Double?
    let body: () -> Void
}

/// CPU time of this process in seconds.
func processCPUTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// Rounds in which the yardstick and every benchmark take turns, so that a machine whose speed drifts changes both sides
/// of a ratio alike. The figure is the median over the rounds.
struct Harness {
    let rounds: Int
    let yardstick: () -> Void

    struct Figure {
        let name: String
        let secondsEach: Double
        let ratio: Double
        let floor: Double?
        var isWithinFloor: Bool { floor.map { ratio <= $0 } ?? true }
    }

    func run(_ benchmarks: [Benchmark]) -> (yardstickSeconds: Double, figures: [Figure]) {
        var yardsticks: [Double] = []
        var times = [[Double]](repeating: [], count: benchmarks.count)
        var ratios = times
        for _ in 0..<rounds {
            let unit = Self.seconds(yardstick, forAtLeast: 0.02)
            yardsticks.append(unit)
            for (index, benchmark) in benchmarks.enumerated() {
                let seconds = Self.seconds(benchmark.body, forAtLeast: 0.02)
                times[index].append(seconds)
                ratios[index].append(seconds / unit)
            }
        }
        let figures = benchmarks.enumerated().map { index, benchmark in
            Figure(
                name: benchmark.name, secondsEach: Self.median(times[index]), ratio: Self.median(ratios[index]),
                floor: benchmark.floor)
        }
        return (Self.median(yardsticks), figures)
    }

    /// Mean CPU seconds of one call, over as many calls as fill `minimum`.
    private static func seconds(_ body: () -> Void, forAtLeast minimum: Double) -> Double {
        var calls = 0
        let start = processCPUTime()
        var elapsed = 0.0
        while elapsed < minimum {
            for _ in 0..<16 { body() }
            calls += 16
            elapsed = processCPUTime() - start
        }
        return elapsed / Double(calls)
    }

    private static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
    }
}

/// Peak resident memory of this process in MB.
func peakMemory() -> Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return Double(usage.ru_maxrss) / 1_024
}
