import Appraisal
package import MerkleLog
import ResultToken
package import Wire

/// Whether a token is the one that the log committed to (transparency-log 2.5).
package enum LoggedToken {
    package struct Result: Sendable {
        package let index: UInt64
        package let accepted: AcceptedCheckpoint
        package let entry: VerdictEntry
    }

    /// - Parameters:
    ///   - keys: The issuer's key set, as JSON.
    ///   - proof: A proof file; by default the one inside the token.
    ///   - time: When the token shall be in its time.
    package static func check(
        _ token: String, keys: [UInt8], proof given: [UInt8]?, under trust: TrustPolicy, at time: Instant
    ) throws -> Result {
        let (header, claims) = try verified(token, keys: keys, at: time)
        guard let log = claims["log"], case .string(let origin)? = log["origin"],
            case .string(let leafText)? = log["leaf"],
            let leafHash = Base64URL.decode(Array(leafText.utf8)[...]).flatMap({ MerkleHash(exactly: $0) })
        else { throw AuditFailure.notVerified("the token names no entry of a log") }
        let proof = try proof(given, in: log)
        if case .integer(let index)? = log["index"] {
            guard index >= 0, UInt64(index) == proof.index else {
                throw AuditFailure.notVerified("the token names entry \(index), the proof is of \(proof.index)")
            }
        }
        guard let leaf = proof.extra else {
            throw AuditFailure.undecided("the proof does not carry the entry (its line extra), which is needed here")
        }
        guard MerkleHashing.leaf(leaf) == leafHash else {
            throw AuditFailure.notVerified("the entry in the proof is not the one that the token names")
        }
        let accepted: AcceptedCheckpoint
        do throws(TextProofFailure) {
            accepted = try proof.verified(leaf: leafHash, under: trust)
        } catch {
            throw ProofFile.failure(error)
        }
        guard accepted.checkpoint.origin.bytes == Array(origin.utf8) else {
            throw AuditFailure.notVerified("the token names the log \(origin), the proof is of another")
        }
        return Result(index: proof.index, accepted: accepted, entry: try entry(leaf, header, claims))
    }

    private static func verified(
        _ token: String, keys: [UInt8], at time: Instant
    ) throws -> (header: JSON, claims: JSON) {
        let set: JSONWebKeySet
        do {
            set = try JSONWebKeySet(parsing: keys)
        } catch {
            throw AuditFailure.undecided("the key set is none: \(error)")
        }
        var expectations = TokenExpectations()
        // What the verdict is worth is for whoever relies on it; here the question is whether it was logged.
        expectations.minimumStatus = .none
        expectations.freshness = .any
        expectations.policies = ["any"]
        let verification = try TokenVerifier(keys: set, expecting: expectations).verify(token, at: time)
        if let failure = verification.firstFailure {
            throw AuditFailure.notVerified("\(failure.step.rawValue): found \(failure.found), wanted \(failure.wanted)")
        }
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard let claims = verification.claims.flatMap({ JSON(document: $0) }),
            let header = parts.first.flatMap({ Base64URL.decode(Array($0.utf8)[...]) })
                .flatMap({ try? JSONDocument(parsing: $0) }).flatMap({ JSON(document: $0.root) })
        else { throw AuditFailure.notVerified("the token holds numbers that have no canonical form") }
        return (header, claims)
    }

    private static func proof(_ given: [UInt8]?, in log: JSON) throws -> TextProof {
        if let given { return try ProofFile.parse(given) }
        guard case .string(let text)? = log["proof"], let bytes = Base64URL.decode(Array(text.utf8)[...]) else {
            throw AuditFailure.undecided("the token carries no proof; get one (POST /v1/proof) and give --proof")
        }
        return try ProofFile.parse(bytes)
    }

    private static func entry(_ leaf: [UInt8], _ header: JSON, _ claims: JSON) throws -> VerdictEntry {
        let entry: LogEntry
        do throws(LogEntryFailure) {
            entry = try LogEntry(leaf: leaf)
        } catch {
            throw AuditFailure.notVerified("the entry: \(error)")
        }
        guard case .verdict(let verdict) = entry.body else {
            throw AuditFailure.notVerified("the entry is a \(entry.body.kind), not a verdict")
        }
        guard let digest = try? TokenBinding.claimsSHA256(claims), digest == verdict.claimsSHA256 else {
            throw AuditFailure.notVerified("the entry commits to other claims than the token's")
        }
        guard claims["jti"] == .string(verdict.jti) else {
            throw AuditFailure.notVerified("the token's jti is not the entry's")
        }
        guard let kid = verdict.kid, header["kid"] == .string(kid) else {
            throw AuditFailure.notVerified("the token's key is not the one that the entry names")
        }
        // Only an accept has a token; shapes that state the verdict must state the same.
        guard claims["verdict"] ?? .string("accept") == .string(verdict.verdict.rawValue) else {
            throw AuditFailure.notVerified("the token's verdict is not the entry's")
        }
        return verdict
    }
}

/// A `.tlog-proof` file, and how its failures are told.
package enum ProofFile {
    package static func parse(_ bytes: [UInt8]) throws -> TextProof {
        do throws(TextProofFailure) {
            return try TextProof(parsing: bytes)
        } catch {
            throw AuditFailure.notVerified("proof: \(error)")
        }
    }

    package static func failure(_ failure: TextProofFailure) -> AuditFailure {
        if case .untrusted(.quorumNotMet) = failure { return .undecided("proof: \(failure)") }
        return .notVerified("proof: \(failure)")
    }

    /// A consistency proof as people keep it: the JSON of the auditor API, or the head of a witness request.
    package static func consistency(_ bytes: [UInt8], to newSize: UInt64) -> ConsistencyProof? {
        guard bytes.count <= Limits.proofBytes else { return nil }
        if let root = try? JSONDocument(parsing: bytes).root {
            guard case .value(let from)? = root.member("from")?.integer,
                case .value(let to)? = root.member("to")?.integer,
                let elements = root.member("path")?.elements
            else { return nil }
            var path: [MerkleHash] = []
            for element in elements {
                guard path.count < TreeSize.maximumProofLength,
                    let hash: MerkleHash = element.string.flatMap({ Hex.fixed(Array($0.utf8)[...]) })
                else { return nil }
                path.append(hash)
            }
            return ConsistencyProof(oldSize: from, newSize: to, path: path)
        }
        let lines = bytes.split(separator: 0x0A)
        guard let first = lines.first, first.starts(with: "old ".utf8), let old = Decimal.parse(first.dropFirst(4))
        else { return nil }
        var path: [MerkleHash] = []
        for line in lines.dropFirst() {
            // A whole witness request goes on with the checkpoint, whose first line is no hash.
            guard let decoded = Base64.decode(line), let hash = MerkleHash(exactly: decoded) else { break }
            path.append(hash)
        }
        return path.count <= TreeSize.maximumProofLength
            ? ConsistencyProof(oldSize: old, newSize: newSize, path: path) : nil
    }
}
