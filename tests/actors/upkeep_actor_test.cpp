#include "ferry/actors/upkeep_actor.hpp"

#include "ferry/actors/journal_actor.hpp"
#include "support/forwarding_journal.hpp"
#include "support/fragile_storage.hpp"
#include "support/virtual_system.hpp"

#include <boost/test/unit_test.hpp>

#include <functional>

using namespace ferry;
using namespace ferry::testing;

namespace {

using persistence::upkeep_report;

/// What became of the upkeep of all journals of a test.
struct upkeep_log {
  int wanted = 0; // steps that the journal still wants
  int steps = 0;
  bool fails = false;
  std::vector<std::uint64_t> moved;
  int failures = 0;
  std::function<void()> during; // called within each step
  int slices_wanted = 0;        // of compaction
  int slices = 0;
  int commits = 0;
  int commits_before_first_slice = 0;
};

class counted_upkeep final : public persistence::journal_upkeep {
public:
  explicit counted_upkeep(std::shared_ptr<upkeep_log> log) : log_(std::move(log)) {
  }

  result<upkeep_report> step() override {
    ++log_->steps;
    if (log_->during)
      log_->during();
    if (log_->fails)
      return error{errc::journal_failed, "the disk is full"};
    return upkeep_report{100, 70};
  }

private:
  std::shared_ptr<upkeep_log> log_;
};

/// A journal that wants as many steps as the test says.
class tended_journal final : public forwarding_journal {
public:
  tended_journal(std::unique_ptr<persistence::journal> inner, std::shared_ptr<upkeep_log> log)
    : forwarding_journal(std::move(inner)),
      log_(std::move(log)) {
  }

  status commit(std::span<const persistence::write_batch* const> batches) override {
    ++log_->commits;
    return forwarding_journal::commit(batches);
  }

  result<std::unique_ptr<persistence::journal_upkeep>> open_upkeep() override {
    return std::unique_ptr<persistence::journal_upkeep>{std::make_unique<counted_upkeep>(log_)};
  }

  [[nodiscard]] bool wants_upkeep() const override {
    return log_->wanted > 0;
  }

  void upkeep_ended(const result<upkeep_report>& outcome) override {
    --log_->wanted;
    if (outcome)
      log_->moved.push_back(outcome->moved_bytes);
    else
      ++log_->failures;
  }

  [[nodiscard]] bool wants_compaction() const override {
    return log_->slices < log_->slices_wanted;
  }

  void compact() override {
    if (++log_->slices == 1)
      log_->commits_before_first_slice = log_->commits;
  }

private:
  std::shared_ptr<upkeep_log> log_;
};

struct upkeep_actor_fixture : virtual_system {
  upkeep_actor_fixture() {
    auto open = [inner = storage.opener(),
                 log = log]() -> result<std::unique_ptr<persistence::journal>> {
      auto opened = inner();
      if (!opened)
        return opened.why();
      return std::unique_ptr<persistence::journal>{
        std::make_unique<tended_journal>(std::move(*opened), log)};
    };
    auto first = open().value();
    auto where = actors::placement::shared;
    upkeep = own(actors::spawn_upkeep(system(), first->open_upkeep().value(), where));
    journal = own(actors::spawn_journal(system(), std::move(first), open, {{}, upkeep}, where));
  }

  void commit() {
    auto batch = std::make_shared<persistence::write_batch>();
    tell(journal, messages::write{queue, commit_ticket{1}, std::move(batch), epoch{1}});
  }

  static caf::behavior silent_queue(caf::event_based_actor*, int) {
    return {[](const messages::committed&) {}, [](const messages::commit_failed&) {}};
  }

  std::shared_ptr<upkeep_log> log = std::make_shared<upkeep_log>();
  caf::actor queue = own(system().spawn(silent_queue, 0));
  fragile_storage storage;
  actors::upkeep_actor upkeep;
  actors::journal_actor journal;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(upkeep_actor_suite, upkeep_actor_fixture)

BOOST_AUTO_TEST_CASE(a_journal_that_wants_no_upkeep_gets_none) {
  commit();
  BOOST_TEST(log->steps == 0);
}

BOOST_AUTO_TEST_CASE(after_a_commit_as_many_steps_are_made_as_the_journal_wants) {
  log->wanted = 3;
  commit();
  BOOST_TEST(log->steps == 3);
  BOOST_TEST((log->moved == std::vector<std::uint64_t>{70, 70, 70}));
}

BOOST_AUTO_TEST_CASE(a_commit_during_a_step_asks_for_no_second_one) {
  log->wanted = 1;
  auto batch = std::make_shared<persistence::write_batch>();
  log->during = [&] {
    compat::send_anonymously(journal, messages::write{queue, commit_ticket{2}, batch, epoch{1}});
  };
  commit();
  BOOST_TEST(log->steps == 1);
}

BOOST_AUTO_TEST_CASE(the_journal_hears_of_a_step_that_failed) {
  log->wanted = 1;
  log->fails = true;
  commit();
  BOOST_TEST(log->failures == 1);
  BOOST_TEST(log->moved.empty());
}

BOOST_AUTO_TEST_CASE(a_step_of_an_earlier_opening_tells_the_new_one_nothing) {
  log->wanted = 1;
  log->during = [&] {
    compat::send_anonymously(journal, messages::reopen{});
    log->wanted = 0;
  };
  commit();
  BOOST_TEST(log->steps == 1);
  BOOST_TEST(log->moved.size() + static_cast<std::size_t>(log->failures) == 0u);
}

BOOST_AUTO_TEST_CASE(after_the_last_commit_the_file_is_made_shorter_slice_by_slice) {
  log->slices_wanted = 5;
  commit();
  BOOST_TEST(log->slices == 5);
}

BOOST_AUTO_TEST_CASE(what_waits_to_be_written_goes_before_a_slice) {
  log->slices_wanted = 1;
  auto batch = std::make_shared<persistence::write_batch>();
  auto write = [&](std::uint64_t ticket) {
    compat::send_anonymously(
      journal, messages::write{queue, commit_ticket{ticket}, batch, epoch{1}});
  };
  write(1);
  compat::send_anonymously(journal, messages::compact{});
  compat::send_anonymously(journal, messages::compact{});
  deliver_all();
  BOOST_TEST(log->slices == 1);
  BOOST_TEST(log->commits_before_first_slice == 1);
}

BOOST_AUTO_TEST_CASE(a_journal_that_is_opened_with_much_free_space_gives_it_back) {
  log->slices_wanted = 3;
  BOOST_REQUIRE(request<messages::reopened>(journal, messages::reopen{}).content().ok());
  BOOST_TEST(log->slices == 3);
}

BOOST_AUTO_TEST_CASE(an_upkeep_that_has_nothing_to_do_answers_all_the_same) {
  auto idle = own(actors::spawn_upkeep(system(), nullptr, actors::placement::shared));
  BOOST_TEST(request<messages::upkept>(idle, messages::keep_up{})->done.moved_bytes == 0u);
  BOOST_TEST(request<messages::stopped>(idle, messages::stop{}).arrived());
}

BOOST_AUTO_TEST_SUITE_END()
