// The files that make a node known to others, and whom it trusts. Everything that
// can be wrong with them is found here, before a port is opened.

#pragma once

#include "ferry/result.hpp"

#include <string>

namespace ferry::net {

/// Paths of files in PEM form. docs/security.md shows how to make them.
struct tls_files {
  std::string certificate; // this node's, then those between it and the authority, if any
  std::string key;         // the private key of the first certificate, without a passphrase
  std::string authority;   // one or more; who shows a certificate of one of them is let in
};

/// Reads the files as a handshake will, and says what would go wrong.
/// Errors  errc::not_trusted: a file is missing, unreadable or not PEM; the key is
///         another certificate's; a certificate is expired, not valid yet, without
///         a common name, not of the authority, or not meant for both ends of a
///         connection; the authority is none. The text names the file, what is
///         wrong with it, and what to do.
/// Time    compares with the system's clock
/// Threads any
[[nodiscard]] status check(const tls_files& files);

} // namespace ferry::net
