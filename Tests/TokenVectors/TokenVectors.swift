public import Foundation

/// The table of token vectors, which checkers in every language read from the same file (`Tests/vectors/tokens.json`).
public struct TokenVectors: Sendable {
    public struct Row: Decodable, Sendable {
        public let name, token, keys: String
        fileprivate let demand: [String: DemandValue]
        /// Options that nobody knows.
        public let options: [String: DemandValue]?
        /// `accepted`, `throws`, or the check that refuses.
        public let expected: String
        /// Who cannot be asked, and why.
        public let notBy: [String: String]?

        private enum CodingKeys: String, CodingKey {
            case name, token, keys, demand, options, expected
            case notBy = "not_by"
        }

        /// What is demanded.
        ///
        /// - Parameter sayable: What the checker can be asked for.
        /// - Throws: where something else is demanded, which the checker would not be held to.
        public func demand(of sayable: Set<Demand.Name>) throws -> Demand { try Demand(demand, sayable) }
    }

    /// What the service that issued the tokens judges by where no policy is named.
    public struct DefaultPolicy: Decodable, Sendable {
        public let id, document, sha256: String
    }

    private struct File: Decodable {
        let time: Int64
        let issuer: String
        let rows: [Row]
        let policy: DefaultPolicy

        private enum CodingKeys: String, CodingKey {
            case time, issuer, rows
            case policy = "default_policy"
        }
    }

    /// Seconds since 1970, for every row.
    public let time: Int64
    public let issuer: String
    public let rows: [Row]
    public let defaultPolicy: DefaultPolicy
    private let document: Data

    public static let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "vectors/tokens.json")

    public static func read() throws -> TokenVectors {
        let document = try Data(contentsOf: file)
        let read = try JSONDecoder().decode(File.self, from: document)
        return TokenVectors(
            time: read.time, issuer: read.issuer, rows: read.rows, defaultPolicy: read.policy, document: document)
    }

    /// The rows that a checker can be asked. How many it cannot is printed, with the reasons: nothing is skipped silently.
    public func rows(of checker: String) -> [Row] {
        let asked = rows.filter { $0.notBy?[checker] == nil }
        print("\(checker): \(asked.count) of \(rows.count) rows of the table of tokens")
        let reasons = Dictionary(grouping: rows.compactMap { $0.notBy?[checker] }) { $0 }
        for (reason, rows) in reasons.sorted(by: { $0.key < $1.key }) {
            print("\(checker): \(rows.count) rows not asked: \(reason)")
        }
        return asked
    }

    /// The rows about the log, for `assay audit verify-token`, which is about nothing else.
    public var rowsAboutTheLog: [Row] { rows.filter { $0.demand[Demand.Name.log.rawValue] != nil } }

    public func keySet(_ row: Row) throws -> [UInt8] { try keySet(named: row.keys) }

    /// A key set as JSON.
    public func keySet(named name: String) throws -> [UInt8] {
        let root = try JSONSerialization.jsonObject(with: document) as? [String: Any]
        let sets = root?["key_sets"] as? [String: Any]
        return Array(try JSONSerialization.data(withJSONObject: sets?[name] ?? [:]))
    }
}
