import COpenSSL

// Every OpenSSL type is the same OpaquePointer to Swift. These owners are where a pointer gets a meaning and an end;
// nothing outside this file frees what it holds.

/// A decoded X.509 certificate. Shared between stacks by OpenSSL's own reference count.
final class OpenSSLCertificate {
    let pointer: OpaquePointer

    /// - Returns: `nil` unless `der` is exactly one certificate. `d2i_X509` ignores what follows, so the end is checked.
    init?(_ der: [UInt8]) {
        guard let decoded = decodeExactly(der, d2i_X509, X509_free) else { return nil }
        pointer = decoded
    }

    deinit { X509_free(pointer) }
}

/// A decoded certificate revocation list.
final class OpenSSLRevocationList {
    let pointer: OpaquePointer

    init?(_ der: [UInt8]) {
        guard let decoded = decodeExactly(der, d2i_X509_CRL, X509_CRL_free) else { return nil }
        pointer = decoded
    }

    deinit { X509_CRL_free(pointer) }
}

/// A public key.
final class OpenSSLKey {
    let pointer: OpaquePointer

    /// - Parameter subjectPublicKeyInfo: DER.
    init?(_ subjectPublicKeyInfo: [UInt8]) {
        guard let decoded = decodeExactly(subjectPublicKeyInfo, d2i_PUBKEY, EVP_PKEY_free) else { return nil }
        pointer = decoded
    }

    deinit { EVP_PKEY_free(pointer) }
}

/// `STACK_OF(X509)` that shares its certificates.
final class CertificateStack {
    let pointer: OpaquePointer

    init?(_ certificates: some Sequence<OpenSSLCertificate>) {
        guard let stack = assay_sk_X509_new() else { return nil }
        pointer = stack
        for certificate in certificates {
            guard X509_up_ref(certificate.pointer) == 1 else { return nil }
            guard assay_sk_X509_push(stack, certificate.pointer) == 1 else {
                X509_free(certificate.pointer)
                return nil
            }
        }
    }

    deinit { assay_sk_X509_pop_free(pointer) }
}

/// `STACK_OF(X509_CRL)` that shares its lists.
final class RevocationListStack {
    let pointer: OpaquePointer

    init?(_ lists: some Sequence<OpenSSLRevocationList>) {
        guard let stack = assay_sk_X509_CRL_new() else { return nil }
        pointer = stack
        for list in lists {
            guard X509_CRL_up_ref(list.pointer) == 1 else { return nil }
            guard assay_sk_X509_CRL_push(stack, list.pointer) == 1 else {
                X509_CRL_free(list.pointer)
                return nil
            }
        }
    }

    deinit { assay_sk_X509_CRL_pop_free(pointer) }
}

/// `X509_STORE` with one anchor and no default paths.
final class TrustStore {
    let pointer: OpaquePointer

    init?(_ anchor: OpenSSLCertificate) {
        guard let store = X509_STORE_new() else { return nil }
        pointer = store
        guard X509_STORE_add_cert(store, anchor.pointer) == 1 else { return nil }
    }

    deinit { X509_STORE_free(pointer) }
}

/// One run of `X509_verify_cert`. Keep what it refers to alive around it.
final class VerificationContext {
    let pointer: OpaquePointer

    init?() {
        guard let context = X509_STORE_CTX_new() else { return nil }
        pointer = context
    }

    deinit { X509_STORE_CTX_free(pointer) }
}

/// A digest context for one signature check.
final class DigestContext {
    let pointer: OpaquePointer

    init?() {
        guard let context = EVP_MD_CTX_new() else { return nil }
        pointer = context
    }

    deinit { EVP_MD_CTX_free(pointer) }
}

private typealias Decoder = (
    UnsafeMutablePointer<OpaquePointer?>?, UnsafeMutablePointer<UnsafePointer<UInt8>?>?, Int
) -> OpaquePointer?

/// Runs a `d2i_` function and insists that it read every byte. Leaves the error queue empty.
private func decodeExactly(
    _ der: [UInt8], _ decode: Decoder, _ free: (OpaquePointer?) -> Void
) -> OpaquePointer? {
    defer { ERR_clear_error() }
    return der.withUnsafeBufferPointer { buffer -> OpaquePointer? in
        guard let start = buffer.baseAddress else { return nil }
        var position: UnsafePointer<UInt8>? = start
        guard let decoded = decode(nil, &position, buffer.count) else { return nil }
        guard position == start + buffer.count else {
            free(decoded)
            return nil
        }
        return decoded
    }
}
