// What became of a session's publishes, for those who hold receipts.

#pragma once

#include "ferry/outcome.hpp"
#include "ferry/result.hpp"

#include <map>
#include <optional>

namespace ferry {

/// Numbers publishes and remembers how each of them ended.
///
/// Invariants  What has no known outcome is never told as a success.
/// Cost        O(log refusals) per call. A refusal, or a stretch that was given up
///             at once, costs memory until the session ends; stored messages cost
///             none.
/// Errors      None.
/// Threads     One owner at a time; no locking inside.
class confirm_ledger {
public:
  confirm_ledger() = default;

  /// Goes on where an earlier life ended: everything up to `settled` has an outcome
  /// that nobody asks for, and `last` was the last number.
  confirm_ledger(publish_number settled, publish_number last) : last_(last), settled_(settled) {
  }

  // -- modifiers --------------------------------------------------------------

  /// Hands out the next number.
  [[nodiscard]] publish_number next();

  /// Notes an answer of the queue. Answers that tell nothing new are no error.
  void settle(const publish_outcome& outcome);

  /// Notes that all up to `up_to` that has no outcome yet ended with `why`.
  void give_up(publish_number up_to, error why);

  /// Notes that nothing more will be stored: all that has no outcome yet, and all
  /// that comes, ended with `why`.
  void fail(error why);

  /// The first refusal since this was asked last.
  [[nodiscard]] std::optional<error> take_first_refusal();

  // -- properties -------------------------------------------------------------

  /// How `first` to `last` ended together, the first refusal among them or their
  /// level; `nullopt` while that is open.
  [[nodiscard]] std::optional<result<durability_level>> outcome_of(publish_number first,
                                                                   publish_number last) const;

  /// How `number` ended, or `nullopt` while that is open.
  [[nodiscard]] std::optional<result<durability_level>> outcome_of(publish_number number) const {
    return outcome_of(number, number);
  }

  /// The last number handed out.
  [[nodiscard]] publish_number last() const noexcept {
    return last_;
  }

  /// Everything up to here has an outcome.
  [[nodiscard]] publish_number settled() const noexcept {
    return settled_;
  }

private:
  struct refused_stretch {
    publish_number last{};
    error why;
  };

  void note_refusal(const error& why);
  [[nodiscard]] const error* refusal_between(publish_number first, publish_number last) const;

  publish_number last_{};
  publish_number settled_{};
  durability_level level_{};
  std::map<publish_number, refused_stretch> refused_; // by first number, no two overlap
  publish_number failed_from_{}; // none: nothing failed
  error failure_;
  std::optional<error> first_refusal_;
};

} // namespace ferry
