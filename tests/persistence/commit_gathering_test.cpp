#include "ferry/persistence/commit_gathering.hpp"

#include "persistence/record_builders.hpp"
#include "support/printing.hpp"

#include <boost/test/unit_test.hpp>
#include <rapidcheck.h>

#include <memory>
#include <ostream>
#include <set>
#include <vector>

namespace ferry::persistence {

std::ostream& operator<<(std::ostream& out, commit_step step) {
  constexpr const char* names[] = {"none", "commit", "behind_others", "when_due"};
  return out << names[static_cast<int>(step)];
}

} // namespace ferry::persistence

using namespace ferry;
using namespace ferry::persistence;
using namespace ferry::testing;
using namespace std::chrono_literals;
using enum ferry::persistence::commit_step;

namespace {

constexpr auto present = epoch{3};

/// What a queue asks for, and its name.
struct asked {
  std::uint64_t name = 0;
  std::shared_ptr<const write_batch> batch;
  epoch opened = present;
  urgency how = urgency::usual;
};

struct commit_gathering_fixture {
  commit_gathering<asked> gathering{{3, std::size_t{1} << 20}};
  std::uint64_t last = 0;
  list done; // with what was written last

  commit_gathering_fixture() {
    gathering.open(present);
  }

  bool add(duration when, record item, urgency how = urgency::usual, epoch opened = present) {
    auto batch = std::make_shared<write_batch>(write_batch{queue_id{1}, {std::move(item)}});
    return gathering.add(at(when), {++last, std::move(batch), opened, how});
  }

  void store(duration when) {
    BOOST_TEST_REQUIRE(add(when, stored(last + 1, 1)));
  }

  void ack(duration when, urgency how = urgency::usual) {
    BOOST_TEST_REQUIRE(add(when, erased(last + 1, 1), how));
  }

  commit_step next(duration when, mailbox others = mailbox::empty) {
    return gathering.next(at(when), others);
  }

  list written() {
    auto share = gathering.take();
    done = names(share.done);
    return names(share.written);
  }

