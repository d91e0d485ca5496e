// What the journal holds of a broker's queues: of one that is kept on disk everything,
// of a memory queue that spills only rows, which the next process has erased.

#pragma once

#include "ferry/persistence/journal.hpp"
#include "ferry/persistence/leftover_rows.hpp"
#include "ferry/queue/queue_core.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ferry::persistence {

[[nodiscard]] bool is_on_disk(const queue_config& config) noexcept;

/// Whether a queue has rows in the journal, for good or for the time being.
[[nodiscard]] bool uses_journal(const queue_config& config) noexcept;

/// What the journal calls a queue. The rows of a memory queue are no queue to anybody
/// else, so their name is none that a queue can have.
[[nodiscard]] std::string stored_name(const std::string& queue, const queue_config& config);

/// What the journal keeps of a queue's options; of those of a memory queue only that it
/// is one, because every process declares it anew.
[[nodiscard]] queue_config stored_options(const queue_config& config);

/// What a queue begins with: all that is stored of it.
[[nodiscard]] queue_start start_of(stored_queue stored);

/// Where a memory queue's rows go, and before which of them those of earlier processes
/// lie.
struct spill_place {
  queue_id id{};
  sequence_number next{1};
};

/// What a queue that runs does when its journal was opened again.
struct continuation {
  enum class step : std::uint8_t {
    nothing, // it has no rows
    resume,  // in memory; its rows are where they were
    revive,  // as it is stored
    give_up, // its rows are not there: this is another file
  };

  step how = step::nothing;
  stored_queue from; // with `revive`
};

/// What an opening of the journal found of queues that do not run yet.
struct kept_rest {
  std::vector<stored_queue> queues; // each after the one that takes its dead letters
  leftover_rows leftovers;          // of memory queues of earlier processes
};

/// Sorts what the journal holds at each opening by whose it is, and remembers for the
/// life of the process where memory queues have their rows.
///
/// Errors      None.
/// Threads     One owner at a time.
class kept_queues {
public:
  // -- modifiers --------------------------------------------------------------

  /// Takes what an opening found, in place of what is left of an earlier one.
  void open(std::vector<stored_queue> found);

  /// Leaves `queue`, which is kept on disk, where it is: it was closed.
  void leave(const std::string& queue);

  /// Takes what `queue`, which runs and is known to the journal as `id`, continues with.
  [[nodiscard]] continuation go_on(const std::string& queue, const queue_config& config,
                                   queue_id id);

  /// Takes all the rest.
  [[nodiscard]] kept_rest take_rest();

  /// Notes where a memory queue's rows go that the journal knows since now.
  void add_place(const std::string& queue, const queue_config& config, queue_id id);

  // -- properties -------------------------------------------------------------

  /// Where a memory queue's rows go, or `nullopt` before the journal knows it.
  [[nodiscard]] std::optional<spill_place> place_of(const std::string& queue,
                                                    const queue_config& config) const;

private:
  leftover_rows take_leftovers();
  void take_with_letters(const std::string& queue, std::vector<stored_queue>& out);

  std::map<std::string, stored_queue> found_; // by the journal's names
  std::map<std::string, spill_place> places_; // likewise
};

} // namespace ferry::persistence
