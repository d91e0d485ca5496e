// What OpenSSL's errors mean to a person, as what the peer did: "showed no certificate".

#pragma once

#include "ferry/net/certificate.hpp"

#include <string>

namespace ferry::net {

/// The calling thread's first error, in OpenSSL's own words.
[[nodiscard]] std::string last_openssl_error();

/// The calling thread's first error, of a step that failed: not_trusted, or network_failed
/// where the connection ended without a word.
[[nodiscard]] error tls_failure();

/// A step that failed because of the socket, network_failed; `system_error` 0: it ended.
[[nodiscard]] error lost_connection(int system_error);

/// A peer's certificate that was refused here; `verdict` is one of X509_V_ERR_*.
[[nodiscard]] std::string describe_refused_certificate(const certificate_names& names, int verdict);

} // namespace ferry::net
