// Two nodes in one virtual system: a broker over a storage that outlives it, and a
// client of it. The link between them is real but for its stream, whose bytes move
// when the test says so: late, in pieces, not at all, or no more.

#pragma once

#include "ferry/actors/broker_actor.hpp"
#include "ferry/actors/consumer_actor.hpp"
#include "ferry/actors/producer_actor.hpp"
#include "ferry/actors/reader_actor.hpp"
#include "ferry/actors/supervisor_actor.hpp"
#include "ferry/consumer.hpp"
#include "ferry/nodes/far_broker_actor.hpp"
#include "ferry/nodes/letters.hpp"
#include "ferry/nodes/session_actor.hpp"

#include "support/fragile_storage.hpp"
#include "support/virtual_system.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace ferry::testing {

// -- a stream -----------------------------------------------------------------

/// Bytes on their way between two ends, 0 the client's and 1 the server's.
struct virtual_stream {
  struct end {
    caf::actor actor;                     // a `virtual_link`
    std::deque<std::vector<char>> coming; // not read yet
    std::vector<char> arrived;            // to be read by the actor now
    std::size_t taken = 0;                // of what it wrote, not told yet
  };

  std::array<end, 2> ends;
  bool is_broken = false;
};

using shared_stream = std::shared_ptr<virtual_stream>;

/// What `link_actor` is, on a `virtual_stream`: a `proceed` has it look there.
struct virtual_link {
  explicit virtual_link(caf::stateful_actor<virtual_link>* selfptr) : self(selfptr) {
    // start() finishes it
  }

  caf::behavior start(const actors::link_options& given, shared_stream carrier, std::size_t side) {
    options = given;
    stream = std::move(carrier);
    mine = side;
    core.emplace(now(), given.side, given.config, given.mine);
    compat::survive_errors(self);
    apply([this] { core->start(now(), pending); });
    return {
      [this](const messages::proceed&) { look(); },
      [this](const messages::post& m) {
        if (!m.letters)
          return;
        apply([&] {
          for (auto& item : *m.letters)
            core->send(now(), std::move(item), pending);
        });
      },
      [this](const messages::route& m) { routes[m.number] = m.receiver; },
      [this](const messages::let_in&) { apply([&] { core->let_in(now(), pending); }); },
      [this](const messages::cut_link& m) {
        apply([&] {
          core->turn_away(now(), m.why, pending);
          core->close(now(), m.why, pending);
        });
      },
      [this](const messages::wake& m) {
        if (m.generation == generation)
          apply([&] { core->tick(now(), pending); });
      },
    };
  }

  void look() {
    auto& end = stream->ends[mine];
    auto bytes = std::exchange(end.arrived, {});
    if (!bytes.empty())
      apply([&] { core->received(now(), bytes, pending); });
    if (auto taken = std::exchange(end.taken, 0); taken > 0)
      apply([&] { core->written(now(), taken, pending); });
    if (stream->is_broken)
      apply([&] { core->broken("the stream broke", pending); });
  }

  void apply(auto command) {
    if (core->is_over())
      return;
    command();
    for (auto& item : pending)
      std::visit([this](auto& e) { this->run(e); }, item);
    pending.clear();
  }

  void run(link_effects::write& e) {
    stream->ends[1 - mine].coming.push_back(std::move(e.bytes));
  }

  void run(link_effects::knock& e) {
    compat::send(self, options->owner, messages::knock{e.who});
  }

  void run(link_effects::opened& e) {
    compat::send(self, options->owner, messages::link_opened{e.peer});
  }

  void run(link_effects::arrived& e) {
    for (auto& item : e.letters) {
      auto found = routes.find(actors::number_of(item.lane));
      auto bag = bag_of({});
      bag->push_back(std::move(item));
      compat::send(self, found == routes.end() ? options->owner : found->second,
                   messages::mail{bag});
    }
  }

