/// Which edition of TCB info and QE identity is asked for (dcap 3.5): what Intel enforces by default, or the newest.
public enum CollateralUpdate: String, CaseIterable, Hashable, Sendable {
    case standard, early
}

/// A collateral service, named by the base URL of its SGX interface (dcap 3.9.1), and the URLs of what it serves.
public struct CollateralAddress: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable {
        /// Caching service: serves the root CRL itself, CRLs in hex unless asked for DER.
        case pccs
        /// Intel's own: the root CRL lies at its distribution point.
        case pcs
    }

    public enum Defect: Error, Hashable, Sendable {
        case notAnURL
        /// `http` without having been allowed, or another scheme.
        case scheme(String)
        case credentials, query, fragment
        /// No path segment `sgx`, or several, so that the TDX interface has no name.
        case noSGXSegment
    }

    /// Beijing's service of Alibaba Cloud (dcap 3.8).
    public static let beijing = "https://sgx-dcap-server.cn-beijing.aliyuncs.com/sgx/certification/v4/"

    public let kind: Kind
    /// Ends in a slash.
    public let sgxBase: String
    /// The same with the path segment `sgx` replaced. The segment and never the first text `sgx`: host names hold it too.
    public let tdxBase: String
    /// Where the root CRL is fetched.
    public let rootCRL: String
    public let isPlainHTTP: Bool

    /// - Parameters:
    ///   - text: The base URL, with or without its last slash.
    ///   - kind: `nil` to tell by the host: Intel's is a PCS, every other a PCCS.
    ///   - allowingHTTP: Whether plain `http` is acceptable: signatures hold, but old documents can be played back.
    public init(_ text: String, kind: Kind? = nil, allowingHTTP: Bool = false) throws(Defect) {
        guard let separator = text.firstRange(of: "://"),
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x5C && $0 != 0x22 })
        else { throw .notAnURL }
        let scheme = text[..<separator.lowerBound].lowercased()
        guard scheme == "https" || (scheme == "http" && allowingHTTP) else { throw .scheme(scheme) }
        let rest = text[separator.upperBound...]
        guard !rest.contains("?") else { throw .query }
        guard !rest.contains("#") else { throw .fragment }
        let parts = rest.split(separator: "/", omittingEmptySubsequences: false)
        let host = String(parts[0])
        guard !host.contains("@") else { throw .credentials }
        guard !host.isEmpty, !host.hasPrefix(":") else { throw .notAnURL }
        var segments = parts.dropFirst().map(String.init)
        if segments.last?.isEmpty == true { segments.removeLast() }
        guard segments.count(where: { $0 == "sgx" }) == 1 else { throw .noSGXSegment }
        let origin = "\(scheme)://\(host)/"
        func base(_ segments: [String]) -> String { origin + segments.joined(separator: "/") + "/" }
        sgxBase = base(segments)
        tdxBase = base(segments.map { $0 == "sgx" ? "tdx" : $0 })
        let isIntel = host.lowercased() == "api.trustedservices.intel.com"
        self.kind = kind ?? (isIntel ? .pcs : .pccs)
        rootCRL =
            switch self.kind {
            case .pccs: sgxBase + "rootcacrl"
            case .pcs:
                // The distribution point of dcap 2.1; another PCS than Intel's keeps it beside its interface.
                isIntel
                    ? "https://certificates.trustedservices.intel.com/IntelSGXRootCA.der"
                    : origin + "IntelSGXRootCA.der"
            }
        isPlainHTTP = scheme == "http"
    }

    public func pckCRL(authority: String) -> String { "\(sgxBase)pckcrl?ca=\(authority)&encoding=der" }

    /// - Parameter fmspc: Written as 12 upper-case hexadecimal digits.
    public func tcbInfo(_ tee: TEE, fmspc: String, _ update: CollateralUpdate) -> String {
        "\(base(tee))tcb?fmspc=\(fmspc.uppercased())&update=\(update.rawValue)"
    }

    public func qeIdentity(_ tee: TEE, _ update: CollateralUpdate) -> String {
        "\(base(tee))qe/identity?update=\(update.rawValue)"
    }

    private func base(_ tee: TEE) -> String { tee == .tdx ? tdxBase : sgxBase }
}
