import Appraisal
import DCAPFormats
import DCAPVerification
import EventLog
import KeyCustody
import PlatformSimulator
import ResultToken
import ServiceSupport
import Wire

/// Verdicts over simulated evidence, and tokens of them.
enum Sample {
    static let issuer = "https://attest.example.cn"
    private static let keyMade = Result { try SigningKey.generate(.p256) }
    static var key: SigningKey { get throws { try keyMade.get() } }

    static var keySet: JSONWebKeySet {
        get throws { try JSONWebKeySet(parsing: try key.publicKey.webKey.compactBytes) }
    }

    static func verdict(
        _ kind: QuoteKind = .tdx15V5, expecting: ExpectedReportData? = nil, at time: Instant = TestWorld.today,
        eventLog: EventLogRecipe? = nil, under policy: Policy = .strict, edit: (inout EvidenceRecipe) -> Void = { _ in }
    ) throws -> Verdict {
        var recipe = try TestWorld.world.recipe(for: kind)
        if let eventLog { recipe.setRegisters(after: eventLog) }
        edit(&recipe)
        let evidence = try recipe.build()
        let verifier = try TestWorld.verifier
        return judge(
            Evidence(quote: try Quote(parsing: evidence.quote), eventLog: eventLog?.bytes),
            with: .documents(try Collateral(bundle: evidence.collateral.bundleJSON)), under: [policy],
            expecting: expecting, trusting: verifier, at: time)
    }

    /// Of a quote that holds the nonce of `context()`.
    static func bound() throws -> Verdict {
        let nonce = Array("nonce-of-mine".utf8)
        return try verdict(expecting: ExpectedReportData(raw: nonce)) {
            $0.quote.td?.reportData = Binding.padded(nonce)
        }
    }

    /// Bound and fresh, and everything that identifies it compared.
    static func affirming(_ kind: QuoteKind = .tdx15V5) throws -> Verdict {
        let verdict = try compared(kind)
        guard verdict.status == .affirming else { throw TestFailure("\(verdict.status), \(verdict.reasons)") }
        return verdict
    }

    /// The same of a quote that was changed in something else.
    ///
    /// - Parameter members: Further ones of the policy, each behind a comma.
    static func compared(
        _ kind: QuoteKind = .tdx15V5, under members: String = "", edit: (inout EvidenceRecipe) -> Void = { _ in }
    ) throws -> Verdict {
        let nonce = [UInt8](repeating: 0xA5, count: 32)
        let bind: (inout EvidenceRecipe) -> Void = { recipe in
            switch recipe.quote.body {
            case .td: recipe.quote.td?.reportData = Binding.padded(nonce)
            case .enclave: recipe.quote.enclave?.reportData = Binding.padded(nonce)
            }
        }
        guard case .verified(let quote) = try verdict(kind, edit: bind).verification else {
            throw TestFailure("no genuine quote")
        }
        let values: [(String, String)] =
            switch quote.quote.body {
            case .td(let report):
                [
                    ("mr_td", report.mrTD.hex), ("rtmr0", report.rtmr0.hex), ("rtmr1", report.rtmr1.hex),
                    ("rtmr2", report.rtmr2.hex), ("rtmr3", report.rtmr3.hex),
                ]
            case .sgx(let report): [("mr_enclave", report.mrEnclave.hex)]
            }
        let rules = values.map { #"{"id":"\#($0)","claim":"\#($0)","operator":"equals","value":"\#($1)"}"# }
        let policy = try Policy(
            parsing: Array(#"{"id":"all","version":1\#(members),"claims":[\#(rules.joined(separator: ","))]}"#.utf8))
        return try verdict(kind, expecting: ExpectedReportData(raw: nonce), under: policy) { recipe in
            bind(&recipe)
            edit(&recipe)
        }
    }

    static func context(_ edit: (inout TokenContext) -> Void = { _ in }) -> TokenContext {
        var context = TokenContext(
            issuer: issuer, audience: "https://chat.example.cn", identifier: "019a0000-0000-7000-8000-000000000000",
            lifetimeSeconds: 300, build: "assay 0.1.0+sha256:" + String(repeating: "ab", count: 32),
            nonce: Array("nonce-of-mine".utf8), evidenceSHA256: FixedBytes<32>(), forecast: "OutOfDate", references: [],
            runtimeData: nil, log: nil)
        edit(&context)
        return context
    }

    static func claims(_ profile: TokenProfile, _ verdict: Verdict, _ context: TokenContext = context()) throws -> JSON
    {
        guard let accepted = AcceptedVerdict(verdict) else { throw TestFailure("no accept: \(verdict.reasons)") }
        let bytes = try profile.claims(of: accepted, context)
        guard let claims = JSON(document: try JSONDocument(parsing: bytes).root) else {
            throw TestFailure("claims with a number that is no integer")
        }
        return claims
    }

    static func token(
        _ payload: [UInt8], header edit: (JSON) -> JSON = { $0 }, key: SigningKey? = nil,
        algorithm: SignatureAlgorithm = .es256
    ) throws -> String {
        let key = try key ?? Self.key
        let header = JSON.object([
            ("alg", .string(algorithm.rawValue)), ("kid", .string(key.publicKey.keyIdentifier)),
            ("typ", .string("eat+jwt")),
        ])
        return try JSONWebSignature(header: edit(header)).encode(payload: payload) { try key.sign($0, with: algorithm) }
    }
}
