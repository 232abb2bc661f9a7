import Words

/// The policies that come with the program: the files of `policies/`, byte for byte, so that their hashes are the same
/// everywhere.
extension Policy {
    /// The default (dcap 6.8): UpToDate, collateral in date, no debug, no profiling, no unknown bits, no service TD.
    public static let strict = builtIn.first { $0.id == "strict" } ?? refusing

    /// In the order of the documentation.
    public static let builtIn: [Policy] = [
        PackageResources.strict_json, PackageResources.sgx_production_json, PackageResources.tdx_cloud_json,
        PackageResources.degraded_read_only_json, PackageResources.gn8v_tee_llm_json,
    ].compactMap { try? Policy(parsing: $0) }

    /// Stands where the embedded file would not load: accepts nothing at all, because a default that nobody wrote must not
    /// accept anything.
    private static let refusing: Policy = {
        var policy = Policy(id: "refuse-all", version: 1, bytes: [])
        policy.acceptedStatuses = []
        return policy
    }()

    /// Ids that mean one document each (dcap 6.8): who reads `policy strict` in a verdict knows what it demands. One has no
    /// document yet.
    static let reservedIDs = builtIn.map(\.id) + ["gn8v-tee-llm-gpu"]

    /// A policy that somebody hands in, in a file, a folder or a request. What a log or a bundle recorded is read with
    /// `init(parsing:)`: an earlier program's built-in policies had other bytes.
    ///
    /// - Parameter bytes: As `init(parsing:)`.
    /// - Throws: As that, and `POLICY_ID_RESERVED` for the id of a built-in policy over other bytes.
    public init(handedIn bytes: [UInt8]) throws(PolicyError) {
        try self.init(parsing: bytes)
        try checkID()
    }

    /// - Throws: `POLICY_ID_RESERVED` for the id of a built-in policy over other bytes.
    public func checkID() throws(PolicyError) {
        guard Self.reservedIDs.contains(id), !Self.builtIn.contains(self) else { return }
        let wanted = Self.builtIn.first { $0.id == id }.map {
            Phrase("the built-in policy, sha256 \($0.sha256), or another id", "内置策略（sha256 \($0.sha256)），或另取 id")
        }
        throw PolicyError(
            .idReserved, "id", at: nil, found: "\(id) over other bytes, sha256 \(sha256)",
            wanted: wanted ?? Phrase("another id", "另取 id"))
    }
}
