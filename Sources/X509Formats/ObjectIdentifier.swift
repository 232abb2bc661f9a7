/// Content octets of the object identifiers of RFC 5280 that the hierarchies use: Intel's (dcap 2.1, 2.3, 2.6), NVIDIA's
/// (devices 5, 7.5, 9), or both. Who defines others of their own adds them where they are read.
package enum ObjectIdentifier {
    // Both.
    package static let subjectKeyIdentifier: [UInt8] = [0x55, 0x1D, 0x0E]
    package static let keyUsage: [UInt8] = [0x55, 0x1D, 0x0F]
    package static let basicConstraints: [UInt8] = [0x55, 0x1D, 0x13]
    package static let crlNumber: [UInt8] = [0x55, 0x1D, 0x14]
    package static let authorityKeyIdentifier: [UInt8] = [0x55, 0x1D, 0x23]
    package static let commonName: [UInt8] = [0x55, 0x04, 0x03]

    // Intel's.
    package static let crlDistributionPoints: [UInt8] = [0x55, 0x1D, 0x1F]
    package static let country: [UInt8] = [0x55, 0x04, 0x06]
    package static let locality: [UInt8] = [0x55, 0x04, 0x07]
    package static let state: [UInt8] = [0x55, 0x04, 0x08]
    package static let organization: [UInt8] = [0x55, 0x04, 0x0A]

    // NVIDIA's.
    package static let subjectAlternativeName: [UInt8] = [0x55, 0x1D, 0x11]
    package static let extendedKeyUsage: [UInt8] = [0x55, 0x1D, 0x25]

    /// Dotted decimal, for messages. First arcs of 0, 1 and 2 as X.690 8.19 packs them.
    package static func dotted(_ content: some Collection<UInt8>) -> String {
        var arcs: [UInt64] = []
        var arc: UInt64 = 0
        for octet in content.prefix(32) {
            arc = arc << 7 & 0x7FFF_FFFF_FFFF_FFFF | UInt64(octet & 0x7F)
            guard octet & 0x80 == 0 else { continue }
            if arcs.isEmpty {
                arcs = [min(arc / 40, 2), arc < 80 ? arc % 40 : arc - 80]
            } else {
                arcs.append(arc)
            }
            arc = 0
        }
        return arcs.map { String($0) }.joined(separator: ".")
    }
}
