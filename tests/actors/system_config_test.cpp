#include "ferry/system_config.hpp"

#include "ferry/actors/caf_compat.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/actor_system.hpp>

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>

using namespace ferry;
using namespace std::chrono_literals;

namespace {

/// A program that sets an option itself.
struct own_config : system_config {
  own_config() {
    compat::set_option(*this, "scheduler.max-threads", std::size_t{7});
  }
};

/// What `config` sets for `key`, which is written without CAF 1.x's prefix.
template <class T>
T option(const caf::actor_system_config& config, const std::string& key) {
  return caf::get_or(config, FERRY_CAF_LEGACY ? key : "caf." + key, T{});
}

std::size_t workers() {
  return std::max(std::size_t{std::thread::hardware_concurrency()}, std::size_t{2});
}

} // namespace

BOOST_AUTO_TEST_SUITE(system_config_suite)

BOOST_AUTO_TEST_CASE(a_system_is_made_of_it) {
  auto config = system_config{};
  auto system = caf::actor_system{config};
  BOOST_TEST(system.has_middleman());
}

BOOST_AUTO_TEST_CASE(there_is_a_worker_per_core_and_at_least_two) {
  BOOST_TEST(option<std::size_t>(system_config{}, "scheduler.max-threads") == workers());
}

BOOST_AUTO_TEST_CASE(workers_sleep_as_soon_as_there_is_nothing_to_do) {
  auto config = system_config{};
  BOOST_TEST(option<std::size_t>(config, "work-stealing.aggressive-poll-attempts") == 20u);
  BOOST_TEST(option<std::size_t>(config, "work-stealing.moderate-poll-attempts") == 0u);
}

BOOST_AUTO_TEST_CASE(every_half_millisecond_one_idle_worker_looks_around) {
  auto sleep = option<caf::timespan>(system_config{}, "work-stealing.relaxed-sleep-duration");
  BOOST_TEST((sleep == 500us * static_cast<std::int64_t>(workers())));
}

// CAF reads a stream up to 50 times in a row, 256 KiB each: a client that sends tiny letters
// without end has the others wait for a quarter of a second.
BOOST_AUTO_TEST_CASE(a_stream_that_always_has_more_is_read_once_and_then_the_others) {
  BOOST_TEST(option<std::size_t>(system_config{}, "middleman.max-consecutive-reads") == 1u);
}

BOOST_AUTO_TEST_CASE(what_a_program_sets_itself_wins) {
  BOOST_TEST(option<std::size_t>(own_config{}, "scheduler.max-threads") == 7u);
}

BOOST_AUTO_TEST_SUITE_END()
