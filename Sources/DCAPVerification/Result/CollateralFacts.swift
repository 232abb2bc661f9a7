import DCAPFormats
public import Wire
import X509Formats

/// When what Intel signed begins and ends (dcap 5.9).
public struct CollateralFacts: Hashable, Sendable {
    /// One signed thing with an end.
    public struct Item: Hashable, Sendable {
        /// `pck_leaf`, `root_crl`, `tcb_info` …: stable names.
        public let name: String
        public let issued: Instant
        public let expires: Instant

        package init(name: String, issued: Instant, expires: Instant) {
            self.name = name
            self.issued = issued
            self.expires = expires
        }
    }

    /// The certificates, CRLs and documents that were used, in the order of the phases.
    public let items: [Item]

    public var earliestIssue: Instant { items.map(\.issued).min() ?? Instant(seconds: 0) }
    public var latestIssue: Instant { items.map(\.issued).max() ?? Instant(seconds: 0) }
    public var earliestExpiration: Instant { items.map(\.expires).min() ?? Instant(seconds: 0) }

    /// The items whose end is not after `time`: expired iff T ≥ end (dcap 5.9).
    public func expired(at time: Instant) -> [Item] { items.filter { $0.expires <= time } }

    /// What a record says was established.
    package init(items: [Item]) { self.items = items }

    init(_ chain: PCKChain, _ lists: RevocationLists, _ documents: SignedCollateral) {
        items = [
            Item("pck_leaf", chain.leaf), Item("pck_intermediate", chain.intermediate), Item("pck_root", chain.root),
            Item(name: "root_crl", issued: lists.root.thisUpdate, expires: lists.rootNextUpdate),
            Item(name: "pck_crl", issued: lists.pck.thisUpdate, expires: lists.pckNextUpdate),
            Item("tcb_signing", documents.tcbInfoChain.signer),
            Item("tcb_signing_root", documents.tcbInfoChain.root),
            Item(name: "tcb_info", issued: documents.tcbInfo.issueDate, expires: documents.tcbInfo.nextUpdate),
            Item("qe_signing", documents.qeIdentityChain.signer),
            Item("qe_signing_root", documents.qeIdentityChain.root),
            Item(
                name: "qe_identity", issued: documents.qeIdentity.issueDate, expires: documents.qeIdentity.nextUpdate),
        ]
    }
}

extension CollateralFacts.Item {
    init(_ name: String, _ certificate: Certificate) {
        self.init(name: name, issued: certificate.notBefore, expires: certificate.notAfter)
    }
}
