#include "ferry/persistence/outbox_journal.hpp"

#include "ferry/persistence/memory_journal.hpp"
#include "ferry/persistence/sqlite_journal.hpp"
#include "support/builders.hpp"
#include "support/printing.hpp"
#include "support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

namespace ferry::testing {
namespace {

using namespace ferry::persistence;

/// Opening again on the same storage is a restart of the producer's process.
struct outbox_journal_fixture {
  kept_outbox open(std::uint64_t fresh = 7, const std::string& queue = "orders") {
    auto journal = std::make_unique<memory_journal>(storage);
    disk = journal.get();
    file.emplace(std::move(journal), queue, "box.db");
    return file->recover(session_id{fresh}).value();
  }

  status record(std::uint64_t first, std::uint64_t count = 1) {
    auto page = outbox_page{publish_number{first}, run_of(first, count).page};
    return file->record({&page, 1});
  }

  void erase_later(std::uint64_t up_to) {
    file->erase_later(publish_number{up_to});
  }

  [[nodiscard]] std::uint64_t commits() const {
    return disk->figures().commits;
  }

  [[nodiscard]] static list numbers(const kept_outbox& kept) {
    auto all = list{};
    for (const auto& item : kept.pages)
      all.add(value_of(item.first), item.page->size());
    return all;
  }

  std::shared_ptr<memory_storage> storage = std::make_shared<memory_storage>();
  memory_journal* disk = nullptr; // owned by `file`
  std::optional<outbox_journal> file;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(outbox_journal_suite, outbox_journal_fixture)

// -- across a restart -----------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_fresh_outbox_has_the_fresh_session_and_begins_at_one) {
  auto kept = open(7);
  BOOST_TEST(kept.session == session_id{7});
  BOOST_TEST(kept.next == publish_number{1});
  BOOST_TEST(kept.pages.empty());
}

BOOST_AUTO_TEST_CASE(the_session_is_the_same_after_a_restart_also_when_nothing_was_recorded) {
  (void)open(7);
  BOOST_TEST(open(8).session == session_id{7});
}

BOOST_AUTO_TEST_CASE(what_was_recorded_is_kept_under_its_numbers) {
  (void)open();
  record(1, 3).value();
  record(4, 2).value();
  auto kept = open();
  BOOST_TEST(numbers(kept) == (list{1, 2, 3, 4, 5}));
  BOOST_TEST(kept.next == publish_number{6});
  BOOST_TEST(text_of(kept.pages.front().page->front()) == "a");
  BOOST_TEST(text_of(kept.pages.back().page->back()) == "e");
}

BOOST_AUTO_TEST_CASE(a_long_outbox_is_read_in_pages_of_a_thousand_and_twenty_four_messages) {
  (void)open();
  record(1, 1025).value();
  auto kept = open();
  BOOST_REQUIRE(kept.pages.size() == 2u);
  BOOST_TEST(kept.pages[0].page->size() == 1024u);
  BOOST_TEST(kept.pages[1].first == publish_number{1025});
}

BOOST_AUTO_TEST_CASE(numbers_go_on_after_everything_was_erased) {
  (void)open();
  record(1, 3).value();
  erase_later(3);
  file->erase_now().value();
  auto kept = open();
  BOOST_TEST(kept.pages.empty());
  BOOST_TEST(kept.next == publish_number{4});
}

BOOST_AUTO_TEST_CASE(a_maker_that_ended_before_its_session_was_stored_is_made_up_for) {
  (void)memory_journal{storage}.create_queue("outbox:orders", {});
  BOOST_TEST(open(8).session == session_id{8});
  BOOST_TEST(open(9).session == session_id{8});
}

// -- erasing --------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(what_is_to_be_erased_goes_with_the_next_record_in_one_commit) {
  (void)open();
  record(1, 3).value();
  erase_later(2);
  auto before = commits();
  record(4).value();
  BOOST_TEST(commits() == before + 1);
  BOOST_TEST(!file->has_to_erase());
  BOOST_TEST(numbers(open()) == (list{3, 4}));
}

BOOST_AUTO_TEST_CASE(what_is_to_be_erased_is_kept_until_it_is_on_disk) {
  (void)open();
  record(1, 3).value();
  erase_later(3);
  BOOST_TEST(file->has_to_erase());
  BOOST_TEST(numbers(open()) == (list{1, 2, 3}));
}

BOOST_AUTO_TEST_CASE(erasing_nothing_costs_no_commit) {
  (void)open();
  record(1).value();
  auto before = commits();
  file->erase_now().value();
  BOOST_TEST(commits() == before);
}

BOOST_AUTO_TEST_CASE(what_a_former_life_recorded_can_be_erased) {
  (void)open();
  record(1, 3).value();
  (void)open();
  erase_later(2);
  file->erase_now().value();
  BOOST_TEST(numbers(open()) == list{3});
}

BOOST_AUTO_TEST_CASE(erasing_what_was_never_recorded_spares_what_comes) {
  (void)open();
  record(1).value();
  erase_later(100);
  record(2).value();
  file->erase_now().value();
  BOOST_TEST(numbers(open()) == list{2});
}

// -- bad input ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(the_outbox_of_another_queue_is_refused_by_name) {
  (void)open(7, "orders");
  auto other = outbox_journal{std::make_unique<memory_journal>(storage), "bills", "box.db"};
  auto outcome = other.recover(session_id{8});
  BOOST_REQUIRE(!outcome.ok());
  BOOST_TEST(outcome.why().code == errc::journal_foreign);
  BOOST_TEST(outcome.why().text
             == "the file \"box.db\" holds \"outbox:orders\" and cannot be the outbox of a "
                "producer of queue \"bills\"; name another file in producer_config::outbox");
}

