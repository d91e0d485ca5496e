#include "ferry/prometheus.hpp"

#include "ferry/config.hpp"

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>

namespace {

using namespace ferry;
using namespace std::chrono_literals;

/// One family of the exposition, read back line by line.
struct family {
  std::string help;
  std::string type;
  std::vector<std::pair<std::string, std::string>> samples; // name with labels, value
};

/// The part of `line` before the last `separator`, and the part behind it.
std::pair<std::string, std::string> split_at_last(const std::string& line, char separator) {
  auto at = line.rfind(separator);
  BOOST_REQUIRE(at != std::string::npos);
  return {line.substr(0, at), line.substr(at + 1)};
}

/// Fails the case at a line that is neither help, type, nor a sample of the family
/// that they began.
std::map<std::string, family> parse(const std::string& text) {
  auto families = std::map<std::string, family>{};
  auto current = std::string{};
  auto lines = std::istringstream{text};
  for (auto line = std::string{}; std::getline(lines, line);) {
    auto words = std::istringstream{line};
    auto first = std::string{};
    auto kind = std::string{};
    words >> first;
    if (first == "#") {
      words >> kind >> current >> std::ws;
      BOOST_REQUIRE(kind == "HELP" || kind == "TYPE");
      std::getline(words, kind == "HELP" ? families[current].help : families[current].type);
      continue;
    }
    BOOST_REQUIRE(!current.empty());
    BOOST_TEST(line.starts_with(current), line);
    families[current].samples.push_back(split_at_last(line, ' '));
  }
  return families;
}

struct prometheus_fixture {
  broker_figures figures;

  queue_figures& add_queue(const std::string& name) {
    return figures.queues.emplace_back(named_queue_figures{name, {}}).figures;
  }

  [[nodiscard]] std::map<std::string, family> families() const {
    return parse(prometheus_text(figures));
  }

