import Wire

/// One thing that a guest did otherwise than a recorded boot: the log stays honest, and the quote follows it.
public struct GuestStep: CustomStringConvertible, Sendable {
    public let description: String
    let apply: @Sendable (inout PlainLog) -> Void

    /// - Parameter others: Logs whose account of RTMR3 may stand before or behind this one's.
    static func draw(_ pool: EventPool, _ others: [(name: String, log: PlainLog)], _ random: inout SplitMix)
        -> GuestStep
    {
        let place = UInt64.random(in: .min ... .max, using: &random)
        switch Int.random(in: 0..<11, using: &random) {
        case 0...2:
            guard let event = pool.applications.randomElement(using: &random) else { break }
            return GuestStep(description: "extend RTMR3 by \(text(event)) at \(place % 64)") { log in
                insert(event, at: place, into: &log)
            }
        case 3:
            guard let event = pool.firmware.randomElement(using: &random) else { break }
            return GuestStep(description: "extend RTMR0 by \(text(event)) at \(place % 64)") { log in
                insert(event, at: place, into: &log)
            }
        case 4, 5, 6:
            guard let other = others.randomElement(using: &random) else { break }
            return GuestStep(description: "the account of \(other.name) behind it") { log in
                adopt(other.log, &log, before: false)
            }
        case 7:
            guard let other = others.randomElement(using: &random) else { break }
            return GuestStep(description: "the account of \(other.name) before it") { log in
                adopt(other.log, &log, before: true)
            }
        case 8:
            let register = place % 4 == 0 ? 0 : 3
            return GuestStep(description: "no event \(place % 64) in RTMR\(register)") { log in
                let places = log.places(in: register)
                guard !places.isEmpty else { return }
                log.events.remove(at: places[Int(place % 64) % places.count])
            }
        case 9:
            return GuestStep(description: "an agent begins a text log (row 76)") { log in
                log = log.rewritten(as: .tcg2)
                let first = Array("INIT sha384/\(Hex.encode(log.registers[3]))".utf8)
                for line in [first, Array("image-rs PullImage good".utf8)] {
                    log.events.append(PlainEvent(register: 3, type: 6, extending: line))
                }
            }
        default: break
        }
        return GuestStep(description: "no event of RTMR3 behind \(place % 16)") { log in
            for place in log.places(in: 3).dropFirst(Int(place % 16)).reversed() { log.events.remove(at: place) }
        }
    }

    private static func text(_ event: PlainEvent) -> String {
        String(decoding: event.data.prefix(120).map { (0x20..<0x7F).contains($0) ? $0 : 0x2E }, as: UTF8.self)
    }

    private static func insert(_ event: PlainEvent, at place: UInt64, into log: inout PlainLog) {
        if log.form == .text { log = log.rewritten(as: .tcg2) }
        let places = log.places(in: event.register)
        let position = Int(place % 64) % (places.count + 1)
        log.events.insert(
            event.shown(in: log.form),
            at: position < places.count ? places[position] : (places.last.map { $0 + 1 } ?? log.events.count))
    }

    private static func adopt(_ other: PlainLog, _ log: inout PlainLog, before: Bool) {
        if log.form == .text { log = log.rewritten(as: .tcg2) }
        let account = other.places(in: 3).map { other.events[$0].shown(in: .tcg2).shown(in: log.form) }
        let places = log.places(in: 3)
        let position = before ? places.first : places.last.map { $0 + 1 }
        log.events.insert(contentsOf: account, at: position ?? log.events.count)
    }
}
