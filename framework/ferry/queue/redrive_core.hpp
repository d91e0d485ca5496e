// One redrive from beginning to end: which question comes next, and what follows
// from its answer.
//
//            ┌── find (each queue once) ◀──┐
//   start ───┴▶ look ──▶ judge ──▶ move ───┴─▶ look ... ─▶ done
//               (a page)   │        ▲
//                          └ sleep ─┘ as the rate asks for
//
// It knows no actor and no clock.

#pragma once

#include "ferry/queue/pace.hpp"
#include "ferry/queue/queue_effects.hpp"
#include "ferry/queue/redrive.hpp"
#include "ferry/result.hpp"

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace ferry {

namespace redrive_steps {

/// Ask for the options of `queue`; then call `found` or `not_found`.
struct find {
  std::string queue;
};

/// Browse the dead-letter queue; then call `shown`.
struct look {
  browse_query query;
};

/// Move letters to the queue `to`, in one commit; then call `moved`.
struct move {
  std::string to;
  std::vector<dead_message> letters;
};

/// Call `next` again at `until`.
struct sleep {
  time_point until{};
};

/// It is over.
struct done {
  result<redrive_report> outcome;
};

} // namespace redrive_steps

using redrive_step = std::variant<redrive_steps::find, redrive_steps::look, redrive_steps::move,
                                  redrive_steps::sleep, redrive_steps::done>;

/// Decides everything about one redrive, one step after the other.
///
/// Invariants  A letter is judged once. Letters that arrive after the start, such
///             as messages that die again, are left alone.
/// Time        Never reads a clock; the caller passes `now`.
/// Errors      Any failed step ends it: `done` then tells how far it came.
/// Threads     One owner at a time.
class redrive_core {
public:
  redrive_core(std::string from, redrive_options options);

  /// What to do next. After every step but `sleep` and `done` its answer comes
  /// first.
  [[nodiscard]] redrive_step next(time_point now);

  // -- answers ----------------------------------------------------------------

  void found(const std::string& queue, const queue_config& config);
  void not_found(const std::string& queue, error why);
  void shown(browse_page page);
  void moved(move_outcome outcome);
  void failed(error why);

private:
  /// A letter that is to move.
  struct candidate {
    sequence_number sequence{};
    std::string to;
    envelope letter;
  };

  [[nodiscard]] std::optional<std::string> unknown_queue() const;
  [[nodiscard]] bool is_over() const;
  void count(redrive_verdict verdict);
  void drop_misfits();
  [[nodiscard]] redrive_step move_some(time_point now);
  [[nodiscard]] std::vector<dead_message> take(std::uint64_t most);
  [[nodiscard]] std::uint64_t left() const;
  [[nodiscard]] browse_query next_query() const;
  [[nodiscard]] redrive_steps::done end() const;

  std::string from_;
  redrive_options options_;
  std::map<std::string, std::optional<queue_config>> queues_; // nothing: not declared
  std::deque<candidate> waiting_;                             // judged, not moved
  std::optional<sequence_number> cursor_ = sequence_number::none; // nothing: all was seen
  std::optional<sequence_number> newest_;                     // at the start
  pace pace_;
  redrive_report report_;
  error failed_;
};

} // namespace ferry