  void run(link_effects::cut& e) {
    compat::send(self, options->owner, messages::link_cut{e.why});
    stream->is_broken = true;
    routes.clear();
    self->quit();
  }

  void run(link_effects::wake_at& e) {
    compat::send_after(self, std::max(e.when - now(), duration::zero()),
                       caf::actor_cast<caf::actor>(self), messages::wake{++generation});
  }

  [[nodiscard]] time_point now() const {
    return options->clock.now(self);
  }

  caf::stateful_actor<virtual_link>* self;
  std::optional<actors::link_options> options;
  shared_stream stream;
  std::size_t mine = 0;
  std::optional<link_core> core;
  link_effect_list pending;
  std::map<actors::queue_number, caf::actor> routes;
  std::uint64_t generation = 0;

  static inline const char* name = "virtual_link";
};

inline caf::behavior virtual_link_behavior(caf::stateful_actor<virtual_link>* self,
                                           const actors::link_options& options,
                                           const shared_stream& stream, std::size_t side) {
  return compat::state(self).start(options, stream, side);
}

// -- two nodes ----------------------------------------------------------------

/// What the client of a test knows of its broker.
struct virtual_client {
  std::vector<std::string> addresses = {"there:1"};
  reconnect_config reconnect = {};
};

class virtual_nodes : public virtual_system {
public:
  explicit virtual_nodes(const virtual_client& wishes = {}) {
    open_broker();
    client_supervisor = own(actors::spawn_supervisor(system(), {clock(), 2, {}}));
    auto dialer = [this](const std::string& address, const actors::far_broker_actor& receiver) {
      dial(address, receiver);
    };
    auto make_link = [this](caf::actor_system&, const actors::link_options& given) {
      return connect(given);
    };
    auto options = actors::far_broker_options{wishes.addresses,
                                              wishes.reconnect,
                                              link,
                                              introduced("client", 2),
                                              dialer,
                                              client_supervisor,
                                              clock(),
                                              1,
                                              {},
                                              make_link};
    client = own(actors::spawn_far_broker(system(), std::move(options)));
    advance(std::chrono::milliseconds{2});
    carry_all();
  }

  ~virtual_nodes() {
    cut();
  }

  // -- the broker's node ------------------------------------------------------

  /// Opens the broker over what the storage has.
  void open_broker() {
    auto journal = storage.opener()().value();
    auto kept = journal->recover().value();
    supervisor = own(actors::spawn_supervisor(system(), {clock(), 1, {}}));
    auto links = actors::broker_links{{}, supervisor, clock(), journal->opened()};
    auto where = actors::placement::shared;
    reader = links.reader =
      own(actors::spawn_reader(system(), journal->open_reader().value(), where));
    journal_writer = links.journal = own(actors::spawn_journal(
      system(), std::move(journal), storage.opener(), {links.reader, {}}, where));
    machines = {caf::actor_cast<caf::actor>(supervisor), caf::actor_cast<caf::actor>(links.reader),
                caf::actor_cast<caf::actor>(links.journal)};
    broker = own(actors::spawn_broker(system(), std::move(links), std::move(kept)));
    machines.push_back(caf::actor_cast<caf::actor>(broker));
    is_up = true;
    own_queues();
  }

  /// As if the broker's process were killed: what it had in RAM is gone, its streams
  /// break.
  void kill_broker() {
    is_up = false;
    cut();
    for (const auto& actor : std::exchange(sessions, {}))
      kill(actor);
    for (const auto& actor : std::exchange(queues, {}))
      kill(actor);
    for (const auto& actor : std::exchange(machines, {}))
      kill(actor);
  }

  /// Opens a broker that keeps nothing.
  void open_volatile_broker() {
    supervisor = own(actors::spawn_supervisor(system(), {clock(), 1, {}}));
    broker = own(actors::spawn_broker(system(), {{}, supervisor, clock()}, {}));
    machines = {caf::actor_cast<caf::actor>(supervisor), caf::actor_cast<caf::actor>(broker)};
    is_up = true;
  }

