import Wire

/// Rules R1 to R6 of event-logs 5.3: facts count between the first `start` and the first `ready`, and only if the two
/// frame the domain's events in the number that `ready` says.
extension LLMFacts {
    /// - Parameter events: Those of an RTMR3 that is accounted for, in the log's order.
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
            guard let entry = event.preimage?.eventClass.entry else { continue }
            switch collector.add(alias: entry, event: event.event.number) {
            case .none: break
            case .read: hasAliases = true
            case .refused:
                hasAliases = true
                notes.append(EventLogNote(.llmContentRefused, event: event.event.number))
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
        let after = readyIndex.map { domain[($0 + 1)...] } ?? []
        for event in after where event.operation == "ready" {
            notes.append(EventLogNote(.llmReadyRepeated, event: event.number))
        }
        let changes = Self.changes(domain, readyIndex: readyIndex)
        for event in changes.unreadable { notes.append(EventLogNote(.llmContentRefused, event: event)) }
        self.init(
            phase: phase, executables: collector.executables, trees: collector.trees,
            configurations: collector.configurations, models: collector.models(with: manifests),
            gpus: collector.gpus, hasUnreadableModel: collector.hasUnreadableModel, changes: changes.read,
            unreadableChanges: changes.unreadable,
            runtime: after.map {
                RuntimeLLMEvent(
                    event: $0.number, operation: $0.operation, content: String(decoding: $0.content, as: UTF8.self))
            })
    }

    private static func framing(_ domain: [LLMEvent], readyIndex: Int?) -> Phase {
        guard let first = domain.first else { return .none }
        guard first.operation == "start" else { return .noStart }
        guard let readyIndex else { return .noReady }
        guard let count = domain[readyIndex].object?.number("count") else { return .contentRefused }
        return count == UInt64(readyIndex) ? .complete : .countMismatch
    }

    /// Every `change`, wherever it stands, and what cannot be read behind the first `ready` (event-logs 2.4). Before it such
    /// an event breaks the phase; where there is none, nobody knows on which side it stands.
    private static func changes(_ domain: [LLMEvent], readyIndex: Int?) -> (read: [MeasuredChange], unreadable: [Int]) {
        var read: [MeasuredChange] = []
        var unreadable: [Int] = []
        for (index, event) in domain.enumerated() {
            switch event.operation {
            case "change":
                if let change = change(event) { read.append(change) } else { unreadable.append(event.number) }
            case nil where index > readyIndex ?? -1: unreadable.append(event.number)
            default: break
            }
        }
        return (read, unreadable)
    }

    private static func change(_ event: LLMEvent) -> MeasuredChange? {
        guard let content = event.object, let name = content.text("name"), let sha256 = content.digest("sha256"),
            let was = content.digest("was")
        else { return nil }
        return MeasuredChange(name: name, sha256: sha256, was: was, event: event.number)
    }
}
