import Crypto
import DCAPFormats
package import Wire

/// Rules over verified facts (dcap 6.7). A policy decides what is acceptable among what is genuine; it cannot make
/// anything genuine.
public struct Policy: Hashable, Sendable {
    public let id: String
    let acceptedStatuses: Set<TCBStatus>
    let acceptRelaunchAdvised: Bool
    /// Statuses of what runs now that are accepted beside `acceptedStatuses`; Revoked never is.
    package let collateralGraceSeconds: Int64
    let allowDebug: Bool
    let allowTDProfiling: Bool
    let allowTDReservedBits: Bool
    let allowServiceTD: Bool

    /// The default: UpToDate, collateral in date, no debug, no profiling, no unknown bits, no service TD (dcap 6.8).
    public static let strict = Policy(
        id: "strict", acceptedStatuses: [.upToDate], acceptRelaunchAdvised: false, collateralGraceSeconds: 0,
        allowDebug: false, allowTDProfiling: false, allowTDReservedBits: false, allowServiceTD: false)

    /// The rules as a document, in the words of dcap 6.7.
    package var document: JSON {
        .object([
            ("id", .string(id)),
            ("accepted_tcb_statuses", .array(acceptedStatuses.map(\.rawValue).sorted().map { .string($0) })),
            ("accept_relaunch_advised", .bool(acceptRelaunchAdvised)),
            ("collateral_grace_seconds", .integer(collateralGraceSeconds)),
            ("allow_debug", .bool(allowDebug)),
            ("allow_td_profiling", .bool(allowTDProfiling)),
            ("allow_td_reserved_bits", .bool(allowTDReservedBits)),
            ("allow_service_td", .bool(allowServiceTD)),
        ])
    }

    /// The policy's identity: SHA-256 of its canonical document, in hex.
    public var sha256: String { Hex.encode(Array(SHA256.hash(data: document.canonicalBytes))) }
}
