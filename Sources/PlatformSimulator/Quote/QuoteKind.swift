/// The seven kinds of quote there are (dcap 1.3). Raw values are the names the program takes.
package enum QuoteKind: String, CaseIterable, Hashable, Sendable {
    case sgxV3 = "sgx-v3"
    case sgxV4 = "sgx-v4"
    case tdxV4 = "tdx-v4"
    case sgxV5 = "sgx-v5"
    case tdx10V5 = "tdx10-v5"
    case tdx15V5 = "tdx15-v5"
    case tdx15ExV5 = "tdx15ex-v5"

    package var version: UInt16 {
        switch self {
        case .sgxV3: 3
        case .sgxV4, .tdxV4: 4
        case .sgxV5, .tdx10V5, .tdx15V5, .tdx15ExV5: 5
        }
    }

    package var isTDX: Bool {
        switch self {
        case .sgxV3, .sgxV4, .sgxV5: false
        case .tdxV4, .tdx10V5, .tdx15V5, .tdx15ExV5: true
        }
    }

    /// The version 5 body type; `nil` before version 5.
    package var bodyType: UInt16? {
        switch self {
        case .sgxV3, .sgxV4, .tdxV4: nil
        case .sgxV5: 1
        case .tdx10V5: 2
        case .tdx15V5: 3
        case .tdx15ExV5: 4
        }
    }

    /// Has a TEE TCB SVN for the module that runs now beside the one of the launch.
    package var hasCurrentTCB: Bool { self == .tdx15V5 || self == .tdx15ExV5 }
}
