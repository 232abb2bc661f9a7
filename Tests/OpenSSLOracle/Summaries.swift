import COpenSSL
public import Wire

/// What OpenSSL reads in a certificate, for comparison with our own reader.
public struct CertificateSummary: Hashable, Sendable {
    /// 1, 2 or 3.
    public let version: Int
    /// Octets of the magnitude, without a leading zero.
    public let serial: [UInt8]
    public let serialIsNegative: Bool
    public let subject: DER
    public let issuer: DER
    /// `nil` where OpenSSL cannot make a date of it.
    public let notBefore: Instant?
    public let notAfter: Instant?
    public let subjectPublicKeyInfo: DER
    public let extensions: [ExtensionSummary]
}

public struct RevocationListSummary: Hashable, Sendable {
    /// 1 or 2.
    public let version: Int
    public let issuer: DER
    public let thisUpdate: Instant?
    public let nextUpdate: Instant?
    /// Octets of the magnitude, without a leading zero, as listed.
    public let serials: [[UInt8]]
    public let extensions: [ExtensionSummary]
}

public struct ExtensionSummary: Hashable, Sendable {
    /// Dotted.
    public let identifier: String
    public let isCritical: Bool
    public let value: [UInt8]
}

extension OpenSSLOracle {
    /// - Returns: `nil` where OpenSSL does not decode exactly these bytes as one certificate.
    public static func parsesCertificate(_ der: DER) -> CertificateSummary? {
        defer { ERR_clear_error() }
        guard let owner = OpenSSLCertificate(der) else { return nil }
        return withExtendedLifetime(owner) {
            let certificate = owner.pointer
            guard let serial = X509_get0_serialNumber(certificate),
                let subject = encode({ i2d_X509_NAME(X509_get_subject_name(certificate), $0) }),
                let issuer = encode({ i2d_X509_NAME(X509_get_issuer_name(certificate), $0) }),
                let key = encode({ i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), $0) })
            else { return nil }
            return CertificateSummary(
                version: X509_get_version(certificate) + 1, serial: octets(serial),
                serialIsNegative: ASN1_STRING_type(serial) == V_ASN1_NEG_INTEGER, subject: subject, issuer: issuer,
                notBefore: instant(X509_get0_notBefore(certificate)),
                notAfter: instant(X509_get0_notAfter(certificate)), subjectPublicKeyInfo: key,
                extensions: (0..<max(0, X509_get_ext_count(certificate))).map {
                    summary(X509_get_ext(certificate, $0))
                })
        }
    }

    /// - Returns: `nil` where OpenSSL does not decode exactly these bytes as one CRL.
    public static func parsesCRL(_ der: DER) -> RevocationListSummary? {
        defer { ERR_clear_error() }
        guard let owner = OpenSSLRevocationList(der) else { return nil }
        return withExtendedLifetime(owner) {
            let list = owner.pointer
            guard let issuer = encode({ i2d_X509_NAME(X509_CRL_get_issuer(list), $0) }) else { return nil }
            let revoked = X509_CRL_get_REVOKED(list)
            return RevocationListSummary(
                version: X509_CRL_get_version(list) + 1, issuer: issuer,
                thisUpdate: instant(X509_CRL_get0_lastUpdate(list)),
                nextUpdate: instant(X509_CRL_get0_nextUpdate(list)),
                serials: (0..<assay_sk_X509_REVOKED_num(revoked)).map {
                    octets(X509_REVOKED_get0_serialNumber(assay_sk_X509_REVOKED_value(revoked, $0)))
                },
                extensions: (0..<max(0, X509_CRL_get_ext_count(list))).map { summary(X509_CRL_get_ext(list, $0)) })
        }
    }

    private static func summary(_ found: OpaquePointer?) -> ExtensionSummary {
        var text = [CChar](repeating: 0, count: 256)
        let count = OBJ_obj2txt(&text, Int32(text.count), X509_EXTENSION_get_object(found), 1)
        let name = text.prefix(max(0, min(Int(count), text.count - 1))).map { UInt8(bitPattern: $0) }
        return ExtensionSummary(
            identifier: String(decoding: name, as: UTF8.self), isCritical: X509_EXTENSION_get_critical(found) > 0,
            value: octets(X509_EXTENSION_get_data(found)))
    }

    private static func octets(_ string: UnsafePointer<ASN1_STRING>?) -> [UInt8] {
        guard let string, let data = ASN1_STRING_get0_data(string) else { return [] }
        return Array(UnsafeBufferPointer(start: data, count: Int(ASN1_STRING_length(string))))
    }

    private static func instant(_ time: UnsafePointer<ASN1_TIME>?) -> Instant? {
        var parts = tm()
        guard let time, ASN1_TIME_to_tm(time, &parts) == 1 else { return nil }
        return Instant(
            year: Int(parts.tm_year) + 1900, month: Int(parts.tm_mon) + 1, day: Int(parts.tm_mday),
            hour: Int(parts.tm_hour), minute: Int(parts.tm_min), second: Int(parts.tm_sec))
    }
}

/// Runs an `i2d_` function that allocates its output.
func encode(_ body: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>) -> Int32) -> [UInt8]? {
    var output: UnsafeMutablePointer<UInt8>?
    let count = body(&output)
    guard count >= 0, let output else { return nil }
    defer { assay_OPENSSL_free(output) }
    return Array(UnsafeBufferPointer(start: output, count: Int(count)))
}
