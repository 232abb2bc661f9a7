import Wire

/// One lie of whoever carries a log: every digest stays where it is (event-logs 2.7).
public struct LogEdit: CustomStringConvertible, Sendable {
    public let description: String
    let apply: @Sendable (inout PlainLog) -> Void

    static func draw(_ log: PlainLog, _ pool: EventPool, _ random: inout SplitMix) -> LogEdit {
        switch Int.random(in: 0..<20, using: &random) {
        case 0...3: retype(log, pool, &random)
        case 4...8: replaceData(log, pool, &random)
        case 9, 10: rename(log, &random)
        case 11, 12: rewrite(&random)
        case 13: shuffle(&random)
        case 14: noAction(log, pool, &random)
        case 15...17: hide(log, &random)
        default: retypeRegister(pool, &random)
        }
    }

    private static func place(_ log: PlainLog, _ random: inout SplitMix) -> Int {
        // Half of the time where applications speak, which is what most rules are about.
        let applications = log.places(in: 3)
        if !applications.isEmpty, Bool.random(using: &random) {
            return applications[Int.random(in: 0..<applications.count, using: &random)]
        }
        return log.events.isEmpty ? 0 : Int.random(in: 0..<log.events.count, using: &random)
    }

    private static func change(
        _ place: Int, _ description: String, _ edit: @escaping @Sendable (inout PlainEvent) -> Void
    ) -> LogEdit {
        LogEdit(description: "event \(place + 1): \(description)") { log in
            guard log.events.indices.contains(place) else { return }
            edit(&log.events[place])
        }
    }

    private static func retype(_ log: PlainLog, _ pool: EventPool, _ random: inout SplitMix) -> LogEdit {
        let type = pool.types.randomElement(using: &random) ?? 5
        return change(place(log, &random), "type 0x\(String(type, radix: 16))") { event in
            if event.isExtended { event.type = type }
        }
    }

    private static func retypeRegister(_ pool: EventPool, _ random: inout SplitMix) -> LogEdit {
        let type = pool.types.randomElement(using: &random) ?? 5
        let register = Bool.random(using: &random) ? 3 : Int.random(in: 0..<3, using: &random)
        return LogEdit(description: "every event of RTMR\(register): type 0x\(String(type, radix: 16))") { log in
            for place in log.places(in: register) { log.events[place].type = type }
        }
    }

    private static func replaceData(_ log: PlainLog, _ pool: EventPool, _ random: inout SplitMix) -> LogEdit {
        let place = place(log, &random)
        let other = log.events.isEmpty ? [] : log.events[self.place(log, &random)].data
        let label = PlainEvent.labels.randomElement(using: &random) ?? ""
        let count = Int.random(in: 1...8, using: &random)
        switch Int.random(in: 0..<12, using: &random) {
        case 0: return change(place, "data emptied") { $0.data = [] }
        case 1: return change(place, "data cut by \(count)") { $0.data = $0.data.dropLast(count) }
        case 2: return change(place, "data begins \(count) later") { $0.data = Array($0.data.dropFirst(count)) }
        case 3: return change(place, "data of another event") { $0.data = other }
        case 4: return change(place, "data is the preimage") { $0.data = $0.preimage ?? $0.data }
        case 5: return change(place, "label \(label)before it") { $0.data = Array(label.utf8) + $0.data }
        case 6:
            return change(place, "another label, \(label)") { event in
                for old in PlainEvent.labels where event.data.starts(with: old.utf8) {
                    event.data = Array(label.utf8) + event.data.dropFirst(old.utf8.count)
                    return
                }
            }
        case 7:
            return change(place, "tag before it") {
                $0.data = EventPool.record(String(decoding: $0.data, as: UTF8.self))
            }
        case 8: return change(place, "NUL behind it") { $0.data += [0] }
        case 9:
            return change(place, "byte \(count) flipped") { event in
                if event.data.indices.contains(count) { event.data[count] ^= 1 }
            }
        case 10: return change(place, "dstack's preimage as data") { $0.data = PlainEvent.v1($0.name, $0.data) }
        default:
            let data = pool.data.randomElement(using: &random) ?? []
            return change(place, "data \(Hex.encode(data.prefix(24)))") { $0.data = data }
        }
    }

