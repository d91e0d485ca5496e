#include "ferry/actors/reader_actor.hpp"
#include "ferry/persistence/commit_policy.hpp"

#include "support/forwarding_journal.hpp"
#include "support/fragile_storage.hpp"
#include "support/virtual_system.hpp"

#include <boost/test/unit_test.hpp>

using namespace ferry;
using namespace ferry::testing;

namespace {

/// A queue that only remembers what the journal tells it.
struct told {
  std::vector<commit_ticket> committed;
  std::vector<error> failed;
  std::vector<messages::journal_lost> lost;
};

caf::behavior listening_queue(caf::event_based_actor*, const std::shared_ptr<told>& seen) {
  return {
    [seen](const messages::committed& m) { seen->committed.push_back(m.ticket); },
    [seen](const messages::commit_failed& m) { seen->failed.push_back(m.why); },
  };
}

/// A journal that takes its time.
class slow_journal final : public forwarding_journal {
public:
  slow_journal(std::unique_ptr<persistence::journal> inner, virtual_system& host)
    : forwarding_journal(std::move(inner)), host_(host) {
  }

  status commit(std::span<const persistence::write_batch* const> batches) override {
    host_.work_for(commit_time);
    return forwarding_journal::commit(batches);
  }

  duration commit_time = duration::zero();

private:
  virtual_system& host_;
};

caf::behavior listening_broker(caf::event_based_actor*, const std::shared_ptr<told>& seen) {
  return {[seen](const messages::journal_lost& m) { seen->lost.push_back(m); }};
}

struct journal_actor_fixture : virtual_system {
  journal_actor_fixture() {
    auto first = storage.opener()().value();
    opened = first->opened();
    auto slow = std::make_unique<slow_journal>(std::move(first), *this);
    storage_port = slow.get();
    auto where = actors::placement::shared;
    reader = own(actors::spawn_reader(system(), slow->open_reader().value(), where));
    journal = own(
      actors::spawn_journal(system(), std::move(slow), storage.opener(), {reader, {}}, where));
    tell(journal, messages::watch_journal{own(system().spawn(listening_broker, seen))});
    id = request<messages::created>(journal, messages::create{"orders", {}})->id;
  }

  // Neither this nor `ack` delivers: several are to wait in the mailbox together.
  void write(std::uint64_t ticket, std::uint64_t first, std::uint64_t count) {
    send(ticket, records::store{run_of(first, count)}, urgency::usual);
  }

  void ack(std::uint64_t ticket, std::uint64_t first, urgency how = urgency::usual) {
    send(ticket, records::erase{sequence_number{first}, 1, 1}, how);
  }

  void send(std::uint64_t ticket, record item, urgency how) {
    auto batch = std::make_shared<persistence::write_batch>();
    batch->queue = id;
    batch->records.push_back(std::move(item));
    compat::send_anonymously(
      journal, messages::write{queue, commit_ticket{ticket}, std::move(batch), opened, how});
  }

  [[nodiscard]] std::uint64_t commits() {
    return request<messages::journal_report>(journal, messages::ask_journal{})->figures.commits;
  }

