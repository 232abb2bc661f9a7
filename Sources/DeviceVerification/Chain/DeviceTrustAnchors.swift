public import DeviceFormats
import Wire
import X509Formats

/// One root: a name and a key (devices 5.2). NVIDIA publishes two certificates of one name and key, and both are right.
public struct DeviceAnchor: Sendable, Equatable {
    /// The encoding of the name.
    let name: [UInt8]
    /// x ‖ y.
    let key: [UInt8]
    /// For a message.
    public let text: String

    /// - Parameter input: The root's certificate, DER or one PEM block. It must be its own issuer.
    public init(certificate input: [UInt8]) throws(DeviceFailure) {
        let certificate = try Self.read(input)
        guard let key = DevicePublicKeyInfo.p384(certificate.der[certificate.subjectPublicKeyInfo]),
            let imported = DeviceSignatures.key(of: certificate),
            certificate.der[certificate.issuer] == certificate.der[certificate.subject],
            DeviceSignatures.verify(certificate, by: imported)
        else { throw Self.failure("another certificate", "a P-384 certificate that is its own issuer") }
        name = Array(certificate.der[certificate.subject])
        self.key = Array(key)
        text = certificate.subjectText
    }

    private static func failure(_ found: String, _ wanted: String) -> DeviceFailure {
        DeviceFailure(.chainInvalid, field: "trustRoot", found: found, wanted: wanted)
    }

    private static func read(_ input: [UInt8]) throws(DeviceFailure) -> Certificate {
        do {
            guard input.first != 0x30 else { return try Certificate(device: input) }
            let blocks = try PEM.blocks(labelled: "CERTIFICATE", in: input[...])
            guard blocks.count == 1 else { throw failure("\(blocks.count) certificates", "one") }
            return try Certificate(device: blocks[0])
        } catch let failure as DeviceFailure {
            throw failure
        } catch {
            throw failure("bytes that are no certificate", "one certificate, PEM or DER")
        }
    }

    func matches(_ certificate: Certificate) -> Bool {
        certificate.der[certificate.subject].elementsEqual(name)
            && DevicePublicKeyInfo.p384(certificate.der[certificate.subjectPublicKeyInfo])?.elementsEqual(key) == true
    }
}

/// The roots that everything must lead to: of devices, and of the signers of reference manifests.
public struct DeviceTrustAnchors: Sendable, Equatable {
    public let device: [DeviceAnchor]
    public let manifest: [DeviceAnchor]

    public init(device: [DeviceAnchor], manifest: [DeviceAnchor]) {
        self.device = device
        self.manifest = manifest
    }

    /// Whether these are NVIDIA's roots. Verdicts under any others must say so.
    public var isNVIDIA: Bool { self == Self.nvidia }

    /// NVIDIA Device Identity CA, and NVIDIA CoRIM signing Root CA (devices A), compiled in.
    public static let nvidia = DeviceTrustAnchors(
        device: anchor(deviceRoot), manifest: anchor(manifestRoot))

    /// Empty where the text were no certificate: then nothing is trusted. A test holds it to NVIDIA's digests.
    private static func anchor(_ pem: String) -> [DeviceAnchor] {
        (try? DeviceAnchor(certificate: Array(pem.utf8))).map { [$0] } ?? []
    }

    private static let deviceRoot = """
        -----BEGIN CERTIFICATE-----
        MIICCzCCAZCgAwIBAgIQLTZwscoQBBHB/sDoKgZbVDAKBggqhkjOPQQDAzA1MSIw
        IAYDVQQDDBlOVklESUEgRGV2aWNlIElkZW50aXR5IENBMQ8wDQYDVQQKDAZOVklE
        SUEwIBcNMjExMTA1MDAwMDAwWhgPOTk5OTEyMzEyMzU5NTlaMDUxIjAgBgNVBAMM
        GU5WSURJQSBEZXZpY2UgSWRlbnRpdHkgQ0ExDzANBgNVBAoMBk5WSURJQTB2MBAG
        ByqGSM49AgEGBSuBBAAiA2IABA5MFKM7+KViZljbQSlgfky/RRnEQScW9NDZF8SX
        gAW96r6u/Ve8ZggtcYpPi2BS4VFu6KfEIrhN6FcHG7WP05W+oM+hxj7nyA1r1jkB
        2Ry70YfThX3Ba1zOryOP+MJ9vaNjMGEwDwYDVR0TAQH/BAUwAwEB/zAOBgNVHQ8B
        Af8EBAMCAQYwHQYDVR0OBBYEFFeF/4PyY8xlfWi3Olv0jUrL+0lfMB8GA1UdIwQY
        MBaAFFeF/4PyY8xlfWi3Olv0jUrL+0lfMAoGCCqGSM49BAMDA2kAMGYCMQCPeFM3
        TASsKQVaT+8S0sO9u97PVGCpE9d/I42IT7k3UUOLSR/qvJynVOD1vQKVXf0CMQC+
        EY55WYoDBvs2wPAH1Gw4LbcwUN8QCff8bFmV4ZxjCRr4WXTLFHBKjbfneGSBWwA=
        -----END CERTIFICATE-----
        """

    private static let manifestRoot = """
        -----BEGIN CERTIFICATE-----
        MIICKTCCAbCgAwIBAgIQRdrjoA5QN73fh1N17LXicDAKBggqhkjOPQQDAzBFMQsw
        CQYDVQQGEwJVUzEPMA0GA1UECgwGTlZJRElBMSUwIwYDVQQDDBxOVklESUEgQ29S
        SU0gc2lnbmluZyBSb290IENBMCAXDTIzMDMxNjE1MzczNFoYDzIwNTMwMzA4MTUz
        NzM0WjBFMQswCQYDVQQGEwJVUzEPMA0GA1UECgwGTlZJRElBMSUwIwYDVQQDDBxO
        VklESUEgQ29SSU0gc2lnbmluZyBSb290IENBMHYwEAYHKoZIzj0CAQYFK4EEACID
        YgAEuECyi9vNM+Iw2lfUzyBldHAwaC1HF7TCgp12QcEyUTm3Tagxwr48d55+K2VI
        lWYIDk7NlAIQdcV/Ff7euGLI+Qauj93HsSI4WX298PpW54RTgz9tC+Q684caR/BX
        WEeZo2MwYTAdBgNVHQ4EFgQUpaXrOPK4ZDAk08DBskn594zeZjAwHwYDVR0jBBgw
        FoAUpaXrOPK4ZDAk08DBskn594zeZjAwDwYDVR0TAQH/BAUwAwEB/zAOBgNVHQ8B
        Af8EBAMCAQYwCgYIKoZIzj0EAwMDZwAwZAIwHGDyscDP6ihHqRvZlI3eqZ4YkvjE
        1duaN84tAHRVgxVMvNrp5Tnom3idHYGW/dskAjATvjIx6VzHm/4e2GiZAyZEIUBD
        OKPzp5ei/A0iUZpdvngenDwV8Qa/wGdiTmJ7Bp4=
        -----END CERTIFICATE-----
        """
}
