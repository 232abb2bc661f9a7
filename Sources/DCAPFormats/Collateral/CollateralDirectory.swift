import Wire

/// A folder of raw PCS or PCCS responses: bodies as served, issuer chains as the percent-encoded header values beside
/// them (dcap 3.4). File names are `pckcrl`, `rootcacrl`, `tcb`, `qe_identity`, each with any extension, and
/// `pckcrl.issuer-chain`, `tcb.issuer-chain`, `qe_identity.issuer-chain`.
extension Collateral {
    private static let chainSuffix = ".issuer-chain"

    public init(directory files: [String: [UInt8]]) throws(CollateralError) {
        func body(_ name: String) throws(CollateralError) -> [UInt8] {
            let matches = files.keys.filter {
                ($0 == name || $0.hasPrefix(name + ".")) && !$0.hasSuffix(Self.chainSuffix)
            }
            guard matches.count == 1, let match = matches.first, let bytes = files[match] else {
                throw CollateralError(
                    name,
                    matches.isEmpty
                        ? "the folder has no file \(name)"
                        : "the folder has several files for \(name): \(matches.sorted().joined(separator: ", "))")
            }
            return bytes
        }
        func chain(_ name: String) throws(CollateralError) -> [UInt8]? {
            guard let bytes = files[name + Self.chainSuffix] else { return nil }
            guard let decoded = PercentEncoding.decode(bytes) else {
                throw CollateralError(
                    name, "\(name)\(Self.chainSuffix) is no percent-encoded header value (an escape is malformed)")
            }
            return decoded
        }
        func response(_ name: String) throws(CollateralError) -> SignedResponse {
            guard let chain = try chain(name) else {
                throw CollateralError(name, "the folder has no file \(name)\(Self.chainSuffix)")
            }
            return SignedResponse(document: .response(try body(name)), issuerChain: chain)
        }
        self.init(
            pckCRL: try body("pckcrl"), pckCRLIssuerChain: try chain("pckcrl"), rootCRL: try body("rootcacrl"),
            tcbInfo: try response("tcb"), qeIdentity: try response("qe_identity"))
    }
}

/// Header values as services encode them: `%XX` only, and a plus stays a plus, because base64 needs it (dcap 3.4).
public enum PercentEncoding {
    /// - Returns: `nil` for a malformed escape or more than 64 KiB.
    public static func decode(_ text: [UInt8]) -> [UInt8]? {
        guard text.count <= Limits.headerBytes else { return nil }
        var decoded: [UInt8] = []
        decoded.reserveCapacity(text.count)
        var position = 0
        while position < text.count {
            guard text[position] == 0x25 else {
                decoded.append(text[position])
                position += 1
                continue
            }
            guard text.count - position >= 3, let byte = Hex.decode(text[position + 1...position + 2])?.first else {
                return nil
            }
            decoded.append(byte)
            position += 3
        }
        return decoded
    }
}
