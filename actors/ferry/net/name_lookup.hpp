// Looks names up without holding anybody up: not the caller, and not whoever ends
// the loop while a name server keeps silent.

#pragma once

#include "ferry/net/addresses.hpp"
#include "ferry/net/net_loop.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace ferry::net {

/// What a look-up found, or why it found nothing.
struct found_addresses {
  std::vector<endpoint> endpoints = {};
  std::string problem = {}; // empty when there are endpoints
};

using lookup_handler = std::function<void(found_addresses)>;

/// Threads of its own for getaddrinfo, which cannot be interrupted: at most four at
/// a time, started as needed, ended when there is nothing to look up.
/// Threads  the loop's
class name_lookup {
public:
  explicit name_lookup(net_loop& loop);
  name_lookup(const name_lookup&) = delete;
  name_lookup& operator=(const name_lookup&) = delete;

  /// Forgets all look-ups; their handlers are not called.
  ~name_lookup();

  /// Calls `handler` on the loop. An IP address needs no look-up, and no other thread.
  void find(const dial_target& target, lookup_handler handler);

private:
  struct desk;

  std::shared_ptr<desk> desk_;
};

} // namespace ferry::net
