// Owners for OpenSSL's objects. Private to this folder: no other header here includes it.
#pragma once

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>

#include "terminal/base/result.hpp"

namespace bianmin::seal {

template <auto free_function>
struct Freeing {
  template <typename T>
  void operator()(T* object) const {
    free_function(object);
  }
};

using BioPtr = std::unique_ptr<BIO, Freeing<BIO_free_all>>;
using BignumPtr = std::unique_ptr<BIGNUM, Freeing<BN_clear_free>>;
using CipherPtr = std::unique_ptr<EVP_CIPHER_CTX, Freeing<EVP_CIPHER_CTX_free>>;
using DigestPtr = std::unique_ptr<EVP_MD_CTX, Freeing<EVP_MD_CTX_free>>;
using GroupPtr = std::unique_ptr<EC_GROUP, Freeing<EC_GROUP_free>>;
using PointPtr = std::unique_ptr<EC_POINT, Freeing<EC_POINT_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Freeing<EVP_PKEY_free>>;
using KeyContextPtr = std::unique_ptr<EVP_PKEY_CTX, Freeing<EVP_PKEY_CTX_free>>;
using CertificatePtr = std::unique_ptr<X509, Freeing<X509_free>>;
using StorePtr = std::unique_ptr<X509_STORE, Freeing<X509_STORE_free>>;

// The text of OpenSSL's last error; empties its queue.
std::string openssl_errors();

// For calls that fail only when memory or the library itself is broken: such a process must not go on.
void must(bool succeeded);

bool is_ip_address(const std::string& host);

std::string common_name(const X509* certificate);  // empty when it has none

BioPtr memory_bio(std::string_view text);  // reads `text`, which it borrows
std::string bio_text(BIO* bio);

}  // namespace bianmin::seal
