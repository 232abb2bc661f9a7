import Appraisal
import MerkleLog
import ResultToken
import Wire

/// The claims that the log committed to, held against those that follow from the verdict (transparency-log 14.5 step 6).
/// What is free is taken from them, each member within its own bounds, and named where nothing else shows it.
struct ClaimsComparison {
    private(set) var differences: [Reverification.Difference] = []
    private(set) var notCompared: [String] = []
    private(set) var issuer: String?

    /// - Parameter bytes: `claims.json`, whose hash is that of the entry.
    init(_ bytes: [UInt8], _ committed: CommittedEntry, _ sources: TokenSources, _ trust: ReverificationTrust) {
        let claims: JSON
        do throws(CanonicalJSONError) {
            claims = try JSON(canonical: bytes, as: .claims, limit: Limits.jsonBytes)
        } catch {
            add("claims", "no canonical JSON: \(error)", "an object")
            return
        }
        guard let free = free(claims, committed, sources, trust) else { return }
        let rebuilt = sources.claims(free)
        compare(claims, rebuilt, at: "claims")
        if differences.isEmpty, (try? rebuilt.canonicalBytes(as: .claims)) != bytes {
            add("claims", "other bytes", "the claims of the verdict")
        }
    }

    private mutating func add(_ field: String, _ recorded: String, _ found: String) {
        differences.append(
            Reverification.Difference(
                field: field, recorded: String(recorded.prefix(Self.longest)),
                found: String(found.prefix(Self.longest))))
    }

    /// A member may be a whole event log.
    private static let longest = 256

    // MARK: What is free

    /// - Returns: `nil` where the claims lack what no token is without.
    private mutating func free(
        _ claims: JSON, _ committed: CommittedEntry, _ sources: TokenSources, _ trust: ReverificationTrust
    ) -> TokenSources.Free? {
        guard case .string(let issuer)? = claims["iss"], !issuer.isEmpty else {
            add("claims.iss", Self.text(claims["iss"]), "the service's URL")
            return nil
        }
        self.issuer = issuer
        if let wanted = trust.issuer {
            if !issuer.hasSameBytes(as: wanted) { add("claims.iss", issuer, wanted) }
        } else {
            notCompared.append("iss")
        }
        guard let (issued, expires) = dates(claims, committed, sources, trust) else { return nil }
        return TokenSources.Free(
            issuer: issuer, audience: audience(claims, sources.profile), issued: issued, expires: expires,
            status: status(claims, committed.verdict, issuer, sources.profile))
    }

    private mutating func dates(
        _ claims: JSON, _ committed: CommittedEntry, _ sources: TokenSources, _ trust: ReverificationTrust
    ) -> (issued: Instant, expires: Instant)? {
        guard case .integer(let issued)? = claims["iat"], case .integer(let expires)? = claims["exp"] else {
            let name = if case .integer? = claims["iat"] { "exp" } else { "iat" }
            add("claims.\(name)", Self.text(claims[name]), "whole seconds")
            return nil
        }
        let time = committed.timeMilliseconds / 1_000
        if !(time...time + Self.issuingSeconds).contains(issued) {
            add("claims.iat", "\(issued)", "from \(time) to \(time + Self.issuingSeconds)")
        }
        // What the verdict rests on ends: collateral with its grace, graces that were used, reference sets.
        let latest = min(
            issued.addingReportingOverflow(trust.longestTokenSeconds).partialValue,
            sources.verdict.verdict.expires.seconds)
        if expires <= issued || expires > latest { add("claims.exp", "\(expires)", "after iat, to \(latest)") }
        // The entry says so too: until then the verdict is judged again when what it rests on changes.
        let recorded = committed.verdict.tokenExpiresMilliseconds
        if recorded != expires.multipliedReportingOverflow(by: 1_000).partialValue {
            add("token_expires_ms", recorded.map { "\($0)" } ?? "absent", "\(expires) seconds, the claim exp")
        }
        return (Instant(seconds: issued), Instant(seconds: expires))
    }

    /// A token is dated when its verdict was reached, or a moment later.
    private static let issuingSeconds: Int64 = 5

    private mutating func audience(_ claims: JSON, _ profile: TokenProfile) -> String? {
        // The peers' shapes have none, or the issuer.
        guard profile == .ear, let claim = claims["aud"] else { return nil }
        guard case .string(let audience) = claim, (1...512).contains(audience.utf8.count) else {
            add("claims.aud", Self.text(claim), "a text of 1 to 512 bytes, or nothing")
            return nil
        }
        notCompared.append("aud")
        return audience
    }

    /// Which place in which list is the service's to say: it is the one that its entry names, and below its own URL.
    private mutating func status(
        _ claims: JSON, _ entry: VerdictEntry, _ issuer: String, _ profile: TokenProfile
    ) -> StatusReference? {
        guard profile == .ear, let claim = claims["status"] else {
            if entry.statusList != nil || entry.statusIndex != nil {
                add("claims.status", "absent", "the place that the entry names")
            }
            return nil
        }
        notCompared.append("status")
        guard let list = entry.statusList, let index = entry.statusIndex, case .object? = claim["status_list"],
            claim["status_list"]?["idx"] == .integer(index),
            case .string(let uri)? = claim["status_list"]?["uri"],
            uri.utf8.starts(with: (issuer + "/").utf8), uri.utf8.reversed().starts(with: ("/" + list).utf8.reversed())
        else {
            add("claims.status", Self.text(claim), "the list and the place that the entry names, below iss")
            return nil
        }
        return StatusReference(uri: uri, index: index)
    }

    // MARK: What follows from the verdict

    private static func text(_ json: JSON?) -> String { json?.canonicalText ?? "absent" }

    /// Member by member, so that the differences have names.
    private mutating func compare(_ recorded: JSON?, _ found: JSON?, at path: String) {
        switch (recorded, found) {
        case (.object(let left)?, .object(let right)?):
            let names = Set((left + right).map { ExactText($0.0) }).sorted()
            for name in names { compare(recorded?[name.text], found?[name.text], at: "\(path).\(name.text)") }
        case (.array(let left)?, .array(let right)?) where left.count == right.count:
            for (position, (one, other)) in zip(left, right).enumerated() {
                compare(one, other, at: "\(path)[\(position)]")
            }
        default:
            // What was free and not within its bounds is named already.
            guard recorded != found,
                !differences.contains(where: { $0.field == path || path.hasPrefix($0.field + ".") })
            else { return }
            add(path, Self.text(recorded), Self.text(found))
        }
    }
}
