// OpenSSL's objects, each with an owner.

#pragma once

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>

namespace ferry::net {

template <auto Free>
struct freed_by {
  template <class T>
  void operator()(T* object) const noexcept {
    Free(object);
  }
};

using bio_handle = std::unique_ptr<BIO, freed_by<BIO_free_all>>;
using certificate_handle = std::unique_ptr<X509, freed_by<X509_free>>;
using key_handle = std::unique_ptr<EVP_PKEY, freed_by<EVP_PKEY_free>>;
using store_handle = std::unique_ptr<X509_STORE, freed_by<X509_STORE_free>>;
using store_context_handle = std::unique_ptr<X509_STORE_CTX, freed_by<X509_STORE_CTX_free>>;
using tls_context_handle = std::unique_ptr<SSL_CTX, freed_by<SSL_CTX_free>>;
using tls_session_handle = std::unique_ptr<SSL, freed_by<SSL_free>>;

} // namespace ferry::net
