// What a journal has done, as plain numbers, and the list that names and explains
// them.

#pragma once

#include "ferry/metrics/figure.hpp"

#include <array>
#include <cstdint>

namespace ferry::persistence {

/// Since the journal was opened.
struct journal_figures {
  std::uint64_t commits = 0;
  std::uint64_t stored = 0;     // rows added
  std::uint64_t erased = 0;     // rows removed
  std::uint64_t file_bytes = 0; // of the database and its log; 0 in memory
  std::uint64_t log_bytes = 0;  // written since the log began anew
  std::uint64_t checkpoints = 0;        // that moved the whole log
  std::uint64_t forced_checkpoints = 0; // that commits had to wait for

  [[nodiscard]] double messages_per_commit() const noexcept {
    return quotient(stored, commits);
  }
};

// -- the list -----------------------------------------------------------------

inline constexpr auto journal_numbers = std::array{
  figure<journal_figures>{"commits", "Transactions committed.", figure_kind::counter,
                          &journal_figures::commits},
  figure<journal_figures>{"stored", "Messages stored.", figure_kind::counter,
                          &journal_figures::stored},
  figure<journal_figures>{"erased", "Messages erased after they ended.", figure_kind::counter,
                          &journal_figures::erased},
  figure<journal_figures>{"file_bytes", "Size of the database and its log.", figure_kind::gauge,
                          &journal_figures::file_bytes},
  figure<journal_figures>{"log_bytes", "Log since it began anew.", figure_kind::gauge,
                          &journal_figures::log_bytes},
  figure<journal_figures>{"checkpoints", "Times that the whole log was moved.",
                          figure_kind::counter, &journal_figures::checkpoints},
  figure<journal_figures>{"forced_checkpoints",
                          "Times that commits waited because it was too long.",
                          figure_kind::counter, &journal_figures::forced_checkpoints},
};

inline constexpr auto journal_ratios = std::array{
  ratio_figure<journal_figures>{"messages_per_commit", "Messages stored by transactions.",
                                &journal_figures::messages_per_commit},
};

static_assert(sizeof(journal_figures) == journal_numbers.size() * sizeof(std::uint64_t),
              "ferry: every member of journal_figures stands in journal_numbers");

} // namespace ferry::persistence
