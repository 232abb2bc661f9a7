/// What a quote's body is: the v5 descriptor's types (dcap 1.3), which v3 and v4 imply.
public enum QuoteBodyType: UInt16, CaseIterable, Hashable, Sendable {
    case sgx = 1
    case td10 = 2
    case td15 = 3
    case td15Extended = 4

    /// The one size that is right for this type, in bytes.
    public var byteCount: Int {
        switch self {
        case .sgx: EnclaveReport.byteCount
        case .td10: TDReport.byteCount10
        case .td15: TDReport.byteCount15
        case .td15Extended: TDReport.byteCount15Extended
        }
    }

    public var tee: TEE { self == .sgx ? .sgx : .tdx }
}

/// The kind of trusted execution environment a quote speaks for; the raw value is the header's `teeType`.
public enum TEE: UInt32, CaseIterable, Hashable, Sendable {
    case sgx = 0
    case tdx = 0x81

    /// As JSON, policies and people write it.
    public var name: String { self == .sgx ? "sgx" : "tdx" }
}
