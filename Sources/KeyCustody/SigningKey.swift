import COpenSSL
import Synchronization
import Wire

/// JWS algorithms that keys here sign with (RFC 7518, RFC 8037).
public enum SignatureAlgorithm: String, CaseIterable, Hashable, Sendable {
    case es256 = "ES256"
    case rs256 = "RS256"
    case rs384 = "RS384"
    case ps384 = "PS384"
    case edDSA = "EdDSA"

    /// What a key must be to sign so.
    public var kind: KeyKind {
        switch self {
        case .es256: .p256
        case .rs256, .rs384, .ps384: .rsa
        case .edDSA: .ed25519
        }
    }
}

public enum KeyKind: String, CaseIterable, Hashable, Sendable {
    case p256 = "P-256"
    case rsa = "RSA"
    case ed25519 = "Ed25519"

    /// What a key could sign with; which one it does, its record says. The first where nothing else is asked for.
    public var algorithms: [SignatureAlgorithm] {
        switch self {
        case .p256: [.es256]
        case .rsa: [.rs256, .rs384, .ps384]
        case .ed25519: [.edDSA]
        }
    }
}

/// Why there is no key, or no signature. Never says anything of the key itself.
public enum KeyError: Error, Hashable, Sendable {
    /// PEM or store that cannot be read: not there, not a key, or the passphrase is wrong.
    case unreadable(String)
    /// A kind of key that is not used here.
    case unsupportedKind(String)
    case unsupportedAlgorithm(SignatureAlgorithm, KeyKind)
    case signing(String)
    /// The folder: permissions, contents that do not fit together, a full disk.
    case store(String)
}

/// A private key in OpenSSL's keeping: made, read or reached, and used to sign. There is no way to get it out again but
/// into the key store's own files.
public final class SigningKey: Sendable {
    /// Proof: OpenSSL's keys and initialised contexts are counted atomically and may be read by any thread; nothing here
    /// changes one after `init`, and `sign` works on a context of its own, copied while the lock is held.
    private struct Handles: @unchecked Sendable {
        let key: OpaquePointer
        var contexts: [SignatureAlgorithm: OpaquePointer] = [:]
    }

    private let handles: Mutex<Handles>
    public let kind: KeyKind
    public let publicKey: PublicKey

    /// Takes `key` over.
    private init(_ key: OpaquePointer) throws(KeyError) {
        var handles = Handles(key: key)
        do throws(KeyError) {
            publicKey = try PublicKey(key)
            kind = publicKey.kind
            for algorithm in kind.algorithms {
                handles.contexts[algorithm] = try Self.context(key, algorithm)
            }
        } catch {
            handles.contexts.values.forEach(EVP_MD_CTX_free)
            EVP_PKEY_free(key)
            throw error
        }
        self.handles = Mutex(handles)
    }

    deinit {
        handles.withLock { handles in
            handles.contexts.values.forEach(EVP_MD_CTX_free)
            EVP_PKEY_free(handles.key)
        }
    }

    public static func generate(_ kind: KeyKind) throws(KeyError) -> SigningKey {
        let key =
            switch kind {
            case .p256: assay_generate_p256()
            case .rsa: assay_generate_rsa(3_072)
            case .ed25519: assay_generate_ed25519()
            }
        guard let key else { throw .signing(OpenSSLFailure.text) }
        return try SigningKey(key)
    }

    /// - Parameter pem: PKCS#8, encrypted or not, or a traditional key.
    /// - Parameter passphrase: For an encrypted one; nothing is ever asked on a terminal.
    public convenience init(pem: [UInt8], passphrase: [UInt8]?) throws(KeyError) {
        let key = Passphrase.with(passphrase) { passphrase -> OpaquePointer? in
            pem.withUnsafeBytes { bytes in
                guard let bio = BIO_new_mem_buf(bytes.baseAddress, Int32(clamping: bytes.count)) else { return nil }
                defer { BIO_free(bio) }
                return assay_read_private_key(bio, passphrase)
            }
        }
        guard let key else { throw .unreadable(OpenSSLFailure.text) }
        try self.init(key)
    }

    /// - Parameter storeURI: Anything OpenSSL's stores read (`file:…`), or a PKCS#11 URI (`pkcs11:token=…;object=…`), for
    ///   which the engine of that name is asked where no provider answers.
    /// - Parameter passphrase: The passphrase, or the token's PIN.
    public convenience init(storeURI: String, passphrase: [UInt8]?) throws(KeyError) {
        var key = Passphrase.with(passphrase) { assay_load_from_store(storeURI, $0) }
        if key == nil, storeURI.hasPrefix("pkcs11:") {
            ERR_clear_error()
            key = assay_load_from_engine(storeURI, passphrase.map { String(decoding: $0, as: UTF8.self) })
        }
        guard let key else { throw .unreadable(OpenSSLFailure.text) }
        try self.init(key)
    }

