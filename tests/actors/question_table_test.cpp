#include "ferry/actors/question_table.hpp"

#include "support/printing.hpp"
#include "support/virtual_system.hpp"

#include <boost/test/unit_test.hpp>

#include <functional>
#include <utility>

using namespace ferry;
using namespace ferry::testing;

namespace {

using questions = actors::question_table<messages::settled, messages::unsubscribed>;

using asked_actor =
  compat::typed_actor<messages::settled(messages::settle),
                      messages::unsubscribed(messages::unsubscribe), void(messages::proceed)>;

/// What an actor that is asked works with; promises are kept by its own thread alone.
struct asked {
  questions table;
  std::function<void()> next;
};

asked_actor::behavior_type asked_behavior(asked_actor::pointer self, asked* with) {
  return {
    [self, with](const messages::settle&) { return with->table.open<messages::settled>(self); },
    [self, with](const messages::unsubscribe&) {
      return with->table.open<messages::unsubscribed>(self);
    },
    [with](const messages::proceed&) { with->next(); },
  };
}

struct question_table_fixture : virtual_system {
  reply<messages::settled> ask_to_settle() {
    auto given = request<messages::settled>(actor, messages::settle{});
    deliver_all();
    return given;
  }

  reply<messages::unsubscribed> ask_to_unsubscribe() {
    auto given = request<messages::unsubscribed>(actor, messages::unsubscribe{});
    deliver_all();
    return given;
  }

  void work(std::function<void()> next) {
    with.next = std::move(next);
    tell(actor, messages::proceed{});
  }

  void settle(question_id question, std::uint64_t count) {
    work([&] { table.answer(question, messages::settled{{count, 0}}); });
  }

  void refuse(question_id question) {
    work([&] { table.refuse(question, actors::to_caf({errc::closed, "closed"})); });
  }

  asked with;
  questions& table = with.table;
  asked_actor actor = own(system().spawn(asked_behavior, &with));
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(question_table_suite, question_table_fixture,
                         *boost::unit_test::timeout(20))

BOOST_AUTO_TEST_CASE(questions_are_answered_by_their_numbers_in_any_order) {
  auto first = ask_to_settle();
  auto one = table.last();
  auto second = ask_to_settle();
  auto two = table.last();
  settle(two, 22);
  BOOST_TEST(!first.arrived());
  settle(one, 11);
  BOOST_TEST(first->outcome.settled == 11u);
  BOOST_TEST(second->outcome.settled == 22u);
}

BOOST_AUTO_TEST_CASE(a_number_names_one_question_whatever_that_asks_for) {
  auto settling = ask_to_settle();
  auto unsubscribing = ask_to_unsubscribe();
  settle(table.last(), 1);
  BOOST_TEST(!settling.arrived());
  BOOST_TEST(!unsubscribing.arrived());
}

BOOST_AUTO_TEST_CASE(a_refusal_reaches_whoever_asked_whatever_that_asked_for) {
  auto settling = ask_to_settle();
  auto unsubscribing = ask_to_unsubscribe();
  refuse(table.last());
  BOOST_TEST(unsubscribing.failure() == errc::closed);
  BOOST_TEST(!settling.arrived());
}

BOOST_AUTO_TEST_CASE(a_question_is_answered_once) {
  auto settling = ask_to_settle();
  settle(table.last(), 1);
  settle(table.last(), 2);
  refuse(table.last());
  BOOST_TEST(settling->outcome.settled == 1u);
}

BOOST_AUTO_TEST_CASE(it_is_empty_when_every_question_is_answered_and_not_before) {
  BOOST_TEST(table.empty());
  auto settling = ask_to_settle();
  auto one = table.last();
  auto unsubscribing = ask_to_unsubscribe();
  settle(one, 1);
  BOOST_TEST(!table.empty());
  work([&] { table.answer(table.last(), messages::unsubscribed{}); });
  BOOST_TEST(table.empty());
  BOOST_TEST(unsubscribing.arrived());
}

BOOST_AUTO_TEST_CASE(who_asked_is_known_until_that_is_answered) {
  auto settling = ask_to_settle();
  BOOST_TEST((table.asker_of<messages::settled>(table.last()) != nullptr));
  BOOST_TEST((table.asker_of<messages::unsubscribed>(table.last()) == nullptr));
  settle(table.last(), 1);
  BOOST_TEST((table.asker_of<messages::settled>(table.last()) == nullptr));
}

BOOST_AUTO_TEST_SUITE_END()