  /// Closes the broker step by step, and calls `between` after each. Its links hear of it
  /// before the step `links_at`, because their threads may be slow; 0: first of all.
  void close_broker(std::size_t links_at, const std::function<void()>& between) {
    is_up = false;
    auto stop = [this](const auto& actor) {
      if (actor)
        compat::send_anonymously(caf::actor_cast<caf::actor>(actor), messages::stop{});
    };
    auto steps =
      std::vector<std::function<void()>>{[&] { stop(supervisor); }, [&] { stop(broker); },
                                         [&] { stop(reader); }, [&] { stop(journal_writer); }};
    auto end_links = [this] {
      for (const auto& session : std::exchange(sessions, {}))
        compat::send_anonymously(session,
                                 messages::cut_link{{errc::closed, "the broker was closed"}});
    };
    steps.insert(steps.begin() + static_cast<std::ptrdiff_t>(links_at), end_links);
    for (const auto& step : steps) {
      step();
      between();
    }
    machines.clear();
    queues.clear();
  }

  static constexpr std::size_t closing_steps = 5;

  /// Lets the test end the queues that there are by now.
  void own_queues() {
    auto names = request<messages::queue_names>(broker, messages::list_queues{});
    for (const auto& name : names->names)
      queues.push_back(
        own(caf::actor{request<messages::queue_info>(broker, messages::find{name})->queue}));
  }

  queue_figures figures(const std::string& queue) {
    auto found = request<messages::queue_info>(broker, messages::find{queue});
    return request<messages::figures>(actors::as<actors::queue_actor>(found->queue),
                                      messages::ask_figures{})
      ->queue;
  }

  // -- the stream -------------------------------------------------------------

  /// Moves what is on its way, in pieces of at most `piece` bytes, until nothing moves.
  void carry_all(std::size_t piece = SIZE_MAX) {
    deliver_all();
    while (carry_some(piece)) {
      // goes on
    }
  }

  /// Moves one piece in each direction; false where there was none.
  bool carry_some(std::size_t piece = SIZE_MAX) {
    auto current = stream; // an end may break it
    if (current && current->is_broken)
      cut();
    if (!stream)
      return false;
    auto moved = std::array{move_to(*current, 0, piece), move_to(*current, 1, piece)};
    for (auto side : {std::size_t{0}, std::size_t{1}})
      if (moved[0] || moved[1])
        tell(current->ends[side].actor, messages::proceed{});
    return moved[0] || moved[1];
  }

  /// Has everything that is on its way arrive; nobody has read it yet.
  void arrive() {
    for (auto side : {std::size_t{0}, std::size_t{1}}) {
      while (stream && move_to(*stream, side, SIZE_MAX)) {
        // goes on
      }
      if (stream)
        compat::send_anonymously(stream->ends[side].actor, messages::proceed{});
    }
  }

  /// Breaks the stream; what was on its way is lost.
  void cut() {
    if (stream)
      replaced.push_back(std::exchange(stream, nullptr));
    for (const auto& broken : std::exchange(replaced, {})) {
      broken->is_broken = true;
      for (auto& end : broken->ends)
        if (auto actor = std::exchange(end.actor, nullptr)) // which holds the stream in turn
          tell(actor, messages::proceed{});
    }
  }

  /// Lets `time` pass while the stream carries what it gets.
  void pass(duration time, duration step = std::chrono::milliseconds{5}) {
    carry_all();
    for (auto left = time; left > duration::zero(); left -= step) {
      advance(std::min(left, step), step);
      carry_all();
    }
  }

  // -- the client's node ------------------------------------------------------

  actors::queue_actor declare(const std::string& name, const queue_config& config) {
    auto declared = request<messages::queue_info>(client, messages::declare{name, config});
    carry_all();
    own_queues();
    return actors::as<actors::queue_actor>(own(caf::actor{declared->queue}));
  }

