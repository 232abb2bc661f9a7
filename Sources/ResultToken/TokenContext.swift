public import Appraisal
import DCAPVerification
public import Wire

/// The shapes of tokens (wire-formats 2.1, 2.4, 3.4). Raw values are stable.
public enum TokenProfile: String, CaseIterable, Hashable, Sendable {
    /// EAR draft-04.
    case ear
    /// The older dotted names, as Trustee's attestation service writes them.
    case earDotted
    /// Alibaba's and OpenAnolis's: `tcb-status` as a string of JSON.
    case simple

    public var mediaType: String { self == .ear ? "eat+jwt" : "JWT" }
}

/// An accepted verdict. Only of one can a token be made, and only an accept is one.
public struct AcceptedVerdict: Sendable {
    public let verdict: Verdict

    public init?(_ verdict: Verdict) {
        guard verdict.decision == .accept, case .verified = verdict.verification else { return nil }
        self.verdict = verdict
    }
}

/// What a token says besides its verdict.
public struct TokenContext: Sendable {
    public var issuer: String
    public var audience: String?
    /// `jti`: the verdict's UUIDv7.
    public var identifier: String
    public var lifetimeSeconds: Int64
    /// `assay 0.1.0+sha256:…`, the digest that of the program.
    public var build: String
    /// The caller's nonce. Repeated only where it was compared with the evidence.
    public var nonce: [UInt8]?
    public var evidenceSHA256: FixedBytes<32>
    public var forecast: String?
    /// SHA-256 of every reference-set version that the policies read.
    public var references: [FixedBytes<32>]
    /// What the peers' clients bound, for the shapes that repeat it.
    public var runtimeData: JSON?
    public var log: JSON?
    /// Where it is said whether the token still stands. Written by the native shape.
    public var status: StatusReference?

    public init(
        issuer: String, audience: String?, identifier: String, lifetimeSeconds: Int64, build: String, nonce: [UInt8]?,
        evidenceSHA256: FixedBytes<32>, forecast: String?, references: [FixedBytes<32>], runtimeData: JSON?, log: JSON?,
        status: StatusReference? = nil
    ) {
        self.issuer = issuer
        self.audience = audience
        self.identifier = identifier
        self.lifetimeSeconds = lifetimeSeconds
        self.build = build
        self.nonce = nonce
        self.evidenceSHA256 = evidenceSHA256
        self.forecast = forecast
        self.references = references
        self.runtimeData = runtimeData
        self.log = log
        self.status = status
    }
}

/// A bit of a status list (draft-ietf-oauth-status-list 6.1).
public struct StatusReference: Hashable, Sendable {
    public let uri: String
    public let index: Int64

    public init(uri: String, index: Int64) {
        self.uri = uri
        self.index = index
    }

    /// What the claim `status` of a token says, or what is wrong with it.
    enum Reading {
        case absent
        case malformed
        case place(StatusReference)
    }

    static func read(_ claims: JSONValue) -> Reading {
        guard let status = claims.member("status") else { return .absent }
        guard let place = status.member("status_list"), case .value(let number)? = place.member("idx")?.integer,
            let index = Int64(exactly: number), let uri = place.member("uri")?.string
        else { return .malformed }
        return .place(StatusReference(uri: uri, index: index))
    }

    /// Whether the list is below the URL that the token names as its issuer: nobody is asked about a token but who gave it.
    func isIssuers(of claims: JSONValue) -> Bool {
        guard let issuer = claims.member("iss")?.string, !issuer.isEmpty else { return false }
        return uri.utf8.starts(with: (issuer + "/").utf8)
    }

    var claim: JSON {
        .object([("status_list", .object([("idx", .integer(index)), ("uri", .string(uri))]))])
    }
}

/// Why there is no token for an accept.
public enum TokenError: Error, Hashable, Sendable {
    /// What the verdict rests on ends with, or before, the moment the token would begin.
    case nothingLeftToClaim(expires: Instant)
}