  /// The value of a sample; "none" where there is no such sample.
  [[nodiscard]] std::string value(const std::string& sample) const {
    auto found = std::string{"none"};
    for (const auto& [name, item] : families())
      for (const auto& [labelled, value] : item.samples)
        if (labelled == sample)
          found = value;
    return found;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(prometheus_suite, prometheus_fixture)

// -- numbers ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_counter_is_labelled_with_its_queue_and_ends_in_total) {
  add_queue("orders").published = 7;
  add_queue("mails").published = 8;
  BOOST_TEST(value("ferry_queue_published_total{queue=\"orders\"}") == "7");
  BOOST_TEST(value("ferry_queue_published_total{queue=\"mails\"}") == "8");
  BOOST_TEST(families()["ferry_queue_published_total"].type == "counter");
}

BOOST_AUTO_TEST_CASE(a_state_is_a_gauge) {
  add_queue("orders").resident_bytes = 4096;
  BOOST_TEST(value("ferry_queue_resident_bytes{queue=\"orders\"}") == "4096");
  BOOST_TEST(families()["ferry_queue_resident_bytes"].type == "gauge");
}

BOOST_AUTO_TEST_CASE(a_ratio_is_a_gauge) {
  auto& orders = add_queue("orders");
  orders.delivered = 8;
  orders.nacked = 2;
  BOOST_TEST(value("ferry_queue_failure_rate{queue=\"orders\"}") == "0.25");
  BOOST_TEST(families()["ferry_queue_failure_rate"].type == "gauge");
}

BOOST_AUTO_TEST_CASE(the_journal_is_there_without_a_label) {
  figures.journal.commits = 4;
  figures.journal.stored = 10;
  figures.commit_time.add(3ms, 4);
  BOOST_TEST(value("ferry_journal_commits_total") == "4");
  BOOST_TEST(value("ferry_journal_messages_per_commit") == "2.5");
  BOOST_TEST(value("ferry_journal_commit_seconds_count") == "4");
}

BOOST_AUTO_TEST_CASE(every_figure_has_a_family_with_a_sample_per_queue) {
  (void)add_queue("orders");
  (void)add_queue("mails");
  auto found = families();
  auto of_queues = std::size_t{0};
  for (const auto& [name, item] : found)
    if (name.starts_with("ferry_queue_")) {
      ++of_queues;
      auto per_queue = item.type == "histogram" ? latency_histogram::bucket_count + 2 : 1;
      BOOST_TEST(item.samples.size() == 2 * per_queue, name);
    }
  BOOST_TEST(of_queues == queue_numbers.size() + queue_latencies.size() + queue_ratios.size());
  BOOST_TEST(found.size() == of_queues + persistence::journal_numbers.size()
                               + persistence::journal_ratios.size() + journal_latencies.size());
}

BOOST_AUTO_TEST_CASE(large_counters_lose_no_digit) {
  add_queue("orders").acknowledged = (std::uint64_t{1} << 53) - 1;
  BOOST_TEST(std::stod(value("ferry_queue_acknowledged_total{queue=\"orders\"}"))
             == 9007199254740991.0);
}

BOOST_AUTO_TEST_CASE(every_character_that_a_queue_name_may_have_stands_in_its_label) {
  auto name = std::string{"a-Z_0.9/b:c"};
  BOOST_REQUIRE((check_queue_name(name).code == errc::none));
  add_queue(name).ready = 1;
  BOOST_TEST(value("ferry_queue_ready{queue=\"" + name + "\"}") == "1");
}

// -- latencies ----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_latency_is_told_in_seconds_and_in_buckets_that_add_up) {
  auto& latencies = add_queue("orders").publish_to_receipt;
  latencies.add(1ms, 2);
  latencies.add(500ms);
  latencies.add(10h);
  auto name = std::string{"ferry_queue_publish_to_receipt_seconds"};
  BOOST_TEST(value(name + "_count{queue=\"orders\"}") == "4");
  BOOST_TEST(value(name + "_sum{queue=\"orders\"}") == "36000.502");
  BOOST_TEST(value(name + "_bucket{queue=\"orders\",le=\"0.000512\"}") == "0");
  BOOST_TEST(value(name + "_bucket{queue=\"orders\",le=\"0.001024\"}") == "2");
  BOOST_TEST(value(name + "_bucket{queue=\"orders\",le=\"4294.967296\"}") == "3");
  BOOST_TEST(value(name + "_bucket{queue=\"orders\",le=\"+Inf\"}") == "4");
  BOOST_TEST(families()[name].type == "histogram");
}

BOOST_AUTO_TEST_CASE(buckets_never_go_down_and_end_with_the_count) {
  for (auto i = std::size_t{0}; i + 1 < latency_histogram::bucket_count; i += 3)
    figures.commit_time.add(latency_histogram::upper_bound(i), i + 1);
  auto commit = families()["ferry_journal_commit_seconds"];
  auto before = std::uint64_t{0};
  auto last = std::string{};
  for (const auto& [sample, value] : commit.samples)
    if (sample.find("_bucket") != std::string::npos) {
      auto count = std::stoull(value);
      BOOST_TEST(before <= count, sample);
      before = count;
      last = sample;
    }
  BOOST_TEST(last == "ferry_journal_commit_seconds_bucket{le=\"+Inf\"}");
  BOOST_TEST(std::to_string(before) == value("ferry_journal_commit_seconds_count"));
}

// -- documentation ------------------------------------------------------------

BOOST_AUTO_TEST_CASE(the_page_of_figures_names_every_family_with_its_meaning_and_no_other) {
  auto page = std::ifstream{FIGURES_PAGE};
  BOOST_REQUIRE(page.is_open());
  auto rows = std::map<std::string, std::string>{};
  for (auto line = std::string{}; std::getline(page, line);)
    if (line.starts_with("| `ferry_")) {
      auto name_end = line.find('`', 3);
      auto help_begin = name_end + std::string_view{"` | "}.size();
      rows[line.substr(3, name_end - 3)]
        = line.substr(help_begin, line.find(" |", help_begin) - help_begin);
    }
  auto expected = std::map<std::string, std::string>{};
  for (const auto& [name, item] : families())
    expected[name] = item.help;
  for (const auto& [name, help] : expected)
    BOOST_TEST(rows[name] == help, "docs/figures.md wants the row | `" << name << "` | " << help);
  for (const auto& [name, help] : rows)
    BOOST_TEST(expected.contains(name), "docs/figures.md has a figure that there is not: " << name);
}

BOOST_AUTO_TEST_SUITE_END()
