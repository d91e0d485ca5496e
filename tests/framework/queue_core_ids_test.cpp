// Messages that have a name of the application's, and what is kept out by it.

#include "support/queue_fixture.hpp"

#include "ferry/message_options.hpp"

namespace ferry::testing {
namespace {

struct queue_core_ids_fixture : queue_fixture {
  queue_config config = on_disk();

  queue_core_ids_fixture() {
    config.deduplication_ids = 3;
    config.deduplication_time = 1h;
    config.handled_ids = 3;
    start(config);
  }

  static ferry::envelope named(std::string_view text, std::string id,
                               std::optional<duration> lease = {}) {
    auto item = envelope(text);
    item.headers = headers_of({.id = std::move(id), .lease = lease});
    return item;
  }

  void publish_page(message_page page) {
    auto first = advanced(publish_number{1}, published);
    published += page.size();
    publish({producer, publish_number{1}, first,
             std::make_shared<const message_page>(std::move(page))});
  }

  void publish_named(std::string_view text, const std::string& id) {
    publish_page({named(text, id)});
  }

  list stored() const {
    auto found = list{};
    for (const auto& item : each<records::store>(records_of(out)))
      found.add(value_of(item.run.first), item.run.count);
    return found;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(queue_core_ids_suite, queue_core_ids_fixture)

// -- publishing ---------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_message_of_a_known_id_is_confirmed_and_not_stored_again) {
  publish_named("a", "order-1");
  BOOST_TEST(stored() == list{1});
  commit();
  publish_named("a", "order-1");
  BOOST_TEST(stored() == list{});
  commit();
  BOOST_TEST(value_of(confirmed().up_to) == 2u);
  BOOST_TEST(queue.figures().duplicates == 1u);
  BOOST_TEST(queue.figures().ready == 1u);
}

BOOST_AUTO_TEST_CASE(an_id_is_remembered_in_the_commit_that_stores_its_message) {
  publish_named("a", "order-1");
  auto written = only<records::remember_id>(records_of(out));
  BOOST_TEST(written.id == "order-1");
  BOOST_TEST((written.kind == id_kind::published));
  BOOST_TEST((written.at == at(0s)));
}

BOOST_AUTO_TEST_CASE(a_duplicate_is_not_confirmed_before_the_first_one_is_stored) {
  publish_named("a", "order-1");
  publish_named("a", "order-1");
  BOOST_TEST(!has<effects::confirm>(out));
}

BOOST_AUTO_TEST_CASE(the_same_id_twice_in_a_batch_is_stored_once) {
  publish_page({named("a", "order-1"), named("b", "order-2"), named("c", "order-1"),
                envelope("d")});
  BOOST_TEST(stored() == (list{1, 2, 3}));
}

BOOST_AUTO_TEST_CASE(an_id_is_known_until_its_time_is_over) {
  publish_named("a", "order-1");
  now = at(1h - 1ns);
  publish_named("b", "order-2");
  publish_named("a", "order-1");
  BOOST_TEST(stored() == list{});
  now = at(1h);
  publish_named("c", "order-3");
  BOOST_TEST(only<records::forget_id>(records_of(out)).id == "order-1");
  publish_named("a", "order-1");
  BOOST_TEST(stored() == list{4});
}

// Nothing else was published meanwhile, so nothing had been expired.
BOOST_AUTO_TEST_CASE(an_id_published_alone_is_stored_again_once_its_time_is_over) {
  publish_named("a", "order-1");
  now = at(1h);
  publish_named("a", "order-1");
  BOOST_TEST(stored() == list{2});
}

BOOST_AUTO_TEST_CASE(only_the_last_ids_are_known) {
  for (const auto* id : {"1", "2", "3", "4"})
    publish_named("a", id);
  BOOST_TEST(only<records::forget_id>(records_of(out)).id == "1");
  publish_named("a", "2");
  BOOST_TEST(stored() == list{});
  publish_named("a", "1");
  BOOST_TEST(stored() == list{5});
}

BOOST_AUTO_TEST_CASE(kept_ids_are_known_after_a_restart) {
  auto kept = start_with(config);
  kept.ids = {{id_kind::published, "order-1", at(0s)}};
  restart(std::move(kept));
  publish_named("a", "order-1");
  BOOST_TEST(stored() == list{});
}

BOOST_AUTO_TEST_CASE(without_a_window_every_id_is_stored) {
  config.deduplication_ids = 0;
  start(config);
  publish_named("a", "order-1");
  BOOST_TEST(!has<records::remember_id>(records_of(out)));
  publish_named("a", "order-1");
  BOOST_TEST(stored() == list{2});
}

// -- handling -----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_handled_id_is_remembered_in_the_commit_of_the_ack) {
  publish_named("a", "order-1");
  commit();
  subscribe();
  settle(settle_kind::ack, 1);
  auto written = only<records::remember_id>(records_of(out));
  BOOST_TEST(written.id == "order-1");
  BOOST_TEST((written.kind == id_kind::handled));
  BOOST_TEST(has<records::erase>(records_of(out)));
}

BOOST_AUTO_TEST_CASE(a_message_whose_id_was_handled_is_erased_and_not_delivered) {
  auto kept = start_with(config);
  kept.ids = {{id_kind::handled, "order-1", at(0s)}};
  restart(std::move(kept));
  publish_page({envelope("a"), named("b", "order-1"), envelope("c")});
  commit();
  subscribe();
  BOOST_TEST(delivered() == (list{1, 3}));
  BOOST_TEST(value_of(only<records::erase>(records_of(out)).first) == 2u);
  BOOST_TEST(queue.figures().filtered == 1u);
  BOOST_TEST(queue.figures().waiting() == 2u);
}

BOOST_AUTO_TEST_CASE(a_nacked_id_is_not_a_handled_one) {
  publish_named("a", "order-1");
  commit();
  subscribe();
  nack_after(0s, 1);
  BOOST_TEST(!has<records::remember_id>(records_of(out)));
  commit();
  BOOST_TEST(delivered() == list{1});
}

// -- leases of messages -------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_message_may_have_a_lease_of_its_own) {
  publish_page({envelope("a"), named("b", "", 5min), envelope("c")});
  commit();
  subscribe();
  auto handed = each<effects::deliver>(out);
  BOOST_TEST(handed.size() == 3u);
  BOOST_TEST((handed[0].deadline == at(30s)));
  BOOST_TEST((handed[1].deadline == at(5min)));
  BOOST_TEST((handed[2].deadline == at(30s)));
}

// -- figures ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(latencies_are_measured_from_publishing_to_the_commits) {
  publish("a", "b");
  now = at(2s);
  commit();
  BOOST_TEST(queue.figures().publish_to_receipt.count() == 2u);
  BOOST_TEST(queue.figures().publish_to_receipt.sum().count() == 4e9);
  subscribe();
  settle(settle_kind::ack, 1, 2);
  BOOST_TEST(queue.figures().publish_to_ack.count() == 0u);
  now = at(3s);
  commit();
  BOOST_TEST(queue.figures().publish_to_ack.sum().count() == 6e9);
}

BOOST_AUTO_TEST_CASE(the_bytes_on_disk_are_those_of_unended_messages) {
  publish("aa", "bbb");
  commit();
  BOOST_TEST(queue.figures().disk_bytes == 5u);
  subscribe();
  settle(settle_kind::ack, 1);
  BOOST_TEST(queue.figures().disk_bytes == 3u);
  settle(settle_kind::reject, 2);
  BOOST_TEST(queue.figures().disk_bytes == 0u);
}

BOOST_AUTO_TEST_CASE(the_lateness_of_a_redelivery_is_measured) {
  store(1);
  subscribe();
  nack_after(1s, 1);
  commit();
  tick(3s);
  BOOST_TEST(queue.figures().redelivery_lateness.sum().count() == 2e9);
}

BOOST_AUTO_TEST_CASE(a_message_that_is_acked_after_a_redelivery_has_recovered) {
  store(1);
  subscribe();
  nack_after(0s, 1);
  commit();
  settle(settle_kind::ack, 2);
  BOOST_TEST(queue.figures().recovered == 1u);
  BOOST_TEST(queue.figures().retry_ratio() == 1.0);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ferry::testing
