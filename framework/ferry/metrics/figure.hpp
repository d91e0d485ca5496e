// What can be said about a figure besides its value: its name, and what it means.
// Whoever prints, sums, sends or documents figures walks a list of these, so that
// there is one list per struct and nothing is forgotten.

#pragma once

#include "ferry/metrics/latency_histogram.hpp"

#include <cstdint>
#include <string_view>

namespace ferry {

/// A counter never goes down while a broker is open; a gauge does.
enum class figure_kind { counter, gauge };

/// A whole number of an `Owner`.
template <class Owner>
struct figure {
  std::string_view name; // the member's
  std::string_view help; // one line
  figure_kind kind;
  std::uint64_t Owner::*value;
};

/// A histogram of an `Owner`.
template <class Owner>
struct latency_figure {
  std::string_view name;
  std::string_view help;
  latency_histogram Owner::*value;
};

/// A quotient of two figures of an `Owner`.
template <class Owner>
struct ratio_figure {
  std::string_view name;
  std::string_view help;
  double (Owner::*value)() const noexcept;
};

/// `part / whole`, and 0 where there is no whole.
[[nodiscard]] inline double quotient(std::uint64_t part, std::uint64_t whole) noexcept {
  return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

} // namespace ferry
