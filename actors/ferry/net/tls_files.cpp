#include "ferry/net/tls_files.hpp"

#include "ferry/net/certificate.hpp"

#include <openssl/err.h>
#include <openssl/x509v3.h>

namespace ferry::net {

namespace {

using certificate_list = std::vector<certificate_handle>;

std::string text_of(const ASN1_TIME* time) {
  auto buffer = bio_handle{BIO_new(BIO_s_mem())};
  ASN1_TIME_print(buffer.get(), time);
  auto* text = static_cast<char*>(nullptr);
  auto size = BIO_get_mem_data(buffer.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

status check_dates(const std::string& role, const std::string& path, const X509& certificate) {
  const auto* begin = X509_get0_notBefore(&certificate);
  const auto* end = X509_get0_notAfter(&certificate);
  if (X509_cmp_current_time(begin) >= 0)
    return file_error(role, path,
                      "is not valid before " + text_of(begin)
                        + "; check this machine's clock, or issue it again");
  if (X509_cmp_current_time(end) <= 0)
    return file_error(role, path, "expired on " + text_of(end) + "; issue it again");
  return success();
}

status check_authority(const std::string& path, const certificate_list& authorities) {
  constexpr auto says_so_itself = 1; // basicConstraints, not merely an old self-signed one
  for (const auto& authority : authorities) {
    if (X509_check_ca(authority.get()) != says_so_itself)
      return file_error("authority", path,
                        "holds a certificate that is no authority's; make one with "
                        "basicConstraints=critical,CA:TRUE");
    if (auto dates = check_dates("authority", path, *authority); !dates)
      return dates;
  }
  return success();
}

status check_key(const tls_files& files, X509& certificate) {
  auto key = read_key(files.key);
  if (!key)
    return key.why();
  auto matches = X509_check_private_key(&certificate, key->get()) == 1;
  ERR_clear_error();
  if (!matches)
    return file_error("key", files.key,
                      "does not belong to the certificate file \"" + files.certificate
                        + "\"; name the key that it was issued for");
  return success();
}

/// Why the first of `chain` would be refused by who trusts `authorities` and
/// expects it at the end of a connection that `purpose` names; X509_V_OK: it would not.
int verify(const certificate_list& chain, const certificate_list& authorities, int purpose) {
  auto store = store_handle{X509_STORE_new()};
  for (const auto& authority : authorities)
    X509_STORE_add_cert(store.get(), authority.get());
  auto* between = sk_X509_new_null();
  for (const auto& certificate : chain)
    sk_X509_push(between, certificate.get());
  auto context = store_context_handle{X509_STORE_CTX_new()};
  X509_STORE_CTX_init(context.get(), store.get(), chain.front().get(), between);
  X509_STORE_CTX_set_purpose(context.get(), purpose);
  X509_verify_cert(context.get());
  auto verdict = X509_STORE_CTX_get_error(context.get());
  context.reset();
  sk_X509_free(between);
  ERR_clear_error();
  return verdict;
}

status check_signature(const tls_files& files, const certificate_list& chain,
                       const certificate_list& authorities) {
  for (auto purpose : {X509_PURPOSE_SSL_SERVER, X509_PURPOSE_SSL_CLIENT}) {
    auto verdict = verify(chain, authorities, purpose);
    if (verdict == X509_V_ERR_INVALID_PURPOSE)
      return file_error("certificate", files.certificate,
                        "may not be used at both ends of a connection; issue it without "
                        "extendedKeyUsage, or with serverAuth and clientAuth");
    if (verdict != X509_V_OK)
      return file_error("certificate", files.certificate,
                        "is not signed by the authority file \"" + files.authority + "\" ("
                          + X509_verify_cert_error_string(verdict)
                          + "); name the authority that issued it");
  }
  return success();
}

status check_certificate(const tls_files& files, const certificate_list& chain) {
  for (const auto& certificate : chain)
    if (auto dates = check_dates("certificate", files.certificate, *certificate); !dates)
      return dates;
  if (names_of(*chain.front()).common_name.empty())
    return file_error("certificate", files.certificate,
                      "has no common name, by which others would know this node; issue it with "
                      "one, -subj \"/CN=NAME\"");
  return success();
}

} // namespace

status check(const tls_files& files) {
  auto authorities = read_certificates("authority", files.authority);
  if (!authorities)
    return authorities.why();
  auto chain = read_certificates("certificate", files.certificate);
  if (!chain)
    return chain.why();
  if (auto step = check_authority(files.authority, *authorities); !step)
    return step;
  if (auto step = check_certificate(files, *chain); !step)
    return step;
  if (auto step = check_key(files, *chain->front()); !step)
    return step;
  return check_signature(files, *chain, *authorities);
}

} // namespace ferry::net
