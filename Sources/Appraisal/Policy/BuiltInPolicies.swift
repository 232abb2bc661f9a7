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
}
