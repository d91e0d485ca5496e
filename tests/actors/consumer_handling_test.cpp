// What a consumer does around its handler: whom it puts together, what it marks,
// what it arms, and what it tells its queue.

#include "ferry/actors/consumer_actor.hpp"
#include "ferry/consumer.hpp"

#include "support/actor_doubles.hpp"
#include "support/printing.hpp"

#include <boost/test/unit_test.hpp>

using namespace ferry;
using namespace ferry::testing;
using namespace std::chrono_literals;

namespace {

struct greeting {
  std::string text;
};
FERRY_DESCRIBE(greeting, text)

using sizes = std::vector<std::size_t>;

constexpr auto first_lease = duration{30s};
constexpr auto longest = duration{5min};

struct consumer_handling_fixture : virtual_system {
  template <class Function>
  void consume(Function function) {
    own(actors::spawn_consumer(
      system(), {queue.actor(), "greetings", {{100, 1 << 20}},
                 make_handler<greeting>(std::move(function), 100), clock(),
                 actors::placement::shared, supervisor.actor(), queue_id{7}, mark}));
  }

  /// `count` messages from `sequence` on; their tags are 100 more.
  delivered_run run(std::uint64_t sequence, std::uint64_t count = 1,
                    company with = company::any) {
    auto page = message_page(count, {codec<greeting>::encode({"hello"}).value(),
                                     codec<greeting>::content(), nullptr, now()});
    auto messages = message_run{std::make_shared<const message_page>(std::move(page)), 0, count,
                                sequence_number{sequence}, 1};
    return {delivery_tag{100 + sequence}, messages, now() + first_lease, with, first_lease,
            now() + longest};
  }

  /// The only settlement of the last settle message.
  const settlement& told() const {
    BOOST_REQUIRE(!queue.settlements().empty());
    BOOST_REQUIRE(queue.settlements().back().size() == 1u);
    return queue.settlements().back().front();
  }

  recording_queue queue{*this};
  recording_supervisor supervisor{*this};
  std::shared_ptr<persistence::crash_mark> mark = std::make_shared<persistence::crash_mark>();
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(consumer_handling_suite, consumer_handling_fixture)

// -- company ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_suspect_has_its_handler_for_itself_between_those_who_share_one) {
  auto seen = sizes{};
  consume([&](std::span<const greeting> all) { seen.push_back(all.size()); });
  queue.deliver({run(1, 2), run(5), run(7, 1, company::none), run(9), run(11)});
  BOOST_TEST(seen == (sizes{3, 1, 2}));
}

BOOST_AUTO_TEST_CASE(no_more_runs_are_combined_than_a_mark_can_hold) {
  auto seen = sizes{};
  auto most = std::size_t{0};
  consume([&](std::span<const greeting> all) {
    seen.push_back(all.size());
    most = std::max(most, mark->current().size());
  });
  auto runs = std::vector<delivered_run>{};
  for (auto i = std::uint64_t{0}; i < 2 * persistence::crash_mark::most_runs + 1; ++i)
    runs.push_back(run(1 + 2 * i));
  queue.deliver(runs);
  BOOST_TEST(seen == (sizes{8, 8, 1}));
  BOOST_TEST(most == persistence::crash_mark::most_runs);
}

// -- the mark -----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(the_mark_names_exactly_what_is_in_the_handler_and_nothing_afterwards) {
  auto marked = std::vector<std::vector<persistence::marked_run>>{};
  consume([&](const greeting&) { marked.push_back(mark->current()); });
  queue.deliver({run(3, 2)});
  BOOST_REQUIRE(marked.size() == 2u);
  BOOST_TEST((marked[0]
              == std::vector{persistence::marked_run{queue_id{7}, sequence_number{3}, 1}}));
  BOOST_TEST((marked[1]
              == std::vector{persistence::marked_run{queue_id{7}, sequence_number{4}, 1}}));
  BOOST_TEST(mark->current().empty());
}

BOOST_AUTO_TEST_CASE(the_mark_of_a_span_names_all_its_runs) {
  auto marked = std::vector<persistence::marked_run>{};
  consume([&](std::span<const greeting>) { marked = mark->current(); });
  queue.deliver({run(3, 2), run(8)});
  BOOST_TEST((marked
              == std::vector{persistence::marked_run{queue_id{7}, sequence_number{3}, 2},
                             persistence::marked_run{queue_id{7}, sequence_number{8}, 1}}));
}

