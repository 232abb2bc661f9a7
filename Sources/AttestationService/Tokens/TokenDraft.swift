package import Records

/// A token whose claims and key are fixed, and which is not signed: for that there must be a receipt (transparency-log E-9).
package struct TokenDraft: Sendable {
    package let commitment: TokenCommitment
    /// A compact JWS over the claims and the receipt's `log`.
    package let seal: @Sendable (Receipt) throws(TokenFailure) -> String

    package init(commitment: TokenCommitment, seal: @escaping @Sendable (Receipt) throws(TokenFailure) -> String) {
        self.commitment = commitment
        self.seal = seal
    }
}
