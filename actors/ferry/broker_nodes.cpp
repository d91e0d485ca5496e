// A broker and other nodes: letting them in, and being let in.

#include "ferry/actors/ask.hpp"
#include "ferry/actors/broker_impl.hpp"
#include "ferry/actors/protocol/declaring.hpp"
#include "ferry/nodes/node_name.hpp"

#include <memory>

namespace ferry {

using actors::ask;

// What has no journal and no queues of its own; all else is the same.
status broker::impl::join(std::vector<std::string> addresses, const connect_config& options) {
  auto report = one_at_a_time(config.report);
  auto mine = actors::introduce(options.cluster, options.node, options.link);
  mine.token = options.token;
  dialer = std::make_unique<actors::broker_dialer>(options);
  supervisor = actors::spawn_supervisor(system, {clock, random_number(), report});
  auto far = actors::spawn_far_broker(system, {std::move(addresses), options.reconnect,
                                               options.link, std::move(mine), dialer->function(),
                                               supervisor, clock, random_number(), report});
  actor = caf::actor_cast<actors::broker_actor>(far);
  open = true;
  auto joined = ask<messages::joined>(system, far, messages::join{}, options.connect_limit);
  if (joined)
    return success();
  auto why = joined.why();
  if (why.code == errc::timed_out) {
    auto names = ask<messages::queue_names>(system, actor, messages::list_queues{});
    why = names ? error{} : names.why(); // it tells what keeps it from connecting
  }
  return why.code == errc::none ? success() : status{why};
}

result<broker> broker::connect(caf::actor_system& system, std::vector<std::string> addresses,
                               connect_config config) {
  if (addresses.empty())
    return error{errc::invalid_argument, "connect wants at least one address, as \"host:port\""};
  if (auto bad = check(config); bad.code != errc::none)
    return bad;
  auto made = std::make_unique<impl>(system, broker_config{.close_limit = config.close_limit,
                                                           .report = config.report});
  if (auto outcome = made->join(std::move(addresses), config); !outcome) {
    (void)made->stop_all();
    return outcome.why();
  }
  return broker{std::move(made)};
}

result<broker> connect(caf::actor_system& system, const std::string& address,
                       const connect_config& config) {
  return broker::connect(system, {address}, config);
}

result<std::uint16_t> broker::serve(const serve_config& config) {
  if (!impl_->open)
    return error{errc::closed, "the broker is closed"};
  if (impl_->server)
    return error{errc::invalid_argument, "the broker serves already, at port "
                                           + std::to_string(impl_->server->port())};
  if (impl_->dialer)
    return error{errc::invalid_argument, "a connection to a broker cannot serve; let its broker "
                                         "serve others"};
  auto report = one_at_a_time(impl_->config.report);
  auto server = actors::broker_server::open(impl_->system, config,
                                            {impl_->actor, impl_->clock, report});
  if (!server)
    return server.why();
  impl_->server = std::move(*server);
  return impl_->server->port();
}

} // namespace ferry