BOOST_AUTO_TEST_CASE(the_journal_of_a_broker_is_refused) {
  auto broker = memory_journal{storage};
  (void)broker.create_queue("outbox:orders", {});
  (void)broker.create_queue("orders", {});
  auto outbox = outbox_journal{std::make_unique<memory_journal>(storage), "orders", "box.db"};
  auto outcome = outbox.recover(session_id{8});
  BOOST_REQUIRE(!outcome.ok());
  BOOST_TEST(outcome.why().code == errc::journal_foreign);
}

BOOST_AUTO_TEST_CASE(an_outbox_that_lost_a_message_in_the_middle_or_at_the_end_is_refused) {
  (void)open();
  record(1, 3).value();
  for (auto lost : {2u, 3u}) {
    auto damaged = std::make_shared<memory_storage>(*storage);
    damaged->queues.begin()->second.rows.erase(sequence_number{lost});
    auto outbox = outbox_journal{std::make_unique<memory_journal>(damaged), "orders", "box.db"};
    auto outcome = outbox.recover(session_id{8});
    BOOST_REQUIRE(!outcome.ok());
    BOOST_TEST(outcome.why().text.find("has lost message " + std::to_string(lost))
               != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(a_record_that_fails_names_the_file_and_every_later_one_fails_as_well) {
  (void)open();
  disk->fail_next_commit({errc::journal_failed, "the disk is full"});
  auto outcome = record(1);
  BOOST_REQUIRE(!outcome.ok());
  BOOST_TEST(outcome.why().code == errc::journal_failed);
  BOOST_TEST(outcome.why().text
             == "the outbox \"box.db\" of a producer of queue \"orders\" cannot be written: "
                "the disk is full");
  BOOST_TEST(!record(1).ok());
  BOOST_TEST(numbers(open()) == list{});
}

BOOST_AUTO_TEST_CASE(the_last_number_is_recorded_and_the_one_after_it_is_refused) {
  (void)open();
  auto last = value_of(last_sequence);
  storage->queues.begin()->second.next = last_sequence;
  BOOST_TEST(open().next == publish_number{last});
  BOOST_TEST(record(last).ok());
  auto outcome = record(last + 1);
  BOOST_REQUIRE(!outcome.ok());
  BOOST_TEST(outcome.why().text.find("has used up its 1099511627775 numbers") != std::string::npos);
}

// -- in a file --------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_file_keeps_session_numbers_and_messages) {
  auto folder = temporary_directory{};
  auto path = folder.file("box.db");
  auto open_file = [&](std::uint64_t fresh) {
    file.reset();
    file.emplace(open_sqlite_journal({path}).value(), "orders", path);
    return file->recover(session_id{fresh}).value();
  };
  (void)open_file(UINT64_MAX);
  record(1, 1500).value();
  erase_later(10);
  record(1501).value();
  auto kept = open_file(8);
  BOOST_TEST(kept.session == session_id{UINT64_MAX});
  BOOST_TEST(kept.next == publish_number{1502});
  BOOST_TEST(kept.pages.front().first == publish_number{11});
  BOOST_TEST(kept.pages.back().last() == publish_number{1501});
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ferry::testing
