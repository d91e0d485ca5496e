#include "ferry/actors/reader_actor.hpp"

#include "ferry/actors/journal_actor.hpp"
#include "ferry/actors/slot.hpp"
#include "support/builders.hpp"
#include "support/fragile_storage.hpp"
#include "support/printing.hpp"
#include "support/virtual_system.hpp"

#include <boost/test/unit_test.hpp>

using namespace ferry;
using namespace ferry::testing;

namespace {

/// A queue that only remembers what it was answered.
struct answers {
  std::vector<messages::loaded> loaded;
  std::vector<messages::load_failed> failed;
};

caf::behavior asking_queue(caf::event_based_actor*, const std::shared_ptr<answers>& seen) {
  return {
    [seen](const messages::loaded& m) { seen->loaded.push_back(m); },
    [seen](const messages::load_failed& m) { seen->failed.push_back(m); },
    [](const messages::commit_failed&) {},
  };
}

/// A reader whose disk is gone.
class blind_reader final : public persistence::journal_reader {
public:
  result<persistence::stored_page> read(queue_id, sequence_number, sequence_number,
                                        page_limit) override {
    return error{errc::journal_failed, "bad sector"};
  }
};

/// A journal whose queue has the rows 1 to 3.
struct reader_actor_fixture : virtual_system {
  reader_actor_fixture() {
    auto first = storage.opener()().value();
    id = first->create_queue("orders", {}).value();
    auto batch = persistence::write_batch{id, {records::store{run_of(1, 3)}}};
    const persistence::write_batch* all[] = {&batch};
    BOOST_REQUIRE(first->commit(all).ok());
    auto where = actors::placement::shared;
    reader = own(actors::spawn_reader(system(), first->open_reader().value(), where));
    journal =
      own(actors::spawn_journal(system(), std::move(first), storage.opener(), {reader, {}}, where));
  }

  void load(std::uint64_t first, std::uint64_t last) {
    tell(reader,
         messages::load{queue, id, {sequence_number{first}, sequence_number{last}, {}}, epoch{7}});
  }

  void go_blind() {
    tell(reader, messages::use_reader{actors::in_a_slot<persistence::journal_reader>(
                   std::make_unique<blind_reader>())});
  }

  std::shared_ptr<answers> seen = std::make_shared<answers>();
  caf::actor queue = own(system().spawn(asking_queue, seen));
  fragile_storage storage;
  queue_id id{};
  actors::reader_actor reader;
  actors::journal_actor journal;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(reader_actor_suite, reader_actor_fixture)

BOOST_AUTO_TEST_CASE(rows_are_read_back_on_demand_and_the_answer_names_the_life_that_asked) {
  load(1, 3);
  BOOST_REQUIRE(seen->loaded.size() == 1u);
  const auto& answer = seen->loaded.front();
  BOOST_TEST((answer.first == sequence_number{1}));
  BOOST_TEST((answer.page.covered == sequence_number{3}));
  BOOST_TEST((answer.opened == epoch{7}));
  BOOST_TEST(texts(answer.page.runs.at(0)) == "abc");
}

BOOST_AUTO_TEST_CASE(a_row_that_cannot_be_read_is_answered_by_a_failure) {
  go_blind();
  load(1, 3);
  BOOST_REQUIRE(seen->failed.size() == 1u);
  BOOST_TEST(seen->failed.front().why.text == "bad sector");
  BOOST_TEST((seen->failed.front().opened == epoch{7}));
  auto asked = messages::read_rows{id, {{sequence_number{1}, sequence_number{3}}}, {}};
  BOOST_TEST((request<messages::rows>(reader, asked).failure() == errc::journal_failed));
}

BOOST_AUTO_TEST_CASE(rows_to_look_at_are_read_in_their_ranges) {
  auto asked = messages::read_rows{
    id, {{sequence_number{1}, sequence_number{1}}, {sequence_number{3}, sequence_number{9}}}, {}};
  BOOST_TEST(sequences(request<messages::rows>(reader, asked)->found.runs) == (list{1, 3}));
}

BOOST_AUTO_TEST_CASE(a_journal_that_was_opened_again_is_read_again) {
  go_blind();
  BOOST_REQUIRE(request<messages::reopened>(journal, messages::reopen{}).content().ok());
  load(1, 3);
  BOOST_TEST(seen->failed.empty());
  BOOST_TEST(seen->loaded.size() == 1u);
}

BOOST_AUTO_TEST_CASE(while_a_journal_cannot_be_opened_what_is_on_disk_is_still_read) {
  storage.fail_openings(1);
  BOOST_TEST(
    (request<messages::reopened>(journal, messages::reopen{}).failure() == errc::journal_failed));
  load(1, 3);
  BOOST_TEST(seen->loaded.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_reader_that_stopped_answers_nothing_any_more) {
  BOOST_TEST(request<messages::stopped>(reader, messages::stop{}).arrived());
  load(1, 3);
  BOOST_TEST(seen->loaded.empty());
}

BOOST_AUTO_TEST_SUITE_END()