  /// A consumer of `queue` at the client, which has at most `most` messages unsettled.
  template <class Handler>
  actors::consumer_actor consumer_of(const actors::queue_actor& queue, Handler handler,
                                     std::uint32_t most = 10) {
    return own(actors::spawn_consumer(system(), {queue,
                                                 "parcels",
                                                 {{most, 1 << 20}, {}, {}},
                                                 std::move(handler),
                                                 clock(),
                                                 actors::placement::shared,
                                                 client_supervisor}));
  }

  letter_limits client_takes; // of the next link
  letter_limits server_takes;
  link_config link{.pulse = {std::chrono::milliseconds{100}, std::chrono::milliseconds{500}}};
  fragile_storage storage;
  actors::supervisor_actor supervisor;
  actors::supervisor_actor client_supervisor;
  actors::broker_actor broker;
  actors::reader_actor reader;
  actors::journal_actor journal_writer;
  actors::far_broker_actor client;
  std::string served_at = "there:1"; // where the broker listens while it is up
  std::vector<std::string> dialed;   // by the client, in order
  std::string dialing_throws;        // what; empty: it does not
  bool is_up = false;
  std::size_t links_made = 0;

private:
  static hello introduced(const std::string& node, std::uint64_t incarnation) {
    auto mine = hello{};
    mine.encoding = compat::encoding;
    mine.cluster = "ferry";
    mine.node = node;
    mine.incarnation = {incarnation, 0};
    return mine;
  }

  void dial(const std::string& address, const actors::far_broker_actor& receiver) {
    dialed.push_back(address);
    if (!dialing_throws.empty())
      throw std::runtime_error{dialing_throws};
    auto told = messages::dialed{};
    if (is_up && address == served_at)
      told.stream = std::make_shared<net::peer_stream>();
    else
      told.why = {errc::network_failed, "nobody answers at " + address};
    compat::send_anonymously(receiver, std::move(told));
  }

  // The server's end is made together with the client's.
  actors::link_actor connect(const actors::link_options& given) {
    if (stream)
      replaced.push_back(stream);
    stream = std::make_shared<virtual_stream>();
    ++links_made;
    auto access = std::make_shared<const access_policy>(access_config{}, false);
    auto session = actors::spawn_session(system(), {broker, access, {}, "here", clock(), {}});
    auto server_link = link;
    server_link.letters = server_takes;
    auto client_options = given;
    client_options.config.letters = client_takes;
    auto server = actors::link_options{
      link_side::server, server_link, introduced("broker", 1), -1, {}, session, clock()};
    stream->ends[1].actor = system().spawn(virtual_link_behavior, server, stream, std::size_t{1});
    stream->ends[0].actor =
      system().spawn(virtual_link_behavior, client_options, stream, std::size_t{0});
    sessions.push_back(session);
    return actors::as<actors::link_actor>(stream->ends[0].actor);
  }

  static bool move_to(virtual_stream& carrier, std::size_t side, std::size_t piece) {
    auto& end = carrier.ends[side];
    if (end.coming.empty())
      return false;
    auto& chunk = end.coming.front();
    auto size = std::min(piece, chunk.size());
    auto last = chunk.begin() + static_cast<std::ptrdiff_t>(size);
    end.arrived.insert(end.arrived.end(), chunk.begin(), last);
    chunk.erase(chunk.begin(), last);
    if (chunk.empty())
      end.coming.pop_front();
    carrier.ends[1 - side].taken += size;
    return true;
  }

  shared_stream stream;                // the last one; null once it was cut
  std::vector<shared_stream> replaced; // whose other ends have not heard of that
  std::vector<caf::actor> sessions;
  std::vector<caf::actor> queues;   // of the broker
  std::vector<caf::actor> machines; // the rest of the broker
};

} // namespace ferry::testing