  std::shared_ptr<told> seen = std::make_shared<told>();
  caf::actor queue = own(system().spawn(listening_queue, seen));
  slow_journal* storage_port = nullptr; // opened first
  fragile_storage storage;
  actors::journal_actor journal;
  actors::reader_actor reader;
  epoch opened{}; // that the queue believes to live in
  queue_id id{};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(journal_actor_suite, journal_actor_fixture)

BOOST_AUTO_TEST_CASE(more_than_one_transaction_should_hold_is_committed_by_several_in_order) {
  const auto limit = persistence::commit_limits{}.messages;
  write(1, 1, limit);
  write(2, limit + 1, 1);
  write(3, limit + 2, 1);
  deliver_all();
  auto report = request<messages::journal_report>(journal, messages::ask_journal{});
  BOOST_TEST(report->figures.commits == 2u);
  BOOST_TEST(report->figures.stored == limit + 2);
  BOOST_TEST((seen->committed == std::vector{commit_ticket{1}, commit_ticket{3}}));
}

BOOST_AUTO_TEST_CASE(stopping_commits_also_what_is_more_than_one_transaction_should_hold) {
  const auto limit = persistence::commit_limits{}.messages;
  write(1, 1, limit);
  write(2, limit + 1, limit);
  write(3, 2 * limit + 1, 1);
  compat::send_anonymously(journal, messages::stop{});
  deliver_all();
  BOOST_TEST((seen->committed.back() == commit_ticket{3}));
}

BOOST_AUTO_TEST_CASE(all_that_waits_in_the_mailbox_becomes_one_commit) {
  for (auto ticket = std::uint64_t{1}; ticket <= 10; ++ticket)
    write(ticket, ticket * 10, 10);
  deliver_all();
  auto report = request<messages::journal_report>(journal, messages::ask_journal{});
  BOOST_TEST(report->figures.commits == 1u);
  BOOST_TEST(report->figures.stored == 100u);
}

BOOST_AUTO_TEST_CASE(a_queue_hears_once_per_commit_how_far_it_came) {
  write(1, 1, 1);
  write(2, 2, 1);
  deliver_all();
  write(3, 3, 1);
  deliver_all();
  BOOST_TEST((seen->committed == std::vector{commit_ticket{2}, commit_ticket{3}}));
}

BOOST_AUTO_TEST_CASE(a_failed_commit_is_told_to_the_queue_with_its_reason) {
  storage.fail_next_commit();
  write(1, 1, 1);
  deliver_all();
  BOOST_TEST(seen->committed.empty());
  BOOST_REQUIRE(seen->failed.size() == 1u);
  BOOST_TEST(seen->failed.front().text.find("the disk is full") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_report_tells_how_long_each_commit_took) {
  storage_port->commit_time = 3ms;
  write(1, 1, 1);
  deliver_all();
  storage_port->commit_time = 200ms;
  write(2, 2, 1);
  deliver_all();
  auto expected = latency_histogram{};
  expected.add(3ms);
  expected.add(200ms);
  auto report = request<messages::journal_report>(journal, messages::ask_journal{});
  BOOST_TEST((report->commit_time == expected));
}

BOOST_AUTO_TEST_CASE(a_commit_that_failed_is_not_among_the_commit_times) {
  storage.fail_next_commit();
  write(1, 1, 1);
  deliver_all();
  auto report = request<messages::journal_report>(journal, messages::ask_journal{});
  BOOST_TEST(report->commit_time.count() == 0u);
}

BOOST_AUTO_TEST_CASE(stopping_commits_what_was_asked_for_before) {
  write(1, 1, 3);
  auto stopped = request<messages::stopped>(journal, messages::stop{});
  BOOST_TEST(stopped.arrived());
  BOOST_TEST((seen->committed == std::vector{commit_ticket{1}}));
  auto reopened = storage.opener()().value();
  BOOST_TEST(reopened->recover()->front().runs.front().run.count == 3u);
}

// -- acks that are put off ------------------------------------------------------

BOOST_AUTO_TEST_CASE(an_ack_alone_is_on_disk_after_a_millisecond_and_not_before) {
  write(1, 1, 1);
  deliver_all();
  ack(2, 1);
  advance(1ms - 1us, 1us);
  BOOST_TEST(storage.rows(id) == 1u);
  advance(1us, 1us);
  BOOST_TEST(storage.rows(id) == 0u);
  BOOST_TEST((seen->committed == std::vector{commit_ticket{1}, commit_ticket{2}}));
}

BOOST_AUTO_TEST_CASE(an_ack_goes_with_the_next_message_that_is_stored) {
  write(1, 1, 1);
  deliver_all();
  ack(2, 1);
  deliver_all();
  write(3, 2, 1);
  deliver_all();
  BOOST_TEST(commits() == 2u);
  BOOST_TEST((seen->committed == std::vector{commit_ticket{1}, commit_ticket{3}}));
}

BOOST_AUTO_TEST_CASE(an_ack_for_which_somebody_waits_is_not_put_off) {
  write(1, 1, 1);
  deliver_all();
  ack(2, 1, urgency::awaited);
  deliver_all();
  BOOST_TEST(storage.rows(id) == 0u);
}

BOOST_AUTO_TEST_CASE(acks_that_follow_each_other_are_put_off_no_longer_than_the_first) {
  write(1, 1, 3);
  deliver_all();
  for (auto i = std::uint64_t{1}; i <= 3; ++i) {
    ack(i + 1, i);
    advance(400us, 100us);
  }
  BOOST_TEST(storage.rows(id) == 0u);
  BOOST_TEST(commits() == 2u);
}

BOOST_AUTO_TEST_CASE(stopping_commits_also_what_was_put_off) {
  write(1, 1, 1);
  deliver_all();
  ack(2, 1);
  BOOST_TEST(request<messages::stopped>(journal, messages::stop{}).arrived());
  BOOST_TEST(storage.rows(id) == 0u);
}

BOOST_AUTO_TEST_CASE(an_ack_that_was_put_off_fails_with_the_commit_that_it_goes_with) {
  write(1, 1, 1);
  deliver_all();
  ack(2, 1);
  deliver_all();
  storage.fail_next_commit();
  write(3, 2, 1);
  advance(2ms);
  BOOST_TEST(seen->failed.size() == 1u);
  BOOST_TEST(storage.rows(id) == 1u);
}

// -- failing and opening again --------------------------------------------------

BOOST_AUTO_TEST_CASE(a_failure_is_told_to_the_broker_once_and_all_later_writes_are_refused) {
  storage.fail_next_commit();
  write(1, 1, 1);
  deliver_all();
  write(2, 2, 1);
  deliver_all();
  BOOST_REQUIRE(seen->lost.size() == 1u);
  BOOST_TEST((seen->lost.front().opened == opened));
  BOOST_TEST(seen->failed.size() == 2u);
  BOOST_TEST(storage.rows(id) == 0u);
}

BOOST_AUTO_TEST_CASE(whoever_begins_to_watch_a_failed_journal_hears_of_it_at_once) {
  storage.fail_next_commit();
  write(1, 1, 1);
  deliver_all();
  auto late = std::make_shared<told>();
  tell(journal, messages::watch_journal{own(system().spawn(listening_broker, late))});
  BOOST_TEST(late->lost.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_failed_journal_reports_why_and_an_open_one_reports_nothing) {
  auto report = [&] {
    return request<messages::journal_report>(journal, messages::ask_journal{})->failure;
  };
  BOOST_TEST((report().code == errc::none));
  storage.fail_next_commit();
  write(1, 1, 1);
  deliver_all();
  BOOST_TEST(report().text.find("the disk is full") != std::string::npos);
  (void)request<messages::reopened>(journal, messages::reopen{});
  BOOST_TEST((report().code == errc::none));
}

BOOST_AUTO_TEST_CASE(an_opened_again_journal_answers_what_is_on_disk_and_writes_again) {
  write(1, 1, 2);
  deliver_all();
  storage.fail_next_commit();
  write(2, 3, 1);
  deliver_all();
  auto fresh = request<messages::reopened>(journal, messages::reopen{});
  BOOST_REQUIRE(fresh->queues.size() == 1u);
  BOOST_TEST((fresh->queues.front().next == sequence_number{3}));
  BOOST_TEST(value_of(fresh->opened) == value_of(opened) + 1);
  opened = fresh->opened;
  write(1, 3, 1);
  deliver_all();
  BOOST_TEST(storage.rows(id) == 3u);
}

BOOST_AUTO_TEST_CASE(what_a_queue_asked_for_before_the_failure_is_not_written_after_it) {
  storage.fail_next_commit();
  write(1, 1, 1);
  deliver_all();
  (void)request<messages::reopened>(journal, messages::reopen{});
  write(2, 2, 1); // the queue has not heard yet
  deliver_all();
  BOOST_TEST(seen->failed.size() == 2u);
  BOOST_TEST(storage.rows(id) == 0u);
}

BOOST_AUTO_TEST_CASE(a_journal_that_cannot_be_opened_refuses_everything_and_can_be_asked_again) {
  write(1, 1, 1);
  deliver_all();
  storage.fail_next_commit();
  write(2, 2, 1);
  deliver_all();
  storage.fail_openings(1);
  auto refused = request<messages::reopened>(journal, messages::reopen{});
  BOOST_TEST((refused.failure() == errc::journal_failed));
  write(3, 3, 1);
  deliver_all();
  auto created = request<messages::created>(journal, messages::create{"others", {}});
  BOOST_TEST(seen->failed.size() == 2u);
  BOOST_TEST((created.failure() == errc::journal_failed));
  BOOST_TEST(request<messages::reopened>(journal, messages::reopen{}).content().ok());
}

// -- rows that nobody wants ---------------------------------------------------

BOOST_AUTO_TEST_CASE(rows_are_erased_on_demand_and_the_answer_waits_for_the_commit) {
  write(1, 1, 3);
  deliver_all();
  auto step = std::make_shared<const persistence::write_batch>(
    persistence::write_batch{id, {records::erase{sequence_number{1}, 2, 2}}});
  BOOST_TEST(
    request<messages::rows_erased>(journal, messages::erase_rows{step, opened}).content().ok());
  BOOST_TEST(storage.rows(id) == 1u);
}

BOOST_AUTO_TEST_CASE(rows_of_an_earlier_opening_are_not_erased) {
  write(1, 1, 3);
  deliver_all();
  auto step = std::make_shared<const persistence::write_batch>(
    persistence::write_batch{id, {records::erase{sequence_number{1}, 3, 3}}});
  BOOST_REQUIRE(request<messages::reopened>(journal, messages::reopen{}).content().ok());
  auto refused = request<messages::rows_erased>(journal, messages::erase_rows{step, opened});
  BOOST_TEST((refused.failure() == errc::journal_failed));
  BOOST_TEST(storage.rows(id) == 3u);
}

BOOST_AUTO_TEST_CASE(a_journal_that_cannot_erase_has_failed) {
  auto step = std::make_shared<const persistence::write_batch>(
    persistence::write_batch{id, {records::erase{sequence_number{1}, 1, 1}}});
  storage.fail_next_commit();
  auto refused = request<messages::rows_erased>(journal, messages::erase_rows{step, opened});
  BOOST_TEST((refused.failure() == errc::journal_failed));
  BOOST_TEST(seen->lost.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_failed_journal_stops_like_any_other) {
  storage.fail_next_commit();
  write(1, 1, 1);
  write(2, 2, 1);
  auto stopped = request<messages::stopped>(journal, messages::stop{});
  BOOST_TEST(stopped.arrived());
  BOOST_TEST(seen->committed.empty());
}

BOOST_AUTO_TEST_SUITE_END()
