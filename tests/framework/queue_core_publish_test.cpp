// What a queue answers to producers, and when.

#include "support/queue_fixture.hpp"

#include "ferry/retry/death.hpp"

#include <array>

namespace ferry::testing {
namespace {

struct queue_core_publish_fixture : queue_fixture {
  publish_request request{producer, publish_number{1}, publish_number{1}, page_of("a")};

  errc refused_as() {
    publish(request);
    BOOST_TEST(!has<effects::persist>(out));
    return only<effects::refuse>(out).why.code;
  }

  list refused_numbers() const {
    auto numbers = list{};
    for (const auto& item : confirmed().refused)
      numbers.add(value_of(item.number), 1);
    return numbers;
  }

  list stored() const {
    auto runs = std::vector<message_run>{};
    for (const auto& item : each<records::store>(records_of(out)))
      runs.push_back(item.run);
    return sequences(runs);
  }

  publish_request page_from(message_page page) const {
    auto first = publish_number{1};
    return {producer, first, first, std::make_shared<const message_page>(std::move(page))};
  }

  static ferry::envelope told_as_dead(std::string_view text) {
    return dead_letter(envelope(text), {"bills", sequence_number{1}, {}, {}, 1, {}});
  }

  void start_with_limit(std::size_t max_payload_bytes) {
    auto config = on_disk();
    config.max_payload_bytes = max_payload_bytes;
    start(config);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(queue_core_publish_suite, queue_core_publish_fixture)

// -- store before you tell ----------------------------------------------------

BOOST_AUTO_TEST_CASE(a_durable_publish_is_confirmed_only_after_its_commit) {
  publish("a");
  BOOST_TEST(!has<effects::confirm>(out));
  commit();
  BOOST_TEST(only<effects::confirm>(out).question == question);
}

BOOST_AUTO_TEST_CASE(a_durable_message_is_delivered_only_after_its_commit) {
  subscribe();
  publish("a");
  BOOST_TEST(delivered() == list{});
  commit();
  BOOST_TEST(delivered() == list{1});
}

BOOST_AUTO_TEST_CASE(the_confirm_of_a_commit_comes_before_its_deliveries) {
  subscribe();
  publish("a");
  commit();
  BOOST_TEST(std::holds_alternative<effects::confirm>(out.at(0)));
  BOOST_TEST(std::holds_alternative<effects::deliver>(out.at(1)));
}

BOOST_AUTO_TEST_CASE(an_earlier_commit_does_not_confirm_a_later_publish) {
  publish("a");
  auto first = asked;
  publish("b");
  commit(first);
  BOOST_TEST(confirmed().up_to == publish_number{1});
}

BOOST_AUTO_TEST_CASE(one_commit_confirms_all_publishes_before_it_in_order) {
  publish("a");
  publish("b", "c");
  commit();
  auto confirms = each<effects::confirm>(out);
  BOOST_REQUIRE(confirms.size() == 2u);
  BOOST_TEST(confirms[0].outcome.up_to == publish_number{1});
  BOOST_TEST(confirms[1].outcome.up_to == publish_number{3});
}

BOOST_AUTO_TEST_CASE(a_durable_confirm_names_session_level_and_count) {
  publish("a", "b");
  commit();
  BOOST_TEST(confirmed().session == producer);
  BOOST_TEST((confirmed().level == durability_level::synced));
  BOOST_TEST(only<effects::confirm>(out).messages == 2u);
}

BOOST_AUTO_TEST_CASE(sequences_are_contiguous_over_batches_and_sessions) {
  publish("a", "b");
  BOOST_TEST(stored() == (list{1, 2}));
  publish({session_id{8}, publish_number{1}, publish_number{1}, page_of("c")});
  BOOST_TEST(stored() == list{3});
}

BOOST_AUTO_TEST_CASE(a_session_is_remembered_in_the_commit_of_its_messages) {
  publish("a", "b");
  auto session = only<records::remember_session>(only<effects::persist>(out).records);
  BOOST_TEST(session.session == producer);
  BOOST_TEST(session.up_to == publish_number{2});
}

BOOST_AUTO_TEST_CASE(a_memory_queue_confirms_at_once_and_writes_nothing) {
  start(in_memory());
  publish("a");
  BOOST_TEST((confirmed().level == durability_level::memory));
  BOOST_TEST(!has<effects::persist>(out));
}

BOOST_AUTO_TEST_CASE(a_memory_queue_delivers_at_once) {
  start(in_memory());
  subscribe();
  publish("a");
  BOOST_TEST(delivered() == list{1});
}

// -- duplicates ---------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_resend_of_what_is_stored_is_confirmed_again_and_not_stored) {
  store(1);
  publish_from(1, "a");
  BOOST_TEST(confirmed().up_to == publish_number{1});
  BOOST_TEST(only<effects::confirm>(out).messages == 0u);
  BOOST_TEST(!has<effects::persist>(out));
}

BOOST_AUTO_TEST_CASE(a_resend_stores_only_what_is_not_stored_yet) {
  publish("a", "b");
  publish_from(2, "b", "c");
  BOOST_TEST(stored() == list{3});
  BOOST_TEST(texts(only<records::store>(records_of(out)).run) == "c");
  commit();
  BOOST_TEST(each<effects::confirm>(out).back().outcome.up_to == publish_number{3});
}

BOOST_AUTO_TEST_CASE(the_confirm_of_a_duplicate_waits_for_the_commit_of_the_first) {
  publish("a");
  publish_from(1, "a");
  BOOST_TEST(!has<effects::confirm>(out));
  commit();
  BOOST_TEST(each<effects::confirm>(out).size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_memory_queue_recognises_duplicates_too) {
  start(in_memory());
  publish("a");
  publish_from(1, "a");
  BOOST_TEST(queue.figures().ready == 1u);
}

BOOST_AUTO_TEST_CASE(a_gap_is_answered_with_the_number_to_resend_from) {
  publish("a");
  publish_from(4, "d");
  BOOST_TEST(confirmed().resend_from == publish_number{2});
  BOOST_TEST(confirmed().up_to == publish_number::none);
  BOOST_TEST(!has<effects::persist>(out));
}

BOOST_AUTO_TEST_CASE(a_gap_is_closed_by_the_resend) {
  publish("a");
  publish_from(3, "c");
  publish_from(2, "b", "c");
  BOOST_TEST(stored() == (list{2, 3}));
}

BOOST_AUTO_TEST_CASE(a_session_that_leaves_the_window_is_forgotten_on_disk) {
  for (auto id = std::uint64_t{1}; id <= 10'000; ++id)
    publish({session_id{id}, publish_number{1}, publish_number{1}, page_of("a")});
  BOOST_TEST(!has<records::forget_session>(records_of(out)));
  publish({session_id{10'001}, publish_number{1}, publish_number{1}, page_of("a")});
  BOOST_TEST(only<records::forget_session>(records_of(out)).session == session_id{1});
}

// The last record wins: a session that is forgotten after it was remembered would be
// unknown after a crash, and its unconfirmed messages be stored twice.
BOOST_AUTO_TEST_CASE(a_session_that_comes_back_after_its_time_is_remembered_on_disk) {
  publish("a");
  now = at(24h);
  publish("b");
  auto last_word = std::string{};
  for (const auto& item : records_of(out))
    if (std::holds_alternative<records::remember_session>(item))
      last_word = "remembered";
    else if (std::holds_alternative<records::forget_session>(item))
      last_word = "forgotten";
  BOOST_TEST(last_word == "remembered");
}

// -- refusals -----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_payload_of_the_limit_is_stored_and_one_byte_more_is_refused) {
  start_with_limit(3);
  publish("aaa");
  BOOST_TEST(stored() == list{1});
  publish("bbbb");
  BOOST_TEST(stored() == list{});
}

BOOST_AUTO_TEST_CASE(a_too_large_payload_is_refused_while_its_neighbours_are_stored) {
  start_with_limit(1);
  publish("a", "bb", "c", "d", "ee");
  BOOST_TEST(stored() == (list{1, 2, 3}));
  commit();
  BOOST_TEST(refused_numbers() == (list{2, 5}));
  BOOST_TEST(confirmed().up_to == publish_number{5});
  BOOST_TEST(only<effects::confirm>(out).messages == 3u);
}

BOOST_AUTO_TEST_CASE(the_neighbours_of_a_refused_payload_keep_their_payloads) {
  start_with_limit(1);
  publish("a", "bb", "c");
  commit();
  subscribe();
  auto runs = each<effects::deliver>(out);
  BOOST_REQUIRE(runs.size() == 2u);
  BOOST_TEST(texts(runs[0].run) + texts(runs[1].run) == "ac");
}

BOOST_AUTO_TEST_CASE(a_refusal_says_what_failed_for_which_queue_and_what_to_do) {
  start_with_limit(1);
  publish("bb");
  commit();
  BOOST_TEST(confirmed().refused.at(0).why.code == errc::too_large);
  BOOST_TEST(confirmed().refused.at(0).why.text
             == "payload of 2 bytes is too large for queue \"orders\" (limit 1 bytes); raise "
                "queue_config::max_payload_bytes or store a reference");
}

// The answer to the first may have been lost on the way.
BOOST_AUTO_TEST_CASE(a_refused_message_that_is_resent_is_not_confirmed_as_stored) {
  start_with_limit(1);
  publish("a", "bb", "c");
  commit();
  publish_from(1, "a", "bb", "c", "d");
  BOOST_TEST(stored() == list{3});
  commit();
  BOOST_TEST(refused_numbers() == list{2});
}

// A redrive would bring it to whatever queue it names.
BOOST_AUTO_TEST_CASE(a_message_that_tells_of_a_death_it_did_not_die_is_refused) {
  auto forged = told_as_dead("b");
  publish(page_from({envelope("a"), forged, envelope("c")}));
  BOOST_TEST(stored() == (list{1, 2}));
  commit();
  BOOST_TEST(refused_numbers() == list{2});
  BOOST_TEST(confirmed().refused.at(0).why.code == errc::invalid_argument);
  BOOST_TEST(confirmed().refused.at(0).why.text.find("queue \"orders\"") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_letter_that_a_queue_buries_tells_of_its_death_and_is_stored) {
  run([&] {
    auto letter = told_as_dead("b");
    queue.bury(now, question, queue_id{2}, std::array{dead_message{sequence_number{9}, letter}},
               out);
  });
  BOOST_TEST(stored() == list{1});
}

BOOST_AUTO_TEST_CASE(a_publish_without_a_page_is_refused) {
  request.page = nullptr;
  BOOST_TEST(refused_as() == errc::invalid_argument);
}

BOOST_AUTO_TEST_CASE(a_publish_of_nothing_is_refused) {
  request.page = page_of();
  BOOST_TEST(refused_as() == errc::invalid_argument);
}

BOOST_AUTO_TEST_CASE(a_publish_without_a_session_is_refused) {
  request.session = session_id::none;
  BOOST_TEST(refused_as() == errc::invalid_argument);
}

BOOST_AUTO_TEST_CASE(a_publish_without_numbers_is_refused) {
  request.oldest = request.first = publish_number::none;
  BOOST_TEST(refused_as() == errc::invalid_argument);
}

BOOST_AUTO_TEST_CASE(a_publish_older_than_the_oldest_unconfirmed_is_refused) {
  request.oldest = publish_number{2};
  BOOST_TEST(refused_as() == errc::invalid_argument);
}

// -- figures ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_publish_counts_as_published_then_committing_then_confirmed) {
  publish("a", "b");
  BOOST_TEST(queue.figures().published == 2u);
  BOOST_TEST(queue.figures().committing == 2u);
  BOOST_TEST(queue.figures().confirmed == 0u);
  commit();
  BOOST_TEST(queue.figures().committing == 0u);
  BOOST_TEST(queue.figures().confirmed == 2u);
  BOOST_TEST(queue.figures().ready == 2u);
}

BOOST_AUTO_TEST_CASE(a_resend_counts_as_duplicates_and_not_as_published) {
  publish("a", "b");
  publish_from(1, "a", "b", "c");
  BOOST_TEST(queue.figures().duplicates == 2u);
  BOOST_TEST(queue.figures().published == 3u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ferry::testing
