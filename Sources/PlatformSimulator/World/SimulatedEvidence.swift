package import Wire

/// One quote and everything a verifier is given with it.
package struct SimulatedEvidence: Hashable, Sendable {
    package let kind: QuoteKind
    /// The quote with the place of each of its fields.
    package var assembled: AssembledQuote
    package var collateral: SimulatedCollateral
    /// The simulator's root, DER: the trust anchor to verify under.
    package let rootCertificate: [UInt8]
    /// x ‖ y of its key, 64 bytes.
    package let rootPublicKey: [UInt8]
    /// When to verify.
    package var time: Instant
    /// Whether to accept TCB info version 2 (dcap 4.3).
    package var acceptsTCBInfoV2: Bool

    package var quote: [UInt8] { assembled.bytes }

    package var rootPEM: String { PEM.encode(rootCertificate, label: "CERTIFICATE") }
}
