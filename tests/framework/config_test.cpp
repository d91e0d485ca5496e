#include "ferry/config.hpp"

#include <algorithm>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <limits>
#include <rapidcheck.h>

template <>
struct rc::Arbitrary<ferry::queue_config> {
  static Gen<ferry::queue_config> arbitrary() {
    using namespace ferry;
    auto wait = gen::construct<duration>(gen::arbitrary<std::int64_t>());
    auto retry = gen::build<retry_policy>(
      gen::set(&retry_policy::growth,
               gen::element(retry_growth::immediate, retry_growth::fixed,
                            retry_growth::exponential, retry_growth::linear,
                            retry_growth::listed)),
      gen::set(&retry_policy::waits, gen::container<std::vector<duration>>(wait)),
      gen::set(&retry_policy::first, wait), gen::set(&retry_policy::cap, wait),
      gen::set(&retry_policy::factor), gen::set(&retry_policy::jitter));
    auto rule = gen::construct<failure_rule>(
      gen::element<std::string>("", "timeout", "no such customer", " fatal  "),
      gen::element(failure_kind::retryable, failure_kind::fatal, failure_kind::pause));
    return gen::build<queue_config>(
      gen::set(&queue_config::longest_lease, wait),
      gen::set(&queue_config::failures, gen::container<std::vector<failure_rule>>(rule)),
      gen::set(&queue_config::pause, wait), gen::set(&queue_config::max_messages),
      gen::set(&queue_config::overflow, gen::element(overflow::block, overflow::dead_letter)),
      gen::set(&queue_config::durability, gen::element(durability::memory, durability::disk)),
      gen::set(&queue_config::max_deliveries), gen::set(&queue_config::lease, wait),
      gen::set(&queue_config::retry, retry),
      gen::set(&queue_config::last_resort,
               gen::element(last_resort::dead_letter, last_resort::keep, last_resort::discard)),
      gen::set(&queue_config::dead_letter_queue), gen::set(&queue_config::max_payload_bytes),
      gen::set(&queue_config::resident_bytes), gen::set(&queue_config::deduplication_ids),
      gen::set(&queue_config::max_bytes),
      gen::set(&queue_config::over_budget, gen::element(over_budget::block, over_budget::refuse,
                                                        over_budget::spill)),
      gen::set(&queue_config::deduplication_time, wait),
      gen::set(&queue_config::handled_ids));
  }
};

namespace {

using namespace ferry;
using namespace std::chrono_literals;

constexpr auto not_a_number = std::numeric_limits<double>::quiet_NaN();

// One option of a config, changed.
template <class Config>
struct change {
  const char* field;
  std::function<void(Config&)> make;