BOOST_AUTO_TEST_CASE(a_handler_that_throws_leaves_no_mark) {
  consume([](const greeting&) { throw 42; });
  queue.deliver({run(1)});
  BOOST_TEST(mark->current().empty());
}

// -- stop tokens --------------------------------------------------------------

BOOST_AUTO_TEST_CASE(nothing_is_armed_when_nobody_asks_for_a_stop_token) {
  consume([](const greeting&, delivery& d) { d.progress(); });
  queue.deliver({run(1)});
  BOOST_TEST(supervisor.armed().empty());
  BOOST_TEST(supervisor.disarmed().empty());
}

BOOST_AUTO_TEST_CASE(a_stop_token_is_armed_with_the_deadline_and_disarmed_after_the_handler) {
  auto token = std::stop_token{};
  auto deadline = now() + first_lease;
  consume([&](const greeting&, delivery& d) { token = d.stop_token(); });
  queue.deliver({run(1)});
  BOOST_REQUIRE(supervisor.armed().size() == 1u);
  BOOST_REQUIRE(supervisor.disarmed().size() == 1u);
  BOOST_TEST((supervisor.armed()[0].deadline == deadline));
  BOOST_TEST(supervisor.armed()[0].id == supervisor.disarmed()[0].id);
  BOOST_TEST(!token.stop_requested());
  auto source = supervisor.armed()[0].source;
  source.request_stop();
  BOOST_TEST(token.stop_requested());
}

BOOST_AUTO_TEST_CASE(one_delivery_has_one_stop_token_and_another_one_another) {
  auto tokens = std::vector<std::stop_token>{};
  consume([&](std::span<const greeting>, std::span<delivery> all) {
    tokens = {all[0].stop_token(), all[0].stop_token(), all[1].stop_token()};
  });
  queue.deliver({run(1, 2)});
  BOOST_TEST((tokens.at(0) == tokens.at(1)));
  BOOST_TEST((tokens.at(0) != tokens.at(2)));
  BOOST_TEST(supervisor.armed().size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_stop_token_moves_with_extend_and_progress) {
  auto begin = now();
  consume([&](const greeting&, delivery& d) {
    (void)d.stop_token();
    d.extend(2min);
    work_for(10s);
    d.progress();
  });
  queue.deliver({run(1)});
  BOOST_REQUIRE(supervisor.armed().size() == 3u);
  BOOST_TEST((supervisor.armed()[1].deadline == begin + 2min));
  BOOST_TEST((supervisor.armed()[2].deadline == begin + 10s + first_lease));
}

// Once, it was armed with the deadline from before the extension, and stopped a
// handler that had time left.
BOOST_AUTO_TEST_CASE(a_stop_token_that_is_asked_for_after_extending_has_the_new_deadline) {
  auto begin = now();
  consume([](const greeting&, delivery& d) {
    d.extend(2min);
    (void)d.stop_token();
  });
  queue.deliver({run(1)});
  BOOST_REQUIRE(supervisor.armed().size() == 1u);
  BOOST_TEST((supervisor.armed()[0].deadline == begin + 2min));
}

// Once, the queue had given the message to somebody else long before.
BOOST_AUTO_TEST_CASE(no_extension_moves_a_stop_token_beyond_the_longest_lease) {
  auto begin = now();
  consume([](const greeting&, delivery& d) {
    (void)d.stop_token();
    d.extend(longest - 1ns);
    d.extend(duration::max());
  });
  queue.deliver({run(1)});
  BOOST_REQUIRE(supervisor.armed().size() == 3u);
  BOOST_TEST((supervisor.armed()[1].deadline == begin + longest - 1ns));
  BOOST_TEST((supervisor.armed()[2].deadline == begin + longest));
}

// -- verbs --------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(deferring_tells_the_queue_until_when) {
  auto until = now() + 3h;
  consume([&](const greeting&, delivery& d) { d.defer(until); });
  queue.deliver({run(1)});
  BOOST_TEST((told().kind == settle_kind::defer));
  BOOST_TEST((told().first == delivery_tag{101}));
  BOOST_TEST((told().due == until));
}

