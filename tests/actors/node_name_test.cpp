#include "ferry/nodes/node_name.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/config.hpp>

#include <chrono>
#include <string>

#include <unistd.h>

namespace {

using namespace ferry;
using namespace std::chrono_literals;

/// As it travels: what one series writes, another need not read.
std::string series_of_caf() {
#ifdef CAF_VERSION_MAJOR
  return "caf-" + std::to_string(CAF_VERSION_MAJOR);
#else
  return "caf-0.17";
#endif
}

} // namespace

BOOST_AUTO_TEST_SUITE(node_name_suite)

BOOST_AUTO_TEST_CASE(a_hello_names_the_series_of_caf_that_writes_the_letters) {
  BOOST_TEST(actors::introduce("harbour", "alice", {}).encoding == series_of_caf());
}

BOOST_AUTO_TEST_CASE(a_hello_says_which_cluster_and_how_much_silence) {
  auto word = actors::introduce("harbour", "alice", {.pulse = {1s, 7s}});
  BOOST_TEST(word.cluster == "harbour");
  BOOST_TEST(word.node == "alice");
  BOOST_TEST((word.silence_ns == duration{7s}.count()));
}

BOOST_AUTO_TEST_CASE(a_node_without_a_name_is_called_by_its_host_and_process) {
  auto name = actors::introduce("harbour", "", {}).node;
  BOOST_TEST(name.ends_with(":" + std::to_string(::getpid())));
}

BOOST_AUTO_TEST_CASE(no_two_lives_have_the_same_number) {
  auto once = actors::introduce("harbour", "alice", {});
  auto again = actors::introduce("harbour", "alice", {});
  BOOST_TEST(!(once.incarnation == again.incarnation));
  BOOST_TEST(!(once.incarnation == incarnation_id{}));
}

BOOST_AUTO_TEST_SUITE_END()