  friend std::ostream& operator<<(std::ostream& out, const change& c) {
    return out << c.field;
  }
};

template <class Config>
using changes = std::vector<change<Config>>;

template <class Config>
Config changed(const change<Config>& one) {
  auto config = Config{};
  one.make(config);
  return config;
}

bool allowed(const queue_config& config) {
  return check("orders", config).code == errc::none;
}

bool name_allowed(std::string_view name) {
  return check_queue_name(name).code == errc::none;
}

template <class Value>
auto set(Value queue_config::*option, Value value) {
  return [=](queue_config& config) { config.*option = value; };
}

template <class Value>
auto set(Value retry_policy::*option, Value value) {
  return [=](queue_config& config) { config.retry.*option = value; };
}

using queue_changes = changes<queue_config>;

auto set_waits(retry_growth growth, std::vector<duration> waits) {
  return [=](queue_config& config) {
    config.retry.growth = growth;
    config.retry.waits = waits;
  };
}

auto set_failure(std::string text, failure_kind kind = failure_kind::fatal) {
  return [=](queue_config& config) { config.failures = {{text, kind}}; };
}

const auto at_the_edge = queue_changes{
  {"longest_lease", set(&queue_config::longest_lease, duration{1ms})},
  {"longest_lease", set(&queue_config::longest_lease, duration{720h})},
  {"pause", set(&queue_config::pause, duration{1ms})},
  {"pause", set(&queue_config::pause, duration{720h})},
  {"failures", set_failure("x")},
  {"failures", set_failure(std::string(200, 'x'))},
  {"overflow", set(&queue_config::overflow, overflow::dead_letter)},
  {"lease", set(&queue_config::lease, duration{1ms})},
  {"lease", set(&queue_config::lease, duration{720h})},
  {"max_payload_bytes", set(&queue_config::max_payload_bytes, std::size_t{1})},
  {"max_payload_bytes", set(&queue_config::max_payload_bytes, std::size_t{512} << 20)},
  {"resident_bytes", set(&queue_config::resident_bytes, std::size_t{64} << 10)},
  {"max_deliveries", set(&queue_config::max_deliveries, 1u)},
  {"max_deliveries", [](auto& c) { c.max_deliveries = 0, c.last_resort = last_resort::keep; }},
  {"retry.first", set(&retry_policy::first, duration{0})},
  {"retry.first", set(&retry_policy::first, duration{5min})},
  {"retry.cap", set(&retry_policy::cap, duration{1s})},
  {"retry.cap", set(&retry_policy::cap, duration{8760h})},
  {"retry.factor", set(&retry_policy::factor, 1.0)},
  {"retry.factor", set(&retry_policy::factor, 1000.0)},
  {"retry.jitter", set(&retry_policy::jitter, 0.0)},
  {"retry.jitter", set(&retry_policy::jitter, 1.0)},
  {"retry.growth", set(&retry_policy::growth, retry_growth::linear)},
  {"retry.waits", set_waits(retry_growth::listed, {0s})},
  {"retry.waits", set_waits(retry_growth::listed, {5min})},
  {"dead_letter_queue", set(&queue_config::dead_letter_queue, std::string{"graves"})},
  {"deduplication_ids", set(&queue_config::deduplication_ids, 0u)},
  {"deduplication_ids", set(&queue_config::deduplication_ids, 10'000'000u)},
  {"deduplication_time", set(&queue_config::deduplication_time, duration{1s})},
  {"deduplication_time", set(&queue_config::deduplication_time, duration{8760h})},
  {"handled_ids", set(&queue_config::handled_ids, 10'000'000u)},
};

const auto beyond_the_edge = queue_changes{
  {"longest_lease", set(&queue_config::longest_lease, duration{1ms - 1ns})},
  {"longest_lease", set(&queue_config::longest_lease, duration{720h + 1ns})},
  {"pause", set(&queue_config::pause, duration{1ms - 1ns})},
  {"pause", set(&queue_config::pause, duration{720h + 1ns})},
  {"failures", set_failure("")},
  {"failures", set_failure(std::string(201, 'x'))},
  {"failures", set_failure("two\nlines")},
  {"failures", set_failure("x", failure_kind{3})},
  {"over_budget", set(&queue_config::over_budget, over_budget{3})},
  {"overflow", set(&queue_config::overflow, overflow{2})},
  {"overflow", [](auto& c) { c.overflow = overflow::dead_letter, c.last_resort = last_resort::keep; }},
  {"lease", set(&queue_config::lease, duration{1ms - 1ns})},
  {"lease", set(&queue_config::lease, duration{720h + 1ns})},
  {"max_payload_bytes", set(&queue_config::max_payload_bytes, std::size_t{0})},
  {"max_payload_bytes", set(&queue_config::max_payload_bytes, (std::size_t{512} << 20) + 1)},
  {"resident_bytes", set(&queue_config::resident_bytes, (std::size_t{64} << 10) - 1)},
  {"max_deliveries", set(&queue_config::max_deliveries, 0u)},
  {"max_deliveries", [](auto& c) { c.max_deliveries = 0, c.last_resort = last_resort::discard; }},
  {"retry.first", set(&retry_policy::first, duration{-1})},
  {"retry.cap", set(&retry_policy::cap, duration{1s - 1ns})},
  {"retry.cap", set(&retry_policy::cap, duration{8760h + 1ns})},
  {"retry.factor", set(&retry_policy::factor, 0.999)},
  {"retry.factor", set(&retry_policy::factor, 1000.001)},
  {"retry.factor", set(&retry_policy::factor, not_a_number)},
  {"retry.jitter", set(&retry_policy::jitter, -0.001)},
  {"retry.jitter", set(&retry_policy::jitter, 1.001)},
  {"retry.jitter", set(&retry_policy::jitter, not_a_number)},
  {"dead_letter_queue", set(&queue_config::dead_letter_queue, std::string{"orders"})},
  {"dead_letter_queue", set(&queue_config::dead_letter_queue, std::string{"no spaces"})},
  {"durability", set(&queue_config::durability, durability{2})},
  {"last_resort", set(&queue_config::last_resort, last_resort{3})},
  {"retry.growth", set(&retry_policy::growth, retry_growth{5})},
  {"retry.waits", set_waits(retry_growth::listed, {})},
  {"retry.waits", set_waits(retry_growth::listed, {1s, -1ns})},
  {"retry.waits", set_waits(retry_growth::listed, {5min + 1ns})},
  {"retry.waits", set_waits(retry_growth::fixed, {1s})},
  {"deduplication_ids", set(&queue_config::deduplication_ids, 10'000'001u)},
  {"deduplication_time", set(&queue_config::deduplication_time, duration{1s - 1ns})},
  {"deduplication_time", set(&queue_config::deduplication_time, duration{8760h + 1ns})},
  {"handled_ids", set(&queue_config::handled_ids, 10'000'001u)},
};

// Each stored option, under the name it is stored with.
const auto every_option = queue_changes{
  {"durability", set(&queue_config::durability, durability::memory)},
  {"max_deliveries", set(&queue_config::max_deliveries, 3u)},
  {"lease_ns", set(&queue_config::lease, duration{1s})},
  {"longest_lease_ns", set(&queue_config::longest_lease, duration{1h})},
  {"retry.growth", set(&retry_policy::growth, retry_growth::fixed)},
  {"retry.first_ns", set(&retry_policy::first, duration{2s})},
  {"retry.cap_ns", set(&retry_policy::cap, duration{3s})},
  {"retry.factor", set(&retry_policy::factor, 1.5)},
  {"retry.jitter", set(&retry_policy::jitter, 0.25)},
  {"retry.waits_ns", set(&retry_policy::waits, std::vector<duration>{1s, 2s})},
  {"failures", set_failure("no such customer")},
  {"pause_ns", set(&queue_config::pause, duration{1min})},
  {"last_resort", set(&queue_config::last_resort, last_resort::keep)},
  {"dead_letter_queue", set(&queue_config::dead_letter_queue, std::string{"graves"})},
  {"max_payload_bytes", set(&queue_config::max_payload_bytes, std::size_t{100})},
  {"resident_bytes", set(&queue_config::resident_bytes, std::size_t{1} << 20)},
  {"over_budget", set(&queue_config::over_budget, over_budget::spill)},
  {"max_messages", set(&queue_config::max_messages, std::uint64_t{5})},
  {"max_bytes", set(&queue_config::max_bytes, std::uint64_t{5})},
  {"overflow", set(&queue_config::overflow, overflow::dead_letter)},
  {"deduplication_ids", set(&queue_config::deduplication_ids, 7u)},
  {"deduplication_time_ns", set(&queue_config::deduplication_time, duration{1h})},
  {"handled_ids", set(&queue_config::handled_ids, 7u)},
};

BOOST_AUTO_TEST_SUITE(config_suite)

// -- names --------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_queue_name_has_one_to_two_hundred_bytes) {
  BOOST_TEST(!name_allowed(""));
  BOOST_TEST(name_allowed("a"));
  BOOST_TEST(name_allowed(std::string(200, 'a')));
  BOOST_TEST(!name_allowed(std::string(201, 'a')));
}

