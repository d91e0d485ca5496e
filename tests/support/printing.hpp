// What tests read out of results, in forms that compare and print at a glance.

#pragma once

#include "ferry/message.hpp"
#include "ferry/queue/delayed_index.hpp"
#include "ferry/queue/in_flight_ledger.hpp"
#include "ferry/queue/queue_effects.hpp"

#include <boost/test/unit_test.hpp>
#include <initializer_list>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

namespace ferry {

// Boost.Test finds these by argument-dependent lookup.

template <strong_id Id>
std::ostream& boost_test_print_type(std::ostream& out, const Id& id) {
  return out << +value_of(id);
}

inline std::ostream& boost_test_print_type(std::ostream& out, time_point instant) {
  return out << to_ns(instant) << " ns";
}

inline std::ostream& boost_test_print_type(std::ostream& out, errc code) {
  return out << to_string(code);
}

template <class T>
std::ostream& boost_test_print_type(std::ostream& out, const std::optional<T>& value) {
  return value ? boost_test_print_type(out, *value) : out << "nothing";
}

} // namespace ferry

namespace ferry::testing {

/// Numbers to compare at once: sequences, tags, counts.
struct list {
  std::vector<std::uint64_t> numbers;

  list() = default;
  list(std::initializer_list<std::uint64_t> some) : numbers(some) {
  }

  void add(std::uint64_t first, std::uint64_t count) {
    for (auto i = std::uint64_t{0}; i < count; ++i)
      numbers.push_back(first + i);
  }

  friend bool operator==(const list&, const list&) = default;

  friend std::ostream& operator<<(std::ostream& out, const list& some) {
    for (out << "{"; auto number : some.numbers)
      out << " " << number;
    return out << " }";
  }
};

// -- sequences ----------------------------------------------------------------

[[nodiscard]] inline list sequences(const message_run& run) {
  auto all = list{};
  all.add(value_of(run.first), run.count);
  return all;
}

[[nodiscard]] inline list sequences(const lease& item) {
  return sequences(item.run);
}

[[nodiscard]] inline list sequences(const delayed_run& item) {
  return sequences(item.run);
}

[[nodiscard]] inline list sequences(const effects::deliver& item) {
  return sequences(item.run);
}

[[nodiscard]] inline list sequences(const effects::bury& item) {
  return {value_of(item.message.sequence)};
}

/// The sequences of everything in `items`, in their order.
template <class Items>
  requires requires(const Items& items) {
    sequences(*items.begin());
  }
[[nodiscard]] list sequences(const Items& items) {
  auto all = list{};
  for (const auto& item : items)
    for (auto number : sequences(item).numbers)
      all.numbers.push_back(number);
  return all;
}

// -- texts --------------------------------------------------------------------

[[nodiscard]] inline std::string text_of(const ferry::envelope& item) {
  auto bytes = item.body.bytes();
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// The texts of all messages of `run`, joined.
[[nodiscard]] inline std::string texts(const message_run& run) {
  auto all = std::string{};
  for (const auto& item : run.envelopes())
    all += text_of(item);
  return all;
}

// -- effects and records ------------------------------------------------------

/// The alternatives of type `Kind` in `items`, in their order.
template <class Kind, class Items>
[[nodiscard]] std::vector<Kind> each(const Items& items) {
  auto found = std::vector<Kind>{};
  for (const auto& item : items)
    if (const auto* match = std::get_if<Kind>(&item))
      found.push_back(*match);
  return found;
}

/// The one alternative of type `Kind` in `items`; fails the case unless there is
/// exactly one.
template <class Kind, class Items>
[[nodiscard]] Kind only(const Items& items) {
  auto found = each<Kind>(items);
  BOOST_REQUIRE_EQUAL(found.size(), 1u);
  return std::move(found.front());
}

/// Whether `items` hold an alternative of type `Kind`.
template <class Kind, class Items>
[[nodiscard]] bool has(const Items& items) {
  return !each<Kind>(items).empty();
}

/// Every record that `out` asks to have on disk, in order.
[[nodiscard]] inline std::vector<record> records_of(const effect_list& out) {
  auto all = std::vector<record>{};
  for (const auto& item : each<effects::persist>(out))
    all.insert(all.end(), item.records.begin(), item.records.end());
  return all;
}

} // namespace ferry::testing
