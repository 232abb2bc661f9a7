import DCAPFormats
import Wire
import Words

/// What the host may do to the TD or enclave, and which module runs it.
extension Rules {
    func hostPowerRules() -> [RuleResult] {
        [debug(), profiling(), reservedBits(), tdAttributes(), xfam(), serviceTD(), mrSEAM()]
    }

    static let isSGX = Phrase("the quote is of SGX", "该 quote 属于 SGX")

    private var td: TDReport? {
        if case .td(let report) = facts.body { report } else { nil }
    }

    private func debug() -> RuleResult {
        let clear = Phrase("debug bit clear", "调试位为 0")
        return RuleResult(
            .debug, holds: policy.allowDebug || !facts.isDebuggable, else: .debug, .contraindicated,
            found: facts.isDebuggable
                ? Phrase("debug bit set: the host can read the memory", "调试位为 1：主机可以读取内存") : clear,
            wanted: policy.allowDebug ? .any : clear)
    }

    private func profiling() -> RuleResult {
        guard let td else { return .withoutObject(.tdProfiling, Self.isSGX) }
        let bits = td.tdAttributes.intersection(.profiling)
        return RuleResult(
            .tdProfiling, holds: policy.allowTDProfiling || bits.isEmpty, else: .tdProfiling, .contraindicated,
            found: Self.hex(bits), wanted: policy.allowTDProfiling ? .any : Self.hex([]))
    }

    private func reservedBits() -> RuleResult {
        guard let td else { return .withoutObject(.tdReservedBits, Self.isSGX) }
        let bits = td.tdAttributes.intersection(.mustBeZero)
        return RuleResult(
            .tdReservedBits, holds: policy.allowTDReservedBits || bits.isEmpty, else: .tdReserved, .contraindicated,
            found: Self.hex(bits), wanted: policy.allowTDReservedBits ? .any : Self.hex([]))
    }

    /// A rule about TDs does not hold for an enclave: otherwise an enclave would pass every policy for TDs.
    private func tdAttributes() -> RuleResult {
        guard let masked = policy.tdAttributes else { return .notConfigured(.tdAttributes) }
        return masks(.tdAttributes, masked, td.map { littleEndianBytes($0.tdAttributes.rawValue) }, .tdAttributes)
    }

    private func xfam() -> RuleResult {
        guard let masked = policy.xfam else { return .notConfigured(.xfam) }
        return masks(.xfam, masked, td.map { littleEndianBytes($0.xfam) }, .xfam)
    }

    private func masks(_ rule: PolicyRule, _ masked: MaskedBytes, _ found: [UInt8]?, _ code: PolicyCode) -> RuleResult {
        RuleResult(
            rule, holds: found.map { masked.matches($0) } ?? false, else: code, .warning,
            found: found.map { Phrase(Hex.encode($0)) } ?? Self.isSGX, wanted: masked.phrase)
    }

    /// dcap 5.9: what a body cannot say is no absence, and fails where it would matter.
    private func serviceTD() -> RuleResult {
        guard let td else { return .withoutObject(.serviceTD, Self.isSGX) }
        let accepted = policy.acceptedServiceTDs
        let zero = Phrase("zero: no service TD is bound", "零：未绑定服务 TD")
        let wanted =
            policy.allowServiceTD ? .any : accepted.map { zero + Phrase(", or ", "，或 ") + .oneOf($0.sorted()) } ?? zero
        func result(_ holds: Bool, _ found: Phrase) -> RuleResult {
            RuleResult(
                .serviceTD, holds: policy.allowServiceTD || holds, else: .serviceTD, .contraindicated, found: found,
                wanted: wanted)
        }
        let fact = td.serviceTD
        let service = td.tdx15?.mrServiceTD.hex ?? ""
        switch fact {
        case .unbound: return result(true, Phrase(service))
        case .bound: return result(accepted?.contains(service) ?? false, Phrase(service))
        case .inconsistent, .changed:
            let named = td.namedServiceTDs
            let names = Phrase(named.joined(separator: ", "))
            return result(
                accepted?.isSuperset(of: named) ?? false,
                fact == .changed
                    ? Phrase("not the service TD it began with: ", "与启动时的服务 TD 不同：") + names
                    : Phrase("no service TD named, and the hash of one: ", "未写明服务 TD，却有其哈希：") + names)
        case .unsayable:
            let cannot = Phrase(
                "this body cannot say: TDX 1.0 has no field for a service TD", "该报告无法说明：TDX 1.0 没有服务 TD 字段")
            if policy.allowServiceTD { return .withoutObject(.serviceTD, cannot) }
            guard !td.tdAttributes.contains(.migratable) else {
                return result(false, cannot + Phrase(", and MIGRATABLE is set", "，而 MIGRATABLE 已置位"))
            }
            guard accepted == nil else { return result(false, cannot) }
            return .withoutObject(.serviceTD, cannot)
        }
    }

    private func mrSEAM() -> RuleResult {
        guard let accepted = policy.acceptedMRSEAMs else { return .notConfigured(.mrSEAM) }
        return RuleResult(
            .mrSEAM, holds: td.map { accepted.contains($0.mrSEAM.hex) } ?? false, else: .mrSEAM, .warning,
            found: td.map { Phrase($0.mrSEAM.hex) } ?? Self.isSGX, wanted: .oneOf(accepted.sorted()))
    }

    private static func hex(_ attributes: TDAttributes) -> Phrase {
        Phrase("0x" + String(attributes.rawValue, radix: 16))
    }
}
