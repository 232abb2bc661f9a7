import Appraisal
package import AttestationService
import HTTPTypes
import Records
import Synchronization

/// Counts and durations of the service, in the Prometheus text format 0.0.4. Label values are ours alone: no caller can
/// add one.
package final class ServiceMetrics: Sendable {
    private struct Series: Hashable {
        let name: String
        let labels: String
    }

    fileprivate struct Histogram {
        var buckets = [UInt64](repeating: 0, count: ServiceMetrics.bounds.count)
        var count: UInt64 = 0
        var seconds = 0.0
    }

    private struct State {
        var counters: [Series: UInt64] = [:]
        var durations: [String: Histogram] = [:]
    }

    /// Upper bounds in seconds: from a warm verdict to a fetch that times out.
    fileprivate static let bounds: [Double] = [
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30,
    ]

    private let state = Mutex(State())
    /// Read when somebody asks.
    private let gauges: @Sendable () -> [Gauge]

    package init(gauges: @escaping @Sendable () -> [Gauge]) { self.gauges = gauges }

    func record(route: String, method: HTTPRequest.Method, status: Int, _ duration: Duration) {
        let seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
        // Methods are the caller's words until the route knows them.
        let verb = [.get, .post, .head, .options].contains(method) ? method.rawValue : "other"
        let series = Series(
            name: "assay_http_requests_total", labels: #"method="\#(verb)",route="\#(route)",status="\#(status)""#)
        state.withLock { state in
            state.counters[series, default: 0] += 1
            state.durations[route, default: Histogram()].add(seconds)
        }
    }

    func recordVerdict(_ verdict: Verdict, _ adapter: Adapter) {
        let labels =
            #"adapter="\#(adapter.rawValue)",status="\#(verdict.status.rawValue)",verdict="\#(verdict.decision.rawValue)""#
        increment("assay_verdicts_total", labels)
        for reason in verdict.reasons { increment("assay_verdict_reasons_total", #"reason="\#(reason)""#) }
    }

    func recordProblem(_ code: String) { increment("assay_problems_total", #"code="\#(code)""#) }

    private func increment(_ name: String, _ labels: String) {
        state.withLock { $0.counters[Series(name: name, labels: labels), default: 0] += 1 }
    }

    private static let help = [
        "assay_http_requests_total": "Requests answered.",
        "assay_verdicts_total": "Verdicts, by what was decided.",
        "assay_verdict_reasons_total": "Reasons in verdicts.",
        "assay_problems_total": "HTTPProblem documents sent.",
    ]

    /// What `/metrics` answers.
    var text: String {
        let (counters, durations) = state.withLock { ($0.counters, $0.durations) }
        var text = ""
        for (name, series) in Dictionary(grouping: counters, by: \.key.name).sorted(by: { $0.key < $1.key }) {
            text += "# HELP \(name) \(Self.help[name] ?? "")\n# TYPE \(name) counter\n"
            for (key, value) in series.sorted(by: { $0.key.labels < $1.key.labels }) {
                text += "\(name){\(key.labels)} \(value)\n"
            }
        }
        let name = "assay_http_request_duration_seconds"
        text += "# HELP \(name) From the request's head to its answer.\n# TYPE \(name) histogram\n"
        for (route, histogram) in durations.sorted(by: { $0.key < $1.key }) {
            for (bound, count) in zip(Self.bounds, histogram.buckets) {
                text += "\(name)_bucket{route=\"\(route)\",le=\"\(bound)\"} \(count)\n"
            }
            text += "\(name)_bucket{route=\"\(route)\",le=\"+Inf\"} \(histogram.count)\n"
            text += "\(name)_sum{route=\"\(route)\"} \(histogram.seconds)\n"
            text += "\(name)_count{route=\"\(route)\"} \(histogram.count)\n"
        }
        var last: Substring = ""
        for gauge in gauges() {
            // Series of one name follow one another; their labels are part of the name.
            let name = gauge.name.prefix { $0 != "{" }
            if name != last { text += "# HELP \(name) \(gauge.help)\n# TYPE \(name) gauge\n" }
            last = name
            text += "\(gauge.name) \(gauge.value)\n"
        }
        return text
    }
}

extension ServiceMetrics.Histogram {
    fileprivate mutating func add(_ value: Double) {
        count += 1
        seconds += value
        for (position, bound) in ServiceMetrics.bounds.enumerated() where value <= bound { buckets[position] += 1 }
    }
}
