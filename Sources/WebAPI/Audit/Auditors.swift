import Crypto
import HTTPTypes
import Hummingbird
import MerkleLog
import Wire
import Words

/// Who may read what is not for everybody: names, scopes, and the digests of their tokens. The tokens themselves are
/// nowhere here.
package struct Auditors: Sendable {
    package enum Scope: String, CaseIterable, Hashable, Sendable {
        case read = "audit:read"
        case evidence = "audit:evidence"
        /// The admin listener, and nothing on the public one.
        case admin
    }

    struct Auditor: Sendable {
        let name: String
        let scopes: Set<Scope>
        let tokenSHA256: MerkleHash
    }

    package struct Defect: Error, Hashable, Sendable {
        package let sentence: String
    }

    let list: [Auditor]

    /// Nobody.
    package init() { list = [] }

    package var isEmpty: Bool { list.isEmpty }

    /// Whose token has this digest.
    func name(ofToken digest: MerkleHash) -> String? { list.first { $0.tokenSHA256 == digest }?.name }

    /// - Parameters:
    ///   - text: Lines of `name scope[,scope] sha256-of-the-token`, comments from `#`.
    ///   - scopes: Those that mean something where these tokens are shown.
    package init(parsing text: String, scopes known: [Scope]) throws(Defect) {
        var list: [Auditor] = []
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let content = line.prefix { $0 != "#" }
            let parts = content.split { $0 == " " || $0 == "\t" || $0 == "\r" }
            guard !parts.isEmpty else { continue }
            guard parts.count == 3 else {
                throw Defect(sentence: "line \(number + 1): wanted name, scopes and SHA-256 of the token")
            }
            let scopes = parts[1].split(separator: ",").map { Scope(rawValue: String($0)) }
            guard scopes.allSatisfy({ $0.map(known.contains) ?? false }),
                let digest = Hex.decode(String(parts[2])).flatMap({ MerkleHash(exactly: $0) }),
                (1...64).contains(parts[0].utf8.count)
            else {
                throw Defect(
                    sentence:
                        "line \(number + 1): scopes are \(known.map(\.rawValue).joined(separator: ", ")), "
                        + "and the digest has 64 hexadecimal digits")
            }
            list.append(
                Auditor(name: String(parts[0]), scopes: Set(scopes.compactMap { $0 }), tokenSHA256: digest))
        }
        self.list = list
    }

    /// The auditor of the request's bearer token.
    ///
    /// - Throws: 401 where there is no token of anybody's, 403 where its scopes do not cover this.
    func auditor(of request: Request, for scope: Scope) throws(HTTPProblem) -> Auditor {
        guard let header = request.headers[.authorization], header.lowercased().hasPrefix("bearer ") else {
            throw HTTPProblem(
                .credentialsMissing, "found no bearer token, wanted one with the scope \(scope.rawValue)",
                field: "Authorization", fix: "Ask the operator for a token with this scope.")
        }
        let digest = MerkleHashing.sha256(header.dropFirst(7).utf8)
        // Digests of random tokens: how far two of them agree tells nothing about either token.
        guard let auditor = list.first(where: { $0.tokenSHA256 == digest }) else {
            throw HTTPProblem(.credentialsMissing, "found a token that is nobody's", field: "Authorization")
        }
        guard auditor.scopes.contains(scope) else {
            throw HTTPProblem(
                .scopeMissing,
                "found \(auditor.scopes.map(\.rawValue).sorted().joined(separator: ", ")), wanted \(scope.rawValue)",
                field: "Authorization")
        }
        return auditor
    }
}
