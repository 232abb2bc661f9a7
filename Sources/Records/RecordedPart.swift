package import MerkleLog
import Wire

/// One of the things that a recorded verdict was made from, by the hash that its entry commits to: the entry names it, or
/// a document does that the entry names.
package struct RecordedPart: Hashable, Sendable {
    package enum Kind: CaseIterable, Hashable, Sendable {
        case quote, eventLog, nonce, userData
        /// What it was judged by, under one hash; and each of the policies where that names several.
        case policy, memberPolicy
        case verifier
        /// Of an accept's token.
        case claims
        /// Which documents were the collateral; and each of them.
        case manifest, collateral
        case referenceSet
    }

    package let kind: Kind
    package let sha256: MerkleHash

    package init(_ kind: Kind, _ sha256: MerkleHash) {
        self.kind = kind
        self.sha256 = sha256
    }

    /// In an evidence bundle (transparency-log 14.4).
    package var fileName: String {
        switch kind {
        case .quote: "quote.bin"
        case .eventLog: "eventlog.bin"
        case .nonce: "nonce.bin"
        case .userData: "userdata.bin"
        case .policy: "policy.bin"
        case .memberPolicy: "policies/\(sha256.hex)"
        case .verifier: "verifier.json"
        case .claims: "claims.json"
        case .manifest: "collateral/manifest.json"
        case .collateral: "collateral/\(sha256.hex)"
        case .referenceSet: "references/\(sha256.hex)"
        }
    }

    /// In a sentence.
    package var name: String {
        switch kind {
        case .quote: "the quote"
        case .eventLog: "the event log"
        case .nonce: "the nonce"
        case .userData: "the user data"
        case .policy: "the policy"
        case .memberPolicy: "a policy"
        case .verifier: "the verifier object"
        case .claims: "the claims"
        case .manifest: "the collateral manifest"
        case .collateral: "a collateral document"
        case .referenceSet: "a reference set"
        }
    }
}

extension VerdictEntry {
    /// Whether the verdict rests on parts of this kind. Claims follow from the verdict, and early rulesets archived none;
    /// what came with a quote that did not verify was not looked at, and is not archived (transparency-log 14.1).
    func needs(_ kind: RecordedPart.Kind) -> Bool {
        switch kind {
        case .claims: false
        // Every verified quote has a TCB status, and no other has.
        case .eventLog, .nonce, .userData: tcbStatus != nil
        case .quote, .policy, .memberPolicy, .verifier, .manifest, .collateral, .referenceSet: true
        }
    }

    /// The parts of a kind that the entry itself names.
    func parts(of kind: RecordedPart.Kind) -> [RecordedPart] {
        let hashes: [MerkleHash?] =
            switch kind {
            case .quote: [evidenceSHA256]
            case .eventLog: [eventLogSHA256]
            case .nonce: [nonceSHA256]
            case .userData: [userDataSHA256]
            case .policy: [policySHA256]
            case .verifier: [verifierSHA256]
            case .claims: [claimsSHA256]
            case .manifest: [collateralSHA256]
            case .referenceSet: references ?? []
            case .memberPolicy, .collateral: []
            }
        return hashes.compactMap { $0.map { RecordedPart(kind, $0) } }
    }
}
