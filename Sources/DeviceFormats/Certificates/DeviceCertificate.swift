package import Wire
public import X509Formats

/// Certificates of NVIDIA's hierarchies: of a device, of a manifest's signer, of a responder.
extension Certificate {
    /// - Parameter der: Exactly one certificate; anything after it is an error, and so is an extension that stands twice.
    package init(device der: [UInt8]) throws(DERError) { try self.init(parsing: der, extensions: .eachOnce) }

    /// The value of an extension, of which there is at most one with this identifier.
    package func value(of identifier: [UInt8]) -> ArraySlice<UInt8>? {
        extensions.first { der[$0.identifier].elementsEqual(identifier) }.map { der[$0.value] }
    }

    /// The serial number as people and NVIDIA's claims write it.
    public var serialDecimal: String { Self.decimal(serial) }

    /// Schoolbook division: serial numbers have at most twenty octets.
    private static func decimal(_ octets: ArraySlice<UInt8>) -> String {
        var digits: [UInt8] = [0]
        for octet in octets {
            var carry = Int(octet)
            for position in digits.indices {
                carry += Int(digits[position]) * 256
                digits[position] = UInt8(truncatingIfNeeded: carry % 10)
                carry /= 10
            }
            while carry > 0 {
                digits.append(UInt8(truncatingIfNeeded: carry % 10))
                carry /= 10
            }
        }
        return String(decoding: digits.reversed().map { 0x30 + $0 }, as: UTF8.self)
    }
}

/// NVIDIA's revocation lists (devices 9.5).
extension CertificateRevocationList {
    /// - Parameter der: Exactly one list; anything after it is an error, and so is an extension that stands twice.
    package init(device der: [UInt8]) throws(DERError) {
        try self.init(parsing: der, atMost: Limits.deviceCRLBytes, extensions: .eachOnce)
    }
}
