#include "ferry/config.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

namespace ferry {

namespace {

using namespace std::chrono_literals;

constexpr auto most_ids = std::uint32_t{10'000'000};

// The one list of stored options: printing, parsing and comparing all use it.
template <class Config, class Visitor>
void visit_options(Config& config, Visitor visit) {
  visit("durability", config.durability);
  visit("max_deliveries", config.max_deliveries);
  visit("lease_ns", config.lease);
  visit("longest_lease_ns", config.longest_lease);
  visit("retry.growth", config.retry.growth);
  visit("retry.first_ns", config.retry.first);
  visit("retry.cap_ns", config.retry.cap);
  visit("retry.factor", config.retry.factor);
  visit("retry.jitter", config.retry.jitter);
  visit("retry.waits_ns", config.retry.waits);
  visit("failures", config.failures);
  visit("pause_ns", config.pause);
  visit("last_resort", config.last_resort);
  visit("dead_letter_queue", config.dead_letter_queue);
  visit("max_payload_bytes", config.max_payload_bytes);
  visit("resident_bytes", config.resident_bytes);
  visit("over_budget", config.over_budget);
  visit("max_messages", config.max_messages);
  visit("max_bytes", config.max_bytes);
  visit("overflow", config.overflow);
  visit("deduplication_ids", config.deduplication_ids);
  visit("deduplication_time_ns", config.deduplication_time);
  visit("handled_ids", config.handled_ids);
}

// -- printing -----------------------------------------------------------------

template <class Number>
std::string printed(Number number) {
  auto text = std::array<char, 64>{};
  auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  return {text.data(), end};
}

std::string printed(const std::string& text) {
  return text;
}

std::string printed(duration wait) {
  return printed(wait.count());
}

std::string printed(const std::vector<duration>& waits) {
  auto text = std::string{};
  for (auto wait : waits)
    text += (text.empty() ? "" : " ") + printed(wait);
  return text;
}

// Not every enum has as many enumerators as are tried, and a cast makes any number into one.
template <class Enum>
bool is_named(Enum value) {
  return to_string(value) != "unknown";
}

template <class Enum>
  requires std::is_enum_v<Enum>
std::string printed(Enum value) {
  return std::string{to_string(value)};
}

// One rule a line: "fatal no such customer".
std::string printed(const std::vector<failure_rule>& rules) {
  auto text = std::string{};
  for (const auto& rule : rules)
    text += (text.empty() ? "" : "\n") + printed(rule.kind) + " " + rule.text;
  return text;
}

// -- parsing ------------------------------------------------------------------

template <class Number>
bool parse(std::string_view text, Number& number) {
  auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  return failure == std::errc{} && end == text.data() + text.size();
}

bool parse(std::string_view text, std::string& value) {
  value = text;
  return true;
}

bool parse(std::string_view text, duration& wait) {
  auto count = duration::rep{0};
  auto understood = parse(text, count);
  wait = duration{count};
  return understood;
}

bool parse(std::string_view text, std::vector<duration>& waits) {
  waits.clear();
  while (!text.empty()) {
    auto end = std::min(text.find(' '), text.size());
    if (!parse(text.substr(0, end), waits.emplace_back()))
      return false;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return true;
}

template <class Enum>
  requires std::is_enum_v<Enum>
bool parse(std::string_view text, Enum& value) {
  for (auto candidate : {Enum{0}, Enum{1}, Enum{2}, Enum{3}, Enum{4}})
    if (is_named(candidate) && to_string(candidate) == text) {
      value = candidate;
      return true;
    }
  return false;
}

bool parse(std::string_view text, std::vector<failure_rule>& rules) {
  rules.clear();
  while (!text.empty()) {
    auto line = text.substr(0, text.find('\n'));
    auto end = line.find(' ');
    auto& rule = rules.emplace_back();
    if (end == std::string_view::npos || !parse(line.substr(0, end), rule.kind))
      return false;
    rule.text = line.substr(end + 1);
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
  return true;
}

// -- ranges -------------------------------------------------------------------

// Collects every field out of range, so that a user mends them all at once.
class range_check {
public:
  template <class Value>
  void expect(bool holds, std::string_view field, Value value, std::string_view range) {
    if (holds)
      return;
    if (!problems_.empty())
      problems_ += "; ";
    auto unit = std::string_view{std::is_same_v<Value, duration> ? " ns" : ""};
    problems_ += std::string{field} + " is " + printed(value) + std::string{unit}
                 + ", allowed is " + std::string{range};
  }

  [[nodiscard]] error outcome(std::string_view object) const {
    if (problems_.empty())
      return {};
    return {errc::invalid_argument, std::string{object} + ": " + problems_};
  }

private:
  std::string problems_;
};

// `field` is what the policy is called where it stands; no wait is longer than
// `longest`, which `bound` spells out.
void expect_policy(range_check& fields, const std::string& field, const retry_policy& policy,
                   duration longest, const std::string& bound) {
  fields.expect(is_named(policy.growth), field + ".growth", policy.growth,
                "immediate, fixed, exponential, linear or listed");
  auto waits = std::ranges::all_of(
    policy.waits, [&](duration wait) { return wait >= 0ns && wait <= policy.cap; });
  fields.expect(waits && policy.waits.empty() == (policy.growth != retry_growth::listed),
                field + ".waits", policy.waits,
                "1 or more waits of 0 ns to " + field + ".cap for listed, none for the others");
  fields.expect(policy.first >= 0ns, field + ".first", policy.first, "0 ns or more");
  fields.expect(policy.cap >= policy.first && policy.cap <= longest, field + ".cap", policy.cap,
                field + ".first to " + bound);
  fields.expect(policy.factor >= 1.0 && policy.factor <= 1000.0, field + ".factor", policy.factor,
                "1 to 1000");
  fields.expect(policy.jitter >= 0.0 && policy.jitter <= 1.0, field + ".jitter", policy.jitter,
                "0 to 1");
}

void expect_retry(range_check& fields, const retry_policy& retry) {
  expect_policy(fields, "retry", retry, 8760h, "365 days");
}

void expect_failures(range_check& fields, const std::vector<failure_rule>& rules) {
  for (const auto& rule : rules)
    fields.expect(is_named(rule.kind) && !rule.text.empty() && rule.text.size() <= 200
                    && rule.text.find('\n') == std::string::npos,
                  "failures", rules,
                  "retryable, fatal or pause, each with a text of 1 to 200 bytes in one line");
}

void expect_restarts(range_check& fields, const restart_config& restarts) {
  fields.expect(restarts.intensity <= 1000, "restarts.intensity", restarts.intensity, "0 to 1000");
  fields.expect(restarts.period >= 1ms && restarts.period <= 24h, "restarts.period",
                restarts.period, "1 ms to 24 h");
  expect_policy(fields, "restarts.backoff", restarts.backoff, 24h, "24 h");
}

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
         || std::string_view{"._-/:"}.find(c) != std::string_view::npos;
}

} // namespace

std::string_view to_string(durability kind) noexcept {
  switch (kind) {
  case durability::memory: return "memory";
  case durability::disk: return "disk";
  }
  return "unknown";
}

std::string_view to_string(last_resort kind) noexcept {
  switch (kind) {
  case last_resort::dead_letter: return "dead_letter";
  case last_resort::keep: return "keep";
  case last_resort::discard: return "discard";
  }
  return "unknown";
}

std::string_view to_string(overflow kind) noexcept {
  switch (kind) {
  case overflow::block: return "block";
  case overflow::dead_letter: return "dead_letter";
  }
  return "unknown";
}

std::string_view to_string(over_budget kind) noexcept {
  switch (kind) {
  case over_budget::block: return "block";
  case over_budget::refuse: return "refuse";
  case over_budget::spill: return "spill";
  }
  return "unknown";
}

bool spills(const queue_config& config) noexcept {
  return config.durability == durability::memory && config.over_budget == over_budget::spill;
}

bool wants_dead_letters(const queue_config& config) noexcept {
  return config.last_resort == last_resort::dead_letter;
}

std::string dead_letter_name(std::string_view name, const queue_config& config) {
  return config.dead_letter_queue.empty() ? std::string{name} + ".dead" : config.dead_letter_queue;
}

queue_config dead_letter_config(const queue_config& config) {
  auto letters = queue_config{};
  letters.durability = config.durability;
  letters.max_deliveries = 0;
  letters.last_resort = last_resort::keep;
  letters.max_payload_bytes = config.max_payload_bytes;
  if (spills(config))
    letters.over_budget = over_budget::spill;
  return letters;
}

error check_queue_name(std::string_view name) {
  if (name.empty() || name.size() > 200 || !std::ranges::all_of(name, is_name_character))
    return {errc::invalid_argument,
            "queue name \"" + std::string{name.substr(0, 200)}
              + "\" is not allowed; use 1 to 200 letters, digits or . _ - / :"};
  return {};
}

error check(std::string_view queue, const queue_config& config) {
  if (auto bad = check_queue_name(queue); bad.code != errc::none)
    return bad;
  auto fields = range_check{};
  fields.expect(is_named(config.durability), "durability", config.durability, "memory or disk");
  fields.expect(is_named(config.last_resort), "last_resort", config.last_resort,
                "dead_letter, keep or discard");
  fields.expect(config.lease >= 1ms && config.lease <= 720h, "lease", config.lease,
                "1 ms to 30 days");
  fields.expect(config.longest_lease >= 1ms && config.longest_lease <= 720h, "longest_lease",
                config.longest_lease, "1 ms to 30 days");
  fields.expect(config.pause >= 1ms && config.pause <= 720h, "pause", config.pause,
                "1 ms to 30 days");
  fields.expect(is_named(config.overflow)
                  && (config.overflow != overflow::dead_letter
                      || config.last_resort == last_resort::dead_letter),
                "overflow", config.overflow,
                "block, or dead_letter where last_resort is dead_letter too");
  expect_failures(fields, config.failures);
  fields.expect(config.max_payload_bytes >= 1
                  && config.max_payload_bytes <= (std::size_t{512} << 20),
                "max_payload_bytes", config.max_payload_bytes, "1 to 512 MiB");
  fields.expect(config.resident_bytes >= (std::size_t{64} << 10), "resident_bytes",
                config.resident_bytes, "64 KiB or more");
  fields.expect(is_named(config.over_budget), "over_budget", config.over_budget,
                "block, refuse or spill");
  fields.expect(config.max_deliveries != 0 || config.last_resort == last_resort::keep,
                "max_deliveries", config.max_deliveries, "1 or more unless last_resort is keep");
  fields.expect(config.deduplication_ids <= most_ids, "deduplication_ids",
                config.deduplication_ids, "0 to 10000000");
  fields.expect(config.deduplication_time >= 1s && config.deduplication_time <= 8760h,
                "deduplication_time", config.deduplication_time, "1 s to 365 days");
  fields.expect(config.handled_ids <= most_ids, "handled_ids", config.handled_ids,
                "0 to 10000000");
  expect_retry(fields, config.retry);
  if (wants_dead_letters(config)) {
    auto letters = dead_letter_name(queue, config);
    auto named = check_queue_name(letters).code == errc::none;
    fields.expect(named && letters != queue, "dead_letter_queue", letters,
                  "the name of another queue");
  }
  return fields.outcome("queue \"" + std::string{queue} + "\"");
}

error check(const producer_config& config) {
  auto fields = range_check{};
  fields.expect(config.window_messages >= 1, "window_messages", config.window_messages,
                "1 or more");
  fields.expect(config.window_bytes >= 1, "window_bytes", config.window_bytes, "1 or more");
  fields.expect(config.confirm_timeout >= 1ms && config.confirm_timeout <= 24h, "confirm_timeout",
                config.confirm_timeout, "1 ms to 24 h");
  fields.expect(config.window_timeout >= 0ns && config.window_timeout <= 8760h, "window_timeout",
                config.window_timeout, "0 ns to 365 days");
  if (auto limit = config.give_up_after)
    fields.expect(*limit >= 1ms && *limit <= 8760h, "give_up_after", *limit, "1 ms to 365 days");
  return fields.outcome("producer_config");
}

error check(const consumer_config& config) {
  auto fields = range_check{};
  fields.expect(config.concurrency >= 1 && config.concurrency <= 1024, "concurrency",
                config.concurrency, "1 to 1024");
  fields.expect(config.prefetch_messages >= 1, "prefetch_messages", config.prefetch_messages,
                "1 or more");
  fields.expect(config.prefetch_bytes >= 1, "prefetch_bytes", config.prefetch_bytes, "1 or more");
  fields.expect(config.name.empty() || check_queue_name(config.name).code == errc::none, "name",
                config.name, "empty, or 1 to 200 letters, digits or . _ - / :");
  fields.expect(!config.lease || (*config.lease >= 1ms && *config.lease <= 720h), "lease",
                config.lease.value_or(0ns), "1 ms to 30 days");
  expect_restarts(fields, config.restarts);
  return fields.outcome("consumer_config");
}

error check(const retry_policy& policy) {
  auto fields = range_check{};
  expect_retry(fields, policy);
  return fields.outcome("retry_policy");
}

error check(const supervision_config& config) {
  auto fields = range_check{};
  fields.expect(is_named(config.strategy), "strategy", config.strategy,
                "one_for_one, one_for_all or rest_for_one");
  expect_restarts(fields, config.restarts);
  return fields.outcome("supervision_config");
}

option_list to_options(const queue_config& config) {
  auto options = option_list{};
  visit_options(config, [&](const char* name, const auto& value) {
    options.emplace_back(name, printed(value));
  });
  return options;
}

result<queue_config> from_options(const option_list& options) {
  auto texts = std::map<std::string, std::string>(options.begin(), options.end());
  auto config = queue_config{};
  auto unread = std::string{};
  visit_options(config, [&](const char* name, auto& value) {
    auto found = texts.find(name);
    if (found != texts.end() && !parse(found->second, value))
      unread += std::string{unread.empty() ? "" : ", "} + name + " \"" + found->second + "\"";
  });
  if (!unread.empty())
    return error{errc::invalid_argument, "stored queue options cannot be read: " + unread};
  return config;
}

std::string difference(const queue_config& present, const queue_config& asked) {
  auto before = to_options(present);
  auto after = to_options(asked);
  auto text = std::string{};
  for (auto i = std::size_t{0}; i < before.size(); ++i)
    if (before[i].second != after[i].second)
      text += std::string{text.empty() ? "" : "; "} + before[i].first + " is "
              + before[i].second + ", asked for " + after[i].second;
  return text;
}

} // namespace ferry