    private static func rename(_ log: PlainLog, _ random: inout SplitMix) -> LogEdit {
        let first = place(log, &random)
        let second = place(log, &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0:
            return LogEdit(description: "names of events \(first + 1) and \(second + 1) exchanged") { log in
                guard log.events.indices.contains(first), log.events.indices.contains(second) else { return }
                let name = log.events[first].name
                log.events[first].name = log.events[second].name
                log.events[second].name = name
            }
        case 1:
            return LogEdit(description: "data of events \(first + 1) and \(second + 1) exchanged") { log in
                guard log.events.indices.contains(first), log.events.indices.contains(second) else { return }
                let data = log.events[first].data
                log.events[first].data = log.events[second].data
                log.events[second].data = data
            }
        case 2:
            let version = [nil, 1, 2].randomElement(using: &random) ?? nil
            return change(first, "version \(version.map(String.init) ?? "removed")") { $0.version = version }
        case 3: return change(first, "digest left out") { $0.leavesDigestOut = true }
        default:
            let name = EventPool.names.randomElement(using: &random) ?? ""
            return change(first, "name \"\(name)\"") { $0.name = name }
        }
    }

    private static func rewrite(_ random: inout SplitMix) -> LogEdit {
        if random.once(in: 8) {
            return LogEdit(description: "a text of the last INIT and what follows") { log in
                log = log.rewritten(as: .text)
                guard let first = log.events.lastIndex(where: { $0.data.starts(with: "INIT".utf8) }) else { return }
                log.events.removeSubrange(..<first)
            }
        }
        let form = PlainLog.Form.allCases.randomElement(using: &random) ?? .tcg2
        let isBare = random.once(in: 4)
        return LogEdit(description: "rewritten as \(form)\(isBare ? ", no bytes" : "")") { log in
            log = log.rewritten(as: form)
            guard isBare else { return }
            for place in log.events.indices { log.events[place].data = [] }
        }
    }

    /// Another order between registers, the same within each.
    private static func shuffle(_ random: inout SplitMix) -> LogEdit {
        let seed = random.next()
        return LogEdit(description: "registers in another order") { log in
            var random = SplitMix(seed: seed)
            var queues = (0..<4).map { register in log.events.filter { $0.register == register }[...] }
            var events: [PlainEvent] = []
            while let next = queues.indices.filter({ !queues[$0].isEmpty }).randomElement(using: &random) {
                events.append(queues[next].removeFirst())
            }
            log.events = events
        }
    }

    /// Entries that extend nothing: one more, none, or one elsewhere.
    private static func noAction(_ log: PlainLog, _ pool: EventPool, _ random: inout SplitMix) -> LogEdit {
        let place = place(log, &random)
        let data = pool.applications.randomElement(using: &random)?.data ?? []
        let register = Int.random(in: 0..<4, using: &random)
        guard random.once(in: 3) else {
            let event = PlainEvent(
                register: register, type: PlainEvent.noAction, digest: [UInt8](repeating: 7, count: 48), data: data)
            return LogEdit(description: "EV_NO_ACTION before event \(place + 1)") { log in
                log.events.insert(event, at: min(place, log.events.count))
            }
        }
        return LogEdit(description: "EV_NO_ACTION removed") { log in log.events.removeAll { !$0.isExtended } }
    }

    /// The bytes of several neighbours of one register, so that a whole account disappears behind its digests.
    private static func hide(_ log: PlainLog, _ random: inout SplitMix) -> LogEdit {
        let register = random.once(in: 4) ? Int.random(in: 0..<3, using: &random) : 3
        let count = log.places(in: register).count
        let first = random.once(in: 2) ? 0 : Int.random(in: 0...count, using: &random)
        let last = Int.random(in: first...max(first, count), using: &random)
        return LogEdit(description: "RTMR\(register): events \(first + 1) to \(last) not shown") { log in
            for place in log.places(in: register).dropFirst(first).prefix(last - first) {
                log.events[place].data = [UInt8](repeating: 0, count: 8)
                log.events[place].name = ""
                if log.events[place].type == PlainEvent.runtime { log.events[place].type = 5 }
            }
        }
    }
}
