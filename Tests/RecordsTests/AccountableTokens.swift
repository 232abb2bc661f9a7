import Appraisal
import Crypto
import DCAPFormats
import DCAPVerification
import LogSupport
import MerkleLog
import PlatformSimulator
import Records
import ResultToken
import Wire

/// Accepts with tokens of each shape, as full of claims as can be, recorded in a log of the test's own.
struct AccountableTokens {
    static let nonce = Array("a nonce of thirty-two bytes, fresh".utf8)
    private static let world = Result { try SimulatedWorld(seed: "tokens") }

    let submission: RecordedVerdicts.Submission
    let verifier: Verifier

    /// - Parameter adapter: The interface, which has its shape of token.
    init(_ adapter: Adapter, _ kind: QuoteKind = .tdx15V5) throws {
        var recipe = try Self.world.get().recipe(for: kind)
        let log = BootVariation.healthy.log(seed: "tokens")
        let structured = Array(#"{"challenge":"nothing","number":7}"#.utf8)
        let bound = adapter == .native ? Self.nonce : structured
        if kind.isTDX {
            recipe.setRegisters(after: log)
            recipe.quote.td?.reportData = Array(SHA512.hash(data: bound))
            recipe.quote.td?.version15?.mrServiceTD = [UInt8](repeating: 0, count: 48)
        } else {
            recipe.quote.enclave?.reportData = Array(SHA512.hash(data: bound))
        }
        let evidence = try recipe.build()
        verifier = Verifier(trusting: try TrustAnchor(certificate: evidence.rootCertificate))
        var submission = RecordedVerdicts.Submission(
            quote: evidence.quote, collateral: try Collateral(bundle: evidence.collateral.bundleJSON),
            time: evidence.time)
        submission.early = try Collateral(bundle: try recipe.earlyEdition.build().collateral.bundleJSON)
        submission.expected = ExpectedReportData(.sha512, of: bound)
        submission.adapter = adapter
        if adapter == .native { submission.nonce = bound } else { submission.userData = bound }
        if adapter == .native { submission.audience = "https://chat.example.cn" }
        if kind.isTDX {
            submission.eventLog = log.bytes
            let quote = try Quote(parsing: evidence.quote)
            if case .td(let report) = quote.body {
                submission.policies = [.strict, try Self.policy]
                submission.references = ReferenceLibrary([try Self.references(mrTD: report.mrTD.hex)])
            }
        }
        self.submission = submission
    }

    private static var policy: Policy {
        get throws {
            try Policy(
                parsing: Array(
                    #"{"id":"image","version":1,"claims":[{"id":"m","claim":"mr_td","operator":"in","reference_set":"images"}]}"#
                        .utf8))
        }
    }

    private static func references(mrTD: String) throws -> ReferenceSet {
        try ReferenceSet(
            parsing: Array(
                """
                {"id":"images","version":1,"provenance":{"source":"test"},"valid_from":"2020-01-01T00:00:00Z",
                 "values":{"mr_td":["\(mrTD)"]}}
                """.utf8))
    }

    /// One verdict, with what a liar changes before the log commits to it.
    func recorded(
        ruleset: Int64 = Ruleset.current, claims change: @escaping (JSON) -> JSON = { $0 },
        further: [(String, JSON)] = [], edit: (inout VerdictEntry) -> Void = { _ in }
    ) throws -> (bundle: EvidenceBundle, trust: ReverificationTrust) {
        var verdicts = try RecordedVerdicts(verifier, ruleset: ruleset)
        guard try verdicts.record(submission, claims: change, further: further, edit: edit) == .accept,
            let bundle = try verdicts.bundles().first
        else { throw SimulatorError.unusable("no accept") }
        return (bundle, trust(verdicts))
    }

    func trust(_ verdicts: RecordedVerdicts) -> ReverificationTrust {
        ReverificationTrust(logs: TrustPolicy(log: verdicts.log.key), anchor: verifier.anchor)
    }

    static func claims(_ bundle: EvidenceBundle) throws -> JSON {
        try JSON(canonical: bundle.files["claims.json"] ?? [], as: .claims, limit: Limits.jsonBytes)
    }
}

extension Reverification {
    /// What differs; nothing where it does not diverge.
    var fields: [String] { if case .diverges(let differences) = self { differences.map(\.field) } else { [] } }

    var confirmation: Confirmation? { if case .confirmed(let confirmation) = self { confirmation } else { nil } }
}

/// A place in a JSON document, and the document with it changed.
struct JSONPlace: CustomStringConvertible {
    enum Step: Hashable {
        case member(String)
        case element(Int)
    }

    let steps: [Step]

    var description: String {
        steps.reduce("claims") { path, step in
            switch step {
            case .member(let name): "\(path).\(name)"
            case .element(let index): "\(path)[\(index)]"
            }
        }
    }

    /// Every value below the document, in order.
    static func all(in document: JSON) -> [JSONPlace] { below(document, []) }

    private static func below(_ value: JSON, _ steps: [Step]) -> [JSONPlace] {
        let children: [(Step, JSON)] =
            switch value {
            case .object(let members): members.map { (.member($0.0), $0.1) }
            case .array(let elements): elements.enumerated().map { (.element($0.offset), $0.element) }
            default: []
            }
        return children.flatMap { step, child in
            [JSONPlace(steps: steps + [step])] + below(child, steps + [step])
        }
    }

    /// - Parameter change: `nil` takes the value out.
    func changing(_ document: JSON, _ change: (JSON) -> JSON?) -> JSON {
        Self.changing(document, steps[...], change) ?? .null
    }

    private static func changing(_ value: JSON, _ steps: ArraySlice<Step>, _ change: (JSON) -> JSON?) -> JSON? {
        guard let step = steps.first else { return change(value) }
        switch (value, step) {
        case (.object(let members), .member(let name)):
            return .object(
                members.compactMap { member in
                    guard member.0 == name else { return member }
                    return changing(member.1, steps.dropFirst(), change).map { (name, $0) }
                })
        case (.array(let elements), .element(let index)):
            return .array(
                elements.enumerated().compactMap { position, element in
                    position == index ? changing(element, steps.dropFirst(), change) : element
                })
        default: return value
        }
    }

    /// Another value of the same kind: a lie that no reader stumbles over.
    static func another(_ value: JSON) -> JSON {
        switch value {
        case .object(let members): .object(members + [("further", .string("member"))])
        case .array(let elements): .array(elements + [elements.last ?? .string("element")])
        case .string(let text):
            // Hex stays hex, and a word a word.
            .string(String(text.dropLast()) + (text.last == "0" ? "1" : "0"))
        case .integer(let number): .integer(number + 1)
        case .bool(let flag): .bool(!flag)
        case .null: .string("something")
        }
    }
}