BOOST_AUTO_TEST_CASE(a_queue_name_has_letters_digits_and_a_few_signs_only) {
  BOOST_TEST(name_allowed("azAZ09._-/:"));
  for (auto byte = 0; byte < 256; ++byte) {
    auto sign = static_cast<char>(byte);
    auto is_listed = std::string_view{"._-/:"}.find(sign) != std::string_view::npos;
    auto is_alphanumeric =
      (sign >= '0' && sign <= '9') || (sign >= 'A' && sign <= 'Z') || (sign >= 'a' && sign <= 'z');
    BOOST_TEST(name_allowed({&sign, 1}) == (is_listed || is_alphanumeric), "byte " << byte);
  }
}

BOOST_AUTO_TEST_CASE(a_bad_queue_name_is_shown_with_what_is_allowed) {
  auto bad = check_queue_name("my orders");
  BOOST_TEST((bad.code == errc::invalid_argument));
  BOOST_TEST(bad.text
             == "queue name \"my orders\" is not allowed; "
                "use 1 to 200 letters, digits or . _ - / :");
  BOOST_TEST(check("my orders", queue_config{}).text == bad.text);
}

// -- spilling -----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(only_a_memory_queue_spills) {
  BOOST_TEST(spills({.durability = durability::memory, .over_budget = over_budget::spill}));
  BOOST_TEST(!spills({.durability = durability::memory}));
  BOOST_TEST(!spills({.durability = durability::disk, .over_budget = over_budget::spill}));
}

