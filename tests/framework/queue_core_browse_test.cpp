// Looking into a queue: every message is shown once, where it is.

#include "support/queue_fixture.hpp"

#include <map>

namespace ferry::testing {
namespace {

struct queue_core_browse_fixture : queue_fixture {
  [[nodiscard]] browse_view look(const browse_query& query = {}) const {
    return queue.browse(query);
  }

  /// The state of every message that is shown, by sequence.
  [[nodiscard]] std::map<std::uint64_t, message_state> states() const {
    auto all = std::map<std::uint64_t, message_state>{};
    for (const auto& item : look().runs)
      for (auto number : sequences(item.run).numbers)
        BOOST_TEST(all.emplace(number, item.state).second);
    return all;
  }
};

using all_states = std::map<std::uint64_t, message_state>;

} // namespace

BOOST_FIXTURE_TEST_SUITE(queue_core_browse_suite, queue_core_browse_fixture)

BOOST_AUTO_TEST_CASE(an_empty_queue_shows_nothing) {
  BOOST_TEST(look().runs.empty());
  BOOST_TEST(look().newest == sequence_number::none);
}

BOOST_AUTO_TEST_CASE(every_message_is_shown_in_its_state) {
  store(4);
  subscribe({4, 1000});
  settle(settle_kind::ack, 1);
  commit();
  grant(alice, {});
  nack_after(5s, 2);
  commit();
  settle(settle_kind::reject, 3);
  publish("e");
  commit();
  publish("f");
  auto expected = all_states{{2, message_state::delayed},
                             {3, message_state::dying},
                             {4, message_state::in_flight},
                             {5, message_state::ready},
                             {6, message_state::committing}};
  BOOST_TEST((states() == expected));
  BOOST_TEST(look().newest == sequence_number{6});
}

BOOST_AUTO_TEST_CASE(a_message_in_flight_is_shown_with_its_consumer_and_deadline) {
  store(1);
  subscribe();
  auto shown = look().runs.at(0);
  BOOST_TEST(shown.consumer == alice);
  BOOST_TEST(shown.due == at(30s));
  BOOST_TEST(shown.run.deliveries == 1u);
}

BOOST_AUTO_TEST_CASE(a_delayed_message_is_shown_with_its_due_time) {
  store(1);
  subscribe();
  nack_after(5s, 1);
  commit();
  BOOST_TEST(look().runs.at(0).due == at(5s));
}

BOOST_AUTO_TEST_CASE(a_dying_message_is_shown_with_its_death) {
  store(1);
  subscribe();
  settle(settle_kind::reject, 1);
  auto shown = look().runs.at(0).run;
  BOOST_TEST(death_of(shown.envelopes().front())->reason == "because");
  BOOST_TEST(shown.deliveries == 1u);
}

BOOST_AUTO_TEST_CASE(a_backlog_on_disk_is_shown_without_being_loaded) {
  auto kept = start_with(on_disk());
  kept.runs.push_back({{}, disk_run(1, 10'000'000)});
  kept.next = sequence_number{10'000'001};
  restart(kept);
  auto query = browse_query{};
  query.after = sequence_number{5'000'000};
  query.limit = 3;
  auto view = look(query);
  BOOST_TEST(sequences(view.runs.at(0).run) == (list{5'000'001, 5'000'002, 5'000'003}));
  BOOST_TEST(!view.runs.at(0).run.is_resident());
  BOOST_TEST(view.is_cut);
}

BOOST_AUTO_TEST_CASE(looking_changes_no_figure) {
  store(3);
  subscribe({1, 1000});
  auto before = queue.figures();
  (void)look();
  auto after = queue.figures();
  BOOST_TEST(before.ready == after.ready);
  BOOST_TEST(before.in_flight == after.in_flight);
  BOOST_TEST(before.delivered == after.delivered);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ferry::testing