    /// Signs as JWS wants it: ECDSA as r ‖ s, RSA with the key's length, Ed25519 in 64 bytes.
    public func sign(_ message: [UInt8], with algorithm: SignatureAlgorithm) throws(KeyError) -> [UInt8] {
        guard let context = EVP_MD_CTX_new() else { throw .signing(OpenSSLFailure.text) }
        defer { EVP_MD_CTX_free(context) }
        let isCopied: Bool? = handles.withLock { handles in
            handles.contexts[algorithm].map { EVP_MD_CTX_copy_ex(context, $0) == 1 }
        }
        guard let isCopied else { throw .unsupportedAlgorithm(algorithm, kind) }
        guard isCopied else { throw .signing(OpenSSLFailure.text) }
        // Of every kind here, the longest is RSA's; keys above 4,096 bits are refused when they are read.
        var count = 1_024
        let signature = [UInt8](unsafeUninitializedCapacity: count) { buffer, written in
            written = EVP_DigestSign(context, buffer.baseAddress, &count, message, message.count) == 1 ? count : 0
        }
        guard !signature.isEmpty else { throw .signing(OpenSSLFailure.text) }
        guard algorithm == .es256 else { return signature }
        guard let fixed = Self.fixedWidth(signature) else { throw .signing("a signature of another shape") }
        return fixed
    }

    /// PKCS#8, for the key store's files alone.
    func pem(passphrase: [UInt8]?) throws(KeyError) -> [UInt8] {
        guard let bio = BIO_new(BIO_s_mem()) else { throw .signing(OpenSSLFailure.text) }
        defer { BIO_free(bio) }
        let isWritten = handles.withLock { handles in
            Passphrase.with(passphrase) { assay_write_private_key(bio, handles.key, $0) == 1 }
        }
        var data: UnsafeMutablePointer<CChar>?
        let count = assay_BIO_get_mem_data(bio, &data)
        guard isWritten, count > 0, let data else { throw .signing(OpenSSLFailure.text) }
        return Array(UnsafeRawBufferPointer(start: data, count: count))
    }

    /// A context made ready once: finding algorithms by name is what takes long in OpenSSL 3.
    private static func context(
        _ key: OpaquePointer, _ algorithm: SignatureAlgorithm
    ) throws(KeyError) -> OpaquePointer {
        guard let context = EVP_MD_CTX_new() else { throw .signing(OpenSSLFailure.text) }
        let digest: String? =
            switch algorithm {
            case .es256, .rs256: "SHA256"
            case .rs384, .ps384: "SHA384"
            case .edDSA: nil
            }
        var parameters: OpaquePointer?
        var isReady = EVP_DigestSignInit_ex(context, &parameters, digest, nil, nil, key, nil) == 1
        if isReady, algorithm == .ps384 {
            isReady =
                EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) == 1
                && EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST) == 1
        }
        guard isReady else {
            EVP_MD_CTX_free(context)
            throw .signing(OpenSSLFailure.text)
        }
        return context
    }

    /// SEQUENCE of two INTEGERs → 64 bytes (RFC 7518 section 3.4).
    private static func fixedWidth(_ der: [UInt8]) -> [UInt8]? {
        var input: UnsafePointer<UInt8>?
        return der.withUnsafeBufferPointer { bytes -> [UInt8]? in
            input = bytes.baseAddress
            guard let signature = d2i_ECDSA_SIG(nil, &input, bytes.count) else { return nil }
            defer { ECDSA_SIG_free(signature) }
            return [UInt8](unsafeUninitializedCapacity: 64) { buffer, count in
                let isWritten =
                    BN_bn2binpad(ECDSA_SIG_get0_r(signature), buffer.baseAddress, 32) == 32
                    && BN_bn2binpad(ECDSA_SIG_get0_s(signature), buffer.baseAddress?.advanced(by: 32), 32) == 32
                count = isWritten ? 64 : 0
            }
        }
    }
}

/// OpenSSL's reason, without its file and line; its queue is left empty.
enum OpenSSLFailure {
    static var text: String {
        let code = ERR_peek_last_error()
        ERR_clear_error()
        guard code != 0, let reason = ERR_reason_error_string(code) else { return "OpenSSL gives no reason" }
        return String(cString: reason)
    }
}

enum Passphrase {
    static func with<Value>(
        _ passphrase: [UInt8]?, _ body: (UnsafeMutablePointer<assay_passphrase>?) -> Value
    ) -> Value {
        guard let passphrase else { return body(nil) }
        return passphrase.withUnsafeBufferPointer { bytes in
            bytes.withMemoryRebound(to: CChar.self) { bytes in
                var context = assay_passphrase(bytes: bytes.baseAddress, count: Int32(clamping: bytes.count))
                return body(&context)
            }
        }
    }
}

extension KeyError {
    /// For the operator: what is wrong, never the key.
    package var sentence: String {
        switch self {
        case .unreadable(let reason): "the key cannot be read: \(reason)"
        case .unsupportedKind(let kind): kind
        case .unsupportedAlgorithm(let algorithm, let kind):
            "a \(kind.rawValue) key does not sign \(algorithm.rawValue)"
        case .signing(let reason): "the key does not sign: \(reason)"
        case .store(let reason): reason
        }
    }
}
