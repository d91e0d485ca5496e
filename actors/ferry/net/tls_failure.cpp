#include "ferry/net/tls_failure.hpp"

#include "ferry/link/printable.hpp"

#include <openssl/err.h>

#include <system_error>

namespace ferry::net {

namespace {

std::string words_of(unsigned long code) {
  const auto* words = ERR_reason_error_string(code);
  return words ? words : "unknown error";
}

constexpr auto right_authority = "issue it by the authority that both nodes name in "
                                 "tls_files::authority";

/// What to do about a certificate that was found wanting for the reason `verdict`.
std::string remedy_of(int verdict) {
  switch (verdict) {
  case X509_V_ERR_CERT_HAS_EXPIRED: return "issue it again, and open that node's port anew";
  case X509_V_ERR_CERT_NOT_YET_VALID: return "check the clocks of both machines, or issue it again";
  case X509_V_ERR_INVALID_PURPOSE: return "issue it for both ends of a connection";
  default: return right_authority;
  }
}

/// What this node does about a certificate of its own that the peer's `alert` refused.
std::string remedy_of_alert(int alert) {
  switch (alert) {
  case SSL_AD_CERTIFICATE_EXPIRED: return "issue it again";
  case SSL_AD_CERTIFICATE_REQUIRED: return "give it one, by its tls_files";
  case SSL_AD_UNKNOWN_CA: return right_authority;
  default: return "that node says more about it";
  }
}

/// An alert is the peer's word: "tlsv13 alert certificate required".
std::string describe_alert(unsigned long code) {
  auto words = words_of(code);
  if (auto at = words.find("alert "); at != std::string::npos)
    words.erase(0, at + 6);
  auto alert = ERR_GET_REASON(code) - SSL_AD_REASON_OFFSET;
  switch (alert) {
  case SSL_AD_BAD_CERTIFICATE:
  case SSL_AD_UNSUPPORTED_CERTIFICATE:
  case SSL_AD_CERTIFICATE_REVOKED:
  case SSL_AD_CERTIFICATE_EXPIRED:
  case SSL_AD_CERTIFICATE_UNKNOWN:
  case SSL_AD_UNKNOWN_CA:
  case SSL_AD_ACCESS_DENIED:
  case SSL_AD_CERTIFICATE_REQUIRED:
  case SSL_AD_HANDSHAKE_FAILURE: // what a certificate refused by choice comes to in OpenSSL
    return "refused this node's certificate (" + words + "); " + remedy_of_alert(alert);
  default: return "refused the connection (" + words + ")";
  }
}

std::string describe_failure(unsigned long code) {
  if (ERR_GET_REASON(code) > SSL_AD_REASON_OFFSET)
    return describe_alert(code);
  switch (ERR_GET_REASON(code)) {
  case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
    return "showed no certificate; give it one, by its tls_files";
  case SSL_R_HTTP_REQUEST:
  case SSL_R_HTTPS_PROXY_REQUEST: return "speaks HTTP instead of TLS";
  case SSL_R_UNSUPPORTED_PROTOCOL: return "speaks a TLS older than 1.2";
  case SSL_R_WRONG_VERSION_NUMBER: return "does not speak TLS";
  default: return "failed in TLS (" + words_of(code) + ")";
  }
}

} // namespace

std::string last_openssl_error() {
  auto words = words_of(ERR_peek_error());
  ERR_clear_error();
  return words;
}

error tls_failure() {
  auto code = ERR_peek_error();
  if (ERR_GET_REASON(code) == SSL_R_UNEXPECTED_EOF_WHILE_READING)
    return lost_connection(0);
  return {errc::not_trusted, describe_failure(code)};
}

error lost_connection(int system_error) {
  auto how = system_error == 0
               ? std::string{"closed the connection"}
               : "lost the connection (" + std::generic_category().message(system_error) + ")";
  return {errc::network_failed, how};
}

std::string describe_refused_certificate(const certificate_names& names, int verdict) {
  auto who = names.common_name.empty() ? std::string{"without a common name"}
                                       : "\"" + printable_name(names.common_name) + "\"";
  return "showed a certificate " + who + " that was refused here ("
         + X509_verify_cert_error_string(verdict) + "); " + remedy_of(verdict);
}

} // namespace ferry::net
