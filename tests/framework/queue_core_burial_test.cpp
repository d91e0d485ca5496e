// The way to the dead-letter queue, from both ends.

#include "support/queue_fixture.hpp"

namespace ferry::testing {
namespace {

struct queue_core_burial_fixture : queue_fixture {
  void hand(std::uint64_t count) {
    store(count);
    subscribe();
  }

  death end_of_message() const {
    return death_of(only<effects::bury>(out).message.letter).value();
  }

  void bury(queue_id origin, const std::vector<dead_message>& letters) {
    run([&] { queue.bury(now, question, origin, letters, out); });
  }
};

constexpr auto origin = queue_id{3};

} // namespace

BOOST_FIXTURE_TEST_SUITE(queue_core_burial_suite, queue_core_burial_fixture)

// -- where a message dies -----------------------------------------------------

BOOST_AUTO_TEST_CASE(a_rejected_message_is_buried_with_its_death) {
  hand(1);
  now = at(3s);
  settle(settle_kind::reject, 1);
  auto expected = death{"orders", sequence_number{1}, death_cause::rejected, "because", 1, at(3s)};
  BOOST_TEST((end_of_message() == expected));
}

// Once, it was answered when the move had merely been asked for.
BOOST_AUTO_TEST_CASE(a_rejection_is_answered_only_when_its_message_is_a_dead_letter) {
  hand(2);
  settle(settle_kind::reject, 1, 2);
  BOOST_TEST(!has<effects::settled>(out));
  end_burial(1, true);
  BOOST_TEST(!has<effects::settled>(out));
  end_burial(2, false);
  BOOST_TEST(!has<effects::settled>(out));
  end_burial(2, true);
  BOOST_TEST(only<effects::settled>(out).outcome.settled == 2u);
}

BOOST_AUTO_TEST_CASE(an_undecodable_message_is_buried_as_such) {
  hand(1);
  settle(settle_kind::undecodable, 1);
  BOOST_TEST((end_of_message().cause == death_cause::undecodable));
  BOOST_TEST(end_of_message().reason == "because");
}

BOOST_AUTO_TEST_CASE(an_exhausted_message_is_buried_with_reason_and_count) {
  auto config = on_disk();
  config.max_deliveries = 2;
  start(config);
  hand(1);
  nack_after(0s, 1);
  commit();
  settle(settle_kind::nack, 2);
  BOOST_TEST((end_of_message().cause == death_cause::exhausted));
  BOOST_TEST(end_of_message().reason == "because");
  BOOST_TEST(end_of_message().deliveries == 2u);
}

BOOST_AUTO_TEST_CASE(a_dead_letter_keeps_payload_and_headers) {
  auto item = envelope("a");
  item.headers = std::make_shared<const header_map>(header_map{{"colour", "red"}});
  auto page = std::make_shared<const message_page>(message_page{item});
  publish({producer, publish_number{1}, publish_number{1}, page});
  commit();
  subscribe();
  settle(settle_kind::reject, 1);
  auto letter = only<effects::bury>(out).message.letter;
  BOOST_TEST(text_of(letter) == "a");
  BOOST_TEST(letter.headers->at("colour") == "red");
}

BOOST_AUTO_TEST_CASE(every_message_of_a_rejected_batch_is_buried_with_its_own_number) {
  publish("a", "b", "c");
  commit();
  subscribe();
  settle(settle_kind::reject, 2, 2);
  BOOST_TEST(buried() == (list{2, 3}));
  auto last = each<effects::bury>(out).back().message;
  BOOST_TEST(text_of(last.letter) == "c");
  BOOST_TEST(death_of(last.letter)->sequence == sequence_number{3});
}

// The dead-letter queue removes the row in the commit that stores the letter.
BOOST_AUTO_TEST_CASE(a_dying_messages_row_stays_until_the_dead_letter_queue_has_it) {
  hand(1);
  settle(settle_kind::reject, 1);
  BOOST_TEST(!has<effects::persist>(out));
  BOOST_TEST(queue.figures().dying == 1u);
}

BOOST_AUTO_TEST_CASE(a_buried_message_is_counted_once) {
  hand(1);
  settle(settle_kind::reject, 1);
  end_burial(1, true);
  end_burial(1, true);
  BOOST_TEST(queue.figures().dead_lettered == 1u);
  BOOST_TEST(queue.figures().dying == 0u);
}

BOOST_AUTO_TEST_CASE(a_failed_move_is_tried_again_a_second_later_and_not_before) {
  hand(1);
  settle(settle_kind::reject, 1);
  now = at(5s);
  end_burial(1, false);
  BOOST_TEST(wish() == std::optional{at(6s)});
  tick(6s - 1ns);
  BOOST_TEST(buried() == list{});
  tick(6s);
  BOOST_TEST(buried() == list{1});
}

BOOST_AUTO_TEST_CASE(a_message_whose_move_failed_goes_to_no_consumer) {
  hand(1);
  settle(settle_kind::reject, 1);
  end_burial(1, false);
  tick(1s);
  BOOST_TEST(delivered() == list{});
  BOOST_TEST(queue.figures().dying == 1u);
}

// -- where it is buried -------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_letter_is_answered_only_after_its_commit) {
  bury(origin, {dead(7)});
  BOOST_TEST(!has<effects::buried>(out));
  commit();
  BOOST_TEST(only<effects::buried>(out).question == question);
}

BOOST_AUTO_TEST_CASE(letters_are_stored_and_their_rows_removed_in_one_commit) {
  bury(origin, {dead(7), dead(8), dead(12)});
  auto written = only<effects::persist>(out).records;
  BOOST_TEST(sequences(only<records::store>(written).run) == (list{1, 2, 3}));
  auto taken = each<records::take_over>(written);
  BOOST_REQUIRE(taken.size() == 2u);
  BOOST_TEST(taken[0].origin == origin);
  BOOST_TEST(taken[0].first == sequence_number{7});
  BOOST_TEST(taken[0].count == 2u);
  BOOST_TEST(taken[1].first == sequence_number{12});
}

BOOST_AUTO_TEST_CASE(no_rows_are_removed_from_a_queue_that_has_none) {
  bury(queue_id::none, {dead(7)});
  BOOST_TEST(has<records::store>(records_of(out)));
  BOOST_TEST(!has<records::take_over>(records_of(out)));
}

BOOST_AUTO_TEST_CASE(a_memory_queue_answers_a_letter_at_once_and_writes_nothing) {
  start(in_memory());
  bury(origin, {dead(7)});
  BOOST_TEST(has<effects::buried>(out));
  BOOST_TEST(!has<effects::persist>(out));
}

BOOST_AUTO_TEST_CASE(a_letter_is_delivered_like_any_message) {
  bury(origin, {dead(2)});
  commit();
  subscribe();
  BOOST_TEST(texts(only<effects::deliver>(out).run) == "b");
}

BOOST_AUTO_TEST_CASE(a_letter_is_taken_however_large_it_is) {
  auto config = on_disk();
  config.max_payload_bytes = 0;
  start(config);
  bury(origin, {dead(7)});
  BOOST_TEST(has<records::store>(records_of(out)));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ferry::testing
