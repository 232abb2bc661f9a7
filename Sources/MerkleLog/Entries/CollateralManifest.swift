public import Wire

/// Which documents were the collateral of a verdict, each by the SHA-256 of the bytes that were verified
/// (transparency-log 2.4).
public struct CollateralManifest: Hashable, Sendable {
    public enum Part: String, CaseIterable, Hashable, Sendable {
        case tcbInfo = "tcb_info"
        case tcbInfoIssuerChain = "tcb_info_issuer_chain"
        case qeIdentity = "qe_identity"
        case qeIdentityIssuerChain = "qe_identity_issuer_chain"
        case rootCACRL = "root_ca_crl"
        case pckCRL = "pck_crl"
        case pckCRLIssuerChain = "pck_crl_issuer_chain"
        case pckCertificateChain = "pck_cert_chain"
        case earlyTCBInfo = "early_tcb_info"
        case earlyTCBInfoIssuerChain = "early_tcb_info_issuer_chain"
        case earlyQEIdentity = "early_qe_identity"
        case earlyQEIdentityIssuerChain = "early_qe_identity_issuer_chain"
    }

    public let parts: [Part: MerkleHash]
    /// `tdx` or `sgx`.
    public let tee: String

    public init(parts: [Part: MerkleHash], tee: String) {
        self.parts = parts
        self.tee = tee
    }

    public init(document bytes: [UInt8]) throws(LogEntryFailure) {
        let json: JSON
        do throws(CanonicalJSONError) {
            json = try JSON(canonical: bytes, as: .leaf, limit: Limits.leafBytes)
        } catch {
            throw .notCanonical(error)
        }
        guard case .object(let members) = json else { throw .notCanonical(.notAnObject) }
        var reader = MemberReader(members)
        guard try reader.required("kind", MemberValue.string) == "collateral-manifest" else { throw .malformed("kind") }
        guard try reader.required("v", MemberValue.integer) == 1 else { throw .malformed("v") }
        tee = try reader.required("tee", MemberValue.string)
        parts = try reader.required("parts") { json in
            guard case .object(let members) = json else { return nil }
            var parts: [Part: MerkleHash] = [:]
            for (name, value) in members {
                guard let part = Part(rawValue: name), let hash = MemberValue.hash(value) else { return nil }
                parts[part] = hash
            }
            return parts
        }
        guard reader.rest.isEmpty else { throw .malformed(reader.rest[0].0) }
    }

    /// The canonical object, archived as a blob.
    public var document: [UInt8] {
        JSON.object([
            ("kind", .string("collateral-manifest")),
            ("parts", .object(parts.map { ($0.key.rawValue, .string($0.value.hex)) })), ("tee", .string(tee)),
            ("v", .integer(1)),
        ]).canonicalBytes
    }

    /// What `collateral_sha256` of a verdict is.
    public var sha256: MerkleHash { MerkleHashing.sha256(document) }
}
