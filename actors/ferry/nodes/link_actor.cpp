#include "ferry/nodes/link_actor.hpp"

#include "ferry/actors/caf_compat.hpp"
#include "ferry/actors/protocol/signalling.hpp"
#include "ferry/link/client_account.hpp"
#include "ferry/net/stream_socket.hpp"
#include "ferry/nodes/letters.hpp"

#include <caf/io/broker.hpp>
#include <caf/io/middleman.hpp>

#include <chrono>
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace ferry::actors {

namespace {

constexpr auto most_read = std::size_t{256} << 10;       // bytes per read from the stream
constexpr auto farewell_limit = std::chrono::seconds{5}; // for what was written before the end

struct link_shell;

using link_self = caf::io::stateful_broker<link_shell>;

struct link_shell {
  explicit link_shell(link_self* selfptr) : self(selfptr) {
    // CAF builds the state before the arguments arrive; start() finishes it
  }

  caf::behavior start(const link_options& given);

  void read(const caf::io::new_data_msg& m);
  void written(std::size_t bytes);
  void post(const messages::post& m);
  void route(const messages::route& m);
  void cut(const messages::cut_link& m);
  void wake(const messages::wake& m);
  void give_up(const std::string& text);

  void apply(auto command);
  void run(link_effects::write& e);
  void run(link_effects::knock& e);
  void run(link_effects::opened& e);
  void run(link_effects::arrived& e);
  void run(link_effects::cut& e);
  void run(link_effects::wake_at& e);
  void send_mail();
  void watch_backlog();
  void read_on_if(bool is_time);

  [[nodiscard]] time_point now() const {
    return options->clock.now(self);
  }

  link_self* self;
  std::optional<link_options> options;
  std::optional<link_core> core;
  caf::io::connection_handle stream;
  bool is_closed = false;   // by the peer or the system: its descriptor may be another one's
  client_account client;    // at the server
  link_effect_list pending; // reused
  std::map<queue_number, caf::actor> routes;
  std::map<queue_number, std::vector<letter>> bags; // of this command, by addressee
  std::uint64_t generation = 0;                     // a wake of an older generation is ignored

  static inline const char* name = "ferry.link";
};

caf::behavior link_shell::start(const link_options& given) {
  options = given;
  stream = self->add_scribe(given.stream);
  self->configure_read(stream, caf::io::receive_policy::at_most(most_read));
  self->ack_writes(stream, true);
  core.emplace(now(), given.side, given.config, given.mine);
  compat::survive_errors(self);
  compat::on_exception(self, [this](const std::string& text) { give_up(text); });
  apply([this] { core->start(now(), pending); });
  return {
    [this](const caf::io::new_data_msg& m) { read(m); },
    [this](const caf::io::data_transferred_msg& m) { written(m.written); },
    [this](const caf::io::connection_closed_msg&) {
      is_closed = true;
      apply([&] { core->broken("the connection broke", pending); });
    },
    [this](const messages::post& m) { post(m); },
    [this](const messages::route& m) { route(m); },
    [this](const messages::let_in&) { apply([&] { core->let_in(now(), pending); }); },
    [this](const messages::cut_link& m) { cut(m); },
    [this](const messages::wake& m) { wake(m); },
  };
}

// -- commands -----------------------------------------------------------------------

void link_shell::apply(auto command) {
  if (core->is_over())
    return;
  command();
  for (auto& item : pending)
    std::visit([this](auto& e) { this->run(e); }, item);
  pending.clear();
  send_mail();
  watch_backlog();
}

void link_shell::read(const caf::io::new_data_msg& m) {
  auto* begin = reinterpret_cast<const char*>(m.buf.data());
  apply([&] { core->received(now(), std::span{begin, m.buf.size()}, pending); });
}

void link_shell::written(std::size_t bytes) {
  apply([&] {
    if (client.lives_by_taking())
      core->received(now(), {}, pending);
    core->written(now(), bytes, pending);
  });
}

void link_shell::post(const messages::post& m) {
  read_on_if(client.answered(m.answered));
  if (!m.letters)
    return;
  apply([&] {
    for (auto& item : *m.letters)
      core->send(now(), std::move(item), pending);
  });
}

void link_shell::route(const messages::route& m) {
  if (!m.receiver) {
    routes.erase(m.number);
    return;
  }
  routes.insert_or_assign(m.number, m.receiver);
  if (client.is_behind())
    compat::send(self, m.receiver, messages::backed_up{});
}

void link_shell::cut(const messages::cut_link& m) {
  apply([&] {
    core->turn_away(now(), m.why, pending);
    core->close(now(), m.why, pending);
  });
}

void link_shell::wake(const messages::wake& m) {
  if (m.generation != generation)
    return;
  apply([&] {
    if (client.lives_by_itself())
      core->received(now(), {}, pending);
    core->tick(now(), pending);
  });
}

// What was decided when it failed is given up, so the other node hears nothing.
void link_shell::give_up(const std::string& text) {
  bags.clear();
  auto end = link_effects::cut{{errc::disconnected, "the link failed: " + text}};
  run(end);
}

// -- effects ------------------------------------------------------------------------

void link_shell::run(link_effects::write& e) {
  self->write(stream, e.bytes.size(), e.bytes.data());
  self->flush(stream);
}

void link_shell::run(link_effects::knock& e) {
  compat::send(self, options->owner, messages::knock{std::move(e.who)});
}

void link_shell::run(link_effects::opened& e) {
  compat::send(self, options->owner, messages::link_opened{std::move(e.peer)});
}

void link_shell::run(link_effects::arrived& e) {
  auto weight = std::size_t{0};
  for (auto& item : e.letters) {
    weight += weight_of(item);
    bags[number_of(item.lane)].push_back(std::move(item));
  }
  if (options->side == link_side::server && client.came(weight))
    self->halt(stream);
}

void link_shell::read_on_if(bool is_time) {
  if (is_time)
    self->trigger(stream);
}

void link_shell::watch_backlog() {
  if (options->side != link_side::server || core->is_over()
      || !client.waits(core->waiting_weight()))
    return;
  auto tell_all = [this](auto what) {
    compat::send(self, options->owner, what);
    for (const auto& [number, receiver] : routes)
      compat::send(self, receiver, what);
  };
  if (client.is_behind())
    return tell_all(messages::backed_up{});
  tell_all(messages::drained{});
  read_on_if(client.answered(0));
}

void link_shell::send_mail() {
  for (auto& [number, letters] : bags) {
    auto found = routes.find(number);
    const auto& receiver = found == routes.end() ? options->owner : found->second;
    compat::send(self, receiver, messages::mail{bag_of(std::move(letters))});
  }
  bags.clear();
}

// What was written before is still sent, but to nobody who takes nothing: CAF would keep
// the stream for as long. Mail that arrived with the last bytes is delivered before the
// owner hears of the end.
void link_shell::run(link_effects::cut& e) {
  send_mail();
  compat::send(self, options->owner, messages::link_cut{std::move(e.why)});
  if (!is_closed)
    net::limit_farewell(options->stream, farewell_limit);
  self->close(stream);
  routes.clear();
  self->quit();
}

void link_shell::run(link_effects::wake_at& e) {
  auto wait = std::max(e.when - now(), duration::zero());
  compat::send_after(self, wait, caf::actor_cast<caf::actor>(self), messages::wake{++generation});
}

caf::behavior link_behavior(link_self* self, const link_options& options) {
  return compat::state(self).start(options);
}

} // namespace

link_actor spawn_link(caf::actor_system& system, link_options options) {
  auto actor = system.middleman().spawn_broker(link_behavior, std::move(options));
  return caf::actor_cast<link_actor>(actor);
}

} // namespace ferry::actors
