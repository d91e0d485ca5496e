// What becomes of an actor when one of its handlers throws.

#include "ferry/actors/caf_compat.hpp"

#include "support/virtual_system.hpp"

#include <boost/test/unit_test.hpp>

#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using namespace ferry;
using namespace ferry::testing;

constexpr auto nothing = [] {};

struct failing_actor_fixture : virtual_system {
  /// An actor that does `work` when it is told to, and `afterwards` if that throws.
  caf::actor failing(std::function<void()> work, std::function<void()> afterwards) {
    auto behavior = [this, work, afterwards](caf::event_based_actor* self) -> caf::behavior {
      compat::on_exception(self, [this, afterwards](const std::string& text) {
        said.push_back(text);
        afterwards();
      });
      return {[work](const messages::proceed&) { work(); }};
    };
    return own(system().spawn(behavior));
  }

  std::vector<std::string> said;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(caf_compat_suite, failing_actor_fixture)

BOOST_AUTO_TEST_CASE(an_actor_that_throws_says_what_and_ends) {
  auto actor = failing([] { throw std::runtime_error{"out of luck"}; }, nothing);
  tell(actor, messages::proceed{});
  BOOST_TEST(said == std::vector<std::string>{"out of luck"});
  tell(actor, messages::proceed{});
  BOOST_TEST(said.size() == 1u);
}

BOOST_AUTO_TEST_CASE(an_actor_that_throws_anything_says_that_it_is_unknown) {
  auto actor = failing([] { throw 7; }, nothing);
  tell(actor, messages::proceed{});
  BOOST_TEST(said == std::vector<std::string>{"an exception of an unknown type"});
}

BOOST_AUTO_TEST_CASE(an_actor_that_throws_while_it_says_so_ends_nobody_else) {
  auto actor = failing([] { throw 7; }, [] { throw 8; });
  auto other = failing([this] { said.push_back("alive"); }, nothing);
  tell(actor, messages::proceed{});
  tell(other, messages::proceed{});
  BOOST_TEST(said.back() == "alive");
}

BOOST_AUTO_TEST_SUITE_END()
