// What is behind an open port: accepts, limits, and hands over.

#pragma once

#include "ferry/net/addresses.hpp"
#include "ferry/net/gate.hpp"
#include "ferry/net/net_loop.hpp"
#include "ferry/net/tls_pump.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace ferry::net {

/// Threads  the loop's
class gatekeeper : public activity, public std::enable_shared_from_this<gatekeeper> {
public:
  struct handlers {
    arrival_handler on_arrival;
    refusal_handler on_refusal;
  };

  gatekeeper(net_loop& loop, gate_config config, std::optional<tls_context> context,
             handlers to_call);

  /// Begins to accept; `listening` is bound to `where`, and listens.
  void open(stream_socket listening, const endpoint& where);
  void close() override;

  [[nodiscard]] std::uint16_t port() const noexcept {
    return port_;
  }

private:
  using clock = std::chrono::steady_clock;
  using slot = std::shared_ptr<const void>;

  /// A connection whose other end is not known yet.
  struct visitor {
    std::string address;
    slot place;
    clock::time_point since;
    std::shared_ptr<tls_handshake> handshake;
  };

  // -- accepting --------------------------------------------------------------
  void wait_for_visitors();
  void accept_visitors();
  [[nodiscard]] bool make_room();
  [[nodiscard]] bool accept_one();
  [[nodiscard]] bool handle_failed_accept();
  void admit(stream_socket socket, const endpoint& from);
  [[nodiscard]] slot take_slot();

  // -- handshakes -------------------------------------------------------------
  void begin_handshake(stream_socket socket, const endpoint& from, slot place);
  void end_handshake(std::uint64_t number, result<secured_connection> outcome);
  void let_in(std::uint64_t number, visitor who, secured_connection connection);
  void drop_oldest(error why);

  // -- time -------------------------------------------------------------------
  void set_timer();
  void expire();
  void resume();

  void refuse(const std::string& address, error why);

  gate_config config_;
  std::optional<tls_context> context_;
  handlers call_;
  std::uint16_t port_ = 0;
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer timer_;           // the oldest's limit, or the end of a pause
  std::map<std::uint64_t, visitor> visitors_; // the oldest first
  std::map<std::uint64_t, std::shared_ptr<tls_pump>> pumps_; // by their visitors' numbers
  std::shared_ptr<std::atomic<std::size_t>> connections_;    // outlives this in the slots
  std::uint64_t last_number_ = 0;
  std::optional<clock::time_point> resume_at_; // set while nobody is accepted
};

} // namespace ferry::net
