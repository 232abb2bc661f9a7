import Wire

/// Rules R1 to R5 of event-logs 5.3: facts count between the first `start` and the first `ready`, and only if the two
/// frame the domain's events in the number that `ready` says.
extension LLMFacts {
    /// - Parameter events: Genuine events of RTMR3, in the log's order.
    init(of events: [ReplayedEvent], manifests: [[UInt8]], notes: inout [EventLogNote]) {
        let domain = events.compactMap(LLMEvent.init)
        let readyIndex = domain.firstIndex { $0.operation == "ready" }
        let ready = readyIndex.map { domain[$0] }
        var collector = LLMCollector()
        var phase = Self.framing(domain, readyIndex: readyIndex)
        if phase == .complete, let readyIndex {
            for event in domain[..<readyIndex] where !collector.add(event) {
                notes.append(EventLogNote(.llmContentRefused, event: event.number))
                phase = .contentRefused
            }
        }
        // Without the domain there is no phase to stay in; with it, aliases count where its own events do.
        let start = domain.first?.number ?? 0
        let end = domain.isEmpty ? Int.max : ready?.number ?? 0
        var hasAliases = false
        for event in events where (start..<max(start, end)).contains(event.event.number) {
            if case .aael(let entry) = event.event.details.content {
                hasAliases = collector.add(alias: entry, event: event.event.number) || hasAliases
            }
        }
        switch phase {
        case .complete: break
        case .none: if hasAliases { notes.append(EventLogNote(.llmNoPhase)) }
        default:
            notes.append(EventLogNote(.llmPhase, event: ready?.number ?? domain.first?.number))
            collector = LLMCollector()
        }
        notes += collector.ambiguous.map { EventLogNote(.llmAmbiguous, event: $0) }
        let after = readyIndex.map { Array(domain[($0 + 1)...]) } ?? []
        for event in after where event.operation == "ready" {
            notes.append(EventLogNote(.llmReadyRepeated, event: event.number))
        }
        self.init(
            phase: phase, executables: collector.executables, trees: collector.trees,
            configurations: collector.configurations, models: collector.models(with: manifests),
            gpus: collector.gpus, changes: after.compactMap(Self.change),
            runtime: after.map {
                RuntimeLLMEvent(event: $0.number, operation: $0.operation, content: $0.content)
            })
    }

    private static func framing(_ domain: [LLMEvent], readyIndex: Int?) -> Phase {
        guard let first = domain.first else { return .none }
        guard first.operation == "start" else { return .noStart }
        guard let readyIndex else { return .noReady }
        guard let count = domain[readyIndex].object?.number("count") else { return .contentRefused }
        return count == UInt64(readyIndex) ? .complete : .countMismatch
    }

    private static func change(_ event: LLMEvent) -> MeasuredChange? {
        guard event.operation == "change", let content = event.object, let name = content.text("name"),
            let sha256 = content.digest("sha256")
        else { return nil }
        return MeasuredChange(name: name, sha256: sha256, was: content.digest("was"), event: event.number)
    }
}
