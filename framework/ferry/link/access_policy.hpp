// Who may do what to which queue.

#pragma once

#include "ferry/link/handshake.hpp"
#include "ferry/result.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace ferry {

/// What a client can be allowed to do to a queue.
enum class permission : std::uint8_t {
  declare, // create it, and its dead-letter queue with it
  publish,
  consume,    // and settle what it was delivered
  administer, // browse, redrive, pause and close it
};

[[nodiscard]] std::string_view to_string(permission what) noexcept;

/// Allows clients something. A name that ends with `*` stands for every name that
/// begins with what is before it.
struct grant {
  std::string client;
  std::string queue;
  std::vector<permission> may;
};

/// Who is known, and what they may do.
struct access_config {
  std::map<std::string, std::string> tokens = {}; // from a secret to the client it names
  std::vector<grant> grants = {};                 // what is not here is denied
};

/// Errors   invalid_argument: a token that is shorter than 16 characters, a grant that
///          names nobody, no queue or nothing
[[nodiscard]] status check(const access_config& config);

/// Names clients, and decides what they may do. Without a certificate authority and
/// without tokens and grants everybody may do everything: that is for the loopback
/// interface of one's own machine. As soon as there is one of them, what is not
/// granted is denied.
///
/// Errors      None but those that name what is not permitted, to whom.
/// Threads     Any; it never changes.
class access_policy {
public:
  access_policy(access_config config, bool has_certificates);

  /// The client's name: that of its token, else that of its certificate, which is
  /// empty where it has none.
  /// Errors   not_permitted: an unknown token, or neither token nor certificate where
  ///          one of them is wanted
  [[nodiscard]] result<std::string> identify(const hello& who,
                                             const std::string& certificate) const;

  /// Errors   not_permitted
  [[nodiscard]] status allows(std::string_view client, permission what,
                              std::string_view queue) const;

  /// Whether the client may do anything at all to `queue`.
  [[nodiscard]] bool shows(std::string_view client, std::string_view queue) const;

private:
  access_config config_;
  bool is_open_; // to everybody
};

} // namespace ferry
