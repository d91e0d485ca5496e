#include "ferry/net/certificate.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace ferry::net {

namespace {

/// The text of `value`; empty where it holds what no name holds, such as a zero
/// byte, behind which a forger would hide the rest.
std::string text_of(const ASN1_STRING* value) {
  auto* bytes = static_cast<unsigned char*>(nullptr);
  auto size = ASN1_STRING_to_UTF8(&bytes, value);
  if (size < 0)
    return {};
  auto text = std::string{reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size)};
  OPENSSL_free(bytes);
  auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; };
  return std::ranges::any_of(text, is_control) ? std::string{} : text;
}

std::string common_name_of(const X509& certificate) {
  auto* subject = X509_get_subject_name(&certificate);
  auto first = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (first < 0 || X509_NAME_get_index_by_NID(subject, NID_commonName, first) >= 0)
    return {};
  return text_of(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, first)));
}

std::vector<std::string> dns_names_of(const X509& certificate) {
  auto* found = X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr);
  auto* all = static_cast<GENERAL_NAMES*>(found);
  auto names = std::vector<std::string>{};
  for (auto i = 0; i < sk_GENERAL_NAME_num(all); ++i) {
    const auto* name = sk_GENERAL_NAME_value(all, i);
    if (name->type != GEN_DNS)
      continue;
    if (auto text = text_of(name->d.dNSName); !text.empty())
      names.push_back(std::move(text));
  }
  GENERAL_NAMES_free(all);
  return names;
}

/// Answers OpenSSL's question for a passphrase, which would go to the terminal.
int no_passphrase(char*, int, int, void*) {
  return 0;
}

result<bio_handle> open(const std::string& role, const std::string& path) {
  errno = 0;
  auto file = bio_handle{BIO_new_file(path.c_str(), "r")};
  auto cause = std::error_code{errno, std::generic_category()};
  ERR_clear_error();
  if (!file)
    return file_error(role, path, "cannot be read (" + cause.message() + "); name a file that can");
  return file;
}

} // namespace

certificate_names names_of(const X509& certificate) {
  return {common_name_of(certificate), dns_names_of(certificate)};
}

bool carries(const certificate_names& names, std::string_view name) {
  return names.common_name == name
         || std::ranges::find(names.dns_names, name) != names.dns_names.end();
}

result<std::vector<certificate_handle>> read_certificates(const std::string& role,
                                                          const std::string& path) {
  auto file = open(role, path);
  if (!file)
    return file.why();
  auto all = std::vector<certificate_handle>{};
  while (auto* next = PEM_read_bio_X509(file->get(), nullptr, no_passphrase, nullptr))
    all.emplace_back(next);
  auto ended = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (all.empty() || !ended)
    return file_error(role, path,
                      "is not a certificate in PEM form; convert it with "
                      "\"openssl x509 -in FILE -outform PEM\"");
  return all;
}

result<key_handle> read_key(const std::string& path) {
  auto file = open("key", path);
  if (!file)
    return file.why();
  auto key = key_handle{PEM_read_bio_PrivateKey(file->get(), nullptr, no_passphrase, nullptr)};
  ERR_clear_error();
  if (!key)
    return file_error("key", path,
                      "is not a private key in PEM form, or has a passphrase; convert it with "
                      "\"openssl pkey -in FILE -out PLAIN\"");
  return key;
}

error file_error(const std::string& role, const std::string& path, const std::string& problem) {
  return {errc::not_trusted, role + " file \"" + path + "\" " + problem};
}

} // namespace ferry::net
