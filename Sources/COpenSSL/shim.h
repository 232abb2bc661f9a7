/* OpenSSL 3, seen from Swift. Swift imports functions and constants by itself; what OpenSSL has only as macros, or as
   inline functions made by macros, stands here. Nothing else does. */
#ifndef ASSAY_COPENSSL_SHIM_H
#define ASSAY_COPENSSL_SHIM_H

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
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

#endif
