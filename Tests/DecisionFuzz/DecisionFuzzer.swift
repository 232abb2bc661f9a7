import Appraisal
import EventLog
import Wire

/// Edits honest logs in every way that keeps their digests, and looks for a decision that moved towards accept
/// (event-logs 2.7). Everything follows from the seed and a case's number.
public struct DecisionFuzzer: Sendable {
    /// An honest log as a case begins with it.
    public struct Base: Sendable {
        public let name: String
        public let log: PlainLog

        /// `nil` where the log does not parse, starts elsewhere, or hides an event of RTMR3: 2.7 is not about it.
        public init?(name: String, _ bytes: [UInt8]) {
            guard let log = PlainLog(reading: bytes), log.showsApplications else { return nil }
            self.name = name
            self.log = log
        }
    }

    public let bases: [Base]
    let pool: EventPool
    let catalogue: RuleCatalogue
    let shipped: [Trial]
    /// The shipped example as quotes of raw bytes are judged, without and with a declared root integrity.
    let examples: [Trial]
    let drawn: ReferenceLibrary
    let seed: UInt64
    /// How many edited logs are held against one honest one.
    public static let editsPerCase = 16

    /// - Parameters:
    ///   - bases: At least one. One named `healthy` is the boot that the shipped example's reference set vouches for.
    ///   - manifests: Of the models in the logs.
    public init(_ bases: [Base], manifests: [[UInt8]], seed: UInt64) {
        self.bases = bases
        self.seed = seed
        let logs = bases.map(\.log)
        pool = EventPool(logs)
        catalogue = RuleCatalogue(logs, pool)
        drawn = ReferenceLibrary([References.pins(logs)].compactMap(\.self))
        let healthy = bases.first { $0.name == "healthy" }?.log
        let sets = [nil, "accepted-by-owner"].map { integrity in
            healthy.flatMap {
                References.set(id: "gn8v-tee-llm", of: $0, manifests: manifests, rootIntegrity: integrity)
            }
        }
        let libraries = sets.compactMap(\.self).map { ReferenceLibrary([$0]) }
        shipped = Policy.builtIn.map { Trial(policy: $0, references: libraries.first ?? .empty) }
        examples = libraries.compactMap { library in Self.rawExample.map { Trial(policy: $0, references: library) } }
    }

    /// The shipped example for quotes that bind raw bytes (event-logs 7.3), because here none binds anything else.
    private static let rawExample: Policy? = {
        guard let example = Policy.builtIn.first(where: { $0.id == "gn8v-tee-llm" }),
            case .object(let members) = example.document
        else { return nil }
        let changed = members.filter { !["id", "report_data_schemes"].contains($0.0) }
        return try? Policy(
            parsing: JSON.object(
                [("id", .string("gn8v-raw")), ("report_data_schemes", .array([.string("raw")]))] + changed
            ).compactBytes)
    }()

    /// One case: a guest, and `editsPerCase` lies about it.
    ///
    /// - Parameter chosen: The log it begins with; a drawn one otherwise.
    public func run(
        case number: UInt64, on chosen: Base? = nil, counting counts: inout DecisionCounts
    ) -> DecisionFind? {
        var random = SplitMix(seed: seed, case: number)
        guard let base = chosen ?? bases.randomElement(using: &random) else { return nil }
        var steps: [GuestStep] = []
        let others = bases.map { (name: $0.name, log: $0.log) }
        while steps.count < 3, Bool.random(using: &random) { steps.append(.draw(pool, others, &random)) }
        let honest = Self.guest(base.log, steps)
        let trials = trials(&random)
        let registers = honest.registers
        guard let facts = TrustDomain.facts(registers), let first = trials.first else { return nil }
        let bytes = honest.bytes
        let record = first.record(bytes, registers)
        let before = trials.map { $0.judge(facts, record) }
        counts.add(honest: before)
        for _ in 0..<Self.editsPerCase {
            var edits: [LogEdit] = []
            var edited = honest
            repeat {
                let edit = LogEdit.draw(edited, pool, &random)
                edit.apply(&edited)
                edits.append(edit)
            } while edits.count < 4 && Bool.random(using: &random)
            let record = first.record(edited.bytes, registers)
            counts.add(edited: record)
            let keeps = edited.digests == honest.digests
            // What cannot be read is refused by every policy for the same reason: one of each kind is enough.
            for (trial, judgement) in zip(trials, before).prefix(record.failure == nil ? trials.count : 2) {
                let after = trial.judge(facts, record)
                counts.add(edited: after)
                guard trial.rise(from: judgement, to: after, keepsDigests: keeps) != nil else { continue }
                return reduced(number, base, steps, edits, trial)
            }
        }
        return nil
    }

    private static func guest(_ log: PlainLog, _ steps: [GuestStep]) -> PlainLog {
        steps.reduce(into: log) { $1.apply(&$0) }
    }

    /// A group of rules at once; one of the shipped policies, the example, and one rule as a policy of its own.
    private func trials(_ random: inout SplitMix) -> [Trial] {
        var trials: [Trial] = []
        if let group = catalogue.groups.randomElement(using: &random) {
            trials.append(
                Trial(policy: group.policy, references: drawn, comparesRules: true, aboutStatus: group.aboutStatus))
        }
        trials += [shipped, examples].compactMap { $0.randomElement(using: &random) }
        if let rule = catalogue.rules.randomElement(using: &random),
            let policy = RuleCatalogue.policy([rule], pins: true)
        {
            trials.append(Trial(policy: policy, references: drawn))
        }
        return trials
    }

    /// The find with every step and edit left out that it does not need.
    private func reduced(
        _ number: UInt64, _ base: Base, _ steps: [GuestStep], _ edits: [LogEdit], _ trial: Trial
    ) -> DecisionFind? {
        var steps = steps
        var edits = edits
        func find() -> DecisionFind? { Self.find(number, base, steps, edits, trial) }
        for place in steps.indices.reversed() {
            let step = steps.remove(at: place)
            if find() == nil { steps.insert(step, at: place) }
        }
        for place in edits.indices.reversed() {
            let edit = edits.remove(at: place)
            if find() == nil { edits.insert(edit, at: place) }
        }
        return find()
    }

    private static func find(
        _ number: UInt64, _ base: Base, _ steps: [GuestStep], _ edits: [LogEdit], _ trial: Trial
    ) -> DecisionFind? {
        let honest = guest(base.log, steps)
        let edited = edits.reduce(into: honest) { $1.apply(&$0) }
        let registers = honest.registers
        guard let before = trial.judge(honest.bytes, registers), let after = trial.judge(edited.bytes, registers),
            let rise = trial.rise(from: before, to: after, keepsDigests: edited.digests == honest.digests)
        else { return nil }
        return DecisionFind(
            number: number, base: base.name, steps: steps.map(\.description), edits: edits.map(\.description),
            policy: trial.policy.bytes, rise: rise, before: "\(before)", after: "\(after)", honest: honest.bytes,
            edited: edited.bytes, registers: registers)
    }
}
