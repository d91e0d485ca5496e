// The one thread on which gates, dialings and TLS connections live.

#pragma once

#include <memory>

namespace ferry::net {

class net_loop;

/// A thread for everything that listens and connects; it sleeps unless a socket is
/// ready or a limit has passed, and takes no signals.
/// Errors   The constructor throws std::system_error where no thread can be started.
/// Threads  Any; but it must not end in a handler that it has called. Ending closes
///          the gates, dialings and TLS connections on it, and waits for handlers
///          only. A gate that outlives it is closed.
class net_thread {
public:
  net_thread();
  net_thread(net_thread&&) noexcept;
  net_thread& operator=(net_thread&&) noexcept;
  ~net_thread();

  [[nodiscard]] const std::shared_ptr<net_loop>& loop() const noexcept {
    return loop_;
  }

private:
  std::shared_ptr<net_loop> loop_;
};

} // namespace ferry::net