BOOST_AUTO_TEST_CASE(dead_letters_spill_where_their_origin_does) {
  auto config = queue_config{.durability = durability::memory};
  BOOST_TEST(!spills(dead_letter_config(config)));
  config.over_budget = over_budget::spill;
  BOOST_TEST(spills(dead_letter_config(config)));
}

// -- ranges of a queue --------------------------------------------------------

BOOST_AUTO_TEST_CASE(the_defaults_are_allowed) {
  BOOST_TEST(allowed(queue_config{}));
  BOOST_TEST((check(producer_config{}).code == errc::none));
  BOOST_TEST((check(consumer_config{}).code == errc::none));
  BOOST_TEST((check(supervision_config{}).code == errc::none));
}

BOOST_DATA_TEST_CASE(a_queue_option_at_the_edge_of_its_range_is_allowed, at_the_edge) {
  BOOST_TEST(check("orders", changed(sample)).text == "");
}

BOOST_DATA_TEST_CASE(a_queue_option_beyond_the_edge_is_named, beyond_the_edge) {
  auto bad = check("orders", changed(sample));
  BOOST_TEST((bad.code == errc::invalid_argument));
  BOOST_TEST(bad.text.starts_with("queue \"orders\": " + std::string{sample.field} + " is "),
             bad.text);
}

BOOST_AUTO_TEST_CASE(all_bad_options_are_named_at_once) {
  auto config = queue_config{};
  config.lease = 0s;
  config.retry.jitter = 2;
  BOOST_TEST(check("orders", config).text
             == "queue \"orders\": lease is 0 ns, allowed is 1 ms to 30 days; "
                "retry.jitter is 2, allowed is 0 to 1");
}

// -- dead letters -------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_dead_letter_queue_is_named_after_its_queue_unless_it_is_given) {
  auto config = queue_config{};
  BOOST_TEST(dead_letter_name("orders", config) == "orders.dead");
  config.dead_letter_queue = "graves";
  BOOST_TEST(dead_letter_name("orders", config) == "graves");
}

