// Two nodes, and a link that is carried, cut and stalled at random. RapidCheck prints
// what to set RC_PARAMS to in order to see a failure again.

#include "support/virtual_nodes.hpp"

#include <boost/test/unit_test.hpp>
#include <rapidcheck.h>

#include <algorithm>
#include <map>

namespace {

using namespace ferry;
using namespace ferry::testing;
using namespace std::chrono_literals;

struct parcel {
  std::uint64_t number = 0;
};
FERRY_DESCRIBE(parcel, number)

constexpr auto most_unsettled = std::uint32_t{10};

enum class step_kind : int {
  publish,
  carry,
  carry_all,
  cut,
  pass,
  stall,
  kill_broker,
  open_broker,
  lose_consumer,
};

struct step {
  step_kind kind{};
  int amount = 0;
};

std::ostream& operator<<(std::ostream& out, const step& item) {
  return out << "step " << static_cast<int>(item.kind) << " (" << item.amount << ")";
}

rc::Gen<step> any_step() {
  auto kind = rc::gen::weightedElement<step_kind>({{6, step_kind::publish},
                                                   {8, step_kind::carry},
                                                   {4, step_kind::carry_all},
                                                   {2, step_kind::cut},
                                                   {3, step_kind::pass},
                                                   {2, step_kind::stall},
                                                   {1, step_kind::kill_broker},
                                                   {2, step_kind::open_broker},
                                                   {1, step_kind::lose_consumer}});
  return rc::gen::build<step>(rc::gen::set(&step::kind, kind),
                              rc::gen::set(&step::amount, rc::gen::inRange(1, 700)));
}

/// Counts from outside what was promised and what came.
class observed_nodes : public virtual_nodes {
public:
  observed_nodes() {
    queue = declare("parcels", {.max_deliveries = 1000});
    port = std::make_shared<producer_port>("parcels", 1000, producer_config{});
    own(actors::spawn_producer(system(), {queue, port, session_id{42}, clock(), {}}));
    add_consumer();
    carry_all();
  }

  /// Pages are sent and delivered in pieces from now on.
  void narrow_letters() {
    client_takes = server_takes = {1000, 2000};
    lose([&] { cut(); });
  }

  void play(const step& item) {
    switch (item.kind) {
    case step_kind::publish: publish(item.amount % 7 + 1); break;
    case step_kind::carry: carry_some(static_cast<std::size_t>(item.amount)); break;
    case step_kind::carry_all: carry_all(static_cast<std::size_t>(item.amount)); break;
    case step_kind::cut: lose([&] { cut(); }); break;
    case step_kind::pass: lose([&] { pass(item.amount * 1ms); }); break;
    case step_kind::stall: lose([&] { advance(item.amount * 1ms, 5ms); }); break;
    case step_kind::kill_broker:
      forgotten += acks_not_on_disk();
      lose([&] { kill_broker(); });
      break;
    case step_kind::open_broker: reopen(); break;
    case step_kind::lose_consumer:
      lose([&] { kill(consumer); });
      add_consumer();
      break;
    }
    deliver_all();
  }

  void calm_down() {
    reopen();
    for (auto second = 0; second < 60 && !is_done(); ++second)
      pass(1s, 20ms);
  }

  void verify() {
    for (const auto& receipt : receipts)
      RC_ASSERT(receipt.poll().has_value() && receipt.poll()->ok());
    RC_ASSERT(handled.size() == receipts.size());
    auto again = std::uint64_t{0};
    for (const auto& [number, times] : handled)
      again += times - 1;
    RC_ASSERT(again <= losses * most_unsettled + forgotten);
    RC_ASSERT(figures("parcels").waiting() == 0u);
    RC_ASSERT(figures("parcels.dead").ready == 0u);
  }

private:
  void publish(int count) {
    for (auto i = 0; i < count; ++i) {
      auto message = ferry::envelope{codec<parcel>::encode({receipts.size() + 1}).value(),
                                     codec<parcel>::content(), nullptr, now()};
      receipts.push_back(port->publish(std::move(message), when_full::refuse));
    }
  }

  void add_consumer() {
    auto handler =
      make_handler<parcel>([this](const parcel& p) { ++handled[p.number]; }, most_unsettled);
    consumer = consumer_of(queue, std::move(handler), most_unsettled);
  }

  void reopen() {
    if (!is_up)
      open_broker();
  }

  // Whatever is unsettled at that moment may come again.
  void lose(auto event) {
    event();
    ++losses;
  }

  // They are put off for a moment, and a broker that is killed in it forgets them.
  [[nodiscard]] std::uint64_t acks_not_on_disk() {
    if (!is_up)
      return 0;
    auto id = request<messages::queue_info>(broker, messages::find{"parcels"})->id;
    auto rows = storage.messages(id);
    return static_cast<std::uint64_t>(std::ranges::count_if(rows, [this](const auto& row) {
      return handled.contains(codec<parcel>::decode(row.body.bytes())->number);
    }));
  }

  [[nodiscard]] bool is_done() {
    return handled.size() == receipts.size() && port->window().messages == 0
           && figures("parcels").waiting() == 0;
  }

  actors::queue_actor queue;
  std::shared_ptr<producer_port> port;
  actors::consumer_actor consumer;
  std::vector<receipt> receipts;
  std::map<std::uint64_t, std::uint64_t> handled; // how often, by number
  std::uint64_t losses = 0;
  std::uint64_t forgotten = 0; // acks, by brokers that were killed
};

} // namespace

BOOST_AUTO_TEST_SUITE(nodes_property_suite)

BOOST_AUTO_TEST_CASE(whatever_becomes_of_the_link_what_was_confirmed_arrives_and_is_stored_once) {
  BOOST_TEST(rc::check("two nodes keep their promises whatever becomes of their link", [] {
    auto steps = *rc::gen::container<std::vector<step>>(any_step());
    auto nodes = observed_nodes{};
    if (*rc::gen::arbitrary<bool>())
      nodes.narrow_letters();
    for (const auto& item : steps)
      nodes.play(item);
    nodes.calm_down();
    nodes.verify();
  }));
}

BOOST_AUTO_TEST_SUITE_END()
