import Appraisal
import Wire

/// Edits the free fields of honest requests, and looks for what an accept then claims that the quote does not bind
/// (wire-formats 2.9).
public struct RequestFuzzer: Sendable {
    let policies: [[Policy]]
    let seed: UInt64
    public static let editsPerCase = 32

    /// What a policy can say about bindings.
    private static let members: [String] = {
        let sets =
            BoundGuest.schemes.map { [$0] } + [
                ["assay", "spki"], ["assay", "raw"], ["assay", "sha512"], ["assay", "ita"], ["assay", "sha256"],
                ["sha256", "spki"], ["raw", "spki"],
            ]
        let named = sets.map { #""report_data_schemes":["\#($0.joined(separator: #"",""#))"]"# }
        return named + named.map { $0 + #","require_challenge":true"# }
            + [
                #""require_challenge":true"#, #""require_challenge":"service""#, #""require_report_data":true"#,
                #""require_challenge":"service","report_data_schemes":["assay"]"#, #""require_report_data":false"#,
            ]
    }()

    public init(seed: UInt64) {
        self.seed = seed
        let single = Self.members.compactMap { members in
            try? Policy(parsing: Array(#"{"id":"drawn","version":1,\#(members)}"#.utf8))
        }
        // Two at once: both must hold.
        policies = single.map { [$0] } + zip(single, single.dropFirst(3)).map { [$0, $1] } + [Policy.builtIn]
    }

    /// One guest, and `editsPerCase` requests about its quote.
    public func run(case number: UInt64, counting counts: inout RequestCounts) -> RequestFind? {
        var random = SplitMix(seed: seed, case: number)
        let stranger = BoundGuest.Key.draw(&random)
        let guest = BoundGuest.draw(stranger, &random)
        let edits = RequestEdit(guest: guest, stranger: stranger)
        for place in 0..<Self.editsPerCase {
            let input = place == 0 ? guest.honest : edits.draw(&random)
            guard let policies = policies.randomElement(using: &random) else { return nil }
            let judgement = BindingJudgement(of: guest, input, policies)
            counts.add(judgement)
            if let fault = judgement.fault {
                return RequestFind(number: number, fault: fault, guest: guest, input: input, policies: policies)
            }
        }
        return nil
    }
}

/// A claim that a request obtained and the quote does not bind.
public struct RequestFind: Sendable, CustomStringConvertible {
    public let number: UInt64
    public let fault: String
    let guest: BoundGuest
    let input: BoundInput
    let policies: [Policy]

    public var description: String {
        """
        request case \(number): \(fault)
          guest: \(Self.text(guest.honest)), report_data \(Hex.encode(guest.reportData))
          request: \(Self.text(input))
          policies: \(policies.map { String(decoding: $0.bytes, as: UTF8.self) }.joined(separator: " and "))
        """
    }

    private static func text(_ input: BoundInput) -> String {
        let members = [
            ("nonce", input.nonce), ("runtime_data", input.runtimeData), ("key", input.key),
            ("nonce_issued", input.nonceIssued),
        ]
        return
            (["scheme \(input.scheme ?? "none")", "\(input.origin)"]
            + members.compactMap { name, value in value.map { "\(name) \(Hex.encode($0))" } }).joined(separator: ", ")
    }
}

/// How much of what was tried went through.
public struct RequestCounts: Sendable, CustomStringConvertible {
    public private(set) var requests = 0
    public private(set) var readable = 0
    public private(set) var accepts = 0
    public private(set) var confirmations = 0

    public init() {}

    mutating func add(_ judgement: BindingJudgement) {
        requests += 1
        if judgement.isReadable { readable += 1 }
        if judgement.isAccepted { accepts += 1 }
        if judgement.confirmation != nil { confirmations += 1 }
    }

    public mutating func add(_ other: RequestCounts) {
        requests += other.requests
        readable += other.readable
        accepts += other.accepts
        confirmations += other.confirmations
    }

    public var description: String {
        "\(requests) requests; \(readable) well formed, \(accepts) accepts, \(confirmations) keys confirmed"
    }
}
