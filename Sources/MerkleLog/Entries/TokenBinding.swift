public import Wire

/// How an entry and its token name each other without a circle: the entry commits to the claims without `log`, the token
/// points at the entry with it (transparency-log 2.5).
public enum TokenBinding {
    /// `claims_sha256`. A `log` claim among the claims is left out.
    public static func claimsSHA256(_ claims: JSON) throws(CanonicalJSONError) -> MerkleHash {
        MerkleHashing.sha256(try canonicalClaims(claims))
    }

    /// What is hashed, and archived as `claims.json`.
    public static func canonicalClaims(_ claims: JSON) throws(CanonicalJSONError) -> [UInt8] {
        guard case .object(let members) = claims else { throw .notAnObject }
        return try JSON.object(members.filter { $0.0 != "log" }).canonicalBytes(as: .claims)
    }

    /// The `log` claim of the token for a durable entry.
    public static func logClaim(origin: KeyName, index: UInt64, leafHash: MerkleHash, proof: [UInt8]? = nil) -> JSON {
        var members: [(String, JSON)] = [
            ("origin", .string(origin.description)), ("index", .integer(Int64(clamping: index))),
            ("leaf", .string(Base64URL.encode(leafHash.bytes))),
        ]
        if let proof { members.append(("proof", .string(Base64URL.encode(proof)))) }
        return .object(members)
    }
}
