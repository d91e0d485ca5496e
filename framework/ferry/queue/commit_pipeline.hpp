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
  std::vector<message_run> spilled; // likewise, and lie on disk only then
  std::vector<delayed_run> delayed; // wait for their due time afterwards
  std::vector<message_run> suspects; // are tried one at a time afterwards
  std::vector<message_run> overflow; // become dead letters afterwards
  std::vector<time_point> acked; // when they were published; have ended afterwards
  effect_list tell;                // answers to give afterwards
  question_id cause{};             // the settlement that made it; none: nobody's

  /// Removes `run` from disk; neighbours become one range.
  void erase(const message_run& run);
  void erase(const records::erase& rows);

  /// Removes the row that `letter` had in the queue it died in, likewise.
  void take_over(queue_id origin, const dead_message& letter);

  /// How many messages become ready or delayed by it.
  [[nodiscard]] std::uint64_t messages() const noexcept;

  /// Notes that the messages of `run` end by it, without keeping their payloads.
  void end(const message_run& run);

  [[nodiscard]] bool empty() const noexcept {
    return records.empty() && ready.empty() && spilled.empty() && delayed.empty()
           && suspects.empty() && overflow.empty() && tell.empty();
  }
};

/// Whether a turn's records are kept until they are committed, so that they can be
/// written again when the journal comes back.
enum class records_kept : std::uint8_t { no, yes };

/// Holds turns back until they are on disk, in the order they were made.
///
/// Invariants  Tickets grow by one; a turn is handed out only after `committed`
///             named its ticket or a later one.
/// Errors      None.
/// Threads     One owner at a time; no locking inside.
class commit_pipeline {
public:
  explicit commit_pipeline(records_kept kept = records_kept::no) noexcept : kept_(kept) {
  }

  // -- modifiers --------------------------------------------------------------

  /// Queues `change`.
  /// Emits    persist?, when it has records and writing is not suspended; without
  ///          records it waits for the writes before it.
  void submit(turn change, effect_list& out);

  /// Asks for nothing more to be written.
  void suspend() noexcept {
    is_suspended_ = true;
  }

  /// Asks again for everything that waits, under its old tickets. What the failed
  /// journal may have stored after all is stored once.
  /// Expects  that records are kept
  /// Emits    persist*
  void resume(effect_list& out);

  /// Hands out the next turn that `ticket` covers, or `nullopt`.
  [[nodiscard]] std::optional<turn> pop_committed(commit_ticket ticket);

  /// Hands out the next turn whatever became of it, or `nullopt`.
  [[nodiscard]] std::optional<turn> pop();

  // -- properties -------------------------------------------------------------

  [[nodiscard]] bool empty() const noexcept {
    return waiting_.empty();
  }

  [[nodiscard]] bool is_suspended() const noexcept {
    return is_suspended_;
  }

  /// Shows every turn that waits, the oldest first.
  template <class Show>
  void each(Show show) const {
    for (const auto& item : waiting_)
      show(item.change);
  }

  /// Shows the answers of every turn that waits, which may be taken from it.
  template <class Show>
  void each_answers(Show show) {
    for (auto& item : waiting_)
      show(item.change.tell);
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

  records_kept kept_;
  bool is_suspended_ = false;
  std::deque<entry> waiting_;
  commit_ticket last_{};
  std::uint64_t messages_ = 0;
  std::uint64_t acked_ = 0;
};

} // namespace ferry
