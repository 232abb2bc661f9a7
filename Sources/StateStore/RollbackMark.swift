import Foundation
import GRDB
package import Wire

/// How new one document is, and the newest that was accepted of its kind. Older documents are genuine too, and lenient:
/// played back, they make an outdated platform look patched (dcap 3.5, 3.9.6).
package struct RollbackMark: Hashable, Sendable {
    package let item: String
    /// Zero for CRLs, which have a date only.
    package let evaluationNumber: UInt32
    package let issued: Instant

    package init(item: String, evaluationNumber: UInt32, issued: Instant) {
        self.item = item
        self.evaluationNumber = evaluationNumber
        self.issued = issued
    }

    /// Services may lag one another by this much.
    private static let toleranceSeconds: Int64 = 86_400

    func isOlderThanAccepted(_ database: Database) throws -> Bool {
        guard let accepted = try accepted(database) else { return false }
        guard evaluationNumber == accepted.evaluationNumber else { return evaluationNumber < accepted.evaluationNumber }
        return issued.advanced(bySeconds: Self.toleranceSeconds) < accepted.issued
    }

    /// Keeps the higher number, and with equal numbers the later date.
    ///
    /// - Parameter document: The one whose mark it is.
    func raise(_ database: Database, by document: FixedBytes<32>) throws {
        try database.execute(
            sql: """
                INSERT INTO high_water (item, evaluation_number, issued, document)
                VALUES (:item, :number, :issued, :document)
                ON CONFLICT (item) DO UPDATE SET evaluation_number = :number, issued = :issued, document = :document
                WHERE :number > evaluation_number OR (:number = evaluation_number AND :issued > issued)
                """,
            arguments: [
                "item": item, "number": Int64(evaluationNumber), "issued": issued.seconds,
                "document": Data(document.bytes),
            ])
    }

    private func accepted(_ database: Database) throws -> (evaluationNumber: UInt32, issued: Instant)? {
        try Row.fetchOne(
            database, sql: "SELECT evaluation_number, issued FROM high_water WHERE item = ?", arguments: [item]
        ).map { (UInt32(clamping: $0["evaluation_number"] as Int64), Instant(seconds: $0["issued"])) }
    }
}
