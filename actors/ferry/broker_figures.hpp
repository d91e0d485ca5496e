// What a broker's queues and its journal did, at one look.

#pragma once

#include "ferry/metrics/latency_histogram.hpp"
#include "ferry/metrics/queue_figures.hpp"
#include "ferry/persistence/journal_figures.hpp"

#include <array>
#include <string>
#include <vector>

namespace ferry {

struct named_queue_figures {
  std::string name;
  queue_figures figures;
};

/// The queues answer one after the other, so a message that moves meanwhile can be in
/// two figures or in none.
struct broker_figures {
  std::vector<named_queue_figures> queues; // by name, dead-letter queues included
  persistence::journal_figures journal;    // zeros where there is none
  latency_histogram commit_time;           // of the commits that succeeded

  /// The sum of all queues. A dead letter counts as published twice, once by the
  /// dead-letter queue.
  [[nodiscard]] queue_figures total() const {
    auto sum = queue_figures{};
    for (const auto& item : queues)
      sum += item.figures;
    return sum;
  }
};

/// What a journal cannot know about itself, because it reads no clock.
inline constexpr auto journal_latencies = std::array{
  latency_figure<broker_figures>{"commit", "From the start of a commit until it is on disk.",
                                 &broker_figures::commit_time},
};

} // namespace ferry
