public import Foundation

/// The table of token vectors, which checkers in every language read from the same file (`Tests/vectors/tokens.json`).
public struct TokenVectors: Sendable {
    /// What is demanded of a token, as the table says it; each checker has words of its own for it.
    public struct Demand: Decodable, Sendable {
        public let issuer, audience, nonce, minimumStatus, confirmation, keySetURL, statusList: String?
        public let minimum: [String: String]?
        public let policies, references: [String]?

        private enum CodingKeys: String, CodingKey {
            case issuer, audience, nonce, minimum, policies, references, confirmation
            case minimumStatus = "minimum_status"
            case keySetURL = "key_set_url"
            case statusList = "status_list"
        }
    }

    public struct Row: Decodable, Sendable {
        public let name, token, keys: String
        public let demand: Demand
        /// Options that nobody knows.
        public let options: [String: String]?
        /// `accepted`, `throws`, or the check that refuses.
        public let expected: String
        /// Who cannot be asked, and why.
        public let notBy: [String: String]?

        private enum CodingKeys: String, CodingKey {
            case name, token, keys, demand, options, expected
            case notBy = "not_by"
        }
    }

    private struct File: Decodable {
        let time: Int64
        let issuer: String
        let rows: [Row]
    }

    /// Seconds since 1970, for every row.
    public let time: Int64
    public let issuer: String
    public let rows: [Row]
    private let document: Data

    public static let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "vectors/tokens.json")

    public static func read() throws -> TokenVectors {
        let document = try Data(contentsOf: file)
        let read = try JSONDecoder().decode(File.self, from: document)
        return TokenVectors(time: read.time, issuer: read.issuer, rows: read.rows, document: document)
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

    public func keySet(_ row: Row) throws -> [UInt8] { try keySet(named: row.keys) }

    /// A key set as JSON.
    public func keySet(named name: String) throws -> [UInt8] {
        let root = try JSONSerialization.jsonObject(with: document) as? [String: Any]
        let sets = root?["key_sets"] as? [String: Any]
        return Array(try JSONSerialization.data(withJSONObject: sets?[name] ?? [:]))
    }
}
