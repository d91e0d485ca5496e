#include "ferry/nodes/broker_server.hpp"

#include "ferry/actors/reporter.hpp"
#include "ferry/net/gate.hpp"
#include "ferry/nodes/link_actor.hpp"
#include "ferry/nodes/node_name.hpp"
#include "ferry/nodes/session_actor.hpp"

#include <algorithm>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace ferry::actors {

struct broker_server::impl {
  impl(caf::actor_system& host, const serve_config& options, server_links to)
    : system(host),
      config(options),
      links(std::move(to)),
      access(std::make_shared<access_policy>(options.access, options.tls.has_value())),
      mine(introduce(options.cluster, options.node, options.link)) {
  }

  void admit(net::peer_stream stream);
  void remember(const caf::actor& session);
  void report(const std::string& text) const;

  caf::actor_system& system;
  serve_config config;
  server_links links;
  std::shared_ptr<const access_policy> access;
  hello mine;
  std::mutex mutex;
  std::vector<caf::weak_actor_ptr> sessions; // ended ones are dropped now and then
  net::net_thread thread;
  std::optional<net::gate> gate; // last: it goes first, and nobody comes in any more
};

result<std::unique_ptr<broker_server>>
broker_server::open(caf::actor_system& system, const serve_config& config, server_links links) {
  if (auto bad = check(config); bad.code != errc::none)
    return bad;
  auto opened = std::make_unique<impl>(system, config, std::move(links));
  auto* server = opened.get();
  auto gate = net::listen(
    opened->thread,
    {config.address, config.port, config.tls, config.insecure, config.link.handshake,
     net::gate_config{}.max_handshakes, config.max_connections},
    [server](net::peer_stream stream) { server->admit(std::move(stream)); },
    [server](const net::refusal& who) {
      auto from = who.address.empty() ? "" : " from " + who.address;
      server->report("a connection" + from + " was refused: " + who.why.text);
    });
  if (!gate)
    return gate.why();
  opened->gate.emplace(std::move(*gate));
  return std::unique_ptr<broker_server>{new broker_server{std::move(opened)}};
}

broker_server::broker_server(std::unique_ptr<impl> opened) : impl_(std::move(opened)) {
}

broker_server::~broker_server() {
  impl_->gate->close();
  auto why = error{errc::closed, "the broker was closed"};
  for (const auto& item : impl_->sessions)
    if (auto session = caf::actor_cast<caf::actor>(item))
      compat::send_anonymously(session, messages::cut_link{why});
}

std::uint16_t broker_server::port() const noexcept {
  return impl_->gate->port();
}

// The session is there before its link, so that it hears the first word.
void broker_server::impl::admit(net::peer_stream stream) {
  auto session = spawn_session(
    system, {links.broker, access, stream.peer_name, stream.address, links.clock, links.report});
  remember(session);
  (void)spawn_link(system, {link_side::server, config.link, mine, stream.socket.release(),
                            std::move(stream.slot), session, links.clock});
}

void broker_server::impl::remember(const caf::actor& session) {
  auto held = std::lock_guard{mutex};
  std::erase_if(sessions,
                [](const caf::weak_actor_ptr& item) { return !caf::actor_cast<caf::actor>(item); });
  sessions.push_back(caf::actor_cast<caf::weak_actor_ptr>(session));
}

void broker_server::impl::report(const std::string& text) const {
  reporter{links.report}(text);
}

} // namespace ferry::actors
