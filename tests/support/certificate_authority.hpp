// An authority of a test's own: makes certificates and keys for TLS in a folder that
// goes away with the test. Keys are small (P-256), so that one takes less than a
// millisecond.

#pragma once

#include "ferry/net/tls_files.hpp"

#include "support/temporary_directory.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <chrono>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

namespace ferry::testing {

using certificate_pointer = std::shared_ptr<X509>;
using key_pointer = std::shared_ptr<EVP_PKEY>;

/// What may be unusual about a certificate; nothing is by default.
struct certificate_wishes {
  std::chrono::seconds valid_from{-3600}; // from now
  std::chrono::seconds valid_until{3600}; // from now
  std::string extended_key_usage = {};    // as "serverAuth"; empty: any use
  std::string alternative_names = {};     // as "DNS:a,DNS:b"; empty: none
  bool is_authority = false;
};

/// Signs certificates. Each `issue` writes three files into `folder` and names them.
class certificate_authority {
public:
  certificate_authority(const temporary_directory& folder, std::string name,
                        certificate_wishes wishes = {.is_authority = true})
    : folder_(folder),
      name_(std::move(name)),
      key_(make_key()) {
    certificate_ = make_certificate(name_, *key_, wishes);
    write_certificate(name_ + ".authority.pem", *certificate_);
  }

  /// The path of the authority's own certificate.
  [[nodiscard]] std::string path() const {
    return folder_.file(name_ + ".authority.pem");
  }

  /// A certificate with the common name `name`, which may be empty, and its key.
  net::tls_files issue(const std::string& name, const certificate_wishes& wishes = {}) {
    auto key = make_key();
    auto stem = name_ + "." + std::to_string(++serial_) + "." + name;
    write_certificate(stem + ".pem", *make_certificate(name, *key, wishes));
    write_key(stem + ".key", *key);
    return {folder_.file(stem + ".pem"), folder_.file(stem + ".key"), path()};
  }

private:
  static void require(bool done) {
    if (!done)
      throw std::runtime_error("a test's certificate could not be made");
  }

  static key_pointer make_key() {
    auto key = key_pointer{EVP_EC_gen("P-256"), EVP_PKEY_free};
    require(key != nullptr);
    return key;
  }

  certificate_pointer make_certificate(const std::string& name, EVP_PKEY& key,
                                       const certificate_wishes& wishes) {
    auto made = certificate_pointer{X509_new(), X509_free};
    X509_set_version(made.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(made.get()), ++serial_);
    X509_gmtime_adj(X509_getm_notBefore(made.get()), wishes.valid_from.count());
    X509_gmtime_adj(X509_getm_notAfter(made.get()), wishes.valid_until.count());
    X509_set_pubkey(made.get(), &key);
    add_name(*X509_get_subject_name(made.get()), name);
    add_name(*X509_get_issuer_name(made.get()), name_);
    if (wishes.is_authority)
      extend(*made, NID_basic_constraints, "critical,CA:TRUE");
    if (!wishes.extended_key_usage.empty())
      extend(*made, NID_ext_key_usage, wishes.extended_key_usage);
    if (!wishes.alternative_names.empty())
      extend(*made, NID_subject_alt_name, wishes.alternative_names);
    require(X509_sign(made.get(), key_.get(), EVP_sha256()) > 0);
    return made;
  }

  static void add_name(X509_NAME& whole, const std::string& name) {
    X509_NAME_add_entry_by_txt(&whole, "O", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>("ferry tests"), -1, -1, 0);
    if (!name.empty())
      X509_NAME_add_entry_by_txt(&whole, "CN", MBSTRING_UTF8,
                                 reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  }

  static void extend(X509& certificate, int kind, const std::string& value) {
    auto* extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str());
    require(extension != nullptr && X509_add_ext(&certificate, extension, -1) == 1);
    X509_EXTENSION_free(extension);
  }

  template <class Write>
  void write(const std::string& name, Write put) const {
    auto* file = std::fopen(folder_.file(name).c_str(), "w");
    require(file != nullptr);
    auto done = put(file);
    std::fclose(file);
    require(done == 1);
  }

  void write_certificate(const std::string& name, X509& certificate) const {
    write(name, [&](std::FILE* file) { return PEM_write_X509(file, &certificate); });
  }

  void write_key(const std::string& name, EVP_PKEY& key) const {
    write(name, [&](std::FILE* file) {
      return PEM_write_PrivateKey(file, &key, nullptr, nullptr, 0, nullptr, nullptr);
    });
  }

  const temporary_directory& folder_;
  std::string name_;
  key_pointer key_;
  certificate_pointer certificate_;
  long serial_ = 0;
};

} // namespace ferry::testing