BOOST_AUTO_TEST_CASE(a_long_queue_name_leaves_room_for_its_dead_letters_name) {
  BOOST_TEST((check(std::string(195, 'a'), queue_config{}).code == errc::none));
  BOOST_TEST((check(std::string(196, 'a'), queue_config{}).code == errc::invalid_argument));
  auto named = queue_config{};
  named.dead_letter_queue = "graves";
  BOOST_TEST((check(std::string(200, 'a'), named).code == errc::none));
}

BOOST_AUTO_TEST_CASE(a_dead_letter_queue_is_as_durable_as_its_origin_and_loses_nothing) {
  auto origin = queue_config{};
  origin.durability = durability::memory;
  origin.max_payload_bytes = 1000;
  auto letters = dead_letter_config(origin);
  BOOST_TEST((letters.durability == durability::memory));
  BOOST_TEST((letters.last_resort == last_resort::keep));
  BOOST_TEST(letters.max_deliveries == 0u);
  BOOST_TEST(letters.max_payload_bytes == 1000u);
  BOOST_TEST((check("orders.dead", letters).code == errc::none));
}

// -- producers and consumers --------------------------------------------------

BOOST_AUTO_TEST_CASE(a_producer_option_beyond_its_edge_is_named) {
  auto edge = producer_config{1, 1, 1ms, 0s};
  auto beyond = producer_config{0, 0, 1ms - 1ns, -1ns};
  BOOST_TEST((check(edge).code == errc::none));
  BOOST_TEST(check(beyond).text
             == "producer_config: window_messages is 0, allowed is 1 or more; "
                "window_bytes is 0, allowed is 1 or more; "
                "confirm_timeout is 999999 ns, allowed is 1 ms to 24 h; "
                "window_timeout is -1 ns, allowed is 0 ns to 365 days");
}

BOOST_AUTO_TEST_CASE(a_producer_gives_up_after_one_millisecond_to_365_days_or_never) {
  auto accepts = [](std::optional<duration> limit) {
    auto config = producer_config{};
    config.give_up_after = limit;
    return check(config).code == errc::none;
  };
  BOOST_TEST(accepts(std::nullopt));
  BOOST_TEST(accepts(1ms));
  BOOST_TEST(!accepts(1ms - 1ns));
  BOOST_TEST(accepts(8760h));
  BOOST_TEST(!accepts(8760h + 1ns));
}

BOOST_AUTO_TEST_CASE(a_consumer_option_beyond_its_edge_is_named) {
  auto lowest = consumer_config{1, 1, 1, handler_threads::own};
  auto highest = lowest;
  highest.concurrency = 1024;
  auto beyond = consumer_config{0, 0, 0, handler_threads::own};
  BOOST_TEST((check(lowest).code == errc::none));
  BOOST_TEST((check(highest).code == errc::none));
  BOOST_TEST(check(beyond).text
             == "consumer_config: concurrency is 0, allowed is 1 to 1024; "
                "prefetch_messages is 0, allowed is 1 or more; "
                "prefetch_bytes is 0, allowed is 1 or more");
  highest.concurrency = 1025;
  BOOST_TEST((check(highest).code == errc::invalid_argument));
}

// -- supervisors --------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_supervision_option_beyond_its_edge_is_named) {
  auto edge = supervision_config{};
  edge.restarts = {1000, 1ms, {retry_growth::fixed, 0s, 24h, 1.0, 1.0}};
  auto beyond = supervision_config{};
  beyond.strategy = supervision_strategy{9};
  beyond.restarts = {1001, 1ms - 1ns, {retry_growth::listed, -1ns, 25h, 0.5, 1.5}};
  BOOST_TEST((check(edge).code == errc::none));
  BOOST_TEST(check(beyond).text
             == "supervision_config: strategy is unknown, "
                "allowed is one_for_one, one_for_all or rest_for_one; "
                "restarts.intensity is 1001, allowed is 0 to 1000; "
                "restarts.period is 999999 ns, allowed is 1 ms to 24 h; "
                "restarts.backoff.waits is , allowed is 1 or more waits of 0 ns to "
                "restarts.backoff.cap for listed, none for the others; "
                "restarts.backoff.first is -1 ns, allowed is 0 ns or more; "
                "restarts.backoff.cap is 90000000000000 ns, "
                "allowed is restarts.backoff.first to 24 h; "
                "restarts.backoff.factor is 0.5, allowed is 1 to 1000; "
                "restarts.backoff.jitter is 1.5, allowed is 0 to 1");
}

