import DCAPFormats
import DCAPVerification
import HTTPClient
import Wire

/// One of the four things to fetch (dcap 3.1): where, how large at most, and in which header its issuers come.
enum CollateralItem: Hashable, Sendable {
    case pckCRL, rootCRL
    case tcbInfo(CollateralUpdate)
    case qeIdentity(CollateralUpdate)

    var name: String {
        switch self {
        case .pckCRL: "pck_crl"
        case .rootCRL: "root_crl"
        case .tcbInfo: "tcb_info"
        case .qeIdentity: "qe_identity"
        }
    }

    func url(_ address: CollateralAddress, _ key: CollateralKey) -> String {
        switch self {
        case .pckCRL: address.pckCRL(authority: key.authority.rawValue)
        case .rootCRL: address.rootCRL
        case .tcbInfo(let update): address.tcbInfo(key.tee, fmspc: key.fmspc.hex, update)
        case .qeIdentity(let update): address.qeIdentity(key.tee, update)
        }
    }

    /// A CRL may come in hex, at two characters a byte.
    var bodyLimit: Int {
        switch self {
        case .pckCRL, .rootCRL: Limits.crlBytes
        case .tcbInfo, .qeIdentity: Limits.jsonBytes
        }
    }

    /// Names in lower case; for TCB info the name changed with version 4, and either is taken (dcap 3.4).
    private var chainHeaders: [String] {
        switch self {
        case .pckCRL: ["sgx-pck-crl-issuer-chain"]
        case .rootCRL: []
        case .tcbInfo: ["tcb-info-issuer-chain", "sgx-tcb-info-issuer-chain"]
        case .qeIdentity: ["sgx-enclave-identity-issuer-chain"]
        }
    }

    /// Checks what every answer must be (dcap 3.4); deeper defects are found by verification.
    func read(_ response: HTTPResponse) throws(BadResponse) -> FetchedItem {
        guard !response.body.isEmpty else { throw BadResponse(sentence: "the body is empty") }
        switch self {
        case .pckCRL, .rootCRL:
            guard CRLEncoding.decode(response.body) != nil else {
                throw BadResponse(sentence: "the body is no CRL: neither DER nor PEM nor hex")
            }
        case .tcbInfo, .qeIdentity:
            let first = response.body.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
            guard first == 0x7B else { throw BadResponse(sentence: "the body is no JSON object") }
        }
        return FetchedItem(body: response.body, issuerChain: try chain(response))
    }

    private func chain(_ response: HTTPResponse) throws(BadResponse) -> [UInt8] {
        guard let expected = chainHeaders.first else { return [] }
        var found: [UInt8]?
        for name in chainHeaders {
            let values = response.values(of: name)
            guard values.count <= 1 else { throw BadResponse(sentence: "the header \(name) occurs twice") }
            guard let value = values.first else { continue }
            guard found == nil || found == value else {
                throw BadResponse(sentence: "two issuer-chain headers contradict each other")
            }
            found = value
        }
        guard let found else { throw BadResponse(sentence: "the header \(expected) is missing") }
        guard let decoded = PercentEncoding.decode(found), !decoded.isEmpty else {
            throw BadResponse(sentence: "the header \(expected) is not percent-encoded text")
        }
        return decoded
    }
}

struct FetchedItem: Hashable, Sendable {
    let body: [UInt8]
    /// PEM; empty for the root CRL, which comes without.
    let issuerChain: [UInt8]
}

/// Status 200, and yet no answer.
struct BadResponse: Error, Hashable, Sendable {
    let sentence: String
}
