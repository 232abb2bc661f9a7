import AuditStore
import Hummingbird
import MerkleLog
import Wire
import Words

/// Query parameters, read strictly: an unknown one, a malformed one or an empty range is refused, because an auditor would
/// read an unfiltered answer as a filtered one (transparency-log A-1).
struct AuditParameters {
    private var values: [String: [String]] = [:]

    init(_ request: Request, known: [String]) throws(HTTPProblem) {
        guard let query = request.uri.query else { return }
        guard query.utf8.count <= 16_384 else {
            throw Self.invalid("query", "found \(query.utf8.count) bytes, wanted at most 16384")
        }
        for pair in query.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = parts[0].removingPercentEncoding, known.contains(name) else {
                throw Self.invalid(
                    String(parts[0].prefix(64)),
                    "found a parameter that has no meaning here, wanted any of \(known.joined(separator: ", "))")
            }
            guard parts.count == 2, let value = parts[1].removingPercentEncoding, !value.isEmpty else {
                throw Self.invalid(name, "found no value, or a malformed escape")
            }
            values[name, default: []].append(value)
        }
    }

    static func invalid(_ name: String, _ detail: Sentence) -> HTTPProblem {
        HTTPProblem(.parameterInvalid, detail, field: name)
    }

    func all(_ name: String) -> [String] { values[name] ?? [] }

    func single(_ name: String) throws(HTTPProblem) -> String? {
        guard let list = values[name] else { return nil }
        guard list.count == 1 else { throw Self.invalid(name, "found it \(list.count) times, wanted it once") }
        return list[0]
    }

    func number(_ name: String) throws(HTTPProblem) -> UInt64? {
        guard let text = try single(name) else { return nil }
        guard let number = Decimal.parse(Array(text.utf8)), number < 1 << 53 else {
            throw Self.invalid(name, "found \(text.prefix(32)), wanted a plain decimal below 2^53")
        }
        return number
    }

    func required(_ name: String) throws(HTTPProblem) -> UInt64 {
        guard let number = try number(name) else { throw Self.invalid(name, "found nothing, wanted a plain decimal") }
        return number
    }

    func number(_ name: String, in range: ClosedRange<Int>, standard: Int) throws(HTTPProblem) -> Int {
        guard let number = try number(name) else { return standard }
        guard let value = Int(exactly: number), range.contains(value) else {
            throw Self.invalid(name, "found \(number), wanted \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    func choice(_ name: String, _ choices: [String]) throws(HTTPProblem) -> String? {
        guard let text = try single(name) else { return nil }
        guard choices.contains(text) else {
            throw Self.invalid(name, "found \(text.prefix(32)), wanted \(Phrase.oneOf(choices))")
        }
        return text
    }

    /// Milliseconds, or a date.
    func time(_ name: String) throws(HTTPProblem) -> Int64? {
        guard let text = try single(name) else { return nil }
        if let number = Decimal.parse(Array(text.utf8)), number < 1 << 53 { return Int64(number) }
        guard let date = Instant(rfc3339: text) else {
            throw Self.invalid(
                name, "found \(text.prefix(32)), wanted milliseconds since 1970, or a date as 2026-01-31T00:00:00Z")
        }
        return date.seconds * 1_000
    }

    func hash(_ text: String, _ name: String) throws(HTTPProblem) -> MerkleHash {
        guard let hash = Hex.decode(text).flatMap({ MerkleHash(exactly: $0) }) else {
            throw Self.invalid(name, "found \(text.prefix(80)), wanted 64 hexadecimal digits")
        }
        return hash
    }

    static let filters = [
        "from_ms", "to_ms", "from_index", "to_index", "kind", "verdict", "tee", "policy_id", "policy_sha256",
        "evidence_sha256", "collateral_sha256", "measurement", "fmspc", "tcb_status", "tcb_eval_lt", "advisory",
        "tenant",
        "jti",
    ]

    func filter() throws(HTTPProblem) -> AuditFilter {
        func hashes(_ name: String) throws(HTTPProblem) -> [MerkleHash] {
            var hashes: [MerkleHash] = []
            for text in all(name) { hashes.append(try hash(text, name)) }
            return hashes
        }
        func bytes(_ name: String, _ counts: [Int]) throws(HTTPProblem) -> [[UInt8]] {
            var list: [[UInt8]] = []
            for text in all(name) {
                guard let bytes = Hex.decode(text), counts.contains(bytes.count) else {
                    throw Self.invalid(
                        name,
                        "found \(text.prefix(100)), wanted \(Phrase.oneOf(counts.map { "\($0 * 2)" })) hexadecimal digits"
                    )
                }
                list.append(bytes)
            }
            return list
        }
        var filter = AuditFilter()
        filter.fromMilliseconds = try time("from_ms")
        filter.toMilliseconds = try time("to_ms")
        try Self.check("to_ms", filter.fromMilliseconds, filter.toMilliseconds)
        filter.fromIndex = try number("from_index")
        filter.toIndex = try number("to_index")
        try Self.check("to_index", filter.fromIndex, filter.toIndex)
        filter.kinds = all("kind")
        filter.verdicts = all("verdict")
        for verdict in filter.verdicts where !["accept", "reject", "error"].contains(verdict) {
            throw Self.invalid("verdict", "found \(verdict.prefix(32)), wanted accept, reject or error")
        }
        filter.tees = all("tee")
        filter.policyIDs = all("policy_id")
        filter.policyHashes = try hashes("policy_sha256")
        filter.evidenceHashes = try hashes("evidence_sha256")
        filter.collateralHashes = try hashes("collateral_sha256")
        filter.measurements = try bytes("measurement", [32, 48])
        filter.platforms = try bytes("fmspc", [6])
        filter.tcbStatuses = all("tcb_status")
        filter.evaluationNumberBelow = try number("tcb_eval_lt").map { Int64($0) }
        filter.advisories = all("advisory")
        filter.tenants = all("tenant")
        filter.identifiers = all("jti")
        return filter
    }

    static func check<Value: Comparable & CustomStringConvertible>(_ name: String, _ from: Value?, _ to: Value?)
        throws(HTTPProblem)
    {
        guard let from, let to, from >= to else { return }
        throw invalid(name, "found an empty range, \(from) to \(to)")
    }
}