BOOST_AUTO_TEST_CASE(a_nack_with_a_policy_takes_it_along) {
  auto policy = retry_policy{retry_growth::fixed, 7s, 7s, 1.0, 0.0};
  consume([&](const greeting&, delivery& d) { d.nack("not today", policy); });
  queue.deliver({run(1)});
  BOOST_TEST((told().kind == settle_kind::nack));
  BOOST_TEST(told().reason == "not today");
  BOOST_TEST((told().retry == policy));
  BOOST_TEST(!told().delay.has_value());
}

BOOST_AUTO_TEST_CASE(progress_renews_by_the_first_lease_at_once_and_ends_nothing) {
  consume([](const greeting&, delivery& d) {
    d.progress();
    d.progress();
  });
  queue.deliver({run(1)});
  BOOST_REQUIRE(queue.settlements().size() == 3u); // each by itself, then the ack
  BOOST_TEST((queue.settlements()[0].front().kind == settle_kind::extend));
  BOOST_TEST((queue.settlements()[0].front().delay == first_lease));
  BOOST_TEST((queue.settlements()[1].front().kind == settle_kind::extend));
  BOOST_TEST((told().kind == settle_kind::ack));
}

BOOST_AUTO_TEST_CASE(verbs_for_a_span_travel_as_one_range) {
  auto round = 0;
  consume([&](std::span<const greeting>, std::span<delivery> all) {
    switch (++round) {
    case 1: ack(all); break;
    case 2: reject(all, "not a greeting"); break;
    case 3: release(all); break;
    default: nack(all, "later", 5s);
    }
  });
  for (auto kind : {settle_kind::ack, settle_kind::reject, settle_kind::release,
                    settle_kind::nack}) {
    queue.deliver({run(1, 3), run(4, 2)});
    BOOST_TEST((told().kind == kind));
    BOOST_TEST((told().first == delivery_tag{101}));
    BOOST_TEST(told().count == 5u);
  }
}

BOOST_AUTO_TEST_CASE(a_span_is_extended_as_one_range_and_at_once) {
  consume([&](std::span<const greeting>, std::span<delivery> all) {
    extend(all, 1min);
    ack(all);
  });
  queue.deliver({run(1, 3)});
  BOOST_REQUIRE(queue.settlements().size() == 2u);
  auto extension = queue.settlements().front();
  BOOST_REQUIRE(extension.size() == 1u);
  BOOST_TEST((extension.front().kind == settle_kind::extend));
  BOOST_TEST(extension.front().count == 3u);
}

BOOST_AUTO_TEST_CASE(a_settled_delivery_is_left_out_of_an_extended_span) {
  consume([&](std::span<const greeting>, std::span<delivery> all) {
    all[1].ack();
    extend(all, 1min);
  });
  queue.deliver({run(1, 3)});
  auto extended = std::vector<std::uint64_t>{};
  for (const auto& settle : queue.settlements())
    for (const auto& item : settle)
      if (item.kind == settle_kind::extend)
        extended.push_back(value_of(item.first) - 100);
  BOOST_TEST((extended == std::vector<std::uint64_t>{1, 3}));
}

BOOST_AUTO_TEST_CASE(the_queue_hears_of_what_a_handler_keeps) {
  consume([](const greeting&, delivery& d) { (void)d.keep(); });
  queue.deliver({run(1), run(3, 1, company::none)});
  auto kept = queue.settlements().back();
  BOOST_REQUIRE(kept.size() == 2u);
  for (const auto& item : kept)
    BOOST_TEST((item.kind == settle_kind::keep));
  BOOST_TEST((kept.front().first == delivery_tag{101}));
  BOOST_TEST((kept.back().first == delivery_tag{103}));
}

BOOST_AUTO_TEST_CASE(the_queue_hears_nothing_more_of_a_suspect_that_was_settled) {
  consume([](const greeting&) {});
  queue.deliver({run(3, 1, company::none)});
  BOOST_TEST((told().kind == settle_kind::ack));
}

BOOST_AUTO_TEST_SUITE_END()
