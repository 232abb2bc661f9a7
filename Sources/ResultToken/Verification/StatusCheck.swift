import Appraisal
import Wire

extension TokenVerifier {
    /// Known words, none better than what it rests on, and good enough (wire-formats 3.1, W12).
    func status(_ claims: JSONValue) -> TokenCheck {
        let least = expectations.minimumStatus
        let tiers = expectations.minimumTiers.sorted { $0.key < $1.key }
        let wanted =
            ([Self.words(least)] + tiers.map { "\($0.key) \(Self.words($0.value))" }).joined(separator: ", ")
        func failed(_ found: String) -> TokenCheck { TokenCheck(.status, .failed, found: found, wanted: wanted) }
        let overall = Self.overallStatus(claims)
        guard let status = Self.word(overall) else { return failed(overall.map(Self.text) ?? "absent") }
        if let submods = claims.member("submods"), submods.kind != .object { return failed("submods of another kind") }
        var text = status.rawValue
        for (name, submodule) in claims.member("submods")?.members ?? [] {
            let claimed = submodule.member("ear_status") ?? submodule.member("ear.status")
            guard let own = Self.word(claimed) else {
                return failed("\(name) \(claimed.map(Self.text) ?? "absent")")
            }
            guard let vector = Self.vector(submodule) else {
                return failed("\(name) with a vector that cannot be read")
            }
            let worst = vector.values.map(TrustStatus.init(tierOf:)).filter { $0 != .none }.max() ?? .affirming
            guard own >= worst, status >= own else {
                return failed(
                    "\(status.rawValue) over \(name) \(own.rawValue), of which the worst is \(worst.rawValue)")
            }
            for (category, demanded) in tiers {
                let tier = TrustStatus(tierOf: vector[category] ?? 0)
                text += ", \(category) \(tier.rawValue)"
                guard tier <= demanded else { return failed(text) }
            }
        }
        guard status <= least, tiers.isEmpty || !(claims.member("submods")?.members ?? []).isEmpty else {
            return failed(tiers.isEmpty || status > least ? text : "no submods")
        }
        return TokenCheck(.status, .passed, found: text, wanted: wanted)
    }

    /// The status of a whole token, in each of the shapes that are issued.
    static func overallStatus(_ claims: JSONValue) -> JSONValue? {
        claims.member("ear_status") ?? claims.member("submods")?.member("cpu0")?.member("ear.status")
    }

    private static func word(_ value: JSONValue?) -> TrustStatus? { value?.string.flatMap(TrustStatus.init(rawValue:)) }

    private static func text(_ value: JSONValue) -> String {
        value.string ?? String(decoding: value.bytes.prefix(40), as: UTF8.self)
    }

    private static func words(_ worst: TrustStatus) -> String {
        worst == .affirming ? "affirming" : "\(worst.rawValue) or better"
    }

    /// - Returns: `nil` for a vector with anything but integers of eight bits.
    private static func vector(_ submodule: JSONValue) -> [String: Int8]? {
        guard
            let found = submodule.member("ear_trustworthiness_vector")
                ?? submodule.member("ear.trustworthiness-vector")
        else { return [:] }
        guard found.kind == .object else { return nil }
        var vector: [String: Int8] = [:]
        for (category, value) in found.members {
            let digits = String(decoding: value.bytes, as: UTF8.self)
            guard value.kind == .number, digits != "-0", let number = Int8(digits) else { return nil }
            vector[category] = number
        }
        return vector
    }
}

extension TrustStatus {
    /// AR4SI's tier of a value of the vector; no assertion, or one about the verifier itself, is none (wire-formats 3.2).
    fileprivate init(tierOf value: Int8) {
        switch value {
        case -1...1: self = .none
        case 2...31, -32 ... -2: self = .affirming
        case 32...95, -96 ... -33: self = .warning
        default: self = .contraindicated
        }
    }
}
