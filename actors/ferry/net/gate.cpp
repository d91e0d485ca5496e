#include "ferry/net/gate.hpp"

#include "ferry/net/gatekeeper.hpp"

#include <utility>

#include <sys/socket.h>

namespace ferry::net {

namespace {

// Options are called what they are where a broker is asked to serve.
error out_of_range(const std::string& option, const std::string& range) {
  return {errc::invalid_argument, option + " is out of range; it is " + range};
}

status check_limits(const gate_config& config) {
  if (config.handshake_limit <= duration::zero())
    return out_of_range("link_config::handshake", "longer than 0");
  if (config.max_handshakes == 0)
    return out_of_range("gate_config::max_handshakes", "at least 1");
  if (config.max_connections == 0)
    return out_of_range("serve_config::max_connections", "at least 1");
  return success();
}

status check_exposure(const gate_config& config, const endpoint& where) {
  if (config.tls || config.insecure || is_loopback(where))
    return success();
  return error{errc::invalid_argument,
               "serve_config::address \"" + config.address
                 + "\" can be reached by other machines, and there is no TLS; set "
                   "serve_config::tls, listen on 127.0.0.1, or set serve_config::insecure where "
                   "everybody who reaches the port is trusted"};
}

error port_failed(const endpoint& where) {
  return {errc::network_failed,
          "cannot listen on " + text_of(where) + " (" + system_error_text()
            + "); choose another serve_config::address or port, or end who has it"};
}

/// A bound socket that listens, and `where` with its port.
result<stream_socket> bind_and_listen(endpoint& where) {
  auto socket = open_socket(where);
  auto yes = 1;
  auto size = static_cast<socklen_t>(where.capacity());
  auto descriptor = socket.descriptor();
  if (!socket.is_open() || ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0
      || ::bind(descriptor, where.data(), static_cast<socklen_t>(where.size())) != 0
      || ::listen(descriptor, SOMAXCONN) != 0
      || ::getsockname(descriptor, where.data(), &size) != 0)
    return port_failed(where);
  return socket;
}

result<std::optional<tls_context>> load_context(const gate_config& config) {
  if (!config.tls)
    return std::optional<tls_context>{};
  auto loaded = tls_context::load(*config.tls, tls_role::server);
  if (!loaded)
    return loaded.why();
  return std::optional<tls_context>{std::move(*loaded)};
}

} // namespace

gate::gate(std::shared_ptr<net_loop> loop, std::shared_ptr<gatekeeper> keeper)
  : loop_(std::move(loop)),
    keeper_(std::move(keeper)) {
}

gate::gate(gate&&) noexcept = default;

gate& gate::operator=(gate&& other) noexcept {
  std::swap(loop_, other.loop_);
  std::swap(keeper_, other.keeper_);
  return *this;
}

gate::~gate() {
  if (keeper_)
    loop_->run([this] {
      keeper_->close();
      keeper_.reset(); // what lives on the loop ends there
    });
}

void gate::close() {
  if (keeper_)
    loop_->run([this] { keeper_->close(); });
}

std::uint16_t gate::port() const noexcept {
  return keeper_->port();
}

result<gate> listen(net_thread& thread, const gate_config& config, arrival_handler on_arrival,
                    refusal_handler on_refusal) {
  if (auto checked = check_limits(config); !checked)
    return checked.why();
  auto where = parse_listening_address(config.address, config.port);
  if (!where)
    return where.why();
  if (auto checked = check_exposure(config, *where); !checked)
    return checked.why();
  auto context = load_context(config);
  if (!context)
    return context.why();
  auto socket = bind_and_listen(*where);
  if (!socket)
    return socket.why();
  auto& loop = thread.loop();
  auto keeper = std::shared_ptr<gatekeeper>{};
  auto handlers = gatekeeper::handlers{std::move(on_arrival), std::move(on_refusal)};
  loop->run([&] {
    keeper = std::make_shared<gatekeeper>(*loop, config, std::move(*context), std::move(handlers));
    keeper->open(std::move(*socket), *where);
  });
  return gate{loop, std::move(keeper)};
}

} // namespace ferry::net
