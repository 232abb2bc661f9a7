/// An object identifier by its arcs. Written here anew and not shared with the reader under test, so that the two
/// cannot be wrong together.
package struct ObjectIdentifierArcs: Hashable, Sendable, ExpressibleByArrayLiteral {
    let arcs: [UInt64]

    package init(arrayLiteral arcs: UInt64...) { self.arcs = arcs }

    init(_ arcs: [UInt64]) { self.arcs = arcs }

    func appending(_ arc: UInt64) -> ObjectIdentifierArcs { ObjectIdentifierArcs(arcs + [arc]) }

    /// The content octets (X.690 8.19).
    var content: [UInt8] {
        guard arcs.count >= 2 else { return [] }
        return ([arcs[0] * 40 + arcs[1]] + arcs.dropFirst(2)).flatMap(Self.base128)
    }

    private static func base128(_ arc: UInt64) -> [UInt8] {
        var octets = [UInt8(arc & 0x7F)]
        var rest = arc >> 7
        while rest > 0 {
            octets.insert(UInt8(rest & 0x7F) | 0x80, at: 0)
            rest >>= 7
        }
        return octets
    }
}

extension ObjectIdentifierArcs {
    static let commonName: Self = [2, 5, 4, 3]
    static let organization: Self = [2, 5, 4, 10]
    static let locality: Self = [2, 5, 4, 7]
    static let state: Self = [2, 5, 4, 8]
    static let country: Self = [2, 5, 4, 6]

    static let subjectKeyIdentifier: Self = [2, 5, 29, 14]
    static let keyUsage: Self = [2, 5, 29, 15]
    static let basicConstraints: Self = [2, 5, 29, 19]
    static let crlNumber: Self = [2, 5, 29, 20]
    static let reasonCode: Self = [2, 5, 29, 21]
    static let deltaCRLIndicator: Self = [2, 5, 29, 27]
    static let issuingDistributionPoint: Self = [2, 5, 29, 28]
    static let crlDistributionPoints: Self = [2, 5, 29, 31]
    static let authorityKeyIdentifier: Self = [2, 5, 29, 35]

    static let ecPublicKey: Self = [1, 2, 840, 10045, 2, 1]
    static let primeField: Self = [1, 2, 840, 10045, 1, 1]
    static let prime256v1: Self = [1, 2, 840, 10045, 3, 1, 7]
    static let secp384r1: Self = [1, 3, 132, 0, 34]
    static let rsaEncryption: Self = [1, 2, 840, 113549, 1, 1, 1]
    static let ecdsaWithSHA256: Self = [1, 2, 840, 10045, 4, 3, 2]
    static let ecdsaWithSHA384: Self = [1, 2, 840, 10045, 4, 3, 3]

    /// The Intel SGX extension and the root of its entries (dcap 2.3).
    static let intelSGX: Self = [1, 2, 840, 113741, 1, 13, 1]
}
