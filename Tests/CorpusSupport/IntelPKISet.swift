/// One folder of Intel's own test PKI: a chain, CRLs, the root it is judged under, and the status Intel's test demands.
public struct IntelPKISet: Sendable, CustomStringConvertible {
    /// Which call of Intel's library the folder was made for.
    public enum Suite: String, Sendable {
        /// PCK chain and both CRLs.
        case pckChain = "VerifyChainTestData"
        /// A CRL with its issuer chain.
        case crl = "VerifyPckCrl"
        /// A TCB signing chain and the root CRL.
        case tcbSigningChain = "VerifyTCBInfo"
    }

    public let name: String
    public let suite: Suite
    /// The texts as they lie in the folder, PEM or broken.
    public let trustedRoot: [UInt8]
    public let chain: [UInt8]
    /// The root CRL, where the suite has one.
    public let rootCRL: [UInt8]?
    /// The PCK CRL, or the one CRL of its suite.
    public let crl: [UInt8]?
    public let declaredStatus: String
    /// What Intel's later library answered when it was run; `nil` where it was not.
    public let intelQVLStatus: String?
    /// T in seconds since 1970, within the validity of the positive sets.
    public let now: Int64

    public var description: String { "\(suite.rawValue)/\(name)" }

    public init(_ item: CorpusItem, in corpus: Corpus) throws {
        let paths = (item.files ?? []).map(\.file)
        func bytes(_ name: String) throws -> [UInt8]? {
            try paths.first { $0.hasSuffix("/\(name)") }.map { try corpus.bytes(at: $0) }
        }
        let parts = paths.first?.split(separator: "/").map(String.init) ?? []
        guard parts.count >= 4, let suite = Suite(rawValue: parts[parts.count - 3]), let expected = item.expected,
            let declared = expected.sourceDeclared, let now = expected.now
        else { throw CorpusError("\(item.name) is no set of Intel's test PKI") }
        self.suite = suite
        name = parts[parts.count - 2]
        declaredStatus = declared
        intelQVLStatus = expected.intelQVLStatus
        self.now = now
        let files: (root: String, chain: String, rootCRL: String?, crl: String?) =
            switch suite {
            case .pckChain:
                (
                    "IntelSGXRootCACertificate.pem", "IntelSGXCertificateChain.pem", "rootCaCrl.pem",
                    "intermediateCaCrl.pem"
                )
            case .crl: ("trustedRoot.pem", "certChain.pem", nil, "crl.pem")
            case .tcbSigningChain: ("root.pem", "tcb.pem", "root_crl.pem", nil)
            }
        guard let root = try bytes(files.root), let chain = try bytes(files.chain) else {
            throw CorpusError("\(item.name) lacks its root or its chain")
        }
        trustedRoot = root
        self.chain = chain
        rootCRL = try files.rootCRL.flatMap { try bytes($0) }
        crl = try files.crl.flatMap { try bytes($0) }
    }
}

extension Corpus {
    /// Intel's 37 sets, in the order of the manifest.
    public func intelPKI() throws -> [IntelPKISet] {
        try items(ofKind: .badPKI).map { try IntelPKISet($0, in: self) }
    }

    /// The Intel SGX Root CA certificate that is current, in DER.
    public func intelRoot() throws -> [UInt8] { try bytes(of: "intel-sgx-root-ca-2018-2049-44a019") }
}
