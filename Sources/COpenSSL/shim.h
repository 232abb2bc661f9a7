/* OpenSSL 3, seen from Swift. Swift imports functions and constants by itself; what OpenSSL has only as macros, or as
   inline functions made by macros, stands here. Nothing else does. */
#ifndef ASSAY_COPENSSL_SHIM_H
#define ASSAY_COPENSSL_SHIM_H

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/engine.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/store.h>
#include <openssl/ui.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

static inline STACK_OF(X509) *assay_sk_X509_new(void) { return sk_X509_new_null(); }
/* Takes the certificate over only where it returns 1. */
static inline int assay_sk_X509_push(STACK_OF(X509) *stack, X509 *certificate) {
    return sk_X509_push(stack, certificate) > 0;
}
static inline void assay_sk_X509_pop_free(STACK_OF(X509) *stack) { sk_X509_pop_free(stack, X509_free); }

static inline STACK_OF(X509_CRL) *assay_sk_X509_CRL_new(void) { return sk_X509_CRL_new_null(); }
/* Takes the list over only where it returns 1. */
static inline int assay_sk_X509_CRL_push(STACK_OF(X509_CRL) *stack, X509_CRL *list) {
    return sk_X509_CRL_push(stack, list) > 0;
}
static inline void assay_sk_X509_CRL_pop_free(STACK_OF(X509_CRL) *stack) {
    sk_X509_CRL_pop_free(stack, X509_CRL_free);
}

static inline int assay_sk_X509_REVOKED_num(const STACK_OF(X509_REVOKED) *stack) {
    return stack == NULL ? 0 : sk_X509_REVOKED_num(stack);
}
static inline const X509_REVOKED *assay_sk_X509_REVOKED_value(const STACK_OF(X509_REVOKED) *stack, int index) {
    return sk_X509_REVOKED_value(stack, index);
}

static inline void assay_OPENSSL_free(void *memory) { OPENSSL_free(memory); }

static inline EVP_PKEY *assay_generate_p256(void) { return EVP_EC_gen("P-256"); }
static inline EVP_PKEY *assay_generate_rsa(size_t bits) { return EVP_RSA_gen(bits); }
static inline EVP_PKEY *assay_generate_ed25519(void) { return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"); }

static inline long assay_BIO_get_mem_data(BIO *bio, char **data) { return BIO_get_mem_data(bio, data); }

/* A passphrase of known length; without one nothing is asked on any terminal. */
struct assay_passphrase {
    const char *bytes;
    int count;
};
static inline int assay_passphrase_callback(char *buffer, int size, int for_writing, void *context) {
    (void)for_writing;
    const struct assay_passphrase *passphrase = context;
    if (passphrase == NULL || passphrase->count > size) return -1;
    for (int i = 0; i < passphrase->count; i++) buffer[i] = passphrase->bytes[i];
    return passphrase->count;
}
static inline EVP_PKEY *assay_read_private_key(BIO *bio, struct assay_passphrase *passphrase) {
    return PEM_read_bio_PrivateKey(bio, NULL, assay_passphrase_callback, passphrase);
}
static inline int assay_write_private_key(BIO *bio, EVP_PKEY *key, struct assay_passphrase *passphrase) {
    return PEM_write_bio_PKCS8PrivateKey(bio, key, passphrase == NULL ? NULL : EVP_aes_256_cbc(), NULL, 0,
                                         assay_passphrase_callback, passphrase);
}

/* The first private key behind a store URI. */
static inline EVP_PKEY *assay_load_from_store(const char *uri, struct assay_passphrase *passphrase) {
    UI_METHOD *ask = UI_UTIL_wrap_read_pem_callback(assay_passphrase_callback, 0);
    OSSL_STORE_CTX *store = OSSL_STORE_open(uri, ask, passphrase, NULL, NULL);
    EVP_PKEY *key = NULL;
    while (store != NULL && key == NULL && !OSSL_STORE_eof(store)) {
        OSSL_STORE_INFO *info = OSSL_STORE_load(store);
        if (info == NULL) {
            if (OSSL_STORE_error(store)) break;
            continue;
        }
        if (OSSL_STORE_INFO_get_type(info) == OSSL_STORE_INFO_PKEY) key = OSSL_STORE_INFO_get1_PKEY(info);
        OSSL_STORE_INFO_free(info);
    }
    if (store != NULL) OSSL_STORE_close(store);
    UI_destroy_method(ask);
    return key;
}

/* The key that the engine named pkcs11 finds by a PKCS#11 URI. OpenSSL 3.0 has no provider for tokens of its own; engines
   are deprecated there and are what Debian 12 has. */
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wdeprecated-declarations"
static inline EVP_PKEY *assay_load_from_engine(const char *uri, const char *pin) {
    ENGINE_load_dynamic();
    ENGINE *engine = ENGINE_by_id("pkcs11");
    if (engine == NULL) return NULL;
    EVP_PKEY *key = NULL;
    if (ENGINE_init(engine)) {
        if (pin == NULL || ENGINE_ctrl_cmd_string(engine, "PIN", pin, 0))
            key = ENGINE_load_private_key(engine, uri, NULL, NULL);
        ENGINE_finish(engine);
    }
    ENGINE_free(engine);
    return key;
}
#pragma clang diagnostic pop

#endif
