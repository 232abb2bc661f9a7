import Foundation
import GRDB
import MerkleLog
import Wire

/// A filter as conditions on `q`, with bound values (transparency-log S-7).
struct QuerySQL {
    private(set) var conditions: [String] = []
    private(set) var arguments: [any DatabaseValueConvertible] = []
    /// Whether an index finds the rows; otherwise they are looked through in windows.
    private(set) var isIndexed = false

    init(_ filter: AuditFilter) {
        bound("time_ms >= ?", filter.fromMilliseconds)
        bound("time_ms < ?", filter.toMilliseconds)
        any("kind", filter.kinds)
        any("verdict", filter.verdicts)
        any("tee", filter.tees)
        any("policy_id", filter.policyIDs)
        any("policy_sha256", filter.policyHashes.map { Data($0.bytes) }, indexed: true)
        any("evidence_sha256", filter.evidenceHashes.map { Data($0.bytes) }, indexed: true)
        any("collateral_sha256", filter.collateralHashes.map { Data($0.bytes) })
        any("measurement", filter.measurements.map { Data($0) }, indexed: true)
        any("fmspc", filter.platforms.map { Data($0) }, indexed: true)
        any("tcb_status", filter.tcbStatuses)
        bound("tcb_eval < ?", filter.evaluationNumberBelow)
        any("tenant", filter.tenants, indexed: true)
        any("jti", filter.identifiers, indexed: true)
        if !filter.advisories.isEmpty {
            let marks = Self.marks(filter.advisories.count)
            conditions.append("idx IN (SELECT idx FROM q_advisory WHERE advisory IN (\(marks)))")
            arguments += filter.advisories as [any DatabaseValueConvertible]
            isIndexed = true
        }
        // What the partial indexes are made for, said so that SQLite sees it.
        if !filter.verdicts.isEmpty, !filter.verdicts.contains("accept") {
            conditions.append("verdict <> 'accept'")
            isIndexed = true
        }
        if !filter.kinds.isEmpty, !filter.kinds.contains("verdict") {
            conditions.append("kind <> 'verdict'")
            isIndexed = true
        }
    }

    /// Conditions and values for rows of a range of indices.
    func within(_ range: Range<UInt64>) -> (text: String, arguments: StatementArguments) {
        let bounds: [any DatabaseValueConvertible] = [Int64(range.lowerBound), Int64(range.upperBound)]
        return (
            (conditions + ["idx >= ?", "idx < ?"]).joined(separator: " AND "), StatementArguments(arguments + bounds)
        )
    }

    private mutating func bound(_ condition: String, _ value: Int64?) {
        guard let value else { return }
        // The plus keeps the time index out: rows come in the order of the index, and time follows it closely.
        conditions.append("+" + condition)
        arguments.append(value)
    }

    private mutating func any(_ column: String, _ values: [some DatabaseValueConvertible], indexed: Bool = false) {
        guard !values.isEmpty else { return }
        conditions.append("\(column) IN (\(Self.marks(values.count)))")
        arguments += values as [any DatabaseValueConvertible]
        isIndexed = isIndexed || indexed
    }

    private static func marks(_ count: Int) -> String {
        Array(repeating: "?", count: count).joined(separator: ", ")
    }
}
