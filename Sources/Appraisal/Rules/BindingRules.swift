import Wire
public import Words

/// What report_data binds, and whether that shows that the quote is new (wire-formats 2.9 and 3.9).
extension Rules {
    private static let nothingGiven = Phrase("nothing to compare with was given", "没有给出可比较的值")

    /// What was expected must be there, in a scheme the policy names where it names any.
    func reportData() -> RuleResult {
        let found = Phrase(facts.reportData.hex)
        guard let expected else {
            guard !policy.requireReportData else {
                return RuleResult(
                    .reportData, .failed(.reportData, .warning), found: Self.nothingGiven,
                    wanted: Phrase(
                        "a nonce, a challenge or runtime data that report_data binds",
                        "绑定在 report_data 中的 nonce、challenge 或运行时数据"))
            }
            let zero = Phrase(", and report_data is all zero", "，且 report_data 全为零")
            return RuleResult(
                .reportData,
                .notPerformed(reason: facts.reportData.isZero ? Self.nothingGiven + zero : Self.nothingGiven),
                found: found)
        }
        guard isAccepted(expected.scheme) else {
            return RuleResult(
                .reportData, .failed(.reportData, .contraindicated),
                found: Phrase("bound in the scheme \(expected.scheme.rawValue)", "绑定方式为 \(expected.scheme.rawValue)"),
                wanted: Phrase("the scheme ", "绑定方式 ")
                    + .oneOf((policy.reportDataSchemes ?? []).map(\.rawValue).sorted()))
        }
        let isHeld = expected.holds(in: facts.reportData)
        return RuleResult(
            .reportData, holds: isHeld, else: .reportData, .contraindicated,
            found: isHeld ? found + expected.reservation : found, wanted: Phrase(expected.text))
    }

    private func isAccepted(_ scheme: ExpectedReportData.Scheme) -> Bool {
        policy.reportDataSchemes?.contains(scheme) ?? true
    }

    /// `require_challenge`: a challenge of this service that is bound, or, where the policy takes it, a nonce that stands in
    /// the token for the relying party to compare. Runtime data and keys never count: whoever holds an old quote has them.
    func freshness() -> RuleResult {
        guard let required = policy.requiredNonce else { return .notConfigured(.freshness) }
        let wanted = required.phrase
        func failed(_ found: Phrase) -> RuleResult {
            RuleResult(.freshness, .failed(.freshness, .warning), found: found, wanted: wanted)
        }
        guard let expected else { return failed(Self.nothingGiven) }
        guard isAccepted(expected.scheme), expected.holds(in: facts.reportData) else {
            return failed(Phrase("what was given is not bound in report_data", "所给的值并未绑定在 report_data 中"))
        }
        switch expected.origin {
        case .challenge:
            return RuleResult(
                .freshness, .passed, found: Phrase("a challenge of this service", "本服务给出的 challenge"), wanted: wanted)
        case .nonce:
            let found = Phrase("a nonce of the caller's", "调用方自己的 nonce")
            guard required == .any, expected.isFresh else { return failed(found + expected.reservation) }
            return RuleResult(.freshness, .passed, found: found + expected.reservation, wanted: wanted)
        case nil:
            return failed(Phrase("no nonce: runtime data or a key", "没有 nonce，只有运行时数据或密钥"))
        }
    }
}

extension ExpectedReportData {
    /// What must be said of the answer's age, where the binding holds; nothing of a challenge of ours.
    public var note: Phrase {
        guard origin != .challenge else { return .none }
        return switch novelty {
        case .possible:
            Phrase("fresh if these bytes were chosen for this answer", "若这些字节是为本次应答选取的，则应答是新的")
        case .short: Phrase("fewer than 16 bytes make nothing fresh", "不足 16 字节，不能说明应答是新的")
        case .padding: Phrase("zeros behind the eighth byte are padding, not a nonce", "第 8 字节之后全为零，是填充而不是 nonce")
        case .key: Phrase("a key or certificate is not a nonce", "密钥或证书不是 nonce")
        }
    }

    /// The same behind something else.
    var reservation: Phrase { note.isEmpty ? .none : Phrase("; ", "；") + note }
}

/// `require_challenge`: whose nonce must be bound.
enum RequiredNonce: Hashable, Sendable {
    /// A challenge of this service, or a nonce that the relying party chose and compares.
    case any
    /// A challenge of this service alone: the quote is at most as old as one lives, whoever presents it.
    case service

    var phrase: Phrase {
        switch self {
        case .any:
            Phrase(
                "a challenge of this service, or a nonce of at least 16 bytes sent as such, bound in report_data",
                "绑定在 report_data 中的本服务 challenge，或以 nonce 提交、不少于 16 字节的值")
        case .service:
            Phrase("a challenge of this service, bound in report_data", "绑定在 report_data 中的本服务 challenge")
        }
    }

    /// As the policy writes it.
    var document: JSON { self == .any ? .bool(true) : .string("service") }
}
