// TLS over a non-blocking socket, one step at a time: who uses it waits for the
// socket where a step says so. Decides who is trusted, and says why somebody is not.

#pragma once

#include "ferry/net/certificate.hpp"
#include "ferry/net/openssl_handles.hpp"
#include "ferry/net/tls_files.hpp"
#include "ferry/result.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace ferry::net {

/// Which end of a connection this is.
enum class tls_role : std::uint8_t { server, client };

/// What became of a step.
enum class tls_outcome : std::uint8_t {
  done,        // it is through
  wants_read,  // again as soon as the socket is readable
  wants_write, // again as soon as the socket is writable
  closed,      // the peer will write no more
  failed,      // the connection is of no more use; failure() says why
};

struct tls_step {
  tls_outcome outcome = tls_outcome::done;
  std::size_t bytes = 0; // read or written, when it is done
};

/// What the sessions of one end have in common: files, protocols, ciphers.
class tls_context {
public:
  /// Errors  those of check()
  [[nodiscard]] static result<tls_context> load(const tls_files& files, tls_role role);

  [[nodiscard]] SSL_CTX& native() const noexcept {
    return *context_;
  }

  [[nodiscard]] tls_role role() const noexcept {
    return role_;
  }

private:
  tls_context(tls_context_handle context, tls_role role);

  tls_context_handle context_;
  tls_role role_;
};

/// One connection.
/// Invariants  The peer's certificate is one of the authority's, in its time, and
///             has a common name; and the expected one, if any. Nothing is kept for
///             a later connection, so each is checked anew.
/// Errors      A step that failed is the last one.
/// Threads     One owner at a time.
class tls_session {
public:
  /// `socket` stays the caller's, and outlives the session; an empty
  /// `expected_name` expects nobody in particular.
  tls_session(const tls_context& context, int socket, std::string expected_name);

  tls_session(const tls_session&) = delete;
  tls_session& operator=(const tls_session&) = delete;

  [[nodiscard]] tls_step handshake();
  [[nodiscard]] tls_step read(std::span<std::byte> into);

  /// A write that wants something is repeated with the same bytes, and may have more.
  [[nodiscard]] tls_step write(std::span<const std::byte> bytes);

  /// Tells the peer that nothing more will be written; reading goes on.
  [[nodiscard]] tls_step close_writing();

  /// Whom the peer's certificate names; after the handshake.
  [[nodiscard]] certificate_names peer() const;

  /// Why a step failed, as what "the peer" did: "showed no certificate"; not_trusted, or
  /// network_failed where the connection ended and nobody was refused.
  [[nodiscard]] const error& failure() const noexcept {
    return failure_;
  }

  [[nodiscard]] tls_role role() const noexcept {
    return role_;
  }

private:
  static int judge(int verified, X509_STORE_CTX* chain);
  [[nodiscard]] bool accepts(X509_STORE_CTX& chain, bool verified);
  [[nodiscard]] tls_step judge_step(int returned);

  tls_session_handle session_;
  tls_role role_;
  std::string expected_name_;
  std::string verdict_; // why the peer's certificate was refused here, if it was
  error failure_;
};

} // namespace ferry::net
