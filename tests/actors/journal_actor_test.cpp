#include "ferry/actors/journal_actor.hpp"
#include "ferry/persistence/memory_journal.hpp"

#include "support/virtual_system.hpp"

#include <boost/test/unit_test.hpp>

using namespace ferry;
using namespace ferry::testing;

namespace {

using persistence::memory_journal;

/// A queue that only remembers what the journal tells it.
struct told {
  std::vector<commit_ticket> committed;
  std::vector<error> failed;
  std::vector<messages::loaded> loaded;
};

caf::behavior listening_queue(caf::event_based_actor*, const std::shared_ptr<told>& seen) {
  return {
    [seen](const messages::committed& m) { seen->committed.push_back(m.ticket); },
    [seen](const messages::commit_failed& m) { seen->failed.push_back(m.why); },
    [seen](const messages::loaded& m) { seen->loaded.push_back(m); },
  };
}

/// A memory journal that takes its time.
class slow_journal final : public persistence::journal {
public:
  slow_journal(std::shared_ptr<persistence::memory_storage> storage, virtual_system& host)
    : inner_(std::move(storage)), host_(host) {
  }

  result<std::vector<persistence::stored_queue>> recover() override {
    return inner_.recover();
  }

  [[nodiscard]] epoch opened() const override {
    return inner_.opened();
  }

  result<queue_id> create_queue(const std::string& name, const queue_config& config) override {
    return inner_.create_queue(name, config);
  }

  status commit(std::span<const persistence::write_batch* const> batches) override {
    host_.work_for(commit_time);
    return inner_.commit(batches);
  }

  result<persistence::stored_page> read(queue_id queue, sequence_number first,
                                        sequence_number last, page_limit limit) override {
    return inner_.read(queue, first, last, limit);
  }

  [[nodiscard]] persistence::journal_figures figures() const override {
    return inner_.figures();
  }

  void fail_next_commit(error why) {
    inner_.fail_next_commit(std::move(why));
  }

  duration commit_time = duration::zero();

private:
  memory_journal inner_;
  virtual_system& host_;
};

struct journal_actor_fixture : virtual_system {
  journal_actor_fixture() {
    auto opened = std::make_unique<slow_journal>(storage, *this);
    storage_port = opened.get();
    (void)opened->recover().value();
    journal = own(actors::spawn_journal(system(), std::move(opened), actors::placement::shared));
    id = request<messages::created>(journal, messages::create{"orders", {}})->id;
  }

  // Does not deliver: several writes are to wait in the mailbox together.
  void write(std::uint64_t ticket, std::uint64_t first, std::uint64_t count) {
    auto batch = std::make_shared<persistence::write_batch>();
    batch->queue = id;
    batch->records.emplace_back(records::store{run_of(first, count)});
    compat::send_anonymously(journal,
                             messages::write{queue, commit_ticket{ticket}, std::move(batch)});
  }

  std::shared_ptr<told> seen = std::make_shared<told>();
  caf::actor queue = own(system().spawn(listening_queue, seen));
  std::shared_ptr<persistence::memory_storage> storage
    = std::make_shared<persistence::memory_storage>();
  slow_journal* storage_port = nullptr;
  actors::journal_actor journal;
  queue_id id{};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(journal_actor_suite, journal_actor_fixture)

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
  storage_port->fail_next_commit({errc::journal_failed, "the disk is full"});
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
  storage_port->fail_next_commit({errc::journal_failed, "the disk is full"});
  write(1, 1, 1);
  deliver_all();
  auto report = request<messages::journal_report>(journal, messages::ask_journal{});
  BOOST_TEST(report->commit_time.count() == 0u);
}

BOOST_AUTO_TEST_CASE(rows_are_read_back_on_demand) {
  write(1, 1, 3);
  deliver_all();
  tell(journal, messages::load{queue, id, {sequence_number{1}, sequence_number{3}, {}}});
  BOOST_REQUIRE(seen->loaded.size() == 1u);
  BOOST_TEST((seen->loaded.front().page.covered == sequence_number{3}));
  BOOST_REQUIRE(seen->loaded.front().page.runs.size() == 1u);
  BOOST_TEST(seen->loaded.front().page.runs.front().count == 3u);
}

BOOST_AUTO_TEST_CASE(stopping_commits_what_was_asked_for_before) {
  write(1, 1, 3);
  auto stopped = request<messages::stopped>(journal, messages::stop{});
  BOOST_TEST(stopped.arrived());
  BOOST_TEST((seen->committed == std::vector{commit_ticket{1}}));
  auto reopened = memory_journal{storage};
  BOOST_TEST(reopened.recover()->front().runs.front().run.count == 3u);
}

BOOST_AUTO_TEST_SUITE_END()
