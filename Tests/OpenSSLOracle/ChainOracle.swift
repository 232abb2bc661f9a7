import COpenSSL
public import Wire

/// DER bytes of one certificate or CRL.
public typealias DER = [UInt8]

/// What OpenSSL says of a chain.
public enum OracleAnswer: Hashable, Sendable, CustomStringConvertible {
    case accepted
    /// OpenSSL's `X509_V_ERR_` number, how far from the leaf (0), and OpenSSL's words for it.
    case refused(number: Int32, depth: Int, text: String)
    /// Not decoded by OpenSSL, or with bytes left over; which one.
    case unreadable(String)

    public var isAccepted: Bool { self == .accepted }

    public var description: String {
        switch self {
        case .accepted: "accepted"
        case .refused(let number, let depth, let text): "refused: \(text) (\(number), depth \(depth))"
        case .unreadable(let what): "unreadable \(what)"
        }
    }
}

/// OpenSSL's second opinion. It shares no line with the product, neither parser nor arithmetic.
public enum OpenSSLOracle {
    /// Runs `X509_verify_cert` with nothing but what is given: no default paths, no system time, no network.
    ///
    /// - Parameters:
    ///   - leafFirst: the leaf, then whatever else came with it, in any order. None of it is trusted.
    ///   - anchor: the one trusted certificate.
    ///   - crls: every list there is; each certificate of the chain needs one, the root too. `nil` asks nothing about
    ///     revocation.
    ///   - strict: OpenSSL's `X509_V_FLAG_X509_STRICT`, RFC 5280 to the letter.
    public static func verifyChain(
        leafFirst: [DER], anchor: DER, crls: [DER]?, at time: Instant, strict: Bool = true
    ) -> OracleAnswer {
        defer { ERR_clear_error() }
        guard let root = OpenSSLCertificate(anchor) else { return .unreadable("anchor") }
        var certificates: [OpenSSLCertificate] = []
        for (position, der) in leafFirst.enumerated() {
            guard let certificate = OpenSSLCertificate(der) else { return .unreadable("certificate \(position)") }
            certificates.append(certificate)
        }
        var lists: [OpenSSLRevocationList] = []
        for (position, der) in (crls ?? []).enumerated() {
            guard let list = OpenSSLRevocationList(der) else { return .unreadable("CRL \(position)") }
            lists.append(list)
        }
        guard let leaf = certificates.first else { return .unreadable("chain") }
        guard let store = TrustStore(root), let others = CertificateStack(certificates.dropFirst()),
            let listStack = RevocationListStack(lists), let context = VerificationContext(),
            X509_STORE_CTX_init(context.pointer, store.pointer, leaf.pointer, others.pointer) == 1,
            let parameters = X509_STORE_CTX_get0_param(context.pointer)
        else { return .unreadable("context") }
        X509_STORE_CTX_set0_crls(context.pointer, listStack.pointer)
        X509_VERIFY_PARAM_set_time(parameters, time_t(time.seconds))
        let flags =
            (crls == nil ? 0 : X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL)
            | (strict ? X509_V_FLAG_X509_STRICT : 0)
        guard X509_VERIFY_PARAM_set_flags(parameters, UInt(flags)) == 1 else { return .unreadable("context") }
        let result = X509_verify_cert(context.pointer)
        let answer = result == 1 ? OracleAnswer.accepted : refusal(context.pointer)
        // The context borrows the store, the leaf and both stacks until here.
        return withExtendedLifetime((store, leaf, others, listStack, context)) { answer }
    }

    /// Whether `issuer`'s key signed the list, and whether it is the issuer the list names.
    public static func verifyCRL(_ der: DER, issuedBy issuer: DER) -> Bool {
        defer { ERR_clear_error() }
        guard let list = OpenSSLRevocationList(der), let certificate = OpenSSLCertificate(issuer) else { return false }
        return withExtendedLifetime((list, certificate)) {
            X509_NAME_cmp(X509_CRL_get_issuer(list.pointer), X509_get_subject_name(certificate.pointer)) == 0
                && X509_CRL_verify(list.pointer, X509_get0_pubkey(certificate.pointer)) == 1
        }
    }

    private static func refusal(_ context: OpaquePointer) -> OracleAnswer {
        let number = X509_STORE_CTX_get_error(context)
        let text = X509_verify_cert_error_string(Int(number)).map { String(cString: $0) } ?? "unknown"
        return .refused(number: number, depth: Int(X509_STORE_CTX_get_error_depth(context)), text: text)
    }

    /// ECDSA on P-256 with SHA-256.
    ///
    /// - Parameters:
    ///   - publicKey: x ‖ y, 64 bytes.
    ///   - signature: r ‖ s, 64 bytes.
    /// - Returns: false for a bad signature, and for a key that is no point on the curve.
    public static func verifyECDSA(publicKey: [UInt8], message: [UInt8], signature: [UInt8]) -> Bool {
        defer { ERR_clear_error() }
        guard publicKey.count == 64, signature.count == 64, let key = OpenSSLKey(p256Prefix + publicKey),
            let context = DigestContext(), let der = derSignature(signature),
            EVP_DigestVerifyInit(context.pointer, nil, EVP_sha256(), nil, key.pointer) == 1
        else { return false }
        // Anything but 1 is failure: 0 a bad signature, negative an error.
        return EVP_DigestVerify(context.pointer, der, der.count, message, message.count) == 1
    }

    /// `SEQUENCE { SEQUENCE { id-ecPublicKey, prime256v1 }, BIT STRING (65 octets, uncompressed) }` up to x.
    private static let p256Prefix: [UInt8] = [
        0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A, 0x86, 0x48,
        0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
    ]

    private static func derSignature(_ raw: [UInt8]) -> [UInt8]? {
        guard let signature = ECDSA_SIG_new() else { return nil }
        defer { ECDSA_SIG_free(signature) }
        let r = BN_bin2bn(Array(raw[..<32]), 32, nil)
        let s = BN_bin2bn(Array(raw[32...]), 32, nil)
        guard r != nil, s != nil, ECDSA_SIG_set0(signature, r, s) == 1 else {
            BN_free(r)
            BN_free(s)
            return nil
        }
        return encode { i2d_ECDSA_SIG(signature, $0) }
    }
}
