import Wire

/// A complete set of collateral as raw members, and the two ways people store it (dcap 3.10).
package struct SimulatedCollateral: Hashable, Sendable {
    /// In which of the two stored forms the set can be written down without losing what it is about.
    package enum Form: Hashable, Sendable {
        case any
        /// Only as raw responses: the defect is in what surrounds a signed document.
        case responses
        /// Only as a bundle.
        case bundle
    }

    /// As served: DER, hexadecimal digits or PEM; empty when there is none.
    package var pckCRL: [UInt8]
    /// PEM, PCK CA first; `nil` when the service sent none.
    package var pckCRLIssuerChain: [UInt8]?
    /// As served, like `pckCRL`.
    package var rootCRL: [UInt8]
    package var tcbInfo: SimulatedDocument
    package var qeIdentity: SimulatedDocument
    package var form = Form.any

    /// The JSON bundle of dcap-qvl: CRLs in hexadecimal, documents as text without their envelope.
    package var bundleJSON: [UInt8] {
        let members: [JSONRecipe.Member?] = [
            pckCRLIssuerChain.map { .init("pck_crl_issuer_chain", Self.text($0)) },
            .init("root_ca_crl", Self.text(Self.hexadecimal(rootCRL))),
            .init("pck_crl", Self.text(Self.hexadecimal(pckCRL))),
            .init("tcb_info_issuer_chain", Self.text(tcbInfo.issuerChain)),
            .init("tcb_info", Self.text(tcbInfo.body)),
            .init("tcb_info_signature", .string(tcbInfo.signature)),
            .init("qe_identity_issuer_chain", Self.text(qeIdentity.issuerChain)),
            .init("qe_identity", Self.text(qeIdentity.body)),
            .init("qe_identity_signature", .string(qeIdentity.signature)),
        ]
        return JSONRecipe.object(members.compactMap { $0 }).encoded + [0x0A]
    }

    /// A directory of raw PCS responses: file name and content. Issuer chains are header values, percent-encoded.
    package var directoryFiles: [(name: String, content: [UInt8])] {
        var files: [(name: String, content: [UInt8])] = [
            ("pckcrl", pckCRL), ("rootcacrl", Self.hexadecimal(rootCRL)), ("tcb", tcbInfo.response),
            ("qe_identity", qeIdentity.response), ("tcb.issuer-chain", Self.percentEncoded(tcbInfo.issuerChain)),
            ("qe_identity.issuer-chain", Self.percentEncoded(qeIdentity.issuerChain)),
        ]
        if let chain = pckCRLIssuerChain { files.append(("pckcrl.issuer-chain", Self.percentEncoded(chain))) }
        return files
    }

    /// Percent-encodes all but the unreserved characters of RFC 3986 2.3, as Intel's service does.
    package static func percentEncoded(_ bytes: [UInt8]) -> [UInt8] {
        bytes.flatMap { byte -> [UInt8] in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: [byte]
            default: [0x25] + Array(Hex.encode([byte]).uppercased().utf8)
            }
        }
    }

    /// DER becomes hexadecimal digits; what is text already stays as it is. No text begins with the octet 0x30 that
    /// DER begins with: hexadecimal DER begins with the digit 3, which is 0x33, and PEM with a dash.
    private static func hexadecimal(_ served: [UInt8]) -> [UInt8] {
        served.first == 0x30 ? Array(Hex.encode(served).utf8) : served
    }

    private static func text(_ bytes: [UInt8]) -> JSONRecipe { .string(String(decoding: bytes, as: UTF8.self)) }
}
