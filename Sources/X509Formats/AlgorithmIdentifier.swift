/// The encodings of the signature algorithms that the hierarchies use, without parameters, and no others.
package enum AlgorithmIdentifier {
    /// `SEQUENCE { ecdsa-with-SHA256 }`: all that Intel signs (dcap 2.1), and revocation lists of NVIDIA's (devices 9.5).
    package static let ecdsaWithSHA256: [UInt8] = [
        0x30, 0x0A, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02,
    ]
    /// `SEQUENCE { ecdsa-with-SHA384 }`, NVIDIA's.
    package static let ecdsaWithSHA384: [UInt8] = [
        0x30, 0x0A, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x03,
    ]
}