BOOST_AUTO_TEST_CASE(a_listed_wait_between_restarts_is_no_longer_than_their_cap) {
  auto config = supervision_config{};
  config.restarts.backoff.growth = retry_growth::listed;
  config.restarts.backoff.waits = {config.restarts.backoff.cap};
  BOOST_TEST((check(config).code == errc::none));
  config.restarts.backoff.waits = {config.restarts.backoff.cap + 1ns};
  BOOST_TEST((check(config).code == errc::invalid_argument));
}

BOOST_AUTO_TEST_CASE(a_restart_option_of_consumers_is_checked_as_well) {
  auto consumers = consumer_config{};
  consumers.restarts.period = 0s;
  BOOST_TEST(check(consumers).text
             == "consumer_config: restarts.period is 0 ns, allowed is 1 ms to 24 h");
}

// -- stored options -----------------------------------------------------------

BOOST_AUTO_TEST_CASE(any_options_are_read_as_they_were_written) {
  BOOST_TEST(rc::check("from_options undoes to_options", [](const queue_config& config) {
    auto back = from_options(to_options(config));
    RC_ASSERT(back.ok());
    RC_ASSERT(*back == config);
  }));
}

BOOST_AUTO_TEST_CASE(every_option_of_a_queue_is_stored) {
  auto names = std::vector<std::string>{};
  for (const auto& [name, text] : to_options({}))
    names.push_back(name);
  auto listed = std::vector<std::string>{};
  for (const auto& option : every_option)
    listed.emplace_back(option.field);
  BOOST_TEST(names == listed, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(missing_options_keep_their_default_and_unknown_ones_are_passed_over) {
  BOOST_TEST((from_options({}).value() == queue_config{}));
  auto config = from_options({{"max_deliveries", "3"}, {"priorities", "9"}}).value();
  BOOST_TEST(config.max_deliveries == 3u);
  BOOST_TEST((config.lease == queue_config{}.lease));
}

BOOST_AUTO_TEST_CASE(options_that_cannot_be_read_are_all_named) {
  auto back = from_options({{"durability", "unknown"},
                            {"lease_ns", "30s"},
                            {"max_deliveries", "4294967296"},
                            {"retry.jitter", ""}});
  BOOST_TEST((back.why().code == errc::invalid_argument));
  BOOST_TEST(back.why().text
             == "stored queue options cannot be read: durability \"unknown\", "
                "max_deliveries \"4294967296\", lease_ns \"30s\", retry.jitter \"\"");
}

// -- differences --------------------------------------------------------------

BOOST_AUTO_TEST_CASE(equal_options_have_no_difference) {
  BOOST_TEST(difference({}, {}) == "");
}

BOOST_DATA_TEST_CASE(a_difference_names_the_option, every_option) {
  auto text = difference({}, changed(sample));
  BOOST_TEST(text.starts_with(std::string{sample.field} + " is "), text);
  BOOST_TEST(text.find("; ") == std::string::npos, text);
}

BOOST_AUTO_TEST_CASE(a_difference_shows_both_sides_of_each_option) {
  auto asked = queue_config{};
  asked.lease = 1s;
  asked.durability = durability::memory;
  BOOST_TEST(difference({}, asked)
             == "durability is disk, asked for memory; "
                "lease_ns is 30000000000, asked for 1000000000");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