  static list names(const std::vector<asked>& items) {
    auto found = list{};
    for (const auto& item : items)
      found.add(item.name, 1);
    return found;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(commit_gathering_suite, commit_gathering_fixture)

// -- what goes together -------------------------------------------------------

BOOST_AUTO_TEST_CASE(where_nothing_waits_nothing_is_to_be_done) {
  BOOST_TEST(next(0s) == none);
  BOOST_TEST(gathering.empty());
  BOOST_TEST(gathering.take().written.empty());
}

BOOST_AUTO_TEST_CASE(a_lone_write_is_committed_at_once) {
  store(0s);
  BOOST_TEST(next(0s) == commit);
  BOOST_TEST(written() == (list{1}));
  BOOST_TEST(next(0s) == none);
}

BOOST_AUTO_TEST_CASE(a_write_that_is_not_alone_lets_the_others_come_first) {
  store(0s);
  BOOST_TEST(next(0s, mailbox::not_empty) == behind_others);
  store(0s);
  BOOST_TEST(next(0s, mailbox::not_empty) == none);
  BOOST_TEST(next(0s, mailbox::empty) == none);
  gathering.came_back();
  BOOST_TEST(written() == (list{1, 2}));
}

BOOST_AUTO_TEST_CASE(more_than_one_transaction_holds_is_left_for_the_next_one) {
  for (auto i = 0; i < 4; ++i)
    store(0s);
  BOOST_TEST(written() == (list{1, 2, 3}));
  BOOST_TEST(!gathering.empty());
  BOOST_TEST(next(0s, mailbox::not_empty) == behind_others);
  gathering.came_back();
  BOOST_TEST(written() == (list{4}));
}

// -- acks that are put off ----------------------------------------------------

BOOST_AUTO_TEST_CASE(an_ack_is_put_off_for_a_millisecond_and_no_longer) {
  ack(5s);
  BOOST_TEST(next(5s) == when_due);
  BOOST_TEST((gathering.due() == at(5s + 1ms)));
  gathering.woke();
  BOOST_TEST(next(5s + 1ms - 1ns) == when_due);
  gathering.woke();
  BOOST_TEST(next(5s + 1ms) == commit);
}

BOOST_AUTO_TEST_CASE(the_first_ack_says_how_long_the_others_are_put_off) {
  ack(0s);
  BOOST_TEST(next(0s) == when_due);
  ack(900us);
  BOOST_TEST(next(900us) == none);
  BOOST_TEST((gathering.due() == at(1ms)));
}

BOOST_AUTO_TEST_CASE(acks_go_with_the_next_message_in_the_order_in_which_they_came) {
  ack(0s);
  BOOST_TEST(next(0s) == when_due);
  store(10us);
  BOOST_TEST(next(10us) == commit);
  BOOST_TEST(written() == (list{1, 2}));
}

BOOST_AUTO_TEST_CASE(a_time_that_comes_for_acks_that_are_gone_waits_for_those_that_came_since) {
  ack(0s);
  BOOST_TEST(next(0s) == when_due);
  store(10us);
  (void)gathering.take();
  ack(600us);
  BOOST_TEST(next(600us) == none);
  gathering.woke();
  BOOST_TEST(next(1ms) == when_due);
  BOOST_TEST((gathering.due() == at(1600us)));
}

BOOST_AUTO_TEST_CASE(a_time_that_comes_when_nothing_waits_asks_for_no_other) {
  ack(0s);
  BOOST_TEST(next(0s) == when_due);
  store(10us);
  (void)gathering.take();
  gathering.woke();
  BOOST_TEST(next(1ms) == none);
}

BOOST_AUTO_TEST_CASE(an_ack_for_which_somebody_waits_is_committed_at_once) {
  ack(0s);
  BOOST_TEST(next(0s) == when_due);
  ack(0s, urgency::awaited);
  BOOST_TEST(next(0s) == commit);
  BOOST_TEST(written() == (list{1, 2}));
}

BOOST_AUTO_TEST_CASE(an_ack_that_comes_while_a_commit_is_due_goes_with_it) {
  store(0s);
  BOOST_TEST(next(0s, mailbox::not_empty) == behind_others);
  ack(0s);
  BOOST_TEST(next(0s) == none);
  gathering.came_back();
  BOOST_TEST(written() == (list{1, 2}));
}

BOOST_AUTO_TEST_CASE(acks_go_together_however_many_they_are) {
  for (auto i = 0; i < 4; ++i)
    ack(0s);
  BOOST_TEST(written() == (list{1, 2, 3, 4}));
  BOOST_TEST(done == (list{1, 2, 3, 4}));
  BOOST_TEST(next(0s) == none);
}

// -- acks that overtake ---------------------------------------------------------

BOOST_AUTO_TEST_CASE(an_ack_is_written_before_what_one_transaction_cannot_hold_and_done_after_it) {
  for (auto i = 0; i < 4; ++i)
    store(0s);
  ack(0s);
  store(0s);
  BOOST_TEST(written() == (list{1, 2, 3, 5}));
  BOOST_TEST(done == (list{1, 2, 3}));
  BOOST_TEST(written() == (list{4, 6}));
  BOOST_TEST(done == (list{4, 5, 6}));
  BOOST_TEST(gathering.empty());
}

BOOST_AUTO_TEST_CASE(an_ack_that_comes_later_overtakes_as_well) {
  for (auto i = 0; i < 7; ++i)
    store(0s);
  BOOST_TEST(written() == (list{1, 2, 3}));
  ack(0s);
  BOOST_TEST(written() == (list{4, 5, 6, 8}));
  BOOST_TEST(done == (list{4, 5, 6}));
  BOOST_TEST(written() == (list{7}));
  BOOST_TEST(done == (list{7, 8}));
}

BOOST_AUTO_TEST_CASE(what_is_written_ahead_is_refused_with_the_others_when_the_journal_fails) {
  for (auto i = 0; i < 4; ++i)
    store(0s);
  ack(0s);
  BOOST_TEST(written() == (list{1, 2, 3, 5}));
  BOOST_TEST(names(gathering.close()) == (list{4, 5}));
}

BOOST_AUTO_TEST_CASE(as_many_acks_overtake_as_one_transaction_may_hold_besides) {
  for (auto i = 0; i < 4; ++i)
    store(0s);
  for (auto i = 0; i < 5; ++i)
    ack(0s);
  BOOST_TEST(written() == (list{1, 2, 3, 5, 6, 7}));
  BOOST_TEST(written() == (list{4, 8, 9}));
  BOOST_TEST(done == (list{4, 5, 6, 7, 8, 9}));
}

// An older batch may forget the same id.
BOOST_AUTO_TEST_CASE(an_ack_that_notes_an_id_overtakes_nothing) {
  for (auto i = 0; i < 4; ++i)
    store(0s);
  BOOST_TEST_REQUIRE(add(0s, handled("tea", 1)));
  BOOST_TEST(written() == (list{1, 2, 3}));
  BOOST_TEST(written() == (list{4, 5}));
}

BOOST_AUTO_TEST_CASE(what_is_no_ack_overtakes_nothing) {
  for (auto i = 0; i < 4; ++i)
    store(0s);
  BOOST_TEST_REQUIRE(add(0s, rescheduled(1, 1, 1, 0)));
  BOOST_TEST(written() == (list{1, 2, 3}));
  BOOST_TEST(written() == (list{4, 5}));
}

// Whatever comes, and whenever transactions begin.
BOOST_AUTO_TEST_CASE(everything_is_written_once_and_done_in_the_order_in_which_it_came) {
  auto holds = rc::check([](const std::vector<std::uint8_t>& steps) {
    auto fixture = commit_gathering_fixture{};
    auto acks = std::set<std::uint64_t>{};
    auto written = std::set<std::uint64_t>{};
    auto last_store = std::uint64_t{0};
    auto last_ack = std::uint64_t{0};
    auto last_done = std::uint64_t{0};
    auto take = [&] {
      auto share = fixture.gathering.take();
      for (const auto& item : share.written) {
        RC_ASSERT(written.insert(item.name).second);
        auto& before = acks.contains(item.name) ? last_ack : last_store;
        RC_ASSERT(item.name > before);
        before = item.name;
      }
      for (const auto& item : share.done) {
        RC_ASSERT(item.name == ++last_done);
        RC_ASSERT(written.contains(item.name));
      }
    };
    for (auto step : steps)
      switch (step % 3) {
      case 0: fixture.store(0s); break;
      case 1:
        fixture.ack(0s);
        acks.insert(fixture.last);
        break;
      default: take();
      }
    while (!fixture.gathering.empty())
      take();
    RC_ASSERT(last_done == fixture.last);
  });
  BOOST_TEST(holds);
}

// -- what is refused ----------------------------------------------------------

BOOST_AUTO_TEST_CASE(what_belongs_to_another_opening_is_not_taken) {
  BOOST_TEST(!add(0s, stored(1, 1), urgency::usual, epoch{2}));
  BOOST_TEST(!add(0s, stored(1, 1), urgency::usual, epoch{4}));
  BOOST_TEST(gathering.empty());
}

BOOST_AUTO_TEST_CASE(what_waits_when_the_journal_fails_is_handed_out_to_be_refused) {
  ack(0s);
  store(0s);
  BOOST_TEST(names(gathering.close()) == (list{1, 2}));
  BOOST_TEST(gathering.empty());
  BOOST_TEST(next(1s) == none);
}

BOOST_AUTO_TEST_CASE(a_failed_journal_takes_nothing_until_it_is_opened_again) {
  (void)gathering.close();
  BOOST_TEST(!add(0s, stored(1, 1)));
  gathering.open(epoch{4});
  BOOST_TEST(!add(0s, stored(1, 1)));
  BOOST_TEST(add(0s, stored(1, 1), urgency::usual, epoch{4}));
}

BOOST_AUTO_TEST_SUITE_END()
