// What waits for the disk. Store before you tell: the consequences of a change
// are kept here until its records came back as committed.

#pragma once

#include "ferry/queue/delayed_index.hpp"
#include "ferry/queue/queue_effects.hpp"

#include <cstddef>
#include <deque>
#include <optional>
#include <vector>

namespace ferry {

/// One change of a queue: what it writes, and what follows once it is written.
struct turn {
  std::vector<record> records;     // empty: nothing to write
  std::vector<message_run> ready;  // become ready afterwards
  std::vector<delayed_run> delayed; // wait for their due time afterwards
  std::vector<message_run> suspects; // are tried one at a time afterwards
  std::vector<message_run> overflow; // become dead letters afterwards
  std::vector<time_point> acked; // when they were published; have ended afterwards
  effect_list tell;                // answers to give afterwards
  question_id cause{};             // the settlement that made it; none: nobody's

  /// Removes `run` from disk; neighbours become one range.
  void erase(const message_run& run);

  /// Removes the row that `letter` had in the queue it died in, likewise.
  void take_over(queue_id origin, const dead_message& letter);

  /// How many messages become ready or delayed by it.
  [[nodiscard]] std::uint64_t messages() const noexcept;

  /// Notes that the messages of `run` end by it, without keeping their payloads.
  void end(const message_run& run);

  [[nodiscard]] bool empty() const noexcept {
    return records.empty() && ready.empty() && delayed.empty() && suspects.empty()
           && overflow.empty() && tell.empty();
  }
};

/// Holds turns back until they are on disk, in the order they were made.
///
/// Invariants  Tickets grow by one; a turn is handed out only after `committed`
///             named its ticket or a later one.
/// Errors      None.
/// Threads     One owner at a time; no locking inside.
class commit_pipeline {
public:
  // -- modifiers --------------------------------------------------------------

  /// Queues `change`.
  /// Emits    persist?, when it has records; without records it waits for the
  ///          writes before it.
  void submit(turn change, effect_list& out);

  /// Hands out the next turn that `ticket` covers, or `nullopt`.
  [[nodiscard]] std::optional<turn> pop_committed(commit_ticket ticket);

  /// Hands out the next turn whatever became of it, or `nullopt`.
  [[nodiscard]] std::optional<turn> pop();

  // -- properties -------------------------------------------------------------

  [[nodiscard]] bool empty() const noexcept {
    return waiting_.empty();
  }

  /// Shows every turn that waits, the oldest first.
  template <class Show>
  void each(Show show) const {
    for (const auto& item : waiting_)
      show(item.change);
  }

  /// How many messages become ready or delayed when everything is committed.
  [[nodiscard]] std::uint64_t messages() const noexcept {
    return messages_;
  }

  /// Whether so many ended messages wait for the disk that no more should end: a few
  /// bytes of each are kept until then.
  [[nodiscard]] bool is_behind() const noexcept {
    return acked_ >= most_acked;
  }

private:
  static constexpr auto most_acked = std::uint64_t{1'000'000};

  struct entry {
    commit_ticket ticket{};
    turn change;
  };

  std::deque<entry> waiting_;
  commit_ticket last_{};
  std::uint64_t messages_ = 0;
  std::uint64_t acked_ = 0;
};

} // namespace ferry
