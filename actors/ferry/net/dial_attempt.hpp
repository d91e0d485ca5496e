// One way to a peer: look up, connect, shake hands.

#pragma once

#include "ferry/net/addresses.hpp"
#include "ferry/net/dialing.hpp"
#include "ferry/net/name_lookup.hpp"
#include "ferry/net/net_loop.hpp"
#include "ferry/net/tls_handshake.hpp"

#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ferry::net {

/// Threads  the loop's, the constructor apart
class dial_attempt : public std::enable_shared_from_this<dial_attempt> {
public:
  dial_attempt(net_loop& loop, dial_config config, dial_handler done);

  void start();
  void cancel();

private:
  using clock = std::chrono::steady_clock;

  /// Tells the loop that it has to be cancelled before the loop ends.
  class guard : public activity {
  public:
    guard(net_loop& loop, dial_attempt& attempt);
    void close() override;

  private:
    dial_attempt& attempt_;
  };

  [[nodiscard]] status prepare();
  void set_limit();
  void look_up();
  void connect_next();
  void connect(const endpoint& where);
  void give_each_a_share();
  void connected(const endpoint& where, boost::system::error_code failed);
  void shake_hands();
  void hand_over_plain();
  void hand_over_secured(secured_connection connection);
  void tried(const endpoint& where, const std::string& problem);

  void fail(errc code, const std::string& problem);
  void finish(result<peer_stream> outcome);

  net_loop& loop_;
  dial_config config_;
  dial_handler done_; // empty once it was called
  std::optional<guard> guard_;
  dial_target target_;
  std::optional<tls_context> context_;
  clock::time_point deadline_;
  boost::asio::steady_timer limit_;
  boost::asio::steady_timer share_; // of one address
  std::vector<endpoint> addresses_; // not tried yet, the next one last
  std::string problems_;            // of those that were tried
  endpoint answering_;
  tcp_socket socket_;
  std::shared_ptr<tls_handshake> handshake_;
};

} // namespace ferry::net
