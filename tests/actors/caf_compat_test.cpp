// What becomes of an actor when one of its handlers throws.

#include "ferry/actors/caf_compat.hpp"

#include "support/virtual_system.hpp"

#include <boost/test/unit_test.hpp>

#include <functional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace ferry;
using namespace ferry::testing;

constexpr auto nothing = [] {};

using words = std::vector<std::string>;
using deed = std::function<void()>;

/// Does `work` when it is told to; if that throws, it notes what, and goes on `afterwards`.
caf::behavior failing_behavior(caf::event_based_actor* self, words* said, const deed& work,
                               const deed& afterwards) {
  compat::on_exception(self, [said, afterwards](const std::string& text) {
    said->push_back(text);
    afterwards();
  });
  return {[work](const messages::proceed&) { work(); }};
}

struct failing_actor_fixture : virtual_system {
  caf::actor failing(deed work, deed afterwards) {
    return own(system().spawn(failing_behavior, &said, std::move(work), std::move(afterwards)));
  }

  words said;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(caf_compat_suite, failing_actor_fixture)

BOOST_AUTO_TEST_CASE(an_actor_that_throws_says_what_and_ends) {
  auto actor = failing([] { throw std::runtime_error{"out of luck"}; }, nothing);
  tell(actor, messages::proceed{});
  BOOST_TEST(said == words{"out of luck"});
  tell(actor, messages::proceed{});
  BOOST_TEST(said.size() == 1u);
}

BOOST_AUTO_TEST_CASE(an_actor_that_throws_anything_says_that_it_is_unknown) {
  auto actor = failing([] { throw 7; }, nothing);
  tell(actor, messages::proceed{});
  BOOST_TEST(said == words{"an exception of an unknown type"});
}

BOOST_AUTO_TEST_CASE(an_actor_that_throws_while_it_says_so_ends_nobody_else) {
  auto actor = failing([] { throw 7; }, [] { throw 8; });
  auto other = failing([this] { said.push_back("alive"); }, nothing);
  tell(actor, messages::proceed{});
  tell(other, messages::proceed{});
  BOOST_TEST(said.back() == "alive");
}

BOOST_AUTO_TEST_SUITE_END()
